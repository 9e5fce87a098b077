"""Nothing of a document may say otherwise than its log: each fact is changed, and found where it is told."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from domain import attendance, evidence
from domain.call import Recording
from domain.call_back import turn_silent
from domain.calling import end_call
from domain.closing import close
from domain.desk import describe
from domain.dispatch import dispatch, respond, stand_down
from domain.emergency import Gravity
from domain.incident import Disposition, Incident, IncidentState, abandon, answer, come_back
from domain.intake import Report, compose
from domain.kind import Kind
from domain.people import CALLER, Role, Who
from domain.place import Fix, Jurisdiction, Level, Wgs84
from domain.replay import differences
from domain.responder import Responder, ResponderState
from domain.transfer import transfer
from domain.triage import prioritise
from tests.webrtc.memory_store import MemoryStore

NOW = 1_795_000_000_000
WANG = Who("d1", Role.DISPATCHER, "王接警")
LI = Who("d2", Role.DISPATCHER, "李接警")
CHIEF = Who("c1", Role.SUPERVISOR, "赵指挥")
OFFICER = Who("o1", Role.STATION_OFFICER, "张民警", "w1")
W1 = Jurisdiction("w1", "西一派出所", Level.STATION, "b")
HERE = Fix(Wgs84(121.1, 41.1, 9.0), 121.1, 41.1, Wgs84.datum, NOW, taken_at=NOW)
THERE = Fix(Wgs84(121.2, 41.2, 8.0), 121.2, 41.2, Wgs84.datum, NOW, taken_at=NOW)
HASH, OTHER_HASH = "0" * 64, "1" * 64


async def rich() -> Incident:
    """An incident with every fact that ``replay`` compares."""
    store = MemoryStore()
    report = Report("i", "i", "0110-1", NOW, words="有人落水", position=HERE)
    await store.incidents.add(compose(report, NOW))
    await answer(store, WANG, "i", NOW)
    await turn_silent(store, "i", NOW)
    await describe(store, WANG, "i", NOW, kind=Kind.RESCUE, place=THERE)
    await prioritise(store, WANG, "i", Gravity.LIFE, NOW)
    await dispatch(store, WANG, "i", W1, "分局", "", NOW)
    await respond(store, OFFICER, "i", "acknowledge", NOW)
    it = await transfer(store, WANG, "i", LI, NOW)
    caller = it.call.participants[0]
    sealed = Recording("f", caller.id, caller.role, NOW, 1.0, 10, HASH, True, True)
    await attendance.recording_sealed(store, "i", it.call.id, sealed, NOW)
    return await end_call(store, LI, "i", NOW + 5, to_station=True)


def reseal(it: Incident) -> None:
    it.calls[-1].recordings[0] = copy.copy(it.calls[-1].recordings[0])
    it.calls[-1].recordings[0].sha256 = OTHER_HASH


def unresponsive(it: Incident) -> None:
    it.responders[0].state = ResponderState.CLEARED


# What is changed in the document, and the entry that tells otherwise.
CHANGES: list[tuple[str, Callable[[Incident], Any], str]] = [
    ("state", lambda it: setattr(it, "state", IncidentState.ANSWERED), "station.called"),
    ("number", lambda it: setattr(it, "number", "0110-2"), "incident.raised"),
    ("words", lambda it: setattr(it, "words", "没事"), "incident.raised"),
    ("silent", lambda it: setattr(it, "silent", False), "caller.silent"),
    ("kind", lambda it: setattr(it, "kind", Kind.UNKNOWN), "incident.categorised"),
    ("disposition", lambda it: setattr(it, "disposition", Disposition.RESOLVED), "incident.raised"),
    ("dispatcher", lambda it: setattr(it, "dispatcher", "d1"), "incident.transferred"),
    ("priority", lambda it: setattr(it, "priority", None), "incident.priority"),
    ("handed", lambda it: setattr(it, "handed_at", NOW), "incident.handed"),
    ("position", lambda it: setattr(it, "position", THERE), "position"),
    ("place", lambda it: setattr(it, "place", HERE), "incident.placed"),
    ("station w1", unresponsive, "station.acknowledge"),
    ("recording f", reseal, "recording.sealed"),
    ("position", lambda it: setattr(it, "position", None), "position"),
    ("place", lambda it: setattr(it, "place", None), "incident.placed"),
    ("station w1", lambda it: it.responders.clear(), "station.acknowledge"),
    ("recording f", lambda it: it.calls[-1].recordings.clear(), "recording.sealed"),
]


@pytest.mark.parametrize(("name", "change", "what"), CHANGES)
async def test_a_fact_that_was_changed_is_found_at_the_entry_that_tells_it(
    name: str, change: Callable[[Incident], Any], what: str
) -> None:
    it = await rich()
    assert differences(it) == []
    change(it)
    seq = next(one.seq for one in reversed(it.log.entries) if one.what == what)
    said = f"{name} in the document is not what the log says"
    assert [(flaw.seq, flaw.what) for flaw in differences(it)] == [(seq, said)]


async def test_accuracy_is_a_part_of_the_position() -> None:
    it = await rich()
    finer = Wgs84(HERE.wgs84.lon, HERE.wgs84.lat, 1.0)
    it.position = Fix(finer, 121.1, 41.1, Wgs84.datum, NOW, taken_at=NOW)
    assert len(differences(it)) == 1


async def test_what_the_log_does_not_tell_is_found() -> None:
    it = await rich()
    it.responders.append(Responder("e1", "东一", "b", ResponderState.ASSIGNED, NOW, ""))
    assert [(one.seq, one.what) for one in differences(it)] == [(0, "station e1 is not in the log")]


async def test_a_position_that_was_logged_and_not_shown_is_none_of_the_document() -> None:
    it = await rich()
    data = {"lon": 1.0, "lat": 2.0, "accuracy": 3.0}
    evidence.append(it.log, CALLER, "position", NOW, **data, shown=False)
    assert differences(it) == []
    evidence.append(it.log, CALLER, "position", NOW, **data)  # of before: it was shown
    assert len(differences(it)) == 1


async def test_closing_and_what_is_reopened_begin_again() -> None:
    store = MemoryStore()
    await store.incidents.add(compose(Report("i", "i", "0110-1", NOW), NOW))
    await answer(store, WANG, "i", NOW)
    await prioritise(store, WANG, "i", Gravity.LIFE, NOW)
    it = await close(store, WANG, "i", Disposition.RESOLVED, "", NOW)
    assert differences(it) == []
    it.disposition = None
    assert [one.seq for one in differences(it)] == [it.log.entries[-1].seq]
    it = await come_back(store, "i", NOW, changed=True)
    assert differences(it) == []
    told = it.log.entries[-1].seq
    for name, value in {
        "state": IncidentState.CLOSED,
        "dispatcher": "d1",
        "disposition": Disposition.RESOLVED,
        "priority": Gravity.LIFE,
        "handed_at": NOW,
    }.items():
        harmed = copy.deepcopy(it)
        setattr(harmed, name, value)
        found = [one.seq for one in differences(harmed)]
        assert len(found) == 1, name
        assert told - 1 <= found[0] <= told, name


@pytest.mark.parametrize("step", ["depart", "arrive", "clear", "stand_down"])
async def test_each_step_of_a_station_is_told(step: str) -> None:
    store = MemoryStore()
    await store.incidents.add(compose(Report("i", "i", "0110-1", NOW), NOW))
    await answer(store, WANG, "i", NOW)
    await dispatch(store, WANG, "i", W1, "分局", "", NOW)
    if step == "stand_down":
        it = await stand_down(store, WANG, "i", "w1", "", NOW)
    else:
        await respond(store, OFFICER, "i", "arrive" if step == "clear" else "acknowledge", NOW)
        it = await respond(store, OFFICER, "i", step, NOW)
    assert differences(it) == []
    it.responders[0].state = ResponderState.ASSIGNED
    assert [one.seq for one in differences(it)] == [
        next(one.seq for one in it.log.entries if one.what == f"station.{step}")
    ]


async def test_a_caller_who_comes_and_goes_too_often_to_be_told_may_be_in_either_state() -> None:
    store = MemoryStore()
    await store.incidents.add(compose(Report("i", "i", "0110-1", NOW), NOW))
    it = await abandon(store, "i", NOW)
    assert it.state is IncidentState.ABANDONED
    it.state = IncidentState.RAISED
    assert len(differences(it)) == 1, "told each time, it is in one"
    evidence.append(it.log, CALLER, "incident.abandoned", NOW, often=True, times=200)
    for state in IncidentState:
        it.state = state
        either = state in (IncidentState.RAISED, IncidentState.ABANDONED)
        assert (differences(it) == []) == either, state
    it = await come_back(store, "i", NOW)
    it = await answer(store, WANG, "i", NOW)
    assert differences(it) == []
    it.state = IncidentState.RAISED
    assert len(differences(it)) == 1, "an entry that tells the state again counts alone"


async def test_who_takes_over_has_it() -> None:
    store = MemoryStore()
    await store.incidents.add(compose(Report("i", "i", "0110-1", NOW), NOW))
    await answer(store, WANG, "i", NOW)
    it = await answer(store, CHIEF, "i", NOW)
    told = next(one.seq for one in it.log.entries if one.what == "incident.taken_over")
    assert (it.dispatcher, differences(it)) == (CHIEF.id, [])
    it.dispatcher = WANG.id
    assert [flaw.seq for flaw in differences(it)] == [told]


async def test_what_is_taken_back_is_handed_to_nobody() -> None:
    store = MemoryStore()
    await store.incidents.add(compose(Report("i", "i", "0110-1", NOW), NOW))
    await answer(store, WANG, "i", NOW)
    await dispatch(store, WANG, "i", W1, "分局", "", NOW)
    await respond(store, OFFICER, "i", "acknowledge", NOW)
    it = await end_call(store, WANG, "i", NOW + 5, to_station=True)
    assert it.handed_at is not None
    it = await stand_down(store, WANG, "i", "w1", "", NOW)
    assert (it.handed_at, differences(it)) == (None, [])
    told = next(one.seq for one in it.log.entries if one.what == "incident.taken_back")
    it.handed_at = NOW + 5
    assert [flaw.seq for flaw in differences(it)] == [told]


async def test_a_station_that_has_left_is_not_at_work() -> None:
    """Who is answered then is answered, not dispatched; what a station's name is does not matter."""
    store = MemoryStore()
    await store.incidents.add(compose(Report("i", "i", "0110-1", NOW), NOW))
    await answer(store, WANG, "i", NOW)
    await dispatch(store, WANG, "i", W1, "分局", "", NOW)
    for one in ("acknowledge", "arrive", "clear"):
        await respond(store, OFFICER, "i", one, NOW)
    await close(store, WANG, "i", Disposition.RESOLVED, "", NOW)
    await come_back(store, "i", NOW, changed=True)
    it = await answer(store, LI, "i", NOW)
    assert (it.state, differences(it)) == (IncidentState.ANSWERED, [])


async def test_answered_while_a_station_is_at_work_is_dispatched() -> None:
    store = MemoryStore()
    await store.incidents.add(compose(Report("i", "i", "0110-1", NOW), NOW))
    await answer(store, WANG, "i", NOW)
    await dispatch(store, WANG, "i", W1, "分局", "", NOW)
    await respond(store, OFFICER, "i", "acknowledge", NOW)
    await close(store, WANG, "i", Disposition.RESOLVED, "", NOW)
    await come_back(store, "i", NOW, changed=True)
    it = await answer(store, LI, "i", NOW)
    assert it.state is IncidentState.DISPATCHED
    assert differences(it) == []
    it.state = IncidentState.ANSWERED
    assert len(differences(it)) == 1
