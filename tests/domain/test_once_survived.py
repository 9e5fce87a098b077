"""Rules that could be broken without a test that failed, each held here at its edge."""

from __future__ import annotations

from typing import Any

import pytest

from domain import evidence
from domain.caller_position import BURST, LONG_LOG, LONGEST_LOG, SELDOM_MS, move
from domain.calling import end_call
from domain.closing import close
from domain.desk import describe
from domain.dispatch import LATE_MS, dispatch, invited_participant, respond
from domain.errors import FORBIDDEN, TOO_MANY, Refused
from domain.incident import Disposition, Incident, answer, come_back
from domain.intake import Report, compose
from domain.kind import Kind
from domain.message import CALLER_ENTRIES, CALLER_TEXT, say
from domain.people import CALLER, Role, Who
from domain.place import Fix, Jurisdiction, Level, Wgs84
from domain.replay import differences
from domain.track import Why
from tests.webrtc import memory_store

NOW = 1_795_000_000_000
MINUTE = 60_000
WANG = Who("d1", Role.DISPATCHER, "王接警")
CHIEF = Who("d3", Role.SUPERVISOR, "赵值班长")
OFFICER = Who("o1", Role.STATION_OFFICER, "张民警", "w1")
W1 = Jurisdiction("w1", "西一派出所", Level.STATION, "b")
HERE, FAR = (121.128, 41.117), (121.9, 41.9)


class Shelf(memory_store.MemoryShelf):
    """Copies nothing: logs of thousands of entries are copied for a second each."""

    async def get(self, id: str) -> Any:
        return self.items[id]

    async def save(self, item: Any) -> None:
        item.version += 1


class MemoryStore(memory_store.MemoryStore):
    def __init__(self) -> None:
        super().__init__()
        self.incidents = Shelf("incidents", self)


def at(now: int, accuracy: float = 50.0, lonlat: tuple[float, float] = HERE) -> Fix:
    place = Wgs84(*lonlat, accuracy)
    return Fix(place, *lonlat, Wgs84.datum, now, taken_at=now)


async def reported(store: MemoryStore, **members: object) -> Incident:
    it = compose(Report("i", "i", "0110-1", NOW, **members), NOW)  # type: ignore[arg-type]
    await store.incidents.add(it)
    return it


async def lengthened(store: MemoryStore, length: int) -> None:
    """The caller's log with so many entries, the last of them long ago."""
    it = await store.incidents.get("i")
    while it.log.length < length:
        evidence.append(it.log, CALLER, "call.again", NOW)
    await store.incidents.save(it)


def fixes(it: Incident) -> int:
    return sum(entry.what == "position" for entry in it.log.entries)


def test_the_edges_are_those_that_are_written_down() -> None:
    assert (LONG_LOG, LONGEST_LOG, SELDOM_MS) == (3_000, 6_000, MINUTE), "docs/log.md"
    assert (CALLER_ENTRIES, CALLER_TEXT) == (5_000, 400_000), "docs/log.md"
    assert LATE_MS == MINUTE, "dispatch.respond"


