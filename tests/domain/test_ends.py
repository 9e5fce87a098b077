"""Ending a call, closing while somebody is on the way, 情况有变: what becomes of case, call, station."""

from __future__ import annotations

import pytest

from domain.call import CallState
from domain.calling import call_again, call_back, end_call
from domain.closing import close
from domain.dispatch import dispatch, invited_participant, respond, stand_down
from domain.errors import Refused
from domain.incident import Disposition, Incident, IncidentState, abandon, answer, come_back
from domain.people import Role, Who
from domain.place import Jurisdiction, Level
from domain.replay import differences
from domain.responder import ResponderState
from domain.sweep import sweep
from storage.store import MongoStore
from tests.api.conftest import now_ms
from tests.domain.test_sweep import among, raised

DESK = Who("desk1", Role.DISPATCHER, "王接警员")
OTHER = Who("desk2", Role.DISPATCHER, "李接警员")
OFFICER = Who("o1", Role.STATION_OFFICER, "张民警", "s0")
S0, S1 = (Jurisdiction(f"s{n}", f"派出所{n}", Level.STATION, "b") for n in (0, 1))
NOW = now_ms()


async def sent(store: MongoStore, *steps: str) -> Incident:
    """An incident that is answered, with the station called and so far."""
    it = raised(NOW, among(3, NOW))
    await store.incidents.add(it)
    await answer(store, DESK, it.id, NOW)
    await dispatch(store, DESK, it.id, S0, "分局", "", NOW)
    for step in steps:
        await respond(store, OFFICER, it.id, step, NOW)
    return await store.incidents.get(it.id)


def whats(it: Incident) -> list[str]:
    return [entry.what for entry in it.log.entries]


async def test_the_call_ends_and_the_case_goes_on(store: MongoStore) -> None:
    it = await sent(store, "acknowledge")
    for _ in range(2):
        after = await end_call(store, DESK, it.id, NOW + 1)
    assert (after.state, after.call.state) == (IncidentState.DISPATCHED, CallState.ENDED)
    assert whats(after).count("call.ended") == 1
    assert after.dispatcher == DESK.id
    with pytest.raises(Refused):
        await end_call(store, OTHER, it.id, NOW + 2)
    await sweep(store, [after], NOW + 600_000, False)
    still = await store.incidents.get(it.id)
    assert still.unattended_at is None, "nobody has to be in a call that is over"
    assert differences(still) == []


async def test_the_caller_calls_again_and_whoever_has_the_case_is_rung_first(
    store: MongoStore,
) -> None:
    it = await sent(store, "acknowledge")
    assert (await call_again(store, it.id, NOW + 1)).version == it.version, "while it goes on"
    await end_call(store, DESK, it.id, NOW + 2)
    rung = await call_again(store, it.id, NOW + 3)
    assert (rung.state, rung.call.state) == (IncidentState.DISPATCHED, CallState.RINGING)
    assert rung.waiting_since == NOW + 3
    assert rung.raised_at == NOW
    again = await call_again(store, it.id, NOW + 4)
    assert len(again.calls) == 2, "pressed twice is once"
    assert {p.station or p.person for p in again.call.participants} == {None, DESK.id, "s0"}
    answered = await answer(store, DESK, it.id, NOW + 5)
    assert answered.call.state is CallState.ACTIVE
    assert whats(answered)[-1] == "call.answered"
    assert invited_participant(answered, OFFICER)
    assert differences(answered) == []


async def test_a_second_call_that_its_dispatcher_does_not_take_rings_everywhere(
    store: MongoStore,
) -> None:
    it = await sent(store, "acknowledge")
    await end_call(store, DESK, it.id, NOW + 2)
    rung = await call_again(store, it.id, NOW + 3)
    with pytest.raises(Refused):
        await answer(store, OTHER, it.id, NOW + 5)
    await sweep(store, [rung], NOW + 25_000, False)
    taken = await answer(store, OTHER, it.id, NOW + 26_000)
    assert (taken.dispatcher, taken.call.state) == (OTHER.id, CallState.ACTIVE)


async def test_who_calls_again_and_hangs_up_does_not_fill_the_document(store: MongoStore) -> None:
    it = await sent(store, "acknowledge")
    await end_call(store, DESK, it.id, NOW)
    for turn in range(40):
        await call_again(store, it.id, NOW + 10 + turn * 2)
        after = await abandon(store, it.id, NOW + 11 + turn * 2)
        assert after.call.state is CallState.ABANDONED
    assert len(after.calls) <= 20
    back = await call_back(store, DESK, it.id, NOW + 500)
    assert back.call.state is CallState.ACTIVE
    assert (await call_back(store, DESK, it.id, NOW + 501)).version == back.version


async def test_only_a_station_that_took_it_can_be_handed_the_case_and_its_last_done_closes_it(
    store: MongoStore,
) -> None:
    it = await sent(store)
    with pytest.raises(Refused):
        await end_call(store, DESK, it.id, NOW + 1, to_station=True)
    await respond(store, OFFICER, it.id, "acknowledge", NOW + 2)
    handed = await end_call(store, DESK, it.id, NOW + 3, to_station=True)
    assert (handed.state, handed.handed_at) == (IncidentState.DISPATCHED, NOW + 3)
    assert whats(handed)[-2:] == ["call.ended", "incident.handed"]
    assert handed.log.entries[-1].data["stations"] == ["派出所0"]
    await respond(store, OFFICER, it.id, "arrive", NOW + 4)
    done = await respond(store, OFFICER, it.id, "clear", NOW + 5)
    assert (done.state, done.disposition) == (IncidentState.CLOSED, Disposition.RESOLVED)
    assert (done.log.entries[-1].what, done.log.entries[-1].who.id) == ("incident.closed", "o1")
    assert differences(done) == []


