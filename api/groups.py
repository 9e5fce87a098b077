"""Groups, the doorways into them, how far each community is covered, and what newcomers are told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from api.group_owners import group_views
from api.house import House
from api.routes import Ask, Routes
from api.shapes_groups import (
    CoverageList,
    CoverageView,
    DoorwayIn,
    DoorwayList,
    DoorwayView,
    GroupList,
    GroupPatch,
    GroupView,
    WelcomeIn,
    WelcomeView,
)
from domain.beat import choose, staff
from domain.disclosure import is_few
from domain.emergency import simple
from domain.errors import CONFLICT, FORBIDDEN, Conflict, NotFound
from domain.group import Doorway, Group, GroupState
from domain.paging import NAMED, by_id, named
from domain.people import COMMUNITY_PAGE, Person, Role, Who, account
from domain.place import Jurisdiction
from domain.publishing import count_followers
from domain.queries_groups import (
    doorways_after,
    groups_after,
    standing_doorways,
    unbound_groups,
)
from domain.queries_people import people_at
from domain.registry import (
    bind,
    communities,
    groups_of,
    hint,
    hint_of,
    make_doorway,
    remove_doorway,
    welcome_id,
    write_community_welcome,
    write_welcome,
)
from domain.search import words_of

# So many notices in a row without a confirmation: somebody has to talk to the owner.
MISSED_OFTEN = 2
routes = Routes()


class Shown(StrEnum):
    """How a group may be that one looks for."""

    ACTIVE = "ACTIVE"
    DISMISSED = "DISMISSED"
    ORPHANED = "ORPHANED"  # its owner left
    UNCONFIRMED = "UNCONFIRMED"  # its owner did not confirm several notices in a row
    FULL = "FULL"  # nearly, or quite
    IGNORED = "IGNORED"  # none of ours


class GroupsQuery(Struct, forbid_unknown_fields=True):
    """``unbound``: only those that wait for a community; with ``state=IGNORED`` those that do not. ``q``:
    each of its words is in the name, or names community, station or owner. ``owner`` is a WeCom userid.
    ``after`` is an id."""

    q: Annotated[str, Meta(max_length=100)] = ""
    owner: Annotated[str, Meta(max_length=81)] = ""
    state: Shown | None = None
    community: Annotated[str, Meta(max_length=64)] | None = None
    station: Annotated[str, Meta(max_length=64)] | None = None
    unbound: bool = False
    after: Annotated[str, Meta(max_length=128)] = ""
    limit: Annotated[int, Meta(ge=1, le=500)] = 200


class DoorwaysQuery(Struct, forbid_unknown_fields=True):
    """``after`` is an id."""

    community: Annotated[str, Meta(max_length=64)] | None = None
    after: Annotated[str, Meta(max_length=128)] = ""
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 500


class WelcomeQuery(Struct, forbid_unknown_fields=True):
    """``community``: its own words."""

    community: Annotated[str, Meta(max_length=64)] = ""


@dataclass(slots=True)
class Room:
    """What a community's active groups hold together; ``free`` are those not nearly full."""

    groups: int = 0
    free: int = 0
    members: int = 0
    residents: int = 0
    capacity: int = 0

    def add(self, it: Group) -> None:
        self.groups += 1
        self.free += not it.nearly_full
        self.members += it.members
        self.residents += it.residents
        self.capacity += it.capacity


@routes.add("GET", "/groups", COMMUNITY_PAGE)
async def list_groups(ask: Ask, query: GroupsQuery) -> GroupList:
    """Groups by id: of my station's communities, and unbound ones of its officers; all for a
    supervisor. A page holds what is looked for among the next ``limit``, maybe nothing."""
    house = ask.house
    if query.unbound or query.state is Shown.IGNORED:
        found = await by_id(_unbound(house, ask.staff), query.after, query.limit)
    elif _everything(ask, query):
        found = await house.store.groups.find(groups_after(query.after), limit=query.limit)
    else:
        wanted = _wanted(ask, query.community, query.station)
        found = await by_id(groups_of(house.store, wanted), query.after, query.limit)
    view = await group_views(ask)
    following = found[-1].id if found.more else None
    words = words_of(query.q)
    views = [view(it) for it in found if _shown(query, it)]
    return GroupList([it for it in views if _named(words, it)], following)


