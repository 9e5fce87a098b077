"""Tips that tell of one event: linked, looked at beside each other, answered with one text."""

from __future__ import annotations

from api.bodies import TipLinkIn
from api.routes import Ask, Routes
from api.shapes_tips import TipEvent
from api.tip_told import Told, told_of
from api.tip_views import tip_view
from domain.errors import TOO_MANY
from domain.people import COMMUNITY_PAGE
from domain.tip import Tip, require_tip
from domain.tip_event import link, part, tips_of

routes = Routes()


@routes.add("GET", "/tips/{id}/event", COMMUNITY_PAGE, mixed=True)
async def read_tip_event(ask: Ask, id: str) -> TipEvent:
    """All tips that tell of the same event as this one, 50 at most; it alone when it is linked with none."""
    it = await ask.house.store.tips.get(id)
    require_tip(ask.staff, it)
    return await _event(ask, it)


@routes.add("POST", "/tips/{id}/event", COMMUNITY_PAGE, mixed=True, faults=(TOO_MANY,))
async def link_tips(ask: Ask, id: str, body: TipLinkIn) -> TipEvent:
    """``other``, a tip of the same station, tells of the same event, and so do those it is linked with.
    Linked already, nothing changes."""
    return await _event(ask, await link(ask.house.store, ask.staff, id, body.other, ask.now))


@routes.add("DELETE", "/tips/{id}/event", COMMUNITY_PAGE, mixed=True, faults=(TOO_MANY,))
async def part_tip(ask: Ask, id: str) -> TipEvent:
    """This tip tells of something else; the others stay linked."""
    return await _event(ask, await part(ask.house.store, ask.staff, id, ask.now))


async def _event(ask: Ask, it: Tip) -> TipEvent:
    house = ask.house
    found = await tips_of(house.store, it)
    told = await told_of(house.store, house.secret, found, ask.now)
    seal, deadlines, me = house.content, house.settings.deadlines, ask.staff.id
    return TipEvent(
        [tip_view(seal, deadlines, one, me, told.get(one.id, Told.NOTHING)) for one in found]
    )
