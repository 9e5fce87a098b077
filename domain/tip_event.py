"""Tips of one event: several residents tell of the same. Officers see them beside each other and answer
them with one text; nobody who told learns of the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain import evidence
from domain.errors import INVALID, TOO_MANY, Refused
from domain.people import Role, Who
from domain.ports import Store
from domain.queries import tips_of_event
from domain.tip import TIP, Tip, amend, known, reply, require_tip, take
from domain.workflow import allows

MOST = 50  # tips of one event, and lines about it in each, so that the resident has room
LINKED, PARTED = "tip.linked", "tip.parted"


async def tips_of(store: Store, it: Tip) -> list[Tip]:
    """All tips of its event, itself too, the oldest first; itself alone when it has none."""
    if it.event is None:
        return [it]
    linked = store.tips.every(tips_of_event(it.event))
    same = [one async for one in linked if one.id == it.id or one.station == it.station]
    return sorted(same or [it], key=lambda one: (one.opened_at, one.id))


async def link(store: Store, who: Who, id: str, other: str, now: int) -> Tip:
    """``other``, and whatever is linked with it, tells of the same event as the tip ``id``. Both of one
    station, and seen by ``who``. Linked already, nothing changes; cut off halfway, the same again ends it."""
    first, second = await store.tips.get(id), await store.tips.get(other)
    require_tip(who, first)
    require_tip(who, second)
    if first.id == second.id or first.station != second.station:
        raise Refused(INVALID, "another tip of the same station", field="other")
    event = first.event or second.event or first.id
    tips = {one.id: one for tip in (first, second) for one in await tips_of(store, tip)}
    if len(tips) > MOST:
        raise Refused(TOO_MANY, f"an event has {MOST} tips at most")
    for one in tips.values():
        with_ = second.number if one.id == first.id else first.number
        await amend(store, one.id, _joining(who, event, with_, first.station, now), newer=False)
    return await store.tips.get(id)


def _joining(who: Who, event: str, with_: str, station: str, now: int) -> Callable[[Tip], None]:
    def change(it: Tip) -> None:
        if it.event == event:
            return
        if it.station != station:  # handed over meanwhile
            raise Refused(INVALID, "another tip of the same station", field="other")
        _room(it)
        it.event = event
        evidence.append(it.log, who, LINKED, now, event=event, number=with_)

    return change


async def part(store: Store, who: Who, id: str, now: int) -> Tip:
    """This tip tells of something else after all; the others stay linked. Not linked, nothing changes."""

    def change(it: Tip) -> None:
        require_tip(who, it)
        if it.event is None:
            return
        _room(it)
        event, it.event = it.event, None
        evidence.append(it.log, who, PARTED, now, event=event)

    return await amend(store, id, change, newer=False)


def _room(it: Tip) -> None:
    if sum(one.what in (LINKED, PARTED) for one in it.log.entries) >= MOST:
        raise Refused(TOO_MANY, "it was linked too often")


@dataclass(frozen=True, slots=True)
class Said:
    """What became of one reply to one tip of an event; ``refused`` says why it was not said."""

    tip: Tip
    refused: Refused | None


def can_be_told(it: Tip, event: str) -> bool:
    """Whether it is neither over, nor 110's, as far as this is concerned."""
    return it.incident is None and allows(TIP, it.state, event)


async def say(store: Store, who: Who, it: Tip, key: str, event: str, sealed: str, now: int) -> Said:
    """Says it in this tip, as ``tip.reply`` does; what nobody has, ``who`` takes first, a supervisor does
    not. The same key again changes nothing."""
    if known(it, who, key):
        return Said(it, None)
    try:
        if it.officer is None and who.role is not Role.SUPERVISOR and can_be_told(it, event):
            await take(store, who, it.id, now)
        return Said(await reply(store, who, it.id, key, event, sealed, now), None)
    except Refused as refused:
        return Said(it, refused)
