"""The store: every shelf, the files, the feed, numbers and the health check."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any, TypeVar

import pymongo
import pymongo.errors

from domain.arrival import Arrival, Token
from domain.audit import AuditEntry
from domain.backup import LAST, Backup
from domain.call import MediaProcess
from domain.errors import NotFound, StoreDown
from domain.evidence import Checkpoint
from domain.group import Doorway, Group, Welcome
from domain.incident import Incident
from domain.integrator import Integrator
from domain.lasting import lasting, when_answered
from domain.lease import Lease, Turns
from domain.notice import Delivery, Notice
from domain.notice_presets import NoticePresets
from domain.outgoing import Message
from domain.people import Attempts, Person, Session
from domain.place import BoundaryArea
from domain.platform_alarm import PlatformAlarm
from domain.ports import Unread
from domain.prepared_answer import PreparedAnswers
from domain.presence import Presence
from domain.process import Process
from domain.product import product_version
from domain.queries import incidents_between
from domain.recurring import RecurringNotice
from domain.resident import Credit, Dialog, LooseFile, Resident, Teller
from domain.ticket import random_id
from domain.tip import Tip
from domain.viewing import Viewing
from domain.webhook import WebhookEvent
from storage.feed import MongoFeed
from storage.formats import StoreFormat
from storage.indexes import INDEXES, OBSOLETE
from storage.indexing import build, missing
from storage.media import GridFiles
from storage.migrations import MIGRATIONS, Migration, migrate
from storage.mongo import Database, connect, connect_patiently, disconnect
from storage.shelf import MongoShelf, refusing
from storage.unreadable import Unreadable

SANDBOX = ("incidents", "presences")  # what a sandbox has of its own
T = TypeVar("T")
log = logging.getLogger("jingmin.store")


class MongoStore:
    """``domain.ports.Store`` on a MongoDB URI. ``open`` before use, ``close`` after it.

    ``follow`` names the shelves whose changes this process hears (None: all that can be heard): a
    process reads every change it follows, whether anybody listens or not. Of shelves in ``known`` it
    hears only what becomes of documents, not of new ones. ``indexed`` names the collections that get their
    indexes (None: all).
    """

    def __init__(
        self,
        uri: str,
        database: str = "jingmin",
        follow: Collection[str] | None = None,
        known: Collection[str] = (),
        indexed: Collection[str] | None = None,
    ) -> None:
        self._uri, self._name = uri, database
        self._wanted = INDEXES if indexed is None else {name: INDEXES[name] for name in indexed}
        self._building = 0
        self._database: Database = connect(uri, database)
        self.format = StoreFormat(self._database, product_version())
        self._migrations: Sequence[Migration] = MIGRATIONS if indexed is None else ()
        self._migrating: asyncio.Task[None] | None = None
        self._turns = Turns(lambda: self, lambda: time.time_ns() // 1_000_000)
        self._unreadable = Unreadable()
        self.incidents = self._shelf("incidents", Incident)
        self.people = self._shelf("people", Person)
        self.sessions = self._shelf("sessions", Session)
        self.attempts = self._shelf("attempts", Attempts)
        self.presences = self._shelf("presences", Presence)
        self.media_processes = self._shelf("media_processes", MediaProcess)
        self.processes = self._shelf("processes", Process)
        self.checkpoints = self._shelf("checkpoints", Checkpoint)
        self.audit = self._shelf("audit", AuditEntry)
        self.boundaries = self._shelf("boundaries", BoundaryArea)
        self.leases = self._shelf("leases", Lease)
        self.arrivals = self._shelf("arrivals", Arrival)
        self.tokens = self._shelf("tokens", Token)
        self.integrators = self._shelf("integrators", Integrator)
        self.webhook_events = self._shelf("webhook_events", WebhookEvent)
        self.platform_alarms = self._shelf("platform_alarms", PlatformAlarm)
        self.residents = self._shelf("residents", Resident)
        self.dialogs = self._shelf("dialogs", Dialog)
        self.credits = self._shelf("credits", Credit)
        self.tellers = self._shelf("tellers", Teller)
        self.loose_files = self._shelf("loose_files", LooseFile)
        self.tips = self._shelf("tips", Tip)
        self.viewings = self._shelf("viewings", Viewing)
        self.prepared_answers = self._shelf("prepared_answers", PreparedAnswers)
        self.messages = self._shelf("messages", Message)
        self.groups = self._shelf("groups", Group)
        self.doorways = self._shelf("doorways", Doorway)
        self.welcomes = self._shelf("welcomes", Welcome)
        self.notices = self._shelf("notices", Notice)
        self.recurring = self._shelf("recurring", RecurringNotice)
        self.notice_presets = self._shelf("notice_presets", NoticePresets)
        self.deliveries = self._shelf("deliveries", Delivery)
        self.backups = self._shelf("backups", Backup)
        self.files = GridFiles(self._database)
        followed: dict[str, MongoShelf[Any]] = {
            "incidents": self.incidents,
            "people": self.people,
            "sessions": self.sessions,
            "presences": self.presences,
            "media_processes": self.media_processes,
            "arrivals": self.arrivals,
            "messages": self.messages,
            "tips": self.tips,
            "groups": self.groups,
            "doorways": self.doorways,
            "welcomes": self.welcomes,
            "notices": self.notices,
            "deliveries": self.deliveries,
        }
        heard = followed if follow is None else {name: followed[name] for name in follow}
        self.feed = MongoFeed(self._database, heard, known)

    async def open(self, patience: float = 15.0) -> None:
        """Make indexes, start the feed; what older versions wrote otherwise is rewritten while everything
        works (``storage/migrations.py``). Raises ``StoreDown`` when nobody answers in ``patience`` s,
        ``UnusableStore`` when a newer version was here that this one cannot follow; an index that has to be
        built from what is stored already is waited for as long as it takes."""
        await when_answered(self._prepare, patience)
        if self.feed.follows:
            self.feed.start()
            await self.feed.ready()
        if self._migrating is None or self._migrating.done():
            work = partial(migrate, self, self._turns, self._migrations)
            self._migrating = asyncio.create_task(lasting("migrations", work), name="migrations")

    @refusing
    async def require_readable(self) -> None:
        """Raises ``UnusableStore`` when a newer version was here that this one cannot follow, ``StoreDown``
        when nobody answers; opens nothing."""
        await self.format.require_readable()

    async def migrated(self) -> None:
        """Returns when nothing is left of what older versions wrote otherwise."""
        if self._migrating is not None:
            await asyncio.shield(self._migrating)

    def _shelf(self, name: str, kind: type[T]) -> MongoShelf[T]:
        return MongoShelf(self._database, name, kind, self._unreadable)

    def unreadable(self, collection: str) -> list[Unread]:
        return self._unreadable.open(collection)

    @property
    def database(self) -> Database:
        """The database itself, for what goes through all of a collection."""
        return self._database

    @property
    def unread(self) -> int:
        return len(self._unreadable)

    @property
    def building(self) -> bool:
        """Whether an index is waited for that has to be built from what is stored already."""
        return self._building > 0

    def sandbox(self) -> MongoStore:
        """A database of its own beside this one: no query, feed or backup of this one has it."""
        other = MongoStore(self._uri, f"{self._name}_sandbox", SANDBOX, indexed=SANDBOX)
        other.integrators, other.webhook_events = self.integrators, self.webhook_events
        return other

    async def close(self) -> None:
        if self._migrating is not None:
            self._migrating.cancel()
            await asyncio.gather(self._migrating, return_exceptions=True)
        await self.feed.stop()
        await disconnect(self._database)

    @refusing
    async def _prepare(self) -> None:
        if self._migrations:
            await self.format.claim()
        database = connect_patiently(self._uri, self._name)
        try:
            # One command for each collection: the embedded store syncs each to disk.
            await asyncio.gather(
                *(
                    self._index(database[name], wanted, OBSOLETE.get(name, ()))
                    for name, wanted in self._wanted.items()
                )
            )
        finally:
            await disconnect(database)

    async def _index(
        self, collection: Any, wanted: Sequence[pymongo.IndexModel], obsolete: Sequence[str]
    ) -> None:
        needed = await missing(collection, wanted, obsolete)
        filled = bool(needed) and await collection.find_one({}, {"_id": 1}) is not None
        if filled:
            names = ", ".join(str(one.document["name"]) for one in needed)
            log.warning("building index %s of %s: may take minutes", names, collection.name)
        self._building += filled
        try:
            # The embedded store answers nobody while it builds over what is there: one at a time.
            for some in [[one] for one in needed] if filled else [needed]:
                await build(collection, some)
        finally:
            self._building -= filled

    @refusing
    async def reserve_numbers(self, day: str, count: int) -> int:
        # findAndModify scans its collection in the embedded store; this one holds a document a day.
        # Several first writers at once may get no answer there: a block is lost, nothing else.
        counters, id = self._database.counters, f"incident:{day}"
        if highest := await self._number_above(day):
            await counters.update_one({"_id": id}, {"$max": {"next": highest}}, upsert=True)
        for _ in range(10):
            try:
                document = await counters.find_one_and_update(
                    {"_id": id},
                    {"$inc": {"next": count}},
                    upsert=True,
                    return_document=pymongo.ReturnDocument.AFTER,
                )
            except pymongo.errors.DuplicateKeyError:
                continue
            if document is not None:
                return int(document["next"]) - count + 1
        raise StoreDown("no numbers could be reserved")

    async def _number_above(self, day: str) -> int:
        """The highest number that an incident of this day has above the counter; 0 without one."""
        counter = await self._database.counters.find_one({"_id": f"incident:{day}"})
        # Only those above it: the embedded store reads all that a range matches, and a day has many.
        first = f"0110-{day}-{counter['next'] if counter else 0:07d}"
        found = self._database.incidents.find(
            incidents_between(first, f"0110-{day}-:"),
            {"number": 1},
            sort=[("number", -1)],
            limit=1,
        )
        for one in await found.to_list(1):
            return int(one["number"].rpartition("-")[2])
        return 0

    async def last_backup(self) -> Backup | None:
        """The last good one; None when there was none since the store is what it is."""
        try:
            return await self.backups.get(LAST)
        except NotFound:
            return None

    @refusing
    async def size(self) -> int:
        return int((await self._database.command("dbStats"))["totalSize"])

    @refusing
    async def check(self) -> None:
        mark = random_id()
        beat = self._database.health
        await beat.insert_one({"_id": mark})
        if await beat.find_one({"_id": mark}) is None:
            raise StoreDown("a write was not there to read")
        await beat.delete_one({"_id": mark})
