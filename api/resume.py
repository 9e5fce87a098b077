"""Back to one's own report: from the chat into the page, and from an app by what it calls the report."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from api.channels import LONGEST_ID, external_incident
from api.intake import receipt_of
from api.integrators import HEADER
from api.routes import PUBLIC, Ask, Routes
from api.shapes import Receipt
from domain.entry import spend
from domain.errors import LOGIN_NEEDED, NOT_FOUND, TICKET_BAD, NotFound, Refused
from domain.incident import LIVE
from domain.ticket import EntryKind, read_entry

routes = Routes()


class ResumeIn(Struct, forbid_unknown_fields=True):
    """``wechat``: the entry ticket of somebody who has just come through the account's door."""

    wechat: Annotated[str, Meta(min_length=1, max_length=4096)]


class ExternalQuery(Struct, forbid_unknown_fields=True):
    """``external_id`` as the app sent it with the report."""

    external_id: Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)]


@routes.add("GET", "/resume", PUBLIC, faults=(NOT_FOUND, LOGIN_NEEDED))
async def find_report(ask: Ask, query: ExternalQuery) -> Receipt:
    """The receipt of a report that came with this external id and the same integrator's key (scope
    ``caller``), open or not; ``not_found`` without one."""
    if ask.integrator is None:
        raise Refused(LOGIN_NEEDED, HEADER)
    id = external_incident(ask.house, ask.integrator, query.external_id.strip())
    await ask.house.settled(id)
    incident = await ask.house.store.incidents.get(id)
    return receipt_of(ask.house, incident, journaled=False)


@routes.add("POST", "/wechat/resume", PUBLIC, faults=(NOT_FOUND, TICKET_BAD))
async def resume_report(ask: Ask, body: ResumeIn) -> Receipt:
    """The receipt of my report that is still open. Without one ``not_found``, and the ticket stays good
    for a report; otherwise the ticket is used up."""
    house = ask.house
    ticket = read_entry(house.secret, body.wechat, EntryKind.RESIDENT, ask.now)
    resident = await house.store.residents.get(ticket.subject)
    if resident.incident is None:
        raise NotFound("no report")
    incident = await house.store.incidents.get(resident.incident)
    if incident.state not in LIVE:
        raise NotFound("no open report")
    await spend(house.store, ticket, ask.now)
    return receipt_of(house, incident, journaled=False)
