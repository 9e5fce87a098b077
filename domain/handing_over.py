"""Handing over: a group whose owner still works there goes to another officer (在职继承).

The platform does it or says why not. Until it did the owner stays the owner, and the community of the
group is never touched by it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial

from domain.beat import away, present_or_deputy
from domain.errors import FORBIDDEN, INVALID, NotFound, Refused
from domain.group import HANDING, Group, GroupState, Handing, NoOwner, forget_handing
from domain.people import Person, Role, Who, account
from domain.platform_ids import account_of
from domain.ports import Finder, Store
from domain.queries_people import people_at, people_with_accounts
from domain.registry import communities, groups_of, require_community
from domain.revise import revise
from domain.workflow import step

OWNERS = (Role.COMMUNITY_OFFICER, Role.STATION_OFFICER)
ASKERS = (Role.STATION_OFFICER, Role.SUPERVISOR)


def may_own(one: Person, it: Group, station: str | None) -> bool:
    """Whether an officer of the group's station and corp may become its owner."""
    fits = one.role in OWNERS and one.station == station and not one.disabled
    return fits and _of_its_corp(one, it) and one.userid != account(it.owner)


def _of_its_corp(one: Person, it: Group) -> bool:
    return one.userid is not None and account_of(one.userid) == account_of(it.id)


def stand_ins(it: Group, people: Iterable[Person], now: int) -> list[Person]:
    """Who could own the group instead: those in charge of its community, for whoever of them is away
    his deputy; never its owner, and nobody without a WeCom account."""
    known = {one.id: one for one in people if not one.disabled and one.userid}
    owner = account(it.owner)
    found: dict[str, Person] = {}
    for one in known.values():
        if it.community is None or it.community not in one.communities or one.userid == owner:
            continue
        present = present_or_deputy(one, known, now)
        if present is not None and present.userid != owner and _of_its_corp(present, it):
            found[present.id] = present
    return list(found.values())


def require_asker(who: Who, finder: Finder, it: Group, userid: str | None) -> None:
    """The owner himself gives his group away, or a station officer or supervisor does; ``userid`` is
    the WeCom account of ``who``."""
    if it.community not in communities(finder):
        raise Refused(FORBIDDEN, "the group belongs to no community")
    require_community(who, finder, str(it.community))
    if who.role not in ASKERS and (userid is None or userid != account(it.owner)):
        raise Refused(FORBIDDEN, "somebody else's group")


async def ask_to_hand_over(
    store: Store, who: Who, finder: Finder, id: str, to: str, now: int
) -> Group:
    """The group is to go to the person ``to``. Raises ``forbidden`` and ``invalid``."""
    mine = await _account_of(store, who)
    require_asker(who, finder, await store.groups.get(id), mine)
    heir = await store.people.get(to)

    def change(it: Group) -> None:
        require_asker(who, finder, it, mine)
        station = communities(finder)[str(it.community)].parent
        if it.state is not GroupState.ACTIVE or not may_own(heir, it, station):
            raise Refused(INVALID, "an officer of the group's station", field="person")
        _ask(it, str(heir.userid), who, now)

    return await revise(store.groups, id, change)


async def take_back(store: Store, who: Who, finder: Finder, id: str) -> Group:
    """The group stays with its owner after all, where the platform did not hand it over yet."""
    mine = await _account_of(store, who)

    def change(it: Group) -> bool:
        require_asker(who, finder, it, mine)
        return forget_handing(it, "drop")

    return await revise(store.groups, id, change)


async def follow_charge(
    store: Store, who: Who, person: Person, moved: Collection[str], now: int
) -> list[str]:
    """``person`` got or lost the communities ``moved``: their groups whose owner, a community officer,
    answers for them no more go to the only one who does. What was asked for an owner who has his
    community back is dropped. The ids of the groups asked for."""
    asked: list[str] = []
    if not moved:
        return asked
    people = [one async for one in store.people.every(people_with_accounts())]
    async for it in groups_of(store, moved):
        heir = _successor(it, people)
        if heir is not None and it.next_owner != heir.userid:
            await revise(store.groups, it.id, partial(_ask, to=str(heir.userid), who=who, now=now))
            asked.append(it.id)
        elif account(it.owner) == person.userid and it.community in person.communities:
            await revise(store.groups, it.id, lambda one: forget_handing(one, "drop"))
    return asked


