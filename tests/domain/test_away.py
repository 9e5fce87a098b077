"""Away: a dispatcher talks in one call at a time, keeps his others, and everybody knows since when."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import attendance
from domain import call as calls
from domain.away import come_back, go_away, leave_others
from domain.call import HERE, ParticipantRole, ParticipantState
from domain.closing import close
from domain.errors import Refused
from domain.incident import Disposition, Incident, answer, watchers
from domain.intake import Report, compose
from domain.people import Role, Who
from domain.replay import differences
from domain.sweep import due
from domain.unattended import LOST_MS, UNATTENDED_MS
from tests.webrtc.memory_store import MemoryStore

WANG = Who("d1", Role.DISPATCHER, "王接警")
LI = Who("d2", Role.DISPATCHER, "李接警")
CHIEF = Who("d3", Role.SUPERVISOR, "赵值班长")
NOW = 1_700_000_000_000


async def answered(store: MemoryStore, id: str, who: Who = WANG, at: int = 0) -> Incident:
    await store.incidents.add(compose(Report(id, id, f"0110-231115-{id}", NOW), NOW))
    it = await answer(store, who, id, NOW + at)
    return await joined(store, it, at + 1)


async def joined(store: MemoryStore, it: Incident, at: int) -> Incident:
    one = calls.dispatcher_in_call(it)
    assert one is not None
    return await attendance.joined(store, it.id, it.call.id, one.id, NOW + at, "media-1")


async def dropped(store: MemoryStore, it: Incident, at: int) -> Incident:
    one = calls.dispatcher_in_call(it)
    assert one is not None
    return await attendance.left(store, it.id, it.call.id, one.id, NOW + at, "media_lost")


def state(it: Incident) -> ParticipantState:
    one = calls.dispatcher_in_call(it)
    assert one is not None
    return one.state


async def test_who_takes_another_call_is_away_in_the_first_and_comes_back() -> None:
    store = MemoryStore()
    await answered(store, "a")
    second = await answered(store, "b", at=10_000)
    await leave_others(store, WANG, [await store.incidents.get("a"), second], "b", NOW + 10_000)
    first = await store.incidents.get("a")
    assert (state(first), calls.away_since(first)) == (ParticipantState.AWAY, NOW + 10_000)
    assert watchers(first) == [], "who is away does not watch"
    assert state(await store.incidents.get("b")) is ParticipantState.JOINED

    again = await come_back(store, WANG, "a", NOW + 52_400)
    await leave_others(store, WANG, [again, await store.incidents.get("b")], "a", NOW + 52_400)
    assert (state(again), calls.away_since(again)) == (ParticipantState.JOINED, None)
    assert watchers(again) == ["王接警"]
    assert state(await store.incidents.get("b")) is ParticipantState.AWAY
    told = [e for e in again.log.entries if e.what in ("participant.away", "participant.back")]
    assert [(e.what, e.who.id, e.data.get("seconds")) for e in told] == [
        ("participant.away", "d1", None),
        ("participant.back", "d1", 42),
    ]
    assert differences(again) == []


async def test_twice_is_once_and_nobody_else_says_it() -> None:
    store = MemoryStore()
    await answered(store, "a")
    length = (await go_away(store, WANG, "a", NOW + 2)).log.length
    assert (await go_away(store, WANG, "a", NOW + 3)).log.length == length
    for who in (LI, CHIEF):
        for verb in (go_away, come_back):
            with pytest.raises(Refused) as refused:
                await verb(store, who, "a", NOW + 4)
            assert refused.value.fault.code == "taken"
    await store.incidents.add(compose(Report("w", "w", "0110-231115-w", NOW), NOW))
    with pytest.raises(Refused) as refused:
        await go_away(store, WANG, "w", NOW)
    assert refused.value.fault.code == "forbidden"


async def test_a_lost_connection_that_comes_back_is_still_away() -> None:
    store = MemoryStore()
    await answered(store, "a")
    it = await go_away(store, WANG, "a", NOW + 1_000)
    it = await dropped(store, it, 2_000)
    assert (state(it), calls.away_since(it)) == (ParticipantState.LEFT, NOW + 1_000)
    it = await joined(store, it, 3_000)
    assert (state(it), calls.away_since(it)) == (ParticipantState.AWAY, NOW + 1_000)
    it = await dropped(store, it, 4_000)
    it = await come_back(store, WANG, "a", NOW + 5_000)
    assert state(it) is ParticipantState.LEFT, "back is not connected"
    assert state(await joined(store, it, 6_000)) is ParticipantState.JOINED


async def test_away_is_not_gone_but_an_away_dispatcher_can_be_gone() -> None:
    store = MemoryStore()
    await answered(store, "a")
    it = await go_away(store, WANG, "a", NOW + 1_000)
    later = NOW + 10 * UNATTENDED_MS
    assert not due(it, later, {"media-1"})
    it = await dropped(store, it, 2_000)
    assert due(it, NOW + 2_001 + UNATTENDED_MS, {"media-1"})


@pytest.mark.parametrize(
    ("page", "after"),
    [
        (NOW + 2_000, LOST_MS),  # neither in the call nor at a page
        (NOW + 5_000, 3_000 + LOST_MS),  # the page was lost last
        (None, UNATTENDED_MS),  # his page is there: he may be coming back into the call
        (0, UNATTENDED_MS),  # of his page nothing is known
    ],
)
async def test_a_lost_desk_is_known_by_call_and_page(page: int | None, after: int) -> None:
    store = MemoryStore()
    await answered(store, "a")
    it = await dropped(store, await store.incidents.get("a"), 2_000)
    assert not due(it, NOW + 2_000 + after - 1, {"media-1"}, lambda _: page)
    assert due(it, NOW + 2_000 + after + 1, {"media-1"}, lambda _: page)


async def test_anybody_on_the_desk_may_take_what_its_dispatcher_left_and_nothing_else() -> None:
    store = MemoryStore()
    it = await answered(store, "a")
    with pytest.raises(Refused) as refused:
        await answer(store, LI, "a", NOW + 10)
    assert refused.value.facts["name"] == "王接警"
    await go_away(store, WANG, "a", NOW + 20)
    it = await answer(store, LI, "a", NOW + 30)
    assert (it.dispatcher, calls.away_since(it)) == ("d2", None)
    loser = next(one for one in it.call.participants if one.person == "d1")
    assert (loser.removed, loser.away_at, loser.state) == (True, None, ParticipantState.LEFT)
    it = await answer(store, CHIEF, "a", NOW + 40)
    await go_away(store, CHIEF, "a", NOW + 50)
    it = await answer(store, WANG, "a", NOW + 60)
    assert calls.away_since(it) is None, "who is there again is not away from before"


async def test_an_ended_call_has_nobody_away() -> None:
    store = MemoryStore()
    await answered(store, "a")
    await go_away(store, WANG, "a", NOW + 20)
    it = await close(store, WANG, "a", Disposition.RESOLVED, "", NOW + 30)
    assert state(it) is ParticipantState.LEFT
    assert calls.away_since(it) is None


VERBS = ("take", "away", "back", "join", "drop", "close")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(VERBS), st.sampled_from("abc"), st.sampled_from([WANG, LI])),
        max_size=25,
    )
)
def test_whatever_two_desks_do_state_and_fact_agree(done: list[tuple[str, str, Who]]) -> None:
    """``AWAY`` is said exactly of who is connected and away, and nobody talks in two calls."""

    async def play() -> None:
        store = MemoryStore()
        for id in "abc":
            await store.incidents.add(compose(Report(id, id, f"0110-231115-{id}", NOW), NOW))
        for at, (verb, id, who) in enumerate(done, 1):
            try:
                await act(store, verb, id, who, NOW + at * 1_000)
            except Refused:
                continue
            for one in "abc":
                check(await store.incidents.get(one))
            for desk in (WANG, LI):
                everything = [await store.incidents.get(one) for one in "abc"]
                assert sum(talks(it, desk) for it in everything) <= 1

    asyncio.run(play())


async def act(store: MemoryStore, verb: str, id: str, who: Who, now: int) -> None:
    async def known() -> list[Incident]:
        return [await store.incidents.get(one) for one in "abc"]

    it: Any = await store.incidents.get(id)
    if verb == "take":
        await answer(store, who, id, now)
        await come_back(store, who, id, now)
        await leave_others(store, who, await known(), id, now)
    elif verb == "back":
        await come_back(store, who, id, now)
        await leave_others(store, who, await known(), id, now)
    elif verb == "away":
        await go_away(store, who, id, now)
    elif verb == "close":
        await close(store, who, id, Disposition.RESOLVED, "", now)
    elif calls.dispatcher_in_call(it) is not None:
        await (joined if verb == "join" else dropped)(store, it, now - NOW)


def talks(it: Incident, who: Who) -> bool:
    one = calls.dispatcher_in_call(it)
    return one is not None and one.person == who.id and one.state is ParticipantState.JOINED


def check(it: Incident) -> None:
    for one in it.call.participants:
        assert (one.state is ParticipantState.AWAY) == (
            one.state in HERE and one.away_at is not None
        )
        assert one.away_at is None or one.role is ParticipantRole.DISPATCHER
    last: dict[str, str] = {}
    for entry in it.log.entries:
        if entry.what in ("participant.away", "participant.back", "participant.removed"):
            last[entry.data["participant"]] = entry.what
    for one in it.call.participants:
        if one.away_at is not None:
            assert last[one.id] == "participant.away", "the log says it, too"
    assert differences(it) == []
