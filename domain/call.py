"""Call and participant: one conversation inside an incident, and the people in it.

Rule 1: the state of a call or a participant changes in this file, and for what media processes report
(joined, left) in ``attendance.py``; nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from domain import evidence
from domain.clock import elapsed, within
from domain.errors import NotFound
from domain.people import Who
from domain.ticket import random_id
from domain.workflow import Table, step

if TYPE_CHECKING:
    from domain.incident import Incident

MAX_PARTICIPANTS = 4
MEDIA_DEAD_MS = 10_000


class CallState(StrEnum):
    RINGING = "RINGING"
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"
    ABANDONED = "ABANDONED"


OVER = (CallState.ENDED, CallState.ABANDONED)
CALL: Table[CallState] = {
    CallState.RINGING: {
        "answer": CallState.ACTIVE,
        "abandon": CallState.ABANDONED,
    },
    CallState.ACTIVE: {"end": CallState.ENDED},
    CallState.ENDED: {},
    CallState.ABANDONED: {
        "return": CallState.RINGING
    },  # by a caller who comes and goes, see bounds
}


class ParticipantRole(StrEnum):
    CALLER = "CALLER"
    DISPATCHER = "DISPATCHER"
    STATION = "STATION"
    GUEST = "GUEST"  # a fourth: interpreter, medical, family


class ParticipantState(StrEnum):
    INVITED = "INVITED"
    JOINED = "JOINED"
    AWAY = "AWAY"  # a dispatcher who took another call: connected, and neither heard nor hearing
    LEFT = "LEFT"
    DECLINED = "DECLINED"


# A media process that died could not say "left": joining again from JOINED is therefore an arrow.
PARTICIPANT: Table[ParticipantState] = {
    ParticipantState.INVITED: {
        "join": ParticipantState.JOINED,
        "decline": ParticipantState.DECLINED,
    },
    ParticipantState.JOINED: {
        "join": ParticipantState.JOINED,
        "leave": ParticipantState.LEFT,
        "go_away": ParticipantState.AWAY,
    },
    ParticipantState.AWAY: {
        "join": ParticipantState.AWAY,
        "leave": ParticipantState.LEFT,
        "come_back": ParticipantState.JOINED,
    },
    ParticipantState.LEFT: {
        "join": ParticipantState.JOINED,
        "invite": ParticipantState.INVITED,
    },
    ParticipantState.DECLINED: {"invite": ParticipantState.INVITED},
}
# Connected to the room.
HERE = (ParticipantState.JOINED, ParticipantState.AWAY)


@dataclass(slots=True)
class Participant:
    """Somebody in a call. ``person`` is the staff id, None for the caller. Times are Unix ms.

    ``removed``: lost the right to be in the call (taken over, stood down); the media process ends
    the connection and no ticket is issued until the participant is invited again. ``joins``: how
    often he came, whether the log tells each time or not. ``away_at``: since when a dispatcher is in
    another call; it outlives a lost connection, so who joins again is away again. ``turned_at``: when a
    dispatcher answered, or came back.
    """

    id: str
    role: ParticipantRole
    name: str
    state: ParticipantState = ParticipantState.INVITED
    person: str | None = None
    station: str | None = None
    invited_at: int = 0
    joined_at: int | None = None
    left_at: int | None = None
    removed: bool = False
    joins: int = 0
    away_at: int | None = None
    turned_at: int | None = None


@dataclass(slots=True)
class Recording:
    """A sealed recording: one participant's frames as Matroska, in the store's files under ``file``.

    ``started_at`` is the server's clock at the first frame, ``seconds`` its length.
    """

    file: str
    participant: str
    role: ParticipantRole
    started_at: int
    seconds: float
    bytes: int
    sha256: str
    video: bool
    audio: bool


@dataclass(slots=True)
class Call:
    """One conversation. ``media`` is the id of the media process that holds its room."""

    id: str
    state: CallState = CallState.RINGING
    media: str | None = None
    started_at: int = 0
    ended_at: int | None = None
    participants: list[Participant] = field(default_factory=list)
    recordings: list[Recording] = field(default_factory=list)

    def participant(self, id: str) -> Participant:
        for person in self.participants:
            if person.id == id:
                return person
        raise NotFound("no such participant")


@dataclass(slots=True)
class MediaProcess:
    """A running media process. ``url`` is its signalling socket as pages see it (ws:// or wss://);
    ``instance`` is drawn at its start, and ``process`` tells it from others of its machine. One that is
    ``draining`` gets no new calls while another is there, and keeps those that it has; one that is
    ``ending`` has told everybody to come back elsewhere."""

    id: str
    url: str
    rooms: int
    participants: int
    started_at: int
    heartbeat_at: int
    instance: str = ""
    process: str = ""
    draining: bool = False
    ending: bool = False
    version: int = 0


def new_call(now: int) -> Call:
    """A ringing call with its caller invited."""
    caller = Participant(random_id(), ParticipantRole.CALLER, "报警人", invited_at=now)
    return Call(random_id(), started_at=now, participants=[caller])


def invite(
    incident: Incident,
    who: Who,
    role: ParticipantRole,
    name: str,
    now: int,
    *,
    person: str | None = None,
    station: str | None = None,
    anew: bool = False,
) -> Participant:
    """Invite somebody to the incident's call; the same person or station is invited once, unless
    ``anew``: then as another participant beside the one who was removed."""
    call = incident.call
    for one in () if anew else sorted(call.participants, key=lambda known: known.removed):
        same_person = person is not None and one.person == person
        same_station = station is not None and one.station == station
        if one.role is role and (same_person or same_station):
            one.removed = False
            if one.state in (ParticipantState.LEFT, ParticipantState.DECLINED):
                one.state = step(PARTICIPANT, one.state, "invite")
                one.invited_at = now
                evidence.append(incident.log, who, "participant.invited", now, participant=one.id)
            return one
    one = Participant(random_id(), role, name, person=person, station=station, invited_at=now)
    call.participants.append(one)
    evidence.append(
        incident.log,
        who,
        "participant.invited",
        now,
        participant=one.id,
        role=str(role),
        name=name,
    )
    return one


def remove(incident: Incident, who: Who, one: Participant, now: int) -> None:
    """Take somebody out of the call, wherever he is in it."""
    if one.removed:
        return
    one.removed, one.away_at = True, None
    event = "decline" if one.state is ParticipantState.INVITED else "leave"
    if one.state in (ParticipantState.INVITED, *HERE):
        one.state = step(PARTICIPANT, one.state, event)
        one.left_at = now
    evidence.append(
        incident.log,
        who,
        "participant.removed",
        now,
        participant=one.id,
        role=str(one.role),
        name=one.name,
    )


def dispatcher_in_call(incident: Incident) -> Participant | None:
    """The participant of whoever has the incident, in its present call."""
    if not incident.calls or incident.dispatcher is None:
        return None
    found = (
        one
        for one in incident.call.participants
        if one.role is ParticipantRole.DISPATCHER and one.person == incident.dispatcher
    )
    return next((one for one in found if not one.removed), None)


def transferred_at(incident: Incident) -> int | None:
    """Since when a colleague has been called to take the incident; None when nobody is."""
    one = dispatcher_in_call(incident)
    if one is None or incident.call.state is not CallState.ACTIVE:
        return None
    waits = one.turned_at is None and one.state is ParticipantState.INVITED
    return one.invited_at if waits else None


def accept_transfer(incident: Incident, who: Who, now: int) -> None:
    """Whoever was called to take the incident takes it; of an incident he has already, nothing."""
    since = transferred_at(incident)
    one = dispatcher_in_call(incident)
    if since is None or one is None:
        return
    one.turned_at = now
    evidence.append(incident.log, who, "incident.taken_over", now, waited_ms=elapsed(since, now))


def turn_to(incident: Incident, now: int) -> None:
    """Whoever has the incident talks in its present call from now on."""
    one = dispatcher_in_call(incident)
    if one is not None:
        one.turned_at = now


def away_since(incident: Incident) -> int | None:
    """Since when whoever has the incident is away in another call; None when he is not."""
    one = dispatcher_in_call(incident)
    return one.away_at if one is not None else None


def go_away(incident: Incident, who: Who, one: Participant, now: int) -> None:
    """He took another call; whoever is in this one is told. Twice is once."""
    if one.away_at is not None:
        return
    one.away_at = now
    if one.state is ParticipantState.JOINED:
        one.state = step(PARTICIPANT, one.state, "go_away")
    about: dict[str, Any] = {"participant": one.id, "role": str(one.role), "name": one.name}
    evidence.append(incident.log, who, "participant.away", now, **about)


def come_back(incident: Incident, who: Who, one: Participant, now: int) -> None:
    """He is in this call again. Twice is once."""
    if one.away_at is None:
        return
    seconds = elapsed(one.away_at, now) // 1000
    one.away_at, one.turned_at = None, now
    if one.state is ParticipantState.AWAY:
        one.state = step(PARTICIPANT, one.state, "come_back")
    about: dict[str, Any] = {"participant": one.id, "role": str(one.role), "name": one.name}
    evidence.append(incident.log, who, "participant.back", now, **about, seconds=seconds)


def answer(call: Call) -> None:
    """Somebody of the desk talks in it from now on."""
    call.state = step(CALL, call.state, "answer")


def decline(one: Participant) -> None:
    """Whoever was invited does not come."""
    one.state = step(PARTICIPANT, one.state, "decline")


def drop(one: Participant, now: int) -> None:
    """He is not connected any more."""
    one.state = step(PARTICIPANT, one.state, "leave")
    one.left_at = now


def ring_again(call: Call) -> None:
    """A call that was given up before anybody answered rings again, with those who were in it."""
    call.state = step(CALL, call.state, "return")
    call.ended_at = None


def end(incident: Incident, who: Who, now: int, reason: str, *, told: bool = True) -> None:
    """End the incident's call, whatever state it is in; the room follows the document.

    Without an entry of its own in the log when not ``told``.
    """
    call = incident.call
    event = {CallState.RINGING: "abandon", CallState.ACTIVE: "end"}.get(call.state)
    if event is None:
        return
    call.state = step(CALL, call.state, event)
    call.ended_at = now
    for one in call.participants:
        one.away_at = None
        if one.state in HERE:
            drop(one, now)
    if told:
        evidence.append(incident.log, who, "call.ended", now, call=call.id, reason=reason)


def alive(process: MediaProcess, now: int) -> bool:
    """Whether a media process gave a sign of life lately."""
    return within(process.heartbeat_at, now, MEDIA_DEAD_MS)
