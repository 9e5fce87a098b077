"""Receipt numbers: reserved from the store in blocks, so that handing one out costs nothing and goes on
while the store is away. A number is for people; what makes a report the same report is its id.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import deque

from domain.clock import in_china
from domain.errors import Refused
from domain.ports import Store

BLOCK = 100
HEAD = "0110"
EARLY_MS = 600_000  # before midnight the next day's numbers are reserved, too
log = logging.getLogger("jingmin.receipt_numbers")


class ReceiptNumbers:
    """``0110-YYMMDD-NNNNNNN`` in China's time; ``0110-YYMMDD-J…`` when no number could be reserved.

    ``head`` stands for 0110 in the sandbox. A number is given out once. Blocks of a process that ended
    are lost, and so are those that were not used up on their day.
    """

    def __init__(self, store: Store, block: int = BLOCK, head: str = HEAD) -> None:
        self._store = store
        self._head = head
        self._block = block
        self._free: dict[str, deque[str]] = {}
        self._filling: dict[str, asyncio.Task[None]] = {}

    def take(self, now: int) -> str:
        """The next number."""
        self.keep(now)
        free = self._free.get(_day(now))
        return free.popleft() if free else unreserved(now, self._head)

    def keep(self, now: int) -> None:
        """Have numbers ready for today, and near midnight for tomorrow; refills in the background."""
        days = {_day(now), _day(now + EARLY_MS)}
        for day in days:
            self._refill(day)
        for old in self._free.keys() - days:
            del self._free[old]

    def give_back(self, number: str) -> None:
        """It was taken for a report that has one already, and nobody has seen it."""
        day, _, rest = number.removeprefix(f"{self._head}-").partition("-")
        if day in self._free and rest.isdigit():
            self._free[day].appendleft(number)

    async def fill(self, now: int) -> None:
        """Reserve a block for today, and tomorrow's near midnight; without the store what is left must
        do. What is left from before the store was away is dropped: it may have been restored from a
        backup that knows nothing of those numbers."""
        self._free.clear()
        for day in {_day(now), _day(now + EARLY_MS)}:
            await self._fill(day)

    def _refill(self, day: str) -> None:
        filling = self._filling.get(day)
        if len(self._free.get(day, ())) <= self._block // 2 and (filling is None or filling.done()):
            self._filling = {one: task for one, task in self._filling.items() if not task.done()}
            self._filling[day] = asyncio.create_task(self._fill(day))

    async def _fill(self, day: str) -> None:
        try:
            first = await self._store.reserve_numbers(day, self._block)
        except Refused as refused:
            log.warning("no numbers reserved: %s", refused.fault.code)
            return
        numbers = (f"{self._head}-{day}-{first + one:07d}" for one in range(self._block))
        self._free.setdefault(day, deque()).extend(numbers)


def unreserved(now: int, head: str = HEAD) -> str:
    """A number by chance, for when none could be reserved: one in ten thousand million."""
    return f"{head}-{_day(now)}-J{secrets.randbelow(10**10):010d}"


def _day(now: int) -> str:
    return in_china(now, "%y%m%d")
