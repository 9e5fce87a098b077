"""So many tasks beside each other: a place that becomes free is taken again at once."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Hashable
from types import TracebackType
from typing import Any, Self


class Places:
    """At most ``count`` tasks, each of which says whether it did something.

    ``ended`` is how many did. While ``wakes`` is true, ``wake`` is set when one did; always when one
    failed.
    """

    def __init__(self, count: int, wake: asyncio.Event | None = None) -> None:
        self._count = count
        self._wake = wake
        self.wakes = False
        self.ended = 0
        self._tasks: dict[Hashable, asyncio.Task[bool]] = {}
        self._failed: BaseException | None = None

    def holds(self, key: Hashable) -> bool:
        """Whether a task of this key is under way."""
        return key in self._tasks

    async def start(self, key: Hashable, work: Coroutine[Any, Any, bool]) -> None:
        """Start it as soon as there is a place. Raises what another task failed with."""
        while len(self._tasks) >= self._count:
            try:
                await asyncio.wait(self._tasks.values(), return_when=asyncio.FIRST_COMPLETED)
            except asyncio.CancelledError:
                work.close()
                raise
        if self._failed is not None:
            work.close()
            failed, self._failed = self._failed, None
            raise failed
        task = asyncio.create_task(work)
        self._tasks[key] = task
        task.add_done_callback(lambda done: self._ended(key, done))

    async def rest(self) -> bool:
        """Wait for all; whether any did something. Raises what one failed with."""
        while self._tasks:
            await asyncio.wait(self._tasks.values())
        if self._failed is not None:
            failed, self._failed = self._failed, None
            raise failed
        return self.ended > 0

    def _ended(self, key: Hashable, task: asyncio.Task[bool]) -> None:
        del self._tasks[key]
        if task.cancelled():
            return
        failed = task.exception()
        if failed is not None:
            self._failed = failed
        elif task.result():
            self.ended += 1
        if self._wake is not None and (failed is not None or (task.result() and self.wakes)):
            self._wake.set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
