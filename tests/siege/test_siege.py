"""A short siege on each run; ``make endurance`` has the long ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.siege.siege import VICTIMS, siege, table

SECONDS = 12.0


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_nothing_acknowledged_is_lost_when_everything_comes_at_once(tmp_path: Path) -> None:
    found = await siege(tmp_path, SECONDS)
    assert set(found.kills) == set(VICTIMS)
    assert len(found.attacks) > 9
    assert len(found.reports) > 10
    assert sum(found.storm.accepted.values()) > 0
    print(*table(found), found.attacks, sep="\n")
