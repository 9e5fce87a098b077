"""Presence: whether a caller's page is open, and when it last said that he has not moved.

Kept beside the incident, not in its log: it changes every half minute while a page is open.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from domain.clock import within
from domain.errors import Conflict, NotFound
from domain.forgetting import forget_all
from domain.ports import Store
from domain.queries_people import presences_before
from domain.revise import revise

EARLY_MS = 10_000  # a page that says it is still again is written down at most this often
EVERY_MS = 30_000  # a page that is open is written down this often,
FRESH_MS = (
    75_000  # and believed to be open this long after the last time: its process may have died
)
SEEN_AGAIN_MS = EVERY_MS + 15_000  # until every page that is open was written down again
LASTED_MS = 10_000
KEPT_MS = 86_400_000
DESKS = "desk:"  # before the session of a desk: what is kept of it is that it is connected


@dataclass(slots=True)
class Presence:
    """The page of an incident's caller, ``id`` is the incident's; or a desk (``DESKS``). Times are Unix
    ms."""

    id: str
    opened_at: int
    seen_at: int
    open: bool = True
    by: str = ""  # the connection that said so last
    confirmed_at: int | None = None
    version: int = 0


def here(it: Presence | None, *moments: int) -> bool:
    """Whether the page is open now. A process that stood still a moment ago asks for the moment before, too:
    who keeps a page open had no chance to write that down meanwhile."""
    return it is not None and it.open and any(within(it.seen_at, at, FRESH_MS) for at in moments)


def was_here(it: Presence | None, *moments: int) -> bool:
    """Whether the page is open, or was for ten seconds: no program that only posts reports."""
    return it is not None and (here(it, *moments) or it.seen_at - it.opened_at >= LASTED_MS)


async def seen(store: Store, incident: str, by: str, now: int, still: bool) -> None:
    """The page is open on the connection ``by``; ``still``: it watches the position, and there is no
    newer one."""

    def change(it: Presence) -> None:
        it.open, it.seen_at, it.by = True, now, by
        if still:
            it.confirmed_at = now

    with suppress(Conflict):
        await revise(store.presences, incident, change, lambda: Presence(incident, now, now))


async def gone(store: Store, incident: str, by: str, now: int) -> None:
    """The page's connection ``by`` ended; one that came in its place meanwhile counts."""

    def change(it: Presence) -> bool:
        if it.by != by:
            return False
        it.open, it.seen_at = False, now
        return True

    with suppress(Conflict, NotFound):
        await revise(store.presences, incident, change)


async def forget(store: Store, now: int) -> int:
    """Remove what is older than a day; returns how many."""
    return await forget_all(store.presences, presences_before(now - KEPT_MS), "seen_at")