@routes.add("PATCH", "/groups/{id}", COMMUNITY_PAGE, faults=(CONFLICT, FORBIDDEN))
async def bind_group(ask: Ask, id: str, body: GroupPatch) -> GroupView:
    """Say by hand to which community a group belongs; no event undoes it."""
    house, who = ask.house, ask.staff
    known = communities(house.finder)
    if who.role is not Role.SUPERVISOR:
        it = await house.store.groups.get(id)
        owned = it.owner in await _owners(house, who)
        bound = known.get(it.community or "")
        if bound.parent != who.station if bound is not None else not owned:
            raise NotFound("no such group")
    it = await bind(house.store, who, house.finder, id, body.community, body.ignored)
    await house.audit(
        who, "group.ignored" if body.ignored else "group.bound", f"{id} {body.community}".strip()
    )
    return (await group_views(ask))(it)


@routes.add("GET", "/groups/communities", COMMUNITY_PAGE)
async def list_coverage(ask: Ask) -> CoverageList:
    """My station's communities (a supervisor's: all) with their groups, room and what to do about it."""
    house = ask.house
    known = communities(house.finder)
    own = _wanted(ask, None, None)
    rooms: dict[str, Room] = defaultdict(Room)
    async for it in groups_of(house.store, own):
        if it.state is GroupState.ACTIVE:
            rooms[str(it.community)].add(it)
    doors = await _count_doorways(house, own)
    followers = await count_followers(house.store, own)
    officers: dict[tuple[str, str], list[Person]] = defaultdict(list)
    everywhere = ask.staff.role is Role.SUPERVISOR
    station_only = None if everywhere else ask.staff.station or ""
    for one in await staff(house.store, Role.COMMUNITY_OFFICER, station_only):
        for community in one.communities:
            officers[str(one.station), community].append(one)
    views = []
    for id in own:
        room, station = rooms[id], str(known[id].parent)
        mine = officers[station, id]
        views.append(
            CoverageView(
                id,
                known[id].name,
                station,
                house.station_name(station) or "",
                room.groups,
                room.members,
                room.residents,
                room.capacity,
                few(followers[id]),
                [one.name for one in choose(mine, id, ask.now)],
                doors.get(id, 0),
                hint_of(room.groups, room.free),
            )
        )
    return CoverageList(views)


@routes.add("GET", "/doorways", COMMUNITY_PAGE)
async def list_doorways(ask: Ask, query: DoorwaysQuery) -> DoorwayList:
    """Join codes by id, a page at a time, the removed ones, too."""
    own: list[str] | None = list(_wanted(ask, query.community, None))
    if query.community is not None:
        own = [query.community] if own else []
    elif ask.staff.role is Role.SUPERVISOR:
        own = None
    shelf = ask.house.store.doorways
    if own is None:
        found = await shelf.find(doorways_after(query.after), limit=query.limit)
    else:
        found = await by_id(named(shelf, "community", own), query.after, query.limit)
    following = found[-1].id if found.more else None
    groups: dict[str, list[Group]] = defaultdict(list)
    async for one in groups_of(ask.house.store, {it.community for it in found}):
        groups[str(one.community)].append(one)
    known = communities(ask.house.finder)
    return DoorwayList([_doorway(it, groups[it.community], known) for it in found], following)


@routes.add("POST", "/doorways", COMMUNITY_PAGE, status=201, faults=(FORBIDDEN,))
async def add_doorway(ask: Ask, body: DoorwayIn) -> DoorwayView:
    """A join code for one poster. Its picture is there when the platform made it, in seconds."""
    house, who = ask.house, ask.staff
    it = await make_doorway(
        house.store, who, house.finder, body.key, body.community, body.poster, ask.now
    )
    await house.audit(who, "doorway.made", it.id)
    return await _one_doorway(house, it)


@routes.add("DELETE", "/doorways/{id}", COMMUNITY_PAGE, faults=(CONFLICT, FORBIDDEN))
async def delete_doorway(ask: Ask, id: str) -> DoorwayView:
    """The poster is taken down: its code leads nowhere from now on."""
    house = ask.house
    it = await house.store.doorways.get(id)
    if it.community not in _wanted(ask, None, None):
        raise NotFound("no such doorway")
    it = await remove_doorway(house.store, ask.staff, house.finder, id)
    await house.audit(ask.who, "doorway.removed", id)
    return await _one_doorway(house, it)


@routes.add("GET", "/groups/welcome", COMMUNITY_PAGE)
async def read_welcome(ask: Ask, query: WelcomeQuery) -> WelcomeView:
    """What newcomers are told: those of one community's groups, or of all that have no words of their
    own."""
    try:
        it = await ask.house.store.welcomes.get(welcome_id(query.community))
    except NotFound:
        return WelcomeView("", True, 0)
    return WelcomeView(it.text, it.text == it.applied, it.updated_at)


