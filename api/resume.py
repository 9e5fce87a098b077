"""Back to one's own report: who wrote to 110 in the chat opens the page and is in the same incident."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from api.intake import receipt_of
from api.routes import PUBLIC, Ask, Routes
from api.shapes import Receipt
from domain.entry import spend
from domain.errors import NOT_FOUND, TICKET_BAD, NotFound
from domain.incident import LIVE
from domain.ticket import EntryKind, read_entry

routes = Routes()


class ResumeIn(Struct, forbid_unknown_fields=True):
    """``wechat``: the entry ticket of somebody who has just come through the account's door."""

    wechat: Annotated[str, Meta(min_length=1, max_length=4096)]


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
