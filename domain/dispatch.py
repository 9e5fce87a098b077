"""Calling the station responsible into an incident, and what the station does about it."""

from __future__ import annotations

from domain import call as calls
from domain import evidence
from domain.call import Participant, ParticipantRole, ParticipantState
from domain.clock import within
from domain.closing import finish
from domain.errors import FORBIDDEN, WRONG_STATE, NotFound, Refused
from domain.incident import INCIDENT, OPEN, Incident, IncidentState, amend, require_mine
from domain.people import DESK, SYSTEM, Role, Who, require, require_visible
from domain.place import Candidate, Jurisdiction
from domain.ports import Store
from domain.responder import BUSY, RESPONDER, Responder, ResponderState, at_work, took_it
from domain.workflow import allows, step

LATE_MS = (
    60_000  # a step that its officer's device reported so much later was made without a network
)

NEXT_MS = 30_000  # nobody came and nobody pressed: the product calls the next
JOINED = ParticipantState.JOINED


async def dispatch(
    store: Store, who: Who, id: str, station: Jurisdiction, bureau: str, reason: str, now: int
) -> Incident:
    """Call a station: responder ASSIGNED, its officer INVITED to the call. Pressing twice is once.

    The log says which place the station had among the candidates (``rank``, from 1; None when it was
    not one of them) and why another than the first was chosen.
    """
    require(who, *DESK)

    def change(it: Incident) -> None:
        require_mine(it, who)
        called = any(one.station == station.id for one in it.call.participants)
        known = _find(it, station.id)
        if known is not None and known.state in BUSY and known.unanswered_at is None and called:
            return
        _call(it, who, station.id, station.name, bureau, reason, now)

    return await amend(store, id, change)


def next_due(it: Incident, now: int) -> Candidate | None:
    """The candidate that the product itself calls now: nobody of those called came in 30 s, and nobody on
    the desk called another. None while there is no need, or nobody left to call."""
    sent = at_work(it.responders)
    if it.state is not IncidentState.DISPATCHED or not sent or it.where is None:
        return None
    for one in sent:
        if one.unanswered_at is None or within(one.assigned_at, now, NEXT_MS):
            return None
        if any(p.station == one.station and p.state is JOINED for p in it.call.participants):
            return None
    known = {one.station for one in it.responders}
    return next((one for one in it.where.located.candidates if one.station not in known), None)


def call_next(it: Incident, who: Who, next: Candidate, now: int) -> None:
    """Call it in the product's name; those called before stay assigned until they are released."""
    _call(it, who, next.station, next.name, next.bureau, "", now, auto=True)


def _call(
    it: Incident,
    who: Who,
    station: str,
    name: str,
    bureau: str,
    reason: str,
    now: int,
    **more: bool,
) -> None:
    it.state = step(INCIDENT, it.state, "dispatch")
    known = _find(it, station)
    if known is None:
        it.responders.append(
            Responder(
                station,
                name,
                bureau,
                ResponderState.ASSIGNED,
                now,
                reason,
                at={str(ResponderState.ASSIGNED): now},
            )
        )
    else:
        if known.state not in BUSY:
            known.state = step(RESPONDER, known.state, "assign")
        known.assigned_at, known.unanswered_at, known.reason = now, None, reason
        known.changed_at = None
        known.officer, known.officer_name = None, ""
        known.at, known.radio = {str(ResponderState.ASSIGNED): now}, {}
    rank, candidate = _rank(it, station)
    evidence.append(
        it.log,
        who,
        "station.called",
        now,
        station=station,
        name=name,
        rank=rank,
        share=candidate.share if candidate else None,
        distance=candidate.distance if candidate else None,
        reason=reason,
        **more,
    )
    calls.invite(it, who, ParticipantRole.STATION, name, now, station=station)


async def respond(
    store: Store, who: Who, id: str, event: str, now: int, device_at: int | None = None
) -> Incident:
    """A station's step: acknowledge, depart, arrive, clear; also once the case is closed, until clear.
    The same step twice is once. ``seen``: it has read that the situation changed, and is where it was.

    A step that comes later than it happened (device clock more than a minute behind) is marked late,
    not refused. The last ``clear`` of a case that was handed to its stations closes it.
    """
    require(who, Role.STATION_OFFICER)

    def change(it: Incident) -> None:
        require_visible(who, it.stations())
        one = responder_of(it, who.station)
        if event == "seen":
            if one.changed_at is not None:
                one.changed_at = None
                evidence.append(
                    it.log, who, "station.seen", now, device_at, station=one.station, name=one.name
                )
            return
        if one.at.get(AFTER[event]) is not None and not allows(RESPONDER, one.state, event):
            return
        one.state = step(RESPONDER, one.state, event)
        one.at[str(one.state)] = now
        one.unanswered_at = one.changed_at = None
        one.officer, one.officer_name = who.id, who.name
        late = device_at is not None and not within(device_at, now, LATE_MS)
        evidence.append(
            it.log,
            who,
            f"station.{event}",
            now,
            device_at,
            station=one.station,
            name=one.name,
            late=late,
        )
        if event == "clear":
            finish(it, who, now)

    return await amend(store, id, change)


