"""Succession: a tip goes from the officer who has it to a colleague of his station.

By the colleague himself (``take_over``), by whoever passes it on to him (``reassign``), or because he
who had it is away, leaves or is asked to (``hand_on``). Each is a line in the tip's log that says from
whom it came.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from domain import evidence
from domain.beat import away
from domain.errors import INVALID, TAKEN, Refused
from domain.hearers import WORKS, around, hearers, may_hear, stands_in
from domain.people import Person, Role, Who
from domain.ports import Store
from domain.queries import tips_of, tips_offered_to
from domain.tip import TIP, Tip, TipState, amend, require_tip, take
from domain.workflow import allows, step

OPEN = (TipState.ASSIGNED, TipState.ANSWERED)


async def take_over(store: Store, who: Who, id: str, holder: str | None, now: int) -> Tip:
    """A colleague takes over a tip that ``holder`` has. Raises ``taken`` with the name when somebody
    else has it meanwhile."""

    def change(it: Tip) -> None:
        require_tip(who, it)
        if it.officer == who.id:
            return
        if it.officer not in (None, holder):
            raise Refused(TAKEN, name=it.officer_name)
        it.state = step(TIP, it.state, "take")
        before, name = it.officer, it.officer_name
        it.officer, it.officer_name, it.taken_at = who.id, who.name, now
        if before is None:
            evidence.append(it.log, who, "tip.taken", now)
        else:
            evidence.append(it.log, who, "tip.taken_over", now, before=before, name=name)

    return await amend(store, id, change)


def heirs(it: Tip, people: Iterable[Person], now: int) -> list[Person]:
    """Who may be given this tip: whoever of its station works on tips, is there, and does not have it."""
    fit = [
        one
        for one in people
        if one.role in WORKS and one.station == it.station and may_hear(one, it)
    ]
    return [one for one in fit if one.id != it.officer and not away(one, now)]


async def reassign(
    store: Store, who: Who, id: str, holder: str | None, to: str, sealed: str, now: int
) -> Tip:
    """Whoever may see an open tip gives it ``to`` a colleague of its station, with a reason. Raises
    ``taken`` when it is no more ``holder`` who has it, or 110 has it; ``invalid`` for who is no heir.
    The same again changes nothing."""
    people = await around(store, (await store.tips.get(id)).station)

    def change(it: Tip) -> None:
        require_tip(who, it)
        last = it.log.entries[-1]
        again = last.what == "tip.reassigned" and last.who.id == who.id
        if again and it.officer == to and last.data["before"] == holder:
            return
        if it.incident is not None:
            raise Refused(TAKEN, "110 has it", name="110")
        if it.officer != holder:
            raise Refused(TAKEN, name=it.officer_name or it.station_name)
        it.state = step(TIP, it.state, "take")
        heir = next((one for one in heirs(it, people, now) if one.id == to), None)
        if heir is None:
            raise Refused(INVALID, "a colleague of its station who is there", field="to")
        about: dict[str, Any] = {
            "before": it.officer,
            "name": it.officer_name,
            "officer": heir.id,
            "to": heir.name,
        }
        it.officer, it.officer_name, it.taken_at = heir.id, heir.name, now
        evidence.append(it.log, who, "tip.reassigned", now, **about, text=sealed)

    return await amend(store, id, change)


async def accept(store: Store, who: Who, id: str, now: int) -> Tip:
    """Take a tip that is offered. A supervisor takes it over from anybody, and whoever stands in for the
    officer who has it and is not there. Raises ``taken`` as ``take`` does."""
    try:
        return await take(store, who, id, now)
    except Refused as refused:
        if refused.fault is not TAKEN:
            raise
        it = await store.tips.get(id)
        if who.role is not Role.SUPERVISOR:
            people = await around(store, it.station)
            if not stands_in(it, people, who.id, now):
                raise
        return await take_over(store, who, id, it.officer, now)


async def open_tips(store: Store, person: str) -> list[Tip]:
    """The open tips this person has, and those offered to him that nobody has; whoever waits longest
    first."""
    found: dict[str, Tip] = {}
    for state in OPEN:
        async for it in store.tips.every(tips_of(person, state)):
            found[it.id] = it
        async for it in store.tips.every(tips_offered_to(person, state)):
            if it.officer is None:
                found[it.id] = it
    return sorted(found.values(), key=lambda it: (it.opened_at, it.number))


async def hand_on(
    store: Store, who: Who, leaving: Person, to: Person | None, now: int, batch: str
) -> list[Tip]:
    """Every open tip of ``leaving`` goes ``to`` a colleague, or to whoever else answers for the place.
    Those he has no more by then stay where they are. ``batch`` names the act in the logs."""
    done: list[Tip] = []
    people: dict[str, list[Person]] = {}
    for it in await open_tips(store, leaving.id):
        if it.station not in people:
            people[it.station] = await around(store, it.station)
        done.append(await _hand_on(store, who, it.id, leaving, to, people[it.station], now, batch))
    return done


async def _hand_on(
    store: Store,
    who: Who,
    id: str,
    leaving: Person,
    to: Person | None,
    people: Iterable[Person],
    now: int,
    batch: str,
) -> Tip:
    def change(it: Tip) -> None:
        heir = to if to is not None and may_hear(to, it) else None
        if not allows(TIP, it.state, "take"):
            return
        about: dict[str, Any] = {"before": leaving.id, "name": leaving.name, "batch": batch}
        if it.officer == leaving.id and heir is not None:
            it.officer, it.officer_name, it.taken_at = heir.id, heir.name, now
            about |= {"officer": heir.id, "to": heir.name}
            evidence.append(it.log, who, "tip.given", now, **about)
        elif it.officer == leaving.id:
            it.officer, it.officer_name, it.taken_at = None, "", None
            it.called = _others(it, leaving, people, now)
            evidence.append(it.log, who, "tip.released", now, officers=list(it.called), **about)
        elif it.officer is None and leaving.id in it.called:
            left = [one for one in it.called if one != leaving.id]
            if heir is not None:
                it.called = [*left, *([heir.id] if heir.id not in left else [])]
            else:
                it.called = left or _others(it, leaving, people, now)
            evidence.append(it.log, who, "tip.offered", now, officers=list(it.called), **about)

    return await amend(store, id, change)


def _others(it: Tip, leaving: Person, people: Iterable[Person], now: int) -> list[str]:
    """Who answers for the place without ``leaving``."""
    free = replace(it, officer=None, called=[])
    return [one.id for one in hearers(free, (one for one in people if one.id != leaving.id), now)]
