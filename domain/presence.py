"""Presence: whether a caller's page is open, and when it last said that he has not moved.

Kept beside the incident, not in its log: it changes every half minute while a page is open.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from domain.clock import within
from domain.errors import Conflict
from domain.ports import Store
from domain.revise import revise

EVERY_MS = 30_000  # a page that is open is written down this often,
FRESH_MS = (
    75_000  # and believed to be open this long after the last time: its process may have died
)
LASTED_MS = 10_000
KEPT_MS = 86_400_000


@dataclass(slots=True)
class Presence:
    """The page of an incident's caller; ``id`` is the incident's. Times are Unix ms."""

    id: str
    opened_at: int
    seen_at: int
    open: bool = True
    confirmed_at: int | None = None
    version: int = 0


def here(it: Presence | None, now: int) -> bool:
    """Whether the page is open now."""
    return it is not None and it.open and within(it.seen_at, now, FRESH_MS)


def was_here(it: Presence | None, now: int) -> bool:
    """Whether the page is open, or was for ten seconds: no program that only posts reports."""
    return it is not None and (here(it, now) or it.seen_at - it.opened_at >= LASTED_MS)


async def seen(store: Store, incident: str, now: int, still: bool) -> None:
    """The page is open; ``still``: it watches the position, and there is no newer one."""

    def change(it: Presence) -> None:
        it.open, it.seen_at = True, now
        if still:
            it.confirmed_at = now

    with suppress(Conflict):
        await revise(store.presences, incident, change, lambda: Presence(incident, now, now))


async def gone(store: Store, incident: str, now: int) -> None:
    """The page was closed, or lost."""

    def change(it: Presence) -> None:
        it.open, it.seen_at = False, now

    with suppress(Conflict):
        await revise(store.presences, incident, change, lambda: Presence(incident, now, now))


async def forget(store: Store, now: int) -> int:
    """Remove what is older than a day; returns how many."""
    count = 0
    while found := await store.presences.find(
        {"seen_at": {"$lt": now - KEPT_MS}}, order="seen_at", limit=200
    ):
        for one in found:
            await store.presences.remove(one.id)
        count += len(found)
    return count
