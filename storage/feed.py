"""The change feed: one change stream for the whole process, fanned out in memory.

Each subscriber has its own bounded queue. One that falls behind, and everybody when the store no
longer has the history, gets ``Lost`` and takes a new snapshot.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pymongo.errors

from domain.ports import Change, Lost
from storage.mongo import Database
from storage.shelf import MongoShelf

HISTORY_LOST = 286  # ChangeStreamHistoryLost; comes without labels from the embedded store
AWAIT_MS = 200  # a change comes at once
OPENING_S = 0.005
# The embedded store ends every wait at any write at all: whoever got nothing leaves it alone for a while.
PAUSE_S = 0.02
log = logging.getLogger("jingmin.feed")


class MongoFeed:
    """``domain.ports.Feed``. ``start`` once; changes written before that are not delivered."""

    def __init__(self, database: Database, shelves: Mapping[str, MongoShelf[Any]]) -> None:
        self._database = database
        self._shelves = shelves
        self._subscribers: set[_Subscriber] = set()
        self._token: Any = None
        self._lost = False
        self._task: asyncio.Task[None] | None = None
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
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)

    async def _follow(self) -> None:
        names = list(self._shelves)
        stream = self._database.watch(
            [{"$match": {"ns.coll": {"$in": names}}}],
            resume_after=self._token,
            max_await_time_ms=AWAIT_MS,
        )
        async with stream:
            # The first call opens the cursor, motor's ``delegate``; without it a change could fall before
            # the stream.
            first = asyncio.ensure_future(stream.try_next())
            try:
                while stream.delegate is None and not first.done():
                    await asyncio.sleep(OPENING_S)
            except asyncio.CancelledError:
                first.cancel()
                raise
            if stream.delegate is None:
                await first  # raises why
            # Open, though the call itself goes on waiting for a change.
            self._ready.set()
            if self._lost:
                # Only now: a snapshot taken before the stream is open would miss what falls between.
                self._lost = False
                self._publish(Lost("history"))
            change = await first
            while True:
                if change is not None:
                    self._token = change["_id"]
                    self._deliver(change)
                elif stream.resume_token is not None:
                    self._token = stream.resume_token
                    await asyncio.sleep(PAUSE_S)
                change = await stream.try_next()

    def _deliver(self, change: dict[str, Any]) -> None:
        name = change["ns"]["coll"]
        id = change["documentKey"]["_id"] if "documentKey" in change else None
        if change["operationType"] == "delete":
            self._publish(Change(name, str(id), None))
            return
        document = change.get("fullDocument")
        if document is None:
            return
        try:
            item = self._shelves[name].decode(document)
        except ValueError as error:
            log.error("unreadable document in the feed: %s", error)
            return
        self._publish(Change(name, str(id), item))


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
