"""Documents written together: those that come while one write is under way go with the next.

A store that keeps every write durable takes about as long for fifty documents as for five; a busy one
is asked less often the slower it is.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from domain.errors import Duplicate, StoreDown
from domain.ports import Named, Shelf

AT_ONCE = 100
WAITING = 5_000


T = TypeVar("T", bound=Named)


class Together(Generic[T]):
    """Adds to one shelf; ``patience`` are the seconds one write may take. After a write that took longer
    than ``quick`` seconds the next one waits ``gather`` seconds for what else comes: for callers whose
    documents are safe elsewhere meanwhile."""

    def __init__(
        self,
        shelf: Callable[[], Shelf[T]],
        patience: float,
        quick: float = 0.0,
        gather: float = 0.0,
    ) -> None:
        self._shelf = shelf
        self._patience = patience
        self._quick = quick
        self._gather = gather
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self.took = 0.0  # seconds of the last write

    async def add(self, item: T) -> None:
        """Durable before it returns. Raises ``Duplicate`` when it is there, ``StoreDown`` when it
        cannot be said to be; then it may be there all the same, as after any write that got no
        answer."""
        if len(self._waiting) >= WAITING:
            raise StoreDown("too many wait for the store")
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="write together")
        await future

    async def _write(self) -> None:
        while self._waiting:
            if self._gather and self.took > self._quick:
                await asyncio.sleep(self._gather)
            batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            # A caller that has gone needs no write; one that comes twice needs one.
            wanted = {item.id: item for item, future in batch if not future.done()}
            began = time.monotonic()
            problems = await self._add(list(wanted.values()))
            self.took = time.monotonic() - began
            for item, future in batch:
                if future.done():
                    continue
                problem = problems.get(item.id)
                if problem is None:
                    future.set_result(None)
                else:
                    future.set_exception(problem)

    async def _add(self, items: list[T]) -> dict[str, Exception]:
        """What went wrong, by id."""
        try:
            async with asyncio.timeout(self._patience):
                known = await self._shelf().add_many(items)
        except TimeoutError:
            return {item.id: StoreDown("the write took too long") for item in items}
        except StoreDown as down:
            return {item.id: down for item in items}
        except Exception as error:
            if len(items) == 1:
                return {items[0].id: error}
            # One that the store does not take costs none of the others.
            problems: dict[str, Exception] = {}
            for item in items:
                problems |= await self._add([item])
            return problems
        return {id: Duplicate("a unique key exists", keys=["_id"]) for id in known}
