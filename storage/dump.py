"""Every document of a database as the bytes that are stored, whether this version can read it or not, and
what became of it meanwhile.

A change stream is opened before the first document is read, and followed until it shows a mark that was
written after the last one: documents, and then the changes in their order, are the database at that
moment. Pieces of files are read with their file, which is written after them and never changes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import bson
import pymongo.errors
from bson.raw_bson import RawBSONDocument

from domain.errors import StoreDown
from domain.ticket import random_id
from storage.formats import ID, RESTORING, SCHEMA
from storage.mongo import Database, at_hand, connect_raw

HISTORY_LOST = 286
FILES, PIECES, MARKS = "files.files", "files.chunks", "health"
BATCH = 200
FILES_AT_ONCE = 4  # MongoDB forgets a cursor that nobody asked for ten minutes
PIECES_AT_ONCE = 8  # 1 MiB each
FOLLOW_EVERY_S = 0.5
SILENT_S = 120.0  # a store that does not show what was written to it
GONE = {"drop", "rename", "dropDatabase", "invalidate"}


class DumpFailed(Exception):
    """Why what was read is not one state of the store, in a sentence."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document, in BSON."""

    collection: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Event:
    """One change, in BSON: ``c`` collection, ``o`` operation, ``k`` the key, ``d`` the document, ``u`` what
    an update did. The operation ``clear`` removes the pieces of the file ``k``."""

    raw: bytes


