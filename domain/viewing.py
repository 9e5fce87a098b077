"""Who has a tip open, and who writes in it: so that two do not answer the same resident. It is true for
half a minute, on no record, and nothing is refused because of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from domain.clock import within
from domain.errors import Conflict
from domain.forgetting import forget_all
from domain.people import Who
from domain.ports import Store
from domain.queries import viewings_before, viewings_of
from domain.revise import revise

FRESH_MS = 30_000  # a page says so again before
KEPT_MS = 3_600_000
MOST = 20  # who is told of at one tip


@dataclass(slots=True)
class Viewing:
    """Somebody's page of a tip, ``id`` is the tip's and the person's. ``at`` (Unix ms) is when it said so
    last; ``writing``: words are in its form."""

    id: str
    tip: str
    person: str
    name: str
    at: int
    writing: bool = False
    version: int = 0


async def viewed(store: Store, who: Who, tip: str, writing: bool, now: int) -> list[Viewing]:
    """``who`` has the tip open; who else does now, whoever writes first."""
    id = f"{tip}:{who.id}"

    def change(it: Viewing) -> None:
        it.at, it.writing = now, writing

    with suppress(Conflict):  # another page of his said the same at this moment
        await revise(
            store.viewings, id, change, lambda: Viewing(id, tip, who.id, who.name, now, writing)
        )
    found = store.viewings.every(viewings_of(tip))
    others = [one async for one in found if one.person != who.id and within(one.at, now, FRESH_MS)]
    return sorted(others, key=lambda one: (not one.writing, one.name, one.id))[:MOST]


async def left(store: Store, who: Who, tip: str) -> None:
    """``who`` has it open no more."""
    await store.viewings.remove(f"{tip}:{who.id}")


async def forget_viewings(store: Store, now: int) -> int:
    """Remove what a page left behind that was closed without a word; returns how many."""
    return await forget_all(store.viewings, viewings_before(now - KEPT_MS), "at")
