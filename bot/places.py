"""So many tasks beside each other: a place that becomes free is taken again at once."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Hashable
from types import TracebackType
from typing import Any, Self

# Beside the places of everybody: a call for help waits for nobody's video.
FOR_URGENT = 4


class Places:
    """At most ``count`` tasks, and ``FOR_URGENT`` more for urgent ones. Each says whether it did
    something; ``wake`` is set when one did, and when one failed."""

    def __init__(self, count: int, wake: asyncio.Event | None = None) -> None:
        self._count = count
        self._wake = wake
        self._tasks: dict[Hashable, asyncio.Task[bool]] = {}
        self._did = False
        self._failed: BaseException | None = None

    def holds(self, key: Hashable) -> bool:
        """Whether a task of this key is under way."""
        return key in self._tasks

    async def start(
        self, key: Hashable, work: Coroutine[Any, Any, bool], urgent: bool = False
    ) -> bool:
        """Start it as soon as there is a place; whether it had to wait for one. Raises what another
        task failed with."""
        waited = False
        while len(self._tasks) >= self._count + (FOR_URGENT if urgent else 0):
            waited = True
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
        return waited

    async def rest(self) -> bool:
        """Wait for all; whether any did something. Raises what one failed with."""
        while self._tasks:
            await asyncio.wait(self._tasks.values())
        if self._failed is not None:
            failed, self._failed = self._failed, None
            raise failed
        did, self._did = self._did, False
        return did

    def _ended(self, key: Hashable, task: asyncio.Task[bool]) -> None:
        del self._tasks[key]
        if task.cancelled():
            return
        failed = task.exception()
        if failed is not None:
            self._failed = failed
        elif task.result():
            self._did = True
        if self._wake is not None and (failed is not None or task.result()):
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
