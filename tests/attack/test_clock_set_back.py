"""A clock that is set back stops nothing: no position, no 情况有变, no escalation, no dead process."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from domain.call import MediaProcess, alive
from domain.clock import within
from domain.closing import close
from domain.incident import Disposition, answer, come_back
from domain.intake import Report, compose
from domain.people import Role, Who
from domain.sweep import due
from domain.ticket import random_id
from storage.store import MongoStore

ROOT = Path(__file__).parents[2]
NOW = 1_795_000_000_000
HOUR = 3_600_000
DESK = Who("desk", Role.DISPATCHER, "接警员")
# Spans of time compared by hand; ``within`` is the one place that knows of clocks that are set.
BY_HAND = re.compile(r"now(?:\(\))? - [\w.()\[\] -]+? (?:<|>|<=|>=) ")


def test_within_is_the_same_in_both_directions() -> None:
    assert within(NOW, NOW + 999, 1000)
    assert not within(NOW, NOW + 1000, 1000)
    assert within(NOW + 999, NOW, 1000)
    assert not within(NOW + HOUR, NOW, 1000)


async def test_the_situation_may_change_after_the_clock_was_set_back(store: MongoStore) -> None:
    id = random_id()
    await store.incidents.add(compose(Report(id, id, "n", NOW), NOW))
    for earlier in (0, HOUR):
        await answer(store, DESK, id, NOW - earlier + 1)
        await close(store, DESK, id, Disposition.RESOLVED, "", NOW - earlier + 2)
        after = await come_back(store, id, NOW - earlier + 3, changed=True)
        assert after.state == "RAISED"


def test_who_waits_is_escalated_though_the_clock_was_set_back() -> None:
    waiting = compose(Report("one", "one", "n", NOW), NOW)
    assert not due(waiting, NOW + 5_000, set())
    assert due(waiting, NOW - HOUR, set())


def test_a_media_process_that_died_before_the_clock_was_set_back_is_dead() -> None:
    process = MediaProcess("m", "ws://x", 0, 0, NOW, NOW)
    assert alive(process, NOW + 9_000)
    assert not alive(process, NOW - HOUR)


@pytest.mark.parametrize("room", ["domain", "api", "bot"])
def test_no_other_place_compares_spans_of_the_wall_clock_by_hand(room: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if BY_HAND.search(line) and path.name != "clock.py"
    ]
    assert found == []
