"""Whatever caller, two desks, a station, media and time do: what each face is sent agrees with the document.

The views are what pages draw from; which words they choose for them is held by the pages' own tests.
"""

from __future__ import annotations

import asyncio
import contextlib
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from api.board import Seen
from api.house import House
from api.shapes import CallerView, IncidentView
from api.stood_down import view_for
from api.views import caller_view
from bot.progress import INCIDENT_STEPS
from domain import attendance, away, evidence
from domain.call import CallState, Participant, ParticipantRole, ParticipantState
from domain.call_back import turn_silent
from domain.caller_position import move
from domain.calling import call_again, call_back, end_call
from domain.closing import close
from domain.contact import leave_contact, needs_contact
from domain.dispatch import decline, dispatch, respond, stand_down
from domain.errors import Refused
from domain.hang_up import HangUp
from domain.incident import OPEN, Disposition, Incident, IncidentState, abandon, answer, come_back
from domain.intake import Report, compose
from domain.message import CALLER_SEES, read_thread, say
from domain.people import CALLER, Role, Who
from domain.place import Candidate, Certainty, Fix, Jurisdiction, Level, Located, Wgs84
from domain.radio import record_step
from domain.replay import differences
from domain.responder import ResponderState
from domain.stood_down import seen_until
from domain.sweep import sweep
from domain.transfer import revoke, transfer
from tests.webrtc.memory_store import MemoryStore

NOW = 1_780_000_000_000
ID = "a"
WANG = Who("d1", Role.DISPATCHER, "王接警")
LI = Who("d2", Role.DISPATCHER, "李接警")
PATROL = Who("s1", Role.STATION_OFFICER, "张民警", "w1")
EAST = Who("e1", Role.STATION_OFFICER, "赵民警", "e1")
STATIONS = {one: Jurisdiction(one, f"{one}派出所", Level.STATION, "b") for one in ("w1", "e1")}
HOUSE = cast(
    House,
    SimpleNamespace(board=SimpleNamespace(seen=lambda id: Seen(), journaled=lambda id: False)),
)
# Told to the caller's chat: each of them has to be something the caller may see on his page, too.
CHAT = {*INCIDENT_STEPS, "message"}

DESK_VERBS = (
    *("answer", "away", "back", "call", "call other", "stand down", "close", "close all"),
    *(
        "end call",
        "hand over to station",
        "call back",
        "transfer",
        "revoke",
        "say",
        "read",
        "radio",
    ),
)
STATION_VERBS = (
    *(
        "acknowledge",
        "depart",
        "arrive",
        "clear",
        "seen",
        "decline",
        "say",
        "read",
        "join",
        "leave",
    ),
)
CALLER_VERBS = (
    *("say", "hang up", "by mistake", "come back", "changed", "call again", "move", "contact"),
    *("silent", "read", "join", "leave"),
)
STEP = st.one_of(
    st.tuples(st.sampled_from([WANG, LI]), st.sampled_from((*DESK_VERBS, "join", "leave"))),
    st.tuples(st.sampled_from([PATROL, EAST]), st.sampled_from(STATION_VERBS)),
    st.tuples(st.just(CALLER), st.sampled_from(CALLER_VERBS)),
    st.tuples(st.none(), st.sampled_from(("wait", "wait long"))),
)


def fix(lon: float, now: int) -> Fix:
    candidates = [Candidate(one, f"{one}派出所", "分局", 0.5, 0.0) for one in STATIONS]
    located = Located(Certainty.BOTH, candidates, "", "", "v1#0", place="某地")
    return Fix(Wgs84(lon, 41.1, 20.0), lon, 41.1, Wgs84.datum, now, located)


def place(it: Incident, who: Who) -> Participant | None:
    """His place in the present call."""
    for one in it.call.participants:
        if who is CALLER and one.role is ParticipantRole.CALLER:
            return one
        if one.person == who.id or (one.station is not None and one.station == who.station):
            return one
    return None


async def act(store: Any, who: Who | None, verb: str, now: int) -> None:
    it = await store.incidents.get(ID)
    if who is None:
        await sweep(store, [it], now, False)
    elif verb in ("join", "leave"):
        one = place(it, who)
        if one is None:
            return
        if verb == "join":
            await attendance.joined(store, ID, it.call.id, one.id, now, "m1")
        else:
            await attendance.left(store, ID, it.call.id, one.id, now, "bye")
    elif verb == "say":
        await say(store, who, ID, f"key-{now}", "在这里", now)
    elif verb == "read":
        await read_thread(store, who, ID, it.log.length, it.log.length, now)
    elif who is CALLER:
        await _caller(store, verb, now)
    elif who.role is Role.STATION_OFFICER:
        if verb == "decline":
            await decline(store, who, ID, now)
        else:
            await respond(store, who, ID, verb, now)
    else:
        await _desk(store, who, verb, now)


async def _caller(store: Any, verb: str, now: int) -> None:
    if verb in ("hang up", "by mistake"):
        await abandon(store, ID, now, HangUp.MISTAKE if verb == "by mistake" else None)
    elif verb in ("come back", "changed"):
        await come_back(store, ID, now, verb == "changed")
    elif verb == "call again":
        await call_again(store, ID, now)
    elif verb == "move":
        await move(store, ID, fix(121 + now % 97 / 100, now), now)
    elif verb == "contact":
        await leave_contact(store, ID, "13800138000", now)
    else:
        await turn_silent(store, ID, now)


