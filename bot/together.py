"""Arrivals written together: those that come while one write is under way go with the next.

A store that keeps every write durable takes about as long for fifty documents as for five; a busy one
is asked less often the slower it is.
"""

from __future__ import annotations

import asyncio

from bot.house import BotHouse
from domain.arrival import Arrival
from domain.errors import Duplicate, StoreDown

AT_ONCE = 100
WAITING = 5_000


class Together:
    """Adds to the house's arrivals; ``patience`` are the seconds one write may take."""

    def __init__(self, house: BotHouse, patience: float) -> None:
        self._house = house
        self._patience = patience
        self._waiting: list[tuple[Arrival, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def add(self, arrival: Arrival) -> None:
        """Durable before it returns. Raises ``Duplicate`` when it is there, ``StoreDown`` when it
        cannot be said to be; then it may be there all the same, as after any write that got no
        answer."""
        if len(self._waiting) >= WAITING:
            raise StoreDown("too many arrivals wait for the store")
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, future))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="arrivals")
        await future

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            # A caller that has gone needs no write; one that comes twice needs one.
            wanted = {arrival.id: arrival for arrival, future in batch if not future.done()}
            problem: Exception | None = None
            known: set[str] = set()
            try:
                async with asyncio.timeout(self._patience):
                    known = await self._house.store.arrivals.add_many(list(wanted.values()))
            except TimeoutError:
                problem = StoreDown("the write took too long")
            except Exception as error:
                problem = error
            for arrival, future in batch:
                if future.done():
                    continue
                if problem is not None:
                    future.set_exception(problem)
                elif arrival.id in known:
                    future.set_exception(Duplicate("a unique key exists", keys=["_id"]))
                else:
                    future.set_result(None)
