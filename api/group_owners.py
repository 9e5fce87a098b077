"""Who owns a group, and who is to own it."""

from __future__ import annotations

from collections.abc import Callable

from api.routes import Ask, Routes
from api.shapes_groups import GroupView, OwnerIn, OwnerList, OwnerView
from domain.beat import away
from domain.errors import CONFLICT, FORBIDDEN, Refused
from domain.group import Group
from domain.handing_over import ask_to_hand_over, may_own, require_asker, stand_ins, take_back
from domain.people import COMMUNITY_PAGE, Person, account
from domain.publishing import had
from domain.queries_people import people_with_accounts
from domain.registry import communities, require_community

routes = Routes()


@routes.add("GET", "/groups/{id}/owners", COMMUNITY_PAGE, faults=(FORBIDDEN,))
async def list_owners(ask: Ask, id: str) -> OwnerList:
    """Officers of the group's station who may own it, with a WeCom account."""
    it = await ask.house.store.groups.get(id)
    station = require_community(ask.staff, ask.house.finder, it.community or "").parent
    found = [one for one in await _people(ask) if may_own(one, it, station)]
    views = [
        OwnerView(one.id, one.name, it.community in one.communities, away(one, ask.now))
        for one in found
    ]
    return OwnerList(sorted(views, key=lambda one: (not one.in_charge, one.away, one.name)))


@routes.add("PUT", "/groups/{id}/owner", COMMUNITY_PAGE, faults=(CONFLICT, FORBIDDEN))
async def change_owner(ask: Ask, id: str, body: OwnerIn) -> GroupView:
    """The group is to go to another officer, by its owner, a station officer or a supervisor. The
    platform does it within seconds or refuses; until then its owner stays, and its community always."""
    house = ask.house
    it = await ask_to_hand_over(house.store, ask.staff, house.finder, id, body.person, ask.now)
    await house.audit(ask.who, "group.handing", f"{id} {body.person}")
    return (await group_views(ask))(it)


@routes.add("DELETE", "/groups/{id}/owner", COMMUNITY_PAGE, faults=(CONFLICT, FORBIDDEN))
async def keep_owner(ask: Ask, id: str) -> GroupView:
    """The group stays with its owner, where it was not handed over yet; a refusal is put away."""
    house = ask.house
    it = await take_back(house.store, ask.staff, house.finder, id)
    await house.audit(ask.who, "group.kept", id)
    return (await group_views(ask))(it)


async def group_views(ask: Ask) -> Callable[[Group], GroupView]:
    """How this asker sees groups."""
    people = await _people(ask)
    names = {str(one.userid): one.name for one in people}
    mine = next((one.userid for one in people if one.id == ask.staff.id), None)
    finder = ask.house.finder
    known = communities(finder)

    def may(it: Group) -> bool:
        try:
            require_asker(ask.staff, finder, it, mine)
        except Refused:
            return False
        return True

    def view(it: Group) -> GroupView:
        community = known.get(it.community or "")
        today, month = had(it, ask.now)
        instead = stand_ins(it, people, ask.now) if it.orphaned or it.missed_sends else []
        return GroupView(
            id=it.id,
            name=it.name,
            owner=it.owner,
            owner_name=names.get(account(it.owner), it.owner),
            community=it.community,
            community_name=community.name if community else "",
            station=community.parent if community else None,
            station_name=(ask.house.station_name(community.parent) or "") if community else "",
            bound_by=str(it.bound_by),
            ignored=it.ignored,
            members=it.members,
            residents=it.residents,
            capacity=it.capacity,
            state=it.state,
            nearly_full=it.nearly_full,
            brought=it.brought,
            created_at=it.created_at,
            synced_at=it.synced_at,
            missed_sends=it.missed_sends,
            sent_today=today,
            sent_month=month,
            version=it.version,
            orphaned=it.orphaned,
            stand_ins=[one.name for one in instead],
            handing=it.handing,
            next_owner=names.get(it.next_owner, it.next_owner),
            no_owner=it.no_owner,
            may_hand_over=may(it),
        )

    return view


async def _people(ask: Ask) -> list[Person]:
    return [one async for one in ask.house.store.people.every(people_with_accounts())]