async def _desk(store: Any, who: Who, verb: str, now: int) -> None:
    other = LI if who is WANG else WANG
    if verb == "answer":
        await answer(store, who, ID, now)
    elif verb == "away":
        await away.go_away(store, who, ID, now)
    elif verb == "back":
        await away.come_back(store, who, ID, now)
    elif verb in ("call", "call other"):
        station = STATIONS["w1" if verb == "call" else "e1"]
        await dispatch(store, who, ID, station, "分局", "", now)
    elif verb == "stand down":
        await stand_down(store, who, ID, "w1", "", now)
    elif verb in ("close", "close all"):
        kind = Disposition.RESOLVED
        await close(store, who, ID, kind, "", now, stand_down=verb == "close all")
    elif verb in ("end call", "hand over to station"):
        await end_call(store, who, ID, now, to_station=verb != "end call")
    elif verb == "call back":
        await call_back(store, who, ID, now)
    elif verb == "transfer":
        await transfer(store, who, ID, other, now)
    elif verb == "revoke":
        await revoke(store, who.id, ID, now, "disabled")
    else:
        await record_step(store, who, ID, "w1", "acknowledge", now)


def faces_agree(it: Incident) -> None:
    assert differences(it) == []
    assert evidence.verify(it.log, [], b"secret") == []
    desk = view_for(HOUSE, WANG, it)
    caller = caller_view(it)
    _same(it, desk, caller)
    _call(it, desk, caller)
    for officer in (PATROL, EAST):
        if officer.station in it.stations():
            _station(it, desk, view_for(HOUSE, officer, it), officer)
    _thread(it, desk, caller)


def _same(it: Incident, desk: IncidentView, caller: CallerView) -> None:
    assert desk.state == caller.state == it.state
    assert desk.silent == caller.silent == it.silent
    assert desk.raised_at == caller.raised_at == NOW, "it never changes"
    assert (desk.closed_at is None) == (it.state is not IncidentState.CLOSED)
    assert caller.tracking == (it.state is not IncidentState.CLOSED), "closed: no position any more"
    assert (desk.dispatcher is None) <= (it.state not in OPEN)
    assert caller.handed_at == desk.handed_at
    if it.position is not None:
        assert desk.position is not None
        assert (desk.position.lon, desk.position.lat) == (
            it.position.wgs84.lon,
            it.position.wgs84.lat,
        )
    if caller.put_through_since is not None:
        assert it.state in OPEN, "only who was answered is put through to another"
        talking = [one for one in it.call.participants if one.person == it.dispatcher]
        assert it.unattended_at is not None or talking


def _call(it: Incident, desk: IncidentView, caller: CallerView) -> None:
    mine = {one.id: one.state for one in caller.participants}
    assert mine == {one.id: one.state for one in desk.calls[-1].participants}
    assert caller.call_state == desk.calls[-1].state
    joined = [one for one in it.call.participants if one.state is ParticipantState.JOINED]
    watching = [one.name for one in joined if one.role is not ParticipantRole.CALLER]
    assert caller.watchers == watching, "who watches is told, and nobody else"
    if it.call.state in (CallState.ENDED, CallState.ABANDONED):
        here = (ParticipantState.JOINED, ParticipantState.AWAY)
        assert all(one.state not in here for one in it.call.participants)
    for before in it.calls[:-1]:
        assert before.state in (CallState.ENDED, CallState.ABANDONED), "one call at a time"
    for one in caller.participants:
        if one.state is ParticipantState.AWAY:
            assert one.away_at is not None


def _station(it: Incident, desk: IncidentView, view: IncidentView, officer: Who) -> None:
    own = next(one for one in view.responders if one.station == officer.station)
    real = next(one for one in it.responders if one.station == officer.station)
    assert own.state == real.state
    until = seen_until(it, officer)
    assert (until is not None) == (real.state is ResponderState.STOOD_DOWN)
    if until is not None:
        assert view.log_length == until, "it hears nothing new"
        assert all(entry.seq <= until for entry in view.entries)
        return
    assert (view.state, view.log_length, view.calls) == (desk.state, desk.log_length, desk.calls)
    if it.contact and not needs_contact(it, officer.station):
        assert it.contact not in str(view.caller.contact), "whole only for who is at work"


def _thread(it: Incident, desk: IncidentView, caller: CallerView) -> None:
    assert [one.seq for one in desk.entries] == list(range(1, it.log.length + 1))
    seen = [one.seq for one in caller.entries]
    assert seen == [one.seq for one in it.log.entries if one.what in CALLER_SEES]
    assert CHAT <= CALLER_SEES, "the chat says nothing that the page keeps"
    assert desk.unread <= sum(one.what in ("message", "upload") for one in it.log.entries)
    assert caller.read <= it.log.length
    read = {one.side: one.read for one in desk.marks}
    assert caller.read == max((seq for side, seq in read.items() if side != "caller"), default=0)


@settings(max_examples=150, deadline=None)
@given(st.lists(STEP, max_size=40))
def test_whatever_is_done_the_faces_agree_with_the_document(
    done: list[tuple[Who | None, str]],
) -> None:
    async def play() -> None:
        store: Any = MemoryStore()
        report = Report(
            ID, ID, "0110-261129-0000001", NOW, words="有人撬门", position=fix(121.1, NOW)
        )
        await store.incidents.add(compose(report, NOW))
        now = NOW
        for who, verb in done:
            now += {"wait": 16_000, "wait long": 90_000}.get(verb, 700)
            with contextlib.suppress(Refused):
                await act(store, who, verb, now)
            faces_agree(await store.incidents.get(ID))

    asyncio.run(play())
