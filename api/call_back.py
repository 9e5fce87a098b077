"""Reaching a caller who hung up: his page rings, or somebody gives him a link; steps heard by radio."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from api.away import away_elsewhere
from api.bodies import RadioIn
from api.intake import receipt_of
from api.routes import PUBLIC, Ask, Routes
from api.shapes import IncidentView, Receipt
from api.shapes_caller import LinkView
from api.views import view
from domain.call_back import make_link
from domain.calling import call_back
from domain.errors import INVALID, NOT_FOUND, TAKEN, TICKET_BAD, WRONG_STATE, NotFound
from domain.incident import LIVE
from domain.people import DESK
from domain.radio import record_step
from domain.ticket import issue_link, read_link

LINK_MS = 24 * 3_600_000
routes = Routes()


class LinkIn(Struct, forbid_unknown_fields=True):
    """``link``: what stands behind ``#back=`` in a link that the desk or the sandbox made."""

    link: Annotated[str, Meta(min_length=1, max_length=4096)]


@routes.add("POST", "/incidents/{id}/call-back", DESK, faults=(TAKEN, WRONG_STATE, INVALID))
async def call_caller_back(ask: Ask, id: str) -> IncidentView:
    """Call a caller who hung up, or whose call is over: his page rings, and his WeChat is told; never at
    a silent report."""
    it = await call_back(ask.house.store, ask.staff, id, ask.now)
    await away_elsewhere(ask, it)
    return view(ask.house, it)


@routes.add("POST", "/incidents/{id}/link", DESK, faults=(TAKEN, WRONG_STATE))
async def make_caller_link(ask: Ask, id: str) -> LinkView:
    """A link for the caller: it opens this report on another telephone, for a day. Logged."""
    await make_link(ask.house.store, ask.staff, id, ask.now)
    expires_at = ask.now + LINK_MS
    return LinkView("/110/#back=" + issue_link(ask.house.secret, id, expires_at), expires_at)


@routes.add("POST", "/resume", PUBLIC, faults=(NOT_FOUND, TICKET_BAD))
async def resume_by_link(ask: Ask, body: LinkIn) -> Receipt:
    """The receipt of the report that a link of the desk, or of the sandbox, leads to, while that is open."""
    house = ask.house
    if house.sandbox is not None:
        house = await house.sandbox.of_link(body.link, ask.now) or house
    id = read_link(house.secret, body.link, ask.now)
    incident = await house.store.incidents.get(id)
    if incident.state not in LIVE:
        raise NotFound("no open report")
    return receipt_of(house, incident, journaled=False)


@routes.add("POST", "/incidents/{id}/radio", DESK, faults=(TAKEN, WRONG_STATE, NOT_FOUND))
async def record_radio(ask: Ask, id: str, body: RadioIn) -> IncidentView:
    """A station's step that the desk heard by radio, marked so."""
    it = await record_step(ask.house.store, ask.staff, id, body.station, body.event, ask.now)
    return view(ask.house, it)