async def groups_owned(store: Store, finder: Finder, one: Person, station: str) -> list[Group]:
    """The active groups of this station's communities that somebody owns or is to own, by name."""
    if one.userid is None:
        return []
    areas = [area.id for area in finder.communities(station)]
    found = [it async for it in groups_of(store, areas) if _holds(it, one)]
    return sorted(found, key=lambda it: (it.name, it.id))


async def leave_groups(
    store: Store, who: Who, groups: Iterable[Group], leaving: Person, to: Person | None, now: int
) -> list[str]:
    """``groups`` go from ``leaving`` ``to`` an officer; where he may not own one, or nobody is named, to
    whoever could best: those in charge of its community before others of its station. What was on its
    way to ``leaving`` stays with its owner when nobody else may have it. The ids of those asked for."""
    people = [one async for one in store.people.every(people_at(leaving.station))]
    asked: list[str] = []
    for it in groups:
        fit = [one for one in people if one.id != leaving.id and may_own(one, it, leaving.station)]
        heir = next((one for one in fit if to is not None and one.id == to.id), None)
        instead = [one for one in stand_ins(it, fit, now) if one in fit]
        heir = heir or next(iter([*instead, *_present_first(fit, now)]), None)
        if heir is not None:
            await revise(store.groups, it.id, partial(_ask, to=str(heir.userid), who=who, now=now))
            asked.append(it.id)
        elif it.next_owner == leaving.userid:
            await revise(store.groups, it.id, lambda one: forget_handing(one, "drop"))
    return asked


def _holds(it: Group, one: Person) -> bool:
    if it.state is not GroupState.ACTIVE:
        return False
    if it.handing is Handing.ASKED:
        return it.next_owner == one.userid
    return account(it.owner) == one.userid


def _present_first(people: Iterable[Person], now: int) -> list[Person]:
    return sorted(people, key=lambda one: (away(one, now), one.login))


def _successor(it: Group, people: Iterable[Person]) -> Person | None:
    if it.state is not GroupState.ACTIVE:
        return None
    officers = [one for one in people if one.role is Role.COMMUNITY_OFFICER and not one.disabled]
    owner = next((one for one in officers if one.userid == account(it.owner)), None)
    if owner is None or it.community in owner.communities:
        return None
    charged = [one for one in officers if it.community in one.communities]
    return charged[0] if len(charged) == 1 else None


def _ask(it: Group, to: str, who: Who, now: int) -> None:
    it.handing = step(HANDING, it.handing, "ask")
    it.next_owner, it.handing_by = to, who.id
    it.handing_at, it.handing_tries, it.no_owner = now, 0, NoOwner.NONE


async def handed_over(store: Store, id: str, to: str) -> Group:
    """The platform made ``to`` the owner."""

    def change(it: Group) -> None:
        it.owner, it.orphaned, it.missed_sends = to, False, 0
        if it.next_owner == to:
            forget_handing(it, "done")

    return await revise(store.groups, id, change)


async def refused_to_hand(store: Store, id: str, to: str, why: NoOwner) -> Group | None:
    """The platform does not make ``to`` the owner; None when somebody else is wanted meanwhile."""

    still = False

    def change(it: Group) -> bool:
        nonlocal still
        still = it.handing is Handing.ASKED and it.next_owner == to
        if still:
            it.handing, it.no_owner = step(HANDING, it.handing, "refuse"), why
        return still

    it = await revise(store.groups, id, change)
    return it if still else None


async def _account_of(store: Store, who: Who) -> str | None:
    try:
        return (await store.people.get(who.id)).userid
    except NotFound:
        return None