class Dump:
    """Reads a database in the calling thread. Close it. Without ``follow`` nobody may write meanwhile.

    Raises ``DumpFailed``, and ``StoreDown`` when the store does not answer.
    """

    def __init__(self, uri: str, database: str, follow: bool = True) -> None:
        self._database: Database = connect_raw(uri, database)
        self._follow = follow
        self._stream: Any = None
        self._followed = 0.0
        self._token: Any = None
        self._mark = ""  # the one that is waited for
        self._short: set[Any] = set()  # files with pieces missing, unless they are removed
        self.documents: dict[str, int] = {}

    @property
    def damaged(self) -> list[str]:
        """Files of which pieces were missing in the store."""
        return sorted(str(one) for one in self._short)

    def close(self) -> None:
        self._database.client.close()

    def format(self) -> tuple[int, int]:
        """Format of the documents, and the lowest one whose versions can work with them; 0 of a store from
        before there were any."""
        try:
            part = self._database[SCHEMA].find_one({"_id": RESTORING})
            found = self._database[SCHEMA].find_one({"_id": ID}) or {}
        except pymongo.errors.PyMongoError as error:
            raise StoreDown(f"the store does not answer: {type(error).__name__}") from error
        if part is not None:
            raise DumpFailed("the store holds a part of a backup itself: a restore did not end")
        return int(found.get("format", 0)), int(found.get("readable_by", 0))

    def remember(self, backup: Mapping[str, Any]) -> None:
        """Write down in the store that this backup is good."""
        try:
            self._database["backups"].replace_one({"_id": backup["_id"]}, backup, upsert=True)
        except pymongo.errors.PyMongoError as error:
            raise StoreDown(f"the store went away: {type(error).__name__}") from error

    def records(self) -> Iterator[Document | Event]:
        """Everything, once."""
        try:
            yield from self._records()
        except pymongo.errors.OperationFailure as error:
            if error.code == HISTORY_LOST:
                raise DumpFailed(
                    "the store had so many changes meanwhile that it no longer has them all; "
                    "try again when it is calmer"
                ) from error
            raise StoreDown(f"the store refused: {type(error).__name__} {error.code}") from error
        except pymongo.errors.PyMongoError as error:
            raise StoreDown(f"the store went away: {type(error).__name__}") from error

    def _records(self) -> Iterator[Document | Event]:
        if self._follow:
            self._stream = self._open()
            yield from self._to_the_mark()
        for name in sorted(self._database.list_collection_names()):
            if name.startswith("system.") or name == PIECES:
                continue
            batch = FILES_AT_ONCE if name == FILES else BATCH
            with self._database[name].find({}, batch_size=batch) as cursor:
                for document in cursor:
                    yield self._document(name, document.raw)
                    if name == FILES:
                        for piece in self._pieces(document):
                            yield self._document(PIECES, piece)
                            yield from self._changes()
                    yield from self._changes()
        if self._follow:
            yield from self._to_the_mark()

    def _document(self, name: str, raw: bytes) -> Document:
        self.documents[name] = self.documents.get(name, 0) + 1
        return Document(name, raw)

    def _pieces(self, file: Mapping[str, Any]) -> Iterator[bytes]:
        """The pieces of a file, few at once: the embedded store reads all that is asked for."""
        length, size = int(file.get("length", 0)), int(file.get("chunkSize", 0) or 1)
        left = length
        for start in range(0, math.ceil(length / size), PIECES_AT_ONCE):
            numbers = {"$gte": start, "$lt": start + PIECES_AT_ONCE}
            for piece in self._database[PIECES].find({"files_id": file["_id"], "n": numbers}):
                left -= len(piece["data"])
                yield piece.raw
        if left > 0:
            self._short.add(file["_id"])

    def _open(self) -> Any:
        # Of pieces nothing is heard: they come with their file, and are most of what is written.
        heard = [{"$match": {"ns.coll": {"$ne": PIECES}}}]
        return self._database.watch(heard, resume_after=self._token, max_await_time_ms=20)

    def _to_the_mark(self) -> Iterator[Event]:
        """Write a mark, and follow the changes until it is among them."""
        marks, mark = self._database[MARKS], f"backup-{random_id()}"
        self._mark = mark
        marks.insert_one({"_id": mark})
        heard = time.monotonic()
        try:
            while self._mark:
                self._followed = 0.0
                for event in self._changes():
                    heard = time.monotonic()
                    yield event
                if time.monotonic() - heard > SILENT_S:
                    raise DumpFailed("the store does not tell what was written to it")
        finally:
            marks.delete_one({"_id": mark})

    def _changes(self) -> Iterator[Event]:
        """What has come since the last time, if that is a while ago."""
        if self._stream is None or time.monotonic() - self._followed < FOLLOW_EVERY_S:
            return
        begun = self._token
        while (change := self._stream.try_next()) is not None:
            self._token = change["_id"]
            waiting = self._mark
            yield from self._event(change)
            if waiting != self._mark or not at_hand(self._stream):
                break
        if begun is not None and self._token != begun:
            self._require_all_since(begun)
        self._followed = time.monotonic()

    def _require_all_since(self, token: Any) -> None:
        """The embedded store leaves out what it has forgotten, without a word, of a stream that is open; only
        one that begins anew is refused (``HISTORY_LOST``)."""
        after, self._token = self._token, token
        try:
            self._open().close()
        finally:
            self._token = after

    def _event(self, change: Mapping[str, Any]) -> Iterator[Event]:
        operation = change["operationType"]
        if operation in GONE:
            raise DumpFailed(f"a collection was removed meanwhile ({operation}); try again")
        name, key = change["ns"]["coll"], change["documentKey"]
        if name == MARKS:
            if operation == "insert" and key["_id"] == self._mark:
                self._mark = ""
            return
        if name == FILES:
            yield _event(PIECES, "clear", k=key)
            self._short.discard(key["_id"])
            for piece in self._pieces(change["fullDocument"]) if operation == "insert" else ():
                yield _event(PIECES, "insert", d=RawBSONDocument(piece))
        facts = {"k": key, "d": change.get("fullDocument"), "u": change.get("updateDescription")}
        yield _event(name, operation, **{one: it for one, it in facts.items() if it is not None})


def _event(collection: str, operation: str, **facts: Any) -> Event:
    return Event(bson.encode({"c": collection, "o": operation, **facts}))
