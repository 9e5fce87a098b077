"""Receipt numbers: reserved from the store in blocks, so that handing one out costs nothing and
goes on while the store is away."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time

from domain.errors import Refused
from domain.ports import Store

BLOCK = 100
LOW = 50
log = logging.getLogger("jingmin.numbers")


class Numbers:
    """``0110-YYMMDD-NNNNNN`` in China's time; ``0110-YYMMDD-J…`` when no number could be reserved."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._free: list[int] = []
        self._filling: asyncio.Task[None] | None = None

    def take(self, now: int) -> str:
        """The next number; refills in the background when few are left."""
        day = time.strftime("%y%m%d", time.gmtime(now / 1000 + 8 * 3600))
        if len(self._free) <= LOW and (self._filling is None or self._filling.done()):
            self._filling = asyncio.create_task(self.fill())
        if not self._free:
            return f"0110-{day}-J{secrets.randbelow(10**10):010d}"
        return f"0110-{day}-{self._free.pop(0) % 1_000_000:06d}"

    async def fill(self) -> None:
        """Reserve another block; without the store what is left must do."""
        try:
            first = await self._store.reserve_numbers(BLOCK)
        except Refused as refused:
            log.warning("no numbers reserved: %s", refused.fault.code)
            return
        self._free += range(first, first + BLOCK)
