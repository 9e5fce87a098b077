"""The store: every shelf, the files, the feed, numbers and the health check."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pymongo
import pymongo.errors

from domain.call import MediaProcess
from domain.errors import StoreDown
from domain.evidence import Checkpoint
from domain.incident import Incident
from domain.people import Attempts, AuditEntry, Person, Session
from domain.place import BoundaryArea
from domain.ticket import random_id
from storage.feed import MongoFeed
from storage.media import GridFiles
from storage.mongo import Database, connect, disconnect
from storage.shelf import MongoShelf, refusing


class MongoStore:
    """``domain.ports.Store`` on a MongoDB URI. ``open`` before use, ``close`` after it."""

    def __init__(self, uri: str, database: str = "jingmin") -> None:
        self._database: Database = connect(uri, database)
        self.incidents = MongoShelf(self._database, "incidents", Incident)
        self.people = MongoShelf(self._database, "people", Person)
        self.sessions = MongoShelf(self._database, "sessions", Session)
        self.attempts = MongoShelf(self._database, "attempts", Attempts)
        self.media_processes = MongoShelf(self._database, "media_processes", MediaProcess)
        self.checkpoints = MongoShelf(self._database, "checkpoints", Checkpoint)
        self.audit = MongoShelf(self._database, "audit", AuditEntry)
        self.boundaries = MongoShelf(self._database, "boundaries", BoundaryArea)
        self.files = GridFiles(self._database)
        followed: dict[str, MongoShelf[Any]] = {
            "incidents": self.incidents,
            "people": self.people,
            "sessions": self.sessions,
            "media_processes": self.media_processes,
        }
        self.feed = MongoFeed(self._database, followed)

    async def open(self, patience: float = 15.0) -> None:
        """Make indexes, start the feed. Raises ``StoreDown`` when nobody answers in ``patience`` s."""
        deadline = time.monotonic() + patience
        while True:
            try:
                await self._prepare()
                break
            except StoreDown:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.1)
        self.feed.start()
        await self.feed.ready()

    async def close(self) -> None:
        await self.feed.stop()
        disconnect(self._database)

    @refusing
    async def _prepare(self) -> None:
        down, up = pymongo.DESCENDING, pymongo.ASCENDING
        database = self._database
        await database.incidents.create_index("key", unique=True)
        await database.incidents.create_index("number", unique=True)
        await database.incidents.create_index([("state", up), ("raised_at", down)])
        await database.incidents.create_index([("raised_at", down)])
        await database.incidents.create_index([("responders.station", up), ("raised_at", down)])
        await database.people.create_index("login", unique=True)
        await database.sessions.create_index("person")
        await database.checkpoints.create_index("incident")
        await database.audit.create_index([("at", down)])
        await database.boundaries.create_index("set")

    @refusing
    async def reserve_numbers(self, count: int) -> int:
        # findAndModify scans its collection in the embedded store; this one holds one document.
        # Several first writers at once may get no answer there: a block is lost, nothing else.
        for _ in range(10):
            try:
                document = await self._database.counters.find_one_and_update(
                    {"_id": "incident"},
                    {"$inc": {"next": count}},
                    upsert=True,
                    return_document=pymongo.ReturnDocument.AFTER,
                )
            except pymongo.errors.DuplicateKeyError:
                continue
            if document is not None:
                return int(document["next"]) - count + 1
        raise StoreDown("no numbers could be reserved")

    @refusing
    async def check(self) -> None:
        mark = random_id()
        beat = self._database.health
        await beat.insert_one({"_id": mark})
        if await beat.find_one({"_id": mark}) is None:
            raise StoreDown("a write was not there to read")
        await beat.delete_one({"_id": mark})
