"""Away and back: in which of his calls a dispatcher is."""

from __future__ import annotations

from api.routes import Ask, Routes
from api.shapes import IncidentView
from api.views import view
from domain import call as calls
from domain.away import come_back, go_away, leave_others
from domain.errors import FORBIDDEN, TAKEN
from domain.incident import Incident
from domain.people import DESK

routes = Routes()


@routes.add("POST", "/incidents/{id}/away", DESK, faults=(TAKEN, FORBIDDEN))
async def leave_for_another(ask: Ask, id: str) -> IncidentView:
    """Whoever has the incident takes another call: he keeps it, and its caller is told since when."""
    return view(ask.house, await go_away(ask.house.store, ask.staff, id, ask.now))


@routes.add("POST", "/incidents/{id}/back", DESK, faults=(TAKEN, FORBIDDEN))
async def return_to_call(ask: Ask, id: str) -> IncidentView:
    """Back in this call; in every other call of the same dispatcher he is away from now on."""
    it = await come_back(ask.house.store, ask.staff, id, ask.now)
    await away_elsewhere(ask, it)
    return view(ask.house, it)


async def away_elsewhere(ask: Ask, it: Incident) -> None:
    """Away in his other calls, unless he is away in this one, too (a page that came back to it), or its
    call is over: he talks where he talked."""
    if it.call.state in calls.OVER:
        return
    if it.dispatcher == ask.staff.id and calls.away_since(it) is None:
        known = ask.house.board.open_incidents()
        await leave_others(ask.house.store, ask.staff, known, it.id, ask.now)
