"""转交: an incident goes from desk to desk by name; and what becomes of it when its dispatcher has to go."""

from __future__ import annotations

from domain import call as calls
from domain import evidence
from domain.call import HERE, Participant, ParticipantRole
from domain.dispatch import admitted
from domain.errors import INVALID, Refused
from domain.incident import INCIDENT, OPEN, Incident, amend, require_mine, system_entry
from domain.people import DESK, SYSTEM, Who, require
from domain.ports import Store
from domain.workflow import step


async def transfer(store: Store, who: Who, id: str, to: Who, now: int) -> Incident:
    """Hand the incident to a colleague by name. He is called and takes it with one press (``answer``);
    until then its caller reads that he is being put through, and when nobody presses in time it is free
    for everybody on the desk, as any whose dispatcher is gone.

    ``who`` has the incident, or supervises; his call there ends. Raises ``forbidden`` or ``taken``.
    """
    require(who, *DESK)
    require(to, *DESK)

    def change(it: Incident) -> None:
        require_mine(it, who)
        if it.dispatcher == to.id:
            raise Refused(INVALID, "he has it already", field="to")
        it.state = step(INCIDENT, it.state, "transfer")
        before = it.dispatcher_name
        _take_out(it, who, it.dispatcher or "", now)
        it.dispatcher, it.dispatcher_name, it.unattended_at = to.id, to.name, None
        evidence.append(
            it.log, who, "incident.transferred", now, to=to.id, name=to.name, before=before
        )
        role = ParticipantRole.DISPATCHER
        one = calls.invite(it, who, role, to.name, now, person=to.id)
        one.invited_at, one.turned_at = now, None

    return await amend(store, id, change)


async def revoke(store: Store, person: str, id: str, now: int, cause: str) -> Incident:
    """``person`` may not be at the desk any more: his call here ends wherever it is, its caller reads that
    he is being put through, and the incident waits in front. ``cause``: disabled, role, logged_out.

    Of another's incident he is only taken out of the call, if he was in it; in the place of an officer
    his station is called again.
    """

    def change(it: Incident) -> None:
        if it.state not in OPEN:
            return
        _take_out(it, SYSTEM, person, now)
        if it.dispatcher == person and it.unattended_at is None:
            it.unattended_at = now
            system_entry(it, "incident.unattended", now, name=it.dispatcher_name, cause=cause)

    return await amend(store, id, change)


def concerns(it: Incident, person: str) -> bool:
    """Whether he has the incident, or is in its call."""
    return it.dispatcher == person or bool(_parts(it, person))


def _parts(it: Incident, person: str) -> list[Participant]:
    return [
        one
        for one in it.call.participants
        if not one.removed
        and (
            one.person == person
            or (one.role is ParticipantRole.STATION and one.state in HERE and _is(it, one, person))
        )
    ]


def _is(it: Incident, one: Participant, person: str) -> bool:
    """Whether this officer came in under the participant of his station."""
    return admitted(it, one.id).id == person


def _take_out(it: Incident, who: Who, person: str, now: int) -> None:
    for one in _parts(it, person):
        calls.remove(it, who, one, now)
        if one.role is ParticipantRole.STATION:
            # Another participant: whoever still holds a ticket of this one does not come in with it.
            calls.invite(it, who, one.role, one.name, now, station=one.station, anew=True)
