"""The way of an arrival to where it survives: the store, and this machine's disk where that is slow or away.

What is on disk goes into the store as soon as that takes it, in the order in which it came. What has to
be answered though neither takes it waits in memory.
"""

from __future__ import annotations

import asyncio
import logging
import time

from bot import meters
from bot.house import BotHouse
from domain.arrival import Arrival
from domain.errors import Duplicate, Refused, StoreDown
from domain.ports import Journal
from domain.together import AT_ONCE, Together

AGAIN_S = 0.1
REPLAY_S = 1.0
STORE_FIRST_S = 0.003  # what answers within this needs no disk
GATHER_S = 0.03  # while the disk has it, nobody waits for a busy store
# Nearly three hours at one a second; what comes then the platform delivers again.
MOST_ON_DISK = 10_000
MOST_IN_MEMORY = 10_000
DISK_S = 0.5  # a disk that takes longer keeps nobody waiting
log = logging.getLogger("jingmin.bot.arrivals")


class Arrivals:
    """What all callback addresses of this process share; ``write`` are the seconds of one try."""

    def __init__(self, house: BotHouse, write: float) -> None:
        self._house = house
        self._write_s = write
        self._together = Together(lambda: house.store.arrivals, write, STORE_FIRST_S, GATHER_S)
        self._writing: dict[str, asyncio.Task[bool]] = {}
        self._refused: set[str] = set()  # stay on disk, and hold up nobody
        self._in_memory: dict[str, Arrival] = {}
        # Some wait on disk alone: what came later must not be in the store before them.
        self._behind = house.journal is not None and bool(house.journal.waiting())

    async def keep(self, arrival: Arrival, deadline: float) -> str:
        """Durable before it returns, and where. Where there is no room on disk the store is waited for:
        raises ``StoreDown`` at the deadline, in seconds of the monotonic clock."""
        if self._house.journal is not None:
            if not self._behind and await self._soon(arrival):
                return "in the store"
            if await self._on_disk(self._house.journal, arrival):
                return "on disk"
        await self._in_store(arrival, deadline)
        return "in the store"

    def hold(self, arrival: Arrival) -> None:
        """In memory, for store or disk when one of them is back. It is answered whatever becomes of it, so
        it is not delivered again: the log says what that means."""
        if len(self._in_memory) >= MOST_IN_MEMORY:
            log.error("arrival %s is LOST: it was answered, and is kept nowhere", arrival.id)
            return
        self._in_memory[arrival.id] = arrival
        meters.IN_MEMORY.set(len(self._in_memory))
        log.error(
            "arrival %s is in memory alone: store and disk take nothing, and it is not delivered again; "
            "it is lost if this process ends",
            arrival.id,
        )

    async def _soon(self, arrival: Arrival) -> bool:
        """Whether the store has it at once; else the write goes on."""
        writing = self._writing.get(arrival.id)
        if writing is None:
            writing = asyncio.create_task(self._write(arrival), name="arrival")
            self._writing[arrival.id] = writing
        # What waits first and goes to disk then has waited twice.
        first = STORE_FIRST_S if self._together.took < STORE_FIRST_S else 0.0
        await asyncio.wait({writing}, timeout=first)
        return writing.done() and writing.result()

    async def _write(self, arrival: Arrival) -> bool:
        try:
            stored = await self._add(arrival)
            self._behind = self._behind or not stored
            return stored
        finally:
            del self._writing[arrival.id]

    async def _add(self, arrival: Arrival) -> bool:
        """Whether the store has it now, and the disk need not any more."""
        try:
            await self._together.add(arrival)
        except Duplicate:
            pass
        except StoreDown:
            return False
        except Refused:
            log.exception("arrival %s stays on disk", arrival.id)
            self._refused.add(arrival.id)
            return False
        if self._house.journal is not None:
            try:
                await self._house.journal.done(arrival.id)
            except OSError as error:  # it is replayed then, which changes nothing
                log.error("the journal cannot be written: %s", error.strerror)
        return True

    async def _on_disk(self, journal: Journal[Arrival], arrival: Arrival) -> bool:
        if len(journal.waiting()) >= MOST_ON_DISK:
            return False
        try:
            async with asyncio.timeout(DISK_S):
                await journal.keep(arrival)
        except TimeoutError:
            log.error("the journal takes too long")
            return False
        except OSError as error:
            log.error("the journal cannot be written: %s", error.strerror)
            return False
        meters.ON_DISK.set(len(journal.waiting()))
        return True

    async def _in_store(self, arrival: Arrival, deadline: float) -> None:
        while True:
            try:
                async with asyncio.timeout(self._write_s):
                    await self._together.add(arrival)
                return
            except Duplicate:
                return
            except (StoreDown, TimeoutError):
                if time.monotonic() + AGAIN_S >= deadline:
                    raise StoreDown("the arrival could not be kept in time") from None
            await asyncio.sleep(AGAIN_S)

    async def replay(self) -> None:
        """Until cancelled: what is on disk or in memory goes into the store as soon as that takes it."""
        while True:
            await self._replay_memory()
            if self._house.journal is not None:
                await self._replay(self._house.journal)
            await asyncio.sleep(REPLAY_S)

    async def _replay_memory(self) -> None:
        journal = self._house.journal
        for arrival in list(self._in_memory.values()):
            if arrival.id in self._refused:
                continue
            stored = await self._add(arrival)
            if not stored and not (journal is not None and await self._on_disk(journal, arrival)):
                break
            if not stored:
                self._behind = True
                log.warning("arrival %s is on disk now", arrival.id)
            del self._in_memory[arrival.id]
        meters.IN_MEMORY.set(len(self._in_memory))

    async def close(self) -> None:
        """Wait for what is being written; what the store does not take in time stays on disk."""
        if self._writing:
            await asyncio.wait(self._writing.values(), timeout=self._write_s)

    async def _replay(self, journal: Journal[Arrival]) -> None:
        """Until none is left, or the store takes no more."""
        while True:
            # What is being written the store has soon; only its answer is late.
            out = self._refused | self._writing.keys()
            waiting = [one for one in journal.waiting() if one.id not in out]
            meters.ON_DISK.set(len(waiting))
            if not waiting:
                self._behind = False
                return
            some = waiting[:AT_ONCE]
            added = await asyncio.gather(*(self._add(one) for one in some))
            if not any(added) and not self._refused.issuperset(one.id for one in some):
                return