async def test_a_handed_case_comes_back_to_the_desk_with_its_station(store: MongoStore) -> None:
    it = await sent(store, "acknowledge")
    await end_call(store, DESK, it.id, NOW + 3, to_station=True)
    back = await stand_down(store, DESK, it.id, "s0", "另有任务", NOW + 4)
    assert back.handed_at is None
    assert whats(back)[-1] == "incident.taken_back"
    assert differences(back) == []


async def test_while_caller_and_110_talk_again_nobodys_done_closes_the_case(
    store: MongoStore,
) -> None:
    it = await sent(store, "acknowledge")
    await end_call(store, DESK, it.id, NOW + 3, to_station=True)
    await call_again(store, it.id, NOW + 4)
    done = await respond(store, OFFICER, it.id, "clear", NOW + 5)
    assert done.state is IncidentState.DISPATCHED


@pytest.mark.parametrize(
    ("steps", "stand_down", "state", "going_on"),
    [
        ((), False, ResponderState.STOOD_DOWN, []),
        (("acknowledge",), False, ResponderState.ACKNOWLEDGED, ["派出所0"]),
        (("depart",), False, ResponderState.EN_ROUTE, ["派出所0"]),
        (("depart",), True, ResponderState.STOOD_DOWN, []),
        (("arrive",), False, ResponderState.ON_SCENE, ["派出所0"]),
        (("arrive",), True, ResponderState.ON_SCENE, ["派出所0"]),
    ],
)
async def test_what_becomes_of_a_station_when_the_case_is_closed(
    store: MongoStore,
    steps: tuple[str, ...],
    stand_down: bool,
    state: ResponderState,
    going_on: list[str],
) -> None:
    it = await sent(store, *steps)
    closed = await close(
        store, DESK, it.id, Disposition.RESOLVED, "", NOW + 9, stand_down=stand_down
    )
    assert closed.responders[0].state is state
    assert closed.log.entries[-1].data["going_on"] == going_on
    assert "station.clear" not in whats(closed), "nobody there said that it is done"
    if going_on:
        await respond(store, OFFICER, it.id, "arrive", NOW + 10)
        done = await respond(store, OFFICER, it.id, "clear", NOW + 11)
        assert done.responders[0].state is ResponderState.CLEARED
        assert done.state is IncidentState.CLOSED
        assert differences(done) == []
    else:
        with pytest.raises(Refused):
            await respond(store, OFFICER, it.id, "arrive", NOW + 10)


async def test_raised_again_the_station_stays_where_it_is_and_is_rung(store: MongoStore) -> None:
    it = await sent(store, "depart")
    await close(store, DESK, it.id, Disposition.RESOLVED, "", NOW + 9)
    again = await come_back(store, it.id, NOW + 60_000, changed=True)
    assert (again.raised_at, again.waiting_since) == (NOW, NOW + 60_000)
    (one,) = again.responders
    assert (one.state, one.changed_at) == (ResponderState.EN_ROUTE, NOW + 60_000)
    assert "station.stand_down" not in whats(again)
    assert "station.changed" in whats(again)
    answered = await answer(store, OTHER, it.id, NOW + 61_000)
    assert answered.state is IncidentState.DISPATCHED, "somebody is at work"
    assert invited_participant(answered, OFFICER)
    for _ in range(2):
        seen = await respond(store, OFFICER, it.id, "seen", NOW + 62_000)
    assert seen.responders[0].changed_at is None
    assert whats(seen).count("station.seen") == 1
    assert differences(seen) == []


async def test_coming_and_going_after_that_says_no_more_of_the_station(store: MongoStore) -> None:
    it = await sent(store, "depart")
    await close(store, DESK, it.id, Disposition.RESOLVED, "", NOW + 9)
    await come_back(store, it.id, NOW + 60_000, changed=True)
    for turn in range(30):
        await abandon(store, it.id, NOW + 70_000 + turn)
        after = await come_back(store, it.id, NOW + 70_000 + turn)
    assert whats(after).count("station.changed") == 1
    assert after.raised_at == NOW
    called_back = await answer(
        store, DESK, (await abandon(store, it.id, NOW + 90_000)).id, NOW + 91_000
    )
    assert called_back.state is IncidentState.DISPATCHED
    assert invited_participant(called_back, OFFICER), "it belongs into the call-back, too"
    assert differences(called_back) == []


async def test_a_station_that_was_done_is_not_rung(store: MongoStore) -> None:
    it = await sent(store, "arrive", "clear")
    await close(store, DESK, it.id, Disposition.RESOLVED, "", NOW + 9)
    again = await come_back(store, it.id, NOW + 60_000, changed=True)
    assert again.responders[0].state is ResponderState.CLEARED
    assert (await answer(store, DESK, it.id, NOW + 61_000)).state is IncidentState.ANSWERED
