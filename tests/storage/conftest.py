"""Stores that are opened as the product opens them, indexes and all."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from domain.ticket import random_id
from storage.embedded import EmbeddedStore
from storage.store import MongoStore


@pytest.fixture
async def store(embedded: EmbeddedStore) -> AsyncIterator[MongoStore]:
    one = MongoStore(embedded.uri, f"test_{random_id()[:12]}")
    await one.open()
    yield one
    await one.close()
