"""Putting the documents of a dump, byte for byte, into an empty database, and then what became of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pymongo
import pymongo.errors
from bson.raw_bson import RawBSONDocument

from domain.errors import StoreDown
from storage.dump import FILES, PIECES
from storage.formats import RESTORING, SCHEMA
from storage.mongo import Database, connect_raw

# What belongs to processes, pages and log-ins of the product that wrote it, and not to the next one.
LEFT_BEHIND = (
    "backups",
    "health",
    "leases",
    "media_processes",
    "presences",
    "processes",
    "sessions",
    "tokens",
    "viewings",
)
DUPLICATE_KEY = 11000
AT_ONCE, BYTES_AT_ONCE = 500, 4 << 20


class Load:
    """Writes to a database in the calling thread; ``flush`` after documents, and after events. Close it.

    Raises ``StoreDown`` when the store refuses or does not answer. No index is made but those of files:
    the product makes its own when it opens the store.
    """

    def __init__(self, uri: str, database: str, without: Collection[str] = LEFT_BEHIND) -> None:
        self._database: Database = connect_raw(uri, database)
        self._without = without
        self._waiting: dict[str, list[Any]] = {}
        self._count = self._bytes = 0
        self.left_behind = 0

    def close(self) -> None:
        self._database.client.close()

    def found(self) -> list[str]:
        """Collections that hold something already."""
        try:
            names = self._database.list_collection_names()
            return sorted(one for one in names if self._database[one].find_one({}) is not None)
        except pymongo.errors.PyMongoError as error:
            raise StoreDown(f"the store does not answer: {type(error).__name__}") from error

    def begin(self) -> None:
        """Mark the store: until ``end`` no version works with it."""
        try:
            self._database[SCHEMA].insert_one({"_id": RESTORING})
        except pymongo.errors.PyMongoError as error:
            raise StoreDown(f"the store refused: {type(error).__name__}") from error

    def end(self) -> None:
        """Everything is there."""
        try:
            self._database[SCHEMA].delete_one({"_id": RESTORING})
        except pymongo.errors.PyMongoError as error:
            raise StoreDown(f"the store went away: {type(error).__name__}") from error

    def prepare(self) -> None:
        """What the driver does at the first file, and never after it."""
        try:
            self._database[PIECES].create_index([("files_id", 1), ("n", 1)], unique=True)
            self._database[FILES].create_index([("filename", 1), ("uploadDate", 1)])
        except pymongo.errors.PyMongoError as error:
            raise StoreDown(f"the store refused: {type(error).__name__}") from error

    def document(self, collection: str, raw: bytes) -> None:
        """One document; the same ``_id`` again is left as it is."""
        if collection in self._without:
            self.left_behind += 1
            return
        self._put(collection, pymongo.InsertOne(RawBSONDocument(raw)), len(raw))

    def event(self, raw: bytes) -> None:
        """One change, to be done after all documents, in order."""
        event = RawBSONDocument(raw)
        name, operation = event["c"], event["o"]
        if name in self._without:
            return
        for change in _changes(operation, event):
            self._put(name, change, len(raw))

    def flush(self) -> None:
        """Write what is waiting."""
        waiting, self._waiting = self._waiting, {}
        self._count = self._bytes = 0
        try:
            for name, changes in waiting.items():
                self._write(name, changes)
        except pymongo.errors.BulkWriteError as error:
            wrong = (error.details or {}).get("writeErrors") or [{}]
            raise StoreDown(
                f"the store refused a document: error {wrong[0].get('code')}"
            ) from error
        except pymongo.errors.PyMongoError as error:
            raise StoreDown(f"the store went away: {type(error).__name__}") from error

    def counts(self) -> dict[str, int]:
        """How many documents each collection has that has any."""
        names = sorted(set(self._database.list_collection_names()) - set(self._without))
        ours = {"_id": {"$ne": RESTORING}}
        found = {name: self._database[name].count_documents(ours) for name in names}
        return {name: count for name, count in found.items() if count}

    def _put(self, name: str, change: Any, size: int) -> None:
        self._waiting.setdefault(name, []).append(change)
        self._count += 1
        self._bytes += size
        if self._count >= AT_ONCE or self._bytes >= BYTES_AT_ONCE:
            self.flush()

    def _write(self, name: str, changes: list[Any]) -> None:
        while changes:
            try:
                self._database[name].bulk_write(changes, ordered=True)
                return
            except pymongo.errors.BulkWriteError as error:
                wrong = (error.details or {}).get("writeErrors") or []
                if not wrong or not _bearable(changes[wrong[0]["index"]], wrong[0]):
                    raise
                changes = changes[wrong[0]["index"] + 1 :]


def _bearable(change: Any, error: Mapping[str, Any]) -> bool:
    """A document that was read twice; an update of what the document was before: a later change, which is
    here too, has made it what it is."""
    if isinstance(change, pymongo.InsertOne):
        return error.get("code") == DUPLICATE_KEY and "_id_" in str(error.get("errmsg", "_id_"))
    return isinstance(change, pymongo.UpdateOne)


def _changes(operation: str, event: Mapping[str, Any]) -> list[Any]:
    if operation in ("insert", "replace"):
        document = event["d"]
        return [pymongo.ReplaceOne({"_id": document["_id"]}, document, upsert=True)]
    key = {"_id": event["k"]["_id"]}
    if operation == "clear":
        return [pymongo.DeleteMany({"files_id": key["_id"]})]
    if operation == "delete":
        return [pymongo.DeleteOne(key)]
    if operation != "update":
        raise StoreDown(f"the change {operation} is not known here")
    about = event["u"]
    found: list[Any] = []
    for cut in about.get("truncatedArrays") or ():
        kept = {"$each": [], "$slice": cut["newSize"]}
        found.append(pymongo.UpdateOne(key, {"$push": {cut["field"]: kept}}))
    update: dict[str, Any] = {}
    if len(about["updatedFields"]):
        update["$set"] = about["updatedFields"]
    if removed := about.get("removedFields"):
        update["$unset"] = dict.fromkeys(removed, "")
    return [*found, pymongo.UpdateOne(key, update)] if update else found
