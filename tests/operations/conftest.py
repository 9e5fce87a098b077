"""The wheel is there before the first test of this folder: it is built in some seconds."""

from __future__ import annotations

import pytest

from tests import installed


@pytest.fixture(scope="session", autouse=True)
def wheel() -> str:
    """The installed command; made here, for no test's event loop waits for it then."""
    return installed.jingmin()
