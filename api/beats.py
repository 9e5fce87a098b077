"""Officers who are away, and who stands in for them."""

from __future__ import annotations

from api.bodies import AwayIn
from api.charge import heir_of, pass_on
from api.office import office
from api.routes import Ask, Routes
from api.shapes import MeView
from api.shapes_tips import ColleagueList, ColleagueView
from api.views import me_view
from domain.beat import away, staff
from domain.charge import Parts
from domain.errors import INVALID, LOGIN_NEEDED, Refused
from domain.people import Person, Role

OFFICERS = (Role.COMMUNITY_OFFICER, Role.STATION_OFFICER)
routes = Routes()


@routes.add("GET", "/session/colleagues", OFFICERS)
async def list_colleagues(ask: Ask) -> ColleagueList:
    """Who of my station and role may stand in for me."""
    found = await _colleagues(ask)
    return ColleagueList(
        [
            ColleagueView(
                one.id,
                one.name,
                list(one.communities),
                one.away_until if away(one, ask.now) else None,
            )
            for one in found
        ]
    )


@routes.add("PUT", "/session/away", OFFICERS)
async def set_away(ask: Ask, body: AwayIn) -> MeView:
    """Away until then, or back. Meanwhile new tips, and what residents add to old ones, go to the deputy,
    or to those who are there; with ``hand_over`` open tips are his from now on."""
    person = _person(ask)
    if body.away_until is not None and body.away_until <= ask.now:
        raise Refused(INVALID, "that is over already", field="away_until")
    if body.deputy is not None and body.deputy not in {one.id for one in await _colleagues(ask)}:
        raise Refused(INVALID, "somebody of the same station and role", field="deputy")
    person.away_until, person.deputy = body.away_until, body.deputy
    await ask.house.store.people.save(person)
    await ask.house.audit(ask.who, "person.away", person.id)
    if body.hand_over and body.away_until is not None:
        by = office(ask)
        await pass_on(by, person, await heir_of(by, person), Parts(communities=False, groups=False))
    return me_view(ask.house, person)


async def _colleagues(ask: Ask) -> list[Person]:
    me = ask.staff
    found = await staff(ask.house.store, me.role, me.station or "")
    return [one for one in found if one.id != me.id and not one.disabled]


def _person(ask: Ask) -> Person:
    if ask.person is None:
        raise Refused(LOGIN_NEEDED)
    return ask.person
