"""The desks: who is at one, handing an incident over by name, and whose hands are empty before he goes."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

from api.routes import Ask, Routes
from api.shapes import IncidentView
from api.shapes_desks import DeskList, DeskView, TransferIn
from api.views import view
from domain import call as calls
from domain.call import ParticipantState
from domain.errors import FORBIDDEN, IN_HAND, NOT_AT_DESK, TAKEN, WRONG_STATE, Conflict, Refused
from domain.incident import OPEN, Incident
from domain.people import DESK, Person
from domain.ports import Store
from domain.queries import incidents_in
from domain.queries_people import people_of_role, sessions_of
from domain.transfer import concerns, revoke, transfer

routes = Routes()
log = logging.getLogger("jingmin.desks")


@routes.add("GET", "/desks", DESK)
async def list_desks(ask: Ask) -> DeskList:
    """Colleagues who are at a desk now, to hand an incident over to."""
    found = [one async for one in _at_desks(ask) if one.id != ask.staff.id]
    known = ask.house.board.open_incidents()
    views = [
        DeskView(
            one.id,
            one.name,
            one.role,
            sum(it.dispatcher == one.id and it.state in OPEN for it in known),
            any(_talks(it, one.id) for it in known),
        )
        for one in found
    ]
    return DeskList(sorted(views, key=lambda one: (one.name, one.id)))


@routes.add(
    "POST", "/incidents/{id}/transfer", DESK, faults=(TAKEN, FORBIDDEN, WRONG_STATE, NOT_AT_DESK)
)
async def transfer_incident(ask: Ask, id: str, body: TransferIn) -> IncidentView:
    """转交: a colleague who is at a desk has the incident from now on and is called; he takes it with
    ``answer``. In 20 s without that the desk rings everywhere."""
    to = [one async for one in _at_desks(ask) if one.id == body.to]
    if not to:
        raise Refused(NOT_AT_DESK)
    return view(ask.house, await transfer(ask.house.store, ask.staff, id, to[0].who(), ask.now))


async def require_empty_hands(ask: Ask) -> None:
    """Raises ``in_hand`` with the incidents somebody at a desk has not finished."""
    if ask.staff.role not in DESK:
        return
    known = [it for it in ask.house.board.open_incidents() if it.dispatcher == ask.staff.id]
    # What was handed over a moment ago may not have come to this process yet.
    fresh = [await ask.house.store.incidents.get(it.id) for it in known]
    mine = [it for it in fresh if it.state in OPEN and it.dispatcher == ask.staff.id]
    if mine:
        raise Refused(IN_HAND, incidents=[{"id": it.id, "number": it.number} for it in mine])


async def empty_hands(store: Store, person: str, now: int, cause: str) -> None:
    """Somebody may not be at the desk any more: his calls end in every process, his incidents wait in
    front. The store is asked, not a process's board: nothing may be overlooked."""
    for state in OPEN:
        concerned = [
            it.id
            async for it in store.incidents.every(incidents_in(str(state)))
            if concerns(it, person)
        ]
        for id in concerned:
            try:
                await revoke(store, person, id, now, cause)
            except Conflict as conflict:
                log.warning("incident %s: %s", id, conflict.fault.code)


async def _at_desks(ask: Ask) -> AsyncIterator[Person]:
    store = ask.house.store
    for role in DESK:
        async for person in store.people.every(people_of_role(role)):
            if person.disabled:
                continue
            sessions = store.sessions.every(sessions_of(person.id))
            here = [one async for one in sessions if one.expires_at > ask.now]
            if any(ask.house.board.at_desk(one.id) for one in here):
                yield person


def _talks(it: Incident, person: str) -> bool:
    if it.state not in OPEN or it.dispatcher != person:
        return False
    one = calls.dispatcher_in_call(it)
    return one is not None and one.state is ParticipantState.JOINED
