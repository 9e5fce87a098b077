"""The change feed: one change stream for the whole process, fanned out in memory.

Each subscriber has its own bounded queue. One that falls behind, and everybody when the store no
longer has the history, gets ``Lost`` and takes a new snapshot. Who has not been at the end of the stream
for long asks the store whether it has. The stream has a thread of its own, in which documents are decoded:
one hop for all that came with an answer.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pymongo.errors

from domain.ports import Change, Lost
from storage.mongo import Database, at_hand, blocking
from storage.shelf import MongoShelf

HISTORY_LOST = 286  # ChangeStreamHistoryLost; comes without labels from the embedded store
AWAIT_MS = 200  # a change comes at once
AT_ONCE = 100
# The embedded store ends every wait at any write at all: whoever got nothing leaves it alone for a while.
PAUSE_S = 0.02
# The embedded store leaves out of an open stream what it has forgotten, without a word; only a stream that
# begins anew is refused. It remembers some minutes of the most that it can write.
BEHIND_S = 30.0
log = logging.getLogger("jingmin.feed")


class MongoFeed:
    """``domain.ports.Feed``. ``start`` once; changes written before that are not delivered. Of the
    shelves in ``known`` new documents are not heard of, only what becomes of them."""

    def __init__(
        self,
        database: Database,
        shelves: Mapping[str, MongoShelf[Any]],
        known: Collection[str] = (),
    ) -> None:
        self._database = database
        self._shelves = shelves
        self._heard: dict[str, Any] = {"ns.coll": {"$in": sorted(shelves.keys() - set(known))}}
        if known:
            old = {"ns.coll": {"$in": sorted(known)}, "operationType": {"$ne": "insert"}}
            self._heard = {"$or": [self._heard, old]}
        self._subscribers: set[_Subscriber] = set()
        self._token: Any = None
        self._lost = False
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="feed")
        self._ready = asyncio.Event()

    @property
    def follows(self) -> bool:
        """Whether there is anything to hear."""
        return bool(self._shelves)

    def start(self) -> None:
        """Follow the stream from now on; once."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="change feed")

    async def ready(self) -> None:
        """Returns when changes written from now on are certain to be delivered."""
        await self._ready.wait()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        # It ends when the client is closed, if it waits for an answer.
        self._thread.shutdown(wait=False)

    def subscribe(self, size: int = 1000) -> AsyncIterator[Change | Lost]:
        subscriber = _Subscriber(size)
        self._subscribers.add(subscriber)
        return self._drain(subscriber)

    async def _drain(self, subscriber: _Subscriber) -> AsyncIterator[Change | Lost]:
        try:
            while True:
                yield await subscriber.take()
        finally:
            self._subscribers.discard(subscriber)

    def _publish(self, item: Change | Lost) -> None:
        for subscriber in self._subscribers:
            subscriber.put(item)

    async def _run(self) -> None:
        pause = 0.1
        while True:
            try:
                await self._follow()
                pause = 0.1
            except pymongo.errors.OperationFailure as error:
                if error.code == HISTORY_LOST or self._token is not None:
                    log.warning("change history lost (%s): new snapshots", error.code)
                    self._token, self._lost = None, True
                    continue
                log.warning("change stream refused: %s", error.code)
            except pymongo.errors.PyMongoError as error:
                log.warning("change stream broken: %s", type(error).__name__)
            except Exception:  # the same change might break it again: who waits reads anew instead
                log.exception("change stream broken")
                self._token = None
            if self._token is None and self._ready.is_set():
                self._lost = True  # it begins anew from then on
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)

    async def _follow(self) -> None:
        run = asyncio.get_running_loop().run_in_executor
        stream = await run(self._thread, self._open, self._token)
        try:
            self._ready.set()
            if self._lost:
                # Only now: a snapshot taken before the stream is open would miss what falls between.
                self._lost = False
                self._publish(Lost("history"))
            whole, at = (
                self._token,
                time.monotonic(),
            )  # until here nothing is missing, as was seen then
            while True:
                found, token = await run(self._thread, self._next, stream)
                behind = time.monotonic() - at > BEHIND_S
                if behind:
                    await run(self._thread, self._require_all_since, whole)
                if behind or not found:
                    whole, at = token, time.monotonic()
                self._token = token
                for change in found:
                    self._publish(change)
                if not found:
                    await asyncio.sleep(PAUSE_S)
        finally:
            self._thread.submit(stream.close)

    def _open(self, after: Any) -> Any:
        """The stream behind this token; without one everything written from now on is in it."""
        return blocking(self._database).watch(
            [{"$match": self._heard}],
            resume_after=after,
            max_await_time_ms=AWAIT_MS,
        )

    def _require_all_since(self, token: Any) -> None:
        """Raises ``HISTORY_LOST`` when the store has forgotten something that came after it."""
        if token is None:
            raise pymongo.errors.OperationFailure("nothing is known to be whole", HISTORY_LOST)
        self._open(token).close()

    def _next(self, stream: Any) -> tuple[list[Change], Any]:
        """What came with one answer of the store, decoded, and where to go on. Nothing after a while
        without changes."""
        found: list[Change] = []
        token = self._token
        change = stream.try_next()
        while change is not None:
            token = change["_id"]
            if (heard := self._read(change)) is not None:
                found.append(heard)
            if len(found) >= AT_ONCE or not at_hand(stream):
                return found, token
            change = stream.try_next()
        return found, stream.resume_token or token

    def _read(self, change: dict[str, Any]) -> Change | None:
        name = change["ns"]["coll"]
        id = change["documentKey"]["_id"] if "documentKey" in change else None
        if change["operationType"] == "delete":
            self._shelves[name].unreadable.forget(name, str(id))
            return Change(name, str(id), None)
        document = change.get("fullDocument")
        if document is None:
            return None
        # One that cannot be read is no more what it was: nobody goes on with what was known of it.
        return Change(name, str(id), self._shelves[name].decode(document))


class _Subscriber:
    def __init__(self, size: int) -> None:
        self._size = size
        self._queue: deque[Change | Lost] = deque()
        self._event = asyncio.Event()

    def put(self, item: Change | Lost) -> None:
        if len(self._queue) >= self._size:
            self._queue.clear()
            item = Lost("behind")
        self._queue.append(item)
        self._event.set()

    async def take(self) -> Change | Lost:
        while not self._queue:
            self._event.clear()
            await self._event.wait()
        return self._queue.popleft()
