"""Pace: calls of one process kept below a platform's rate, and not too many at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AT_ONCE = 16
PER_MINUTE = 8_000  # WeCom allows 10,000 for each API; other processes need some of it


class Pace:
    """``async with pace.slot():`` around each call."""

    def __init__(self, per_minute: float = PER_MINUTE, at_once: int = AT_ONCE) -> None:
        self._gap = 60 / per_minute
        self._slots = asyncio.Semaphore(at_once)
        self._next = 0.0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Waits for its turn."""
        async with self._slots:
            loop = asyncio.get_running_loop()
            at = max(self._next, loop.time())
            self._next = at + self._gap
            if at > loop.time():
                await asyncio.sleep(at - loop.time())
            yield
