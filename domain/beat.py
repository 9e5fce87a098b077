"""Beat: which community officers answer for a place, and who stands in for those away."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from domain.people import Person, Role
from domain.ports import Store
from domain.queries_people import people_of_role, people_of_role_at


async def officers_for(
    store: Store, station: str, community: str | None, now: int, possible: Collection[str] = ()
) -> list[Person]:
    """The community officers of ``station`` who answer for ``community``, or all of the station
    when nobody does or no community is known. Whoever is away is replaced by his deputy; empty when
    nobody is there.

    Where the community is not sure, ``possible`` are those it may be: their officers together, because
    the likeliest alone would be the wrong one too often and the whole station too many. When one of
    them has no officer, all of the station are called, as for a community without one.
    """
    officers = await staff(store, Role.COMMUNITY_OFFICER, station)
    return choose(officers, community, now, possible)


async def staff(store: Store, role: Role, station: str | None = None) -> list[Person]:
    """Everybody of this role (at this station), by login; those disabled, too."""
    those = people_of_role(role) if station is None else people_of_role_at(role, station)
    return sorted([one async for one in store.people.every(those)], key=lambda one: one.login)


def choose(
    officers: Iterable[Person], community: str | None, now: int, possible: Collection[str] = ()
) -> list[Person]:
    """``officers_for`` among the officers of one station."""
    known = {one.id: one for one in officers if not one.disabled}
    wanted = {community} if community is not None else set(possible)
    own = [one for one in known.values() if wanted & set(one.communities)]
    if not wanted <= {community for one in own for community in one.communities}:
        own = []
    present: dict[str, Person] = {}
    for one in own or known.values():
        stand_in = present_or_deputy(one, known, now)
        if stand_in is not None:
            present[stand_in.id] = stand_in
    if not present and own:
        return choose(known.values(), None, now)
    return list(present.values())


def away(one: Person, now: int) -> bool:
    """Whether somebody is away at ``now`` (Unix ms)."""
    return one.away_until is not None and one.away_until > now


def present_or_deputy(one: Person, known: dict[str, Person], now: int) -> Person | None:
    """``one``, or while away his deputy, and so on; None when all of them are away."""
    seen: set[str] = set()
    while away(one, now):
        seen.add(one.id)
        following = known.get(one.deputy or "")
        if following is None or following.id in seen:
            return None
        one = following
    return one
