"""The way of an arrival into the store, and onto the disk while the store is away."""

from __future__ import annotations

import asyncio
import logging
import time

from bot import meters
from bot.house import BotHouse
from domain.arrival import Arrival
from domain.errors import Duplicate, Refused, StoreDown
from domain.ports import Journal
from domain.together import Together

AGAIN_S = 0.1
REPLAY_S = 1.0
# More than two hours of calls for help at one a second; what comes then the platform delivers again.
MOST_ON_DISK = 10_000
log = logging.getLogger("jingmin.bot.arrivals")


class Arrivals:
    """What all callback addresses of this process share; ``write`` are the seconds of one try."""

    def __init__(self, house: BotHouse, write: float) -> None:
        self._house = house
        self._write = write
        self._together = Together(lambda: house.store.arrivals, write)

    async def keep(self, arrival: Arrival, deadline: float) -> bool:
        """In the store before it returns; False when it was there. Raises ``StoreDown`` at the
        deadline, in seconds of the monotonic clock."""
        while True:
            try:
                async with asyncio.timeout(self._write):
                    await self._together.add(arrival)
                return True
            except Duplicate:
                return False
            except (StoreDown, TimeoutError):
                if time.monotonic() + AGAIN_S >= deadline:
                    raise StoreDown("the arrival could not be kept in time") from None
            await asyncio.sleep(AGAIN_S)

    async def keep_on_disk(self, arrival: Arrival) -> bool:
        """Durable on this machine, for the store when it is back; False where it cannot be."""
        journal = self._house.journal
        if journal is None or len(journal.waiting()) >= MOST_ON_DISK:
            return False
        try:
            await journal.keep(arrival)
        except OSError as error:
            log.error("the journal cannot be written: %s", error.strerror)
            return False
        meters.ON_DISK.set(len(journal.waiting()))
        return True

    async def replay(self) -> None:
        """Until cancelled: what is on disk goes into the store as soon as that takes it."""
        while True:
            journal = self._house.journal
            if journal is not None:
                await self._replay(journal)
            await asyncio.sleep(REPLAY_S)

    async def _replay(self, journal: Journal[Arrival]) -> None:
        for arrival in journal.waiting():
            try:
                await self.keep(arrival, time.monotonic())
                await journal.done(arrival.id)
            except StoreDown:
                break
            except (Refused, OSError):
                log.exception("arrival %s stays on disk", arrival.id)
        meters.ON_DISK.set(len(journal.waiting()))
