"""Leases: of periodic work that every process could do, one process does each turn.

A lease says who works on what and until when. It is taken under its version and renewed while the work
goes on; when its process is gone another takes it as soon as it ended. Clocks of two processes may be half
a minute apart; an end or a turn that lies farther ahead than any clock could have written it is as good
as past, so that a clock that was set back stops nothing.

What is done under a lease must bear to be done twice: a process that was stopped for a minute and goes on
may not know yet that another has taken its place.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from domain.clock import within
from domain.errors import Conflict, NotFound, Refused
from domain.ports import Store
from domain.revise import revise
from domain.ticket import random_id

LIFE_MS = 60_000
AHEAD_MS = 2 * LIFE_MS  # as far as an end can lie ahead of a clock that is half a minute behind
RENEW_S = 15.0
SOON_MS = 1_000
T = TypeVar("T")
log = logging.getLogger("jingmin.lease")


@dataclass(slots=True)
class Lease:
    """``id`` is the name of the work; ``owner`` the process that does it, "" when nobody does. Times are
    Unix ms: it is his ``until`` then; ``turned_at`` is when the last turn began that came to its end."""

    id: str
    owner: str = ""
    until: int = 0
    turned_at: int = 0
    version: int = 0


def wait_of(it: Lease, owner: str, now: int, every_ms: int) -> int:
    """In how many ms ``owner`` may look again whether it is his turn; 0: it is."""
    if it.owner not in ("", owner) and 0 < it.until - now <= AHEAD_MS:
        return min(it.until - now, every_ms)
    if within(it.turned_at, now, every_ms):
        return min(it.turned_at + every_ms - now, every_ms)
    return 0


class Turns:
    """The leases of one process, which is known by an id made here."""

    def __init__(self, store: Callable[[], Store], clock: Callable[[], int]) -> None:
        self._store, self._clock = store, clock
        self.owner = random_id()

    async def turn(self, name: str, every_s: float, work: Callable[[], Awaitable[T]]) -> float:
        """Do ``work`` when its time has come and no other process does it; in how many seconds to ask
        again. What the work raises is raised: the turn is still to be done then, by whoever asks next.
        Work that another process took over meanwhile is cancelled."""
        begun: int | None = self._clock()
        if wait := await self.take(name, int(every_s * 1_000)):
            return wait / 1_000
        working = asyncio.ensure_future(work())
        try:
            if not await self._keeping(name, working):
                log.warning("%s is done by another process now", name)
                return every_s
        except BaseException:
            begun = None
            raise
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            with suppress(Refused):  # then it ends by its time
                await self.end(name, begun)
        return every_s

    async def take(self, name: str, every_ms: int) -> int:
        """Take the lease; 0 when it is this process's now, else in how many ms to ask again."""
        wait = 0

        def change(it: Lease) -> bool:
            nonlocal wait
            now = self._clock()
            wait = wait_of(it, self.owner, now, every_ms)
            if not wait:
                it.owner, it.until = self.owner, now + LIFE_MS
            return not wait

        try:
            await revise(self._store().leases, name, change, lambda: Lease(name))
        except Conflict:
            return SOON_MS
        return wait

    async def renew(self, name: str) -> bool:
        """Keep it for another minute; whether it was still this process's."""

        def change(it: Lease) -> bool:
            if it.owner != self.owner:
                return False
            it.until = self._clock() + LIFE_MS
            return True

        try:
            return (await revise(self._store().leases, name, change)).owner == self.owner
        except NotFound:
            return False

    async def end(self, name: str, turned_at: int | None) -> None:
        """Give it back; ``turned_at`` is when the turn began that is done, None when it is not."""

        def change(it: Lease) -> bool:
            if it.owner != self.owner:
                return False
            it.owner, it.until = "", 0
            if turned_at is not None:
                it.turned_at = turned_at
            return True

        with suppress(NotFound):
            await revise(self._store().leases, name, change)

    async def _keeping(self, name: str, working: asyncio.Future[T]) -> bool:
        """Renew until the work is done; False when the lease was lost before."""
        until = time.monotonic() + LIFE_MS / 1_000
        while True:
            await asyncio.wait({working}, timeout=RENEW_S)
            if working.done():
                working.result()
                return True
            asked = time.monotonic()
            try:
                if not await self.renew(name):
                    return False
            except Refused:  # the store is away: what was promised still holds
                if asked >= until:
                    return False
            else:
                until = asked + LIFE_MS / 1_000