@pytest.mark.parametrize(
    ("length", "after_s", "kept"),
    [
        (LONG_LOG - 2, 1, True),
        (LONG_LOG, 1, False),
        (LONG_LOG, SELDOM_MS // 1000 - 1, False),
        (LONG_LOG, SELDOM_MS // 1000, True),
        (LONGEST_LOG + 100, SELDOM_MS // 1000, True),
    ],
)
async def test_in_a_long_log_a_position_that_tells_nothing_is_kept_once_a_minute(
    length: int, after_s: int, kept: bool
) -> None:
    store = MemoryStore()
    await reported(store)
    first = NOW + 2 * MINUTE
    await move(store, "i", at(first), first)
    # One fix is in the log, and it is as long as it is to be.
    it = await store.incidents.get("i")
    last = it.log.entries.pop()
    it.log.length -= 1
    it.log.head = last.prev
    while it.log.length < length - 1:
        evidence.append(it.log, CALLER, "call.again", first)
    evidence.append(it.log, CALLER, last.what, first, **last.data)
    await store.incidents.save(it)
    then = first + after_s * 1000
    became = await move(store, "i", at(then, 500.0), then)
    assert became is (Why.COARSER if kept else None)
    assert fixes(await store.incidents.get("i")) == 1 + kept


@pytest.mark.parametrize(("length", "kept"), [(LONG_LOG, True), (LONGEST_LOG, False)])
async def test_what_tells_clearly_more_is_kept_in_a_long_log_but_not_in_the_longest(
    length: int, kept: bool
) -> None:
    store = MemoryStore()
    await reported(store)
    await lengthened(store, length)
    first = NOW + 2 * MINUTE
    assert await move(store, "i", at(first, 900.0), first) is Why.FIRST
    became = await move(store, "i", at(first + 1000, 9.0), first + 1000)
    assert became is (Why.BETTER if kept else None)


async def test_in_a_long_log_ten_that_tell_clearly_more_are_kept_in_ten_seconds() -> None:
    store = MemoryStore()
    await reported(store)
    await lengthened(store, LONG_LOG)
    first = NOW + 2 * MINUTE
    became = [
        await move(store, "i", at(first + n, 5_000.0 / 2**n), first + n) for n in range(BURST + 2)
    ]
    assert became.count(None) == 2
    assert became[BURST:] == [None, None]


async def test_a_position_that_came_is_missing_no_more_and_the_rest_is() -> None:
    store = MemoryStore()
    await reported(store, missing=["position", "position.accuracy", "words"])
    await move(store, "i", at(NOW), NOW)
    assert (await store.incidents.get("i")).missing == ["position.accuracy", "words"]


async def test_a_position_that_is_not_shown_is_still_missing() -> None:
    store = MemoryStore()
    await reported(store, missing=["position"])
    abroad = Fix(Wgs84(2.35, 48.85, 10.0), 2.35, 48.85, Wgs84.datum, NOW, taken_at=NOW, abroad=True)
    await move(store, "i", at(NOW, 10.0), NOW)
    it = await store.incidents.get("i")
    it.missing = ["position"]
    await store.incidents.save(it)
    assert await move(store, "i", abroad, NOW + 1) is Why.ABROAD
    assert (await store.incidents.get("i")).missing == ["position"]


async def test_the_caller_writes_so_many_letters_and_the_desk_goes_on() -> None:
    store = MemoryStore()
    await reported(store)
    await say(store, CALLER, "i", "1", "字" * (CALLER_TEXT - 1), NOW)
    await say(store, CALLER, "i", "2", "字", NOW)
    with pytest.raises(Refused) as refused:
        await say(store, CALLER, "i", "3", "字", NOW)
    assert refused.value.fault is TOO_MANY
    assert (await say(store, CHIEF, "i", "4", "您在哪里？", NOW)).data["text"]


async def test_the_caller_writes_so_many_entries() -> None:
    store = MemoryStore()
    it = await reported(store)
    await lengthened(store, CALLER_ENTRIES - 1 + it.log.length - 1)
    await say(store, CALLER, "i", "1", "字", NOW)
    with pytest.raises(Refused) as refused:
        await say(store, CALLER, "i", "2", "字", NOW)
    assert refused.value.fault is TOO_MANY


async def test_a_category_and_a_place_of_the_desk_agree_with_the_log_and_nothing_else_does() -> (
    None
):
    store = MemoryStore()
    await reported(store)
    await answer(store, WANG, "i", NOW)
    it = await describe(store, WANG, "i", NOW, kind=Kind.FIRE, place=at(NOW))
    assert differences(it) == []
    told = {entry.what: entry.seq for entry in it.log.entries}
    it.kind = Kind.CRIME
    assert [flaw.seq for flaw in differences(it)] == [told["incident.categorised"]]
    it.kind = Kind.FIRE
    for other in (at(NOW, lonlat=FAR), None):
        it.place = other
        assert [flaw.seq for flaw in differences(it)] == [told["incident.placed"]]


async def test_a_callers_own_category_agrees_with_the_log() -> None:
    store = MemoryStore()
    await reported(store)
    await say(store, CALLER, "i", "1", "着火了", NOW, kind=Kind.FIRE)
    it = await store.incidents.get("i")
    assert differences(it) == []
    it.kind = Kind.UNKNOWN
    assert len(differences(it)) == 1


async def test_who_has_the_incident_no_more_does_not_join_its_call() -> None:
    """Taken over while the call was over: he was not taken out of it, and has no part in it."""
    store = MemoryStore()
    await reported(store)
    await answer(store, WANG, "i", NOW)
    it = await end_call(store, WANG, "i", NOW)
    assert invited_participant(it, WANG)
    it = await answer(store, CHIEF, "i", NOW)
    assert not any(one.removed for one in it.call.participants)
    with pytest.raises(Refused) as refused:
        invited_participant(it, WANG)
    assert refused.value.fault is FORBIDDEN


@pytest.mark.parametrize(
    ("behind", "late"),
    [
        (None, False),
        (0, False),
        (LATE_MS - 1, False),
        (LATE_MS, True),
        (10 * MINUTE, True),
        (1 - LATE_MS, False),
        (-LATE_MS, True),
    ],
)
async def test_a_step_made_without_a_network_is_marked_late_and_counts(
    behind: int | None, late: bool
) -> None:
    store = MemoryStore()
    await reported(store)
    await answer(store, WANG, "i", NOW)
    await dispatch(store, WANG, "i", W1, "分局", "", NOW)
    device = None if behind is None else NOW - behind
    for step in ("acknowledge", "depart"):
        it = await respond(store, OFFICER, "i", step, NOW, device)
        last = it.log.entries[-1]
        assert (last.what, last.data["late"]) == (f"station.{step}", late)
        assert (last.at, last.device_at) == (NOW, device)
    assert differences(it) == []


async def test_a_step_earlier_than_one_that_was_made_is_refused_however_late() -> None:
    store = MemoryStore()
    await reported(store)
    await answer(store, WANG, "i", NOW)
    await dispatch(store, WANG, "i", W1, "分局", "", NOW)
    await respond(store, OFFICER, "i", "arrive", NOW)
    with pytest.raises(Refused):
        await respond(store, OFFICER, "i", "depart", NOW + 1, NOW - 10 * MINUTE)


async def test_updated_at_is_when_the_log_grew_last() -> None:
    store = MemoryStore()
    it = await reported(store)
    assert it.updated_at == NOW
    steps = (
        lambda: answer(store, WANG, "i", NOW + 1),
        lambda: dispatch(store, WANG, "i", W1, "分局", "", NOW + 2),
        lambda: describe(store, WANG, "i", NOW + 3, note="红色大门"),
        lambda: close(store, WANG, "i", Disposition.RESOLVED, "", NOW + 4),
        lambda: come_back(store, "i", NOW + 5, changed=True),
    )
    for number, step in enumerate(steps, 1):
        it = await step()
        assert it.updated_at == it.log.entries[-1].at == NOW + number
    before = (it.updated_at, it.version)
    same = await describe(store, WANG, "i", NOW + 99, note="")
    assert (same.updated_at, same.version) == before