def take(it: Incident, came: Participant, now: int) -> None:
    """A station whose officer came into the call has taken it, button or not."""
    one = _find(it, came.station)
    if one is not None and one.changed_at is not None:
        one.changed_at = None
        evidence.append(
            it.log, admitted(it, came.id), "station.seen", now, station=one.station, name=one.name
        )
    if one is None or one.state is not ResponderState.ASSIGNED:
        return
    who = admitted(it, came.id)
    one.state = step(RESPONDER, one.state, "acknowledge")
    one.at[str(one.state)] = now
    one.unanswered_at = None
    if who is not SYSTEM:
        one.officer, one.officer_name = who.id, who.name
    evidence.append(
        it.log, who, "station.acknowledge", now, station=one.station, name=one.name, late=False
    )


def admitted(it: Incident, participant: str) -> Who:
    """Whom of the staff the log let in last under this participant."""
    for entry in reversed(it.log.entries):
        if entry.what == "participant.admitted" and entry.data["participant"] == participant:
            return entry.who
    return SYSTEM


async def decline(store: Store, who: Who, id: str, now: int) -> Incident:
    """The station cannot take part: the desk is offered the next in line at once."""
    require(who, Role.STATION_OFFICER)

    def change(it: Incident) -> None:
        require_visible(who, it.stations())
        one = responder_of(it, who.station)
        for person in it.call.participants:
            if person.station == who.station and person.state is ParticipantState.INVITED:
                calls.decline(person)
                evidence.append(
                    it.log,
                    who,
                    "participant.declined",
                    now,
                    participant=person.id,
                    station=one.station,
                    name=one.name,
                )
                one.changed_at = None
                if one.state is ResponderState.ASSIGNED:
                    one.unanswered_at = now

    return await amend(store, id, change)


async def stand_down(
    store: Store, who: Who, id: str, station: str, reason: str, now: int
) -> Incident:
    """Release a station that is not on scene yet; what it saw so far it may still see."""
    require(who, *DESK)

    def change(it: Incident) -> None:
        require_mine(it, who)
        one = responder_of(it, station)
        if one.state is ResponderState.STOOD_DOWN:
            return
        one.state = step(RESPONDER, one.state, "stand_down")
        one.at[str(one.state)] = now
        one.unanswered_at = one.changed_at = None
        for person in it.call.participants:
            if person.station == station:
                calls.remove(it, who, person, now)
        evidence.append(
            it.log, who, "station.stand_down", now, station=station, name=one.name, reason=reason
        )
        if it.handed_at is not None and not took_it(it.responders):
            it.handed_at = None
            evidence.append(it.log, who, "incident.taken_back", now)

    return await amend(store, id, change)


def invited_participant(it: Incident, who: Who) -> str:
    """The participant id under which ``who`` may join the present call.

    The dispatcher who has the incident, any supervisor (as a guest), an officer of a called station.
    Raises ``NotFound`` or ``forbidden``.
    """
    require_visible(who, it.stations())
    if it.state not in OPEN:
        raise Refused(WRONG_STATE, "nobody can join now", state=str(it.state))
    for one in it.call.participants:
        if one.removed or one.state is ParticipantState.DECLINED:
            continue
        if one.person == who.id and (
            one.role is not ParticipantRole.DISPATCHER or it.dispatcher == who.id
        ):
            return one.id
        if who.role is Role.STATION_OFFICER and one.station == who.station:
            return one.id
    raise Refused(FORBIDDEN, "not invited to this call")


def responder_of(it: Incident, station: str | None) -> Responder:
    """The responder entry of a station; raises ``NotFound``."""
    found = _find(it, station)
    if found is None:
        raise NotFound("this station was not called")
    return found


def _find(it: Incident, station: str | None) -> Responder | None:
    return next((one for one in it.responders if one.station == station), None)


def _rank(it: Incident, station: str) -> tuple[int | None, Candidate | None]:
    fix = it.where
    if fix is not None:
        for rank, candidate in enumerate(fix.located.candidates, 1):
            if candidate.station == station:
                return rank, candidate
    return None, None


AFTER = {
    "acknowledge": str(ResponderState.ACKNOWLEDGED),
    "depart": str(ResponderState.EN_ROUTE),
    "arrive": str(ResponderState.ON_SCENE),
    "clear": str(ResponderState.CLEARED),
}
