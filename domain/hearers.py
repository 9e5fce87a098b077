"""Hearers: who is told of what a resident adds to a tip, whoever of the police is away or gone."""

from __future__ import annotations

from collections.abc import Iterable

from domain.beat import away, choose, present_or_deputy, staff
from domain.people import Person, Role
from domain.ports import Store
from domain.queries_people import people_at
from domain.tip import Tip, may_see

WORKS = (Role.COMMUNITY_OFFICER, Role.STATION_OFFICER, Role.SUPERVISOR)


async def who_hears(store: Store, it: Tip, now: int) -> list[Person]:
    """``hearers`` of the tip, as the staff is now."""
    return hearers(it, await around(store, it.station), now)


async def around(store: Store, station: str) -> list[Person]:
    """Everybody who may ever have to hear of a tip of this station."""
    officers = [one async for one in store.people.every(people_at(station))]
    known = {one.id for one in officers}
    chiefs = await staff(store, Role.SUPERVISOR)
    return [*officers, *(one for one in chiefs if one.id not in known)]


def hearers(it: Tip, people: Iterable[Person], now: int) -> list[Person]:
    """Whoever has the tip, else those it was offered to; for somebody away his deputy. When none of them
    is there: the community officers who answer for the place, then the station's officers, then
    supervisors; when all are away, all of them. Empty only when the account of everybody who may see the
    tip is disabled. Each who hears may see it."""
    known = {one.id: one for one in people if may_hear(one, it)}
    meant = [it.officer] if it.officer is not None else it.called
    there = _present([known[id] for id in meant if id in known], known, now)
    if there:
        return there
    by_role = {role: [one for one in known.values() if one.role is role] for role in WORKS}
    there = choose(by_role[Role.COMMUNITY_OFFICER], it.community, now)
    for role in (Role.STATION_OFFICER, Role.SUPERVISOR):
        there = there or [one for one in by_role[role] if not away(one, now)]
    return there or list(known.values())


def supervisors(it: Tip, people: Iterable[Person], now: int) -> list[Person]:
    """The supervisors of its station who are there, or all who are; when none is, all of them."""
    chiefs = [one for one in people if one.role is Role.SUPERVISOR and may_hear(one, it)]
    there = [one for one in chiefs if not away(one, now)]
    return [one for one in there if one.station == it.station] or there or chiefs


def may_hear(one: Person, it: Tip) -> bool:
    """Whether somebody works on tips, may see this one, and still has an account."""
    return one.role in WORKS and not one.disabled and may_see(one.who(), it)


def stands_in(it: Tip, people: Iterable[Person], id: str, now: int) -> bool:
    """Whether ``id`` hears of the tip in place of whoever has it, who is not there."""
    heard = {one.id for one in hearers(it, people, now)}
    return it.officer is not None and it.officer not in heard and id in heard


def _present(people: Iterable[Person], known: dict[str, Person], now: int) -> list[Person]:
    found: dict[str, Person] = {}
    for one in people:
        present = present_or_deputy(one, known, now)
        if present is not None:
            found[present.id] = present
    return list(found.values())
