"""Charge: everything somebody of the community police is in charge of, and how all of it goes on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.beat import away, present_or_deputy
from domain.errors import INVALID, Refused
from domain.group import Group
from domain.handing_over import groups_owned, leave_groups
from domain.hearers import WORKS
from domain.people import Person, Role, Who
from domain.ports import Finder, Store
from domain.revise import revise
from domain.succession import hand_on, open_tips
from domain.ticket import random_id
from domain.tip import Tip


@dataclass(frozen=True, slots=True)
class Charge:
    """Open tips he has, or that nobody took since they were offered to him; communities (ids); groups he
    owns, or that are on their way to him."""

    tips: list[Tip]
    communities: list[str]
    groups: list[Group]


@dataclass(frozen=True, slots=True)
class Moved:
    """What a transfer moved: ids."""

    tips: list[str]
    communities: list[str]
    groups: list[str]


@dataclass(frozen=True, slots=True)
class Parts:
    """Which parts of a charge are meant."""

    tips: bool = True
    communities: bool = True
    groups: bool = True


async def charge_of(store: Store, finder: Finder, one: Person) -> Charge:
    """What this person is in charge of now."""
    groups = await groups_owned(store, finder, one, one.station) if one.station else []
    return Charge(await open_tips(store, one.id), list(one.communities), groups)


async def transfer(
    store: Store,
    who: Who,
    finder: Finder,
    leaving: Person,
    to: Person | None,
    now: int,
    parts: Parts | None = None,
) -> Moved:
    """Everything in ``parts`` goes from ``leaving`` ``to`` a colleague. Without one tips go to those who
    answer for the place, groups to those who may own them, and communities stay. Again after a failure:
    the rest. Groups go within seconds, or the platform says why not."""
    parts = parts or Parts()
    communities = list(leaving.communities) if parts.communities and to is not None else []
    groups: list[Group] = []
    if parts.groups and leaving.station:
        groups = await groups_owned(store, finder, leaving, leaving.station)
    if to is not None and communities:
        await _answer_for(store, to.id, communities)
        await _answer_no_more(store, leaving.id, communities)
    asked = await leave_groups(store, who, groups, leaving, to, now)
    tips: list[Tip] = []
    if parts.tips:
        tips = await hand_on(store, who, leaving, to, now, random_id())
    return Moved([it.id for it in tips], communities, asked)


def require_heir(leaving: Person, to: Person, now: int, parts: Parts) -> None:
    """Raises ``invalid`` unless ``to`` is an officer of the same station who is there; communities go to
    community officers alone."""
    if parts.communities and leaving.communities and to.role is not Role.COMMUNITY_OFFICER:
        raise Refused(INVALID, "communities go to a community officer", field="to")
    same = to.role in WORKS and to.station == leaving.station and to.station is not None
    if to.id == leaving.id or not same or to.disabled or away(to, now):
        raise Refused(INVALID, "somebody else of the same station who is there", field="to")


def deputy_of(leaving: Person, people: Iterable[Person], now: int) -> Person | None:
    """Whoever stands in for him at ``now``, were he away; None when nobody is there."""
    known = {one.id: one for one in people if not one.disabled and one.id != leaving.id}
    first = known.get(leaving.deputy or "")
    return present_or_deputy(first, known, now) if first is not None else None


async def _answer_for(store: Store, id: str, communities: list[str]) -> None:
    def change(it: Person) -> bool:
        before = list(it.communities)
        it.communities = sorted({*before, *communities})
        return it.communities != before

    await revise(store.people, id, change)


async def _answer_no_more(store: Store, id: str, communities: list[str]) -> None:
    def change(it: Person) -> bool:
        before = list(it.communities)
        it.communities = [one for one in before if one not in communities]
        return it.communities != before

    await revise(store.people, id, change)
