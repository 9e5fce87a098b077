"""Who else has a tip open, and who writes in it, so that no resident is answered twice."""

from __future__ import annotations

from api.bodies import TipViewingIn
from api.routes import Ask, Routes
from api.shapes import Done
from api.shapes_tips import TipViewer, TipViewers
from domain.people import COMMUNITY_PAGE
from domain.tip import require_tip
from domain.viewing import left, viewed

AGAIN_MS = 8_000
routes = Routes()


@routes.add("PUT", "/tips/{id}/viewing", COMMUNITY_PAGE)
async def view_tip(ask: Ask, id: str, body: TipViewingIn) -> TipViewers:
    """I have it open, and perhaps words in its form; who else does. Said again every ``again_ms`` as long
    as it is in sight; half a minute later it is true no more. It is on no record: what is, is the look."""
    store = ask.house.store
    require_tip(ask.staff, await store.tips.get(id))
    found = await viewed(store, ask.staff, id, body.writing, ask.now)
    return TipViewers([TipViewer(one.name, one.writing) for one in found], AGAIN_MS)


@routes.add("DELETE", "/tips/{id}/viewing", COMMUNITY_PAGE)
async def leave_tip(ask: Ask, id: str) -> Done:
    """I have it open no more."""
    await left(ask.house.store, ask.staff, id)
    return Done()