@routes.add("PUT", "/groups/welcome", COMMUNITY_PAGE, faults=(CONFLICT, FORBIDDEN))
async def change_welcome(ask: Ask, body: WelcomeIn) -> WelcomeView:
    """Other words for newcomers: of a community of mine (empty: those of all others again), or of all
    others by a supervisor. When others than those ``seen`` are there: 409 ``conflict`` with them in
    ``facts.welcome``."""
    house = ask.house
    store, who, now, seen = house.store, ask.staff, ask.now, body.seen
    try:
        if body.community:
            it = await write_community_welcome(
                store, who, house.finder, body.community, body.text, now, seen
            )
        else:
            it = await write_welcome(store, who, body.text, now, seen)
    except Conflict as conflict:
        present = await read_welcome(ask, WelcomeQuery(body.community))
        raise Conflict(conflict.detail, welcome=present) from None
    await house.audit(ask.who, "welcome.changed", body.community)
    return WelcomeView(it.text, it.text == it.applied, it.updated_at)


def few(count: int) -> int | None:
    """None for a few people, who might be known by their number."""
    return None if is_few(count) else count


def own_communities(house: House, who: Who) -> list[Jurisdiction]:
    """The communities ``who`` works for: of the station, all for a supervisor."""
    if who.role is Role.SUPERVISOR:
        return list(communities(house.finder).values())
    return list(house.finder.communities(who.station or ""))


def _wanted(ask: Ask, community: str | None, station: str | None) -> list[str]:
    return [
        one.id
        for one in own_communities(ask.house, ask.staff)
        if community in (None, one.id) and station in (None, one.parent)
    ]


def _everything(ask: Ask, query: GroupsQuery) -> bool:
    unasked = query.community is None and query.station is None
    return unasked and ask.staff.role is Role.SUPERVISOR


def _shown(query: GroupsQuery, it: Group) -> bool:
    """Whether it is one of those that are looked for."""
    if query.owner and account(it.owner) != account(query.owner):
        return False
    if query.state is None:
        return not (query.unbound and it.ignored)
    active = it.state is GroupState.ACTIVE
    return {
        Shown.ACTIVE: active and not it.ignored,
        Shown.DISMISSED: not active,
        Shown.ORPHANED: active and it.orphaned,
        Shown.UNCONFIRMED: active and it.missed_sends >= MISSED_OFTEN,
        Shown.FULL: active and it.nearly_full,
        Shown.IGNORED: it.ignored,
    }[query.state]


def _named(words: list[str], it: GroupView) -> bool:
    if not words:
        return True
    names = (it.name, it.community_name, it.station_name, it.owner_name, it.owner)
    text = simple(" ".join(names))
    return all(word in text for word in words)


async def _owners(house: House, who: Who) -> list[str]:
    found = house.store.people.every(people_at(who.station))
    ids = [one.userid async for one in found if one.userid]
    return [*ids, *(one.lower() for one in ids)]


async def _unbound(house: House, who: Who) -> AsyncIterator[Group]:
    """Groups of no community: of the officers of the station of ``who``, all for a supervisor."""
    owners = None if who.role is Role.SUPERVISOR else set(await _owners(house, who))
    async for it in house.store.groups.every(unbound_groups()):
        if owners is None or it.owner in owners:
            yield it


async def _count_doorways(house: House, own: Collection[str]) -> Mapping[str, int]:
    """How many join codes of each of these communities are not removed."""
    shelf = house.store.doorways
    if len(own) > NAMED:
        return await shelf.tally("community", standing_doorways())
    return Counter([it.community async for it in named(shelf, "community", own) if not it.removed])


async def _one_doorway(house: House, it: Doorway) -> DoorwayView:
    groups = [one async for one in groups_of(house.store, [it.community])]
    return _doorway(it, groups, communities(house.finder))


def _doorway(it: Doorway, groups: list[Group], known: dict[str, Jurisdiction]) -> DoorwayView:
    community = known.get(it.community)
    waits = not it.config and not it.removed
    return DoorwayView(
        id=it.id,
        community=it.community,
        community_name=community.name if community else "",
        poster=it.poster,
        state=it.state,
        url=it.url,
        ready=it.url != "",
        groups=[one.name for one in groups if one.id in it.chats],
        brought=sum(one.brought.get(it.state, 0) for one in groups),
        made_by=it.made_by,
        created_at=it.created_at,
        removed=it.removed,
        hint="no_group" if waits and hint(groups) == "no_group" else "",
        version=it.version,
    )
