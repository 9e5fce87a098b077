"""One kind of document in one collection: get, add, find, ``save`` under a version guard."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar

import bson.errors
import pymongo
import pymongo.errors

from domain.errors import TOO_LARGE, UNREADABLE, Conflict, Duplicate, NotFound, Refused, StoreDown
from domain.ports import Page
from storage.documents import decoded, encoded, from_document, learn
from storage.foreign import has_foreign, keep_foreign
from storage.mongo import Database
from storage.unreadable import Unreadable

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")
DUPLICATE_KEY = 11000
DOCUMENT_TOO_LARGE = 10334
AT_ONCE = 500  # documents one answer of the store carries when all are read
BREATH = 20  # documents decoded or encoded before others get their turn
log = logging.getLogger("jingmin.store")


def refusing(
    work: Callable[P, Coroutine[Any, Any, R]],
) -> Callable[P, Coroutine[Any, Any, R]]:
    """Turn the driver's errors into the domain's: duplicate, too large, or the store is down."""

    @wraps(work)
    async def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await work(*args, **kwargs)
        except pymongo.errors.DuplicateKeyError as error:
            keys = (error.details or {}).get("keyPattern") or {}
            raise Duplicate("a unique key exists", keys=sorted(keys)) from error
        except (pymongo.errors.DocumentTooLarge, bson.errors.InvalidBSON) as error:
            raise Refused(TOO_LARGE, "the document is too large for the store") from error
        except pymongo.errors.BulkWriteError as error:
            raise _of_many(error) from error
        except pymongo.errors.PyMongoError as error:
            raise StoreDown(type(error).__name__) from error

    return wrapped


class MongoShelf(Generic[T]):
    """``domain.ports.Shelf`` over one collection."""

    def __init__(
        self,
        database: Database,
        name: str,
        kind: type[T],
        unreadable: Unreadable | None = None,
    ) -> None:
        self.unreadable = Unreadable() if unreadable is None else unreadable
        self._collection = database[name]
        self._kind = kind
        self._foreign = False  # whether a document had members that this version does not know
        self.name = name
        learn(kind)  # documents are read in the feed's thread, too

    def decode(self, document: dict[str, Any]) -> T | None:
        """The document; None for one that this version cannot read."""
        try:
            item = from_document(self._kind, document)
        except ValueError as error:
            self.unreadable.meet(self.name, document, error)
            return None
        self._readable(document)
        return item

    def _readable(self, document: dict[str, Any]) -> None:
        self.unreadable.forget(self.name, document["_id"])
        if not self._foreign and has_foreign(self._kind, document):
            self._foreign = True
            log.warning(
                "%s %s: a newer version wrote it; what it added stays", self.name, document["_id"]
            )

    async def _read(self, document: dict[str, Any]) -> T | None:
        """As ``decode``, of long ones in pieces."""
        try:
            item = await decoded(self._kind, document)
        except ValueError as error:
            self.unreadable.meet(self.name, document, error)
            return None
        self._readable(document)
        return item

    async def _keep_foreign(self, document: dict[str, Any]) -> None:
        """What a newer version added to a document of the same version stays in it. Whoever saves one with
        such members has read it here before, so that otherwise nothing need be looked for."""
        if self._foreign:
            same = {"_id": document["_id"], "version": document["version"]}
            if (stored := await self._collection.find_one(same)) is not None:
                keep_foreign(self._kind, stored, document)

    @refusing
    async def get(self, id: str) -> T:
        document = await self._collection.find_one({"_id": id})
        if document is None:
            raise NotFound(f"no such {self.name}")
        if (item := await self._read(document)) is None:
            raise Refused(UNREADABLE, self.name)
        return item

    @refusing
    async def add(self, item: T) -> None:
        await self._collection.insert_one(await encoded(item))

    @refusing
    async def add_many(self, items: Sequence[T]) -> set[str]:
        if not items:
            return set()
        documents = [document async for document in self._encoded(items)]
        try:
            await self._collection.insert_many(documents, ordered=False)
        except pymongo.errors.BulkWriteError as error:
            wrong = (error.details or {}).get("writeErrors") or []
            same = [one for one in wrong if _same_id(one)]
            if not wrong or len(same) < len(wrong):
                raise
            return {str(documents[one["index"]]["_id"]) for one in same}
        return set()

    @refusing
    async def save(self, item: T) -> None:
        document = await encoded(item)
        await self._keep_foreign(document)
        expected = document["version"]
        document["version"] = expected + 1
        result = await self._collection.replace_one(
            {"_id": document["_id"], "version": expected}, document
        )
        if result.matched_count == 0:
            if await self._collection.find_one({"_id": document["_id"]}, {"_id": 1}) is None:
                raise NotFound(f"no such {self.name}")
            raise Conflict(f"version {expected} is not the present one")
        item.version = expected + 1  # type: ignore[attr-defined]

    @refusing
    async def save_many(self, items: Sequence[T]) -> bool:
        if not items:
            return True
        wanted = []
        async for document in self._encoded(items):
            await self._keep_foreign(document)
            guard = {"_id": document["_id"], "version": document["version"]}
            document["version"] += 1
            wanted.append(pymongo.ReplaceOne(guard, document))
        result = await self._collection.bulk_write(wanted, ordered=False)
        for item in items:
            item.version += 1  # type: ignore[attr-defined]
        return bool(result.matched_count == len(items))

    @refusing
    async def find(
        self,
        criteria: Mapping[str, Any] | None = None,
        *,
        order: str = "_id",
        descending: bool = False,
        limit: int = 200,
    ) -> Page[T]:
        cursor = self._collection.find(dict(criteria or {}))
        cursor = cursor.sort(order, -1 if descending else 1).limit(limit + 1)
        # The driver decodes a whole batch while nothing else in the process runs.
        found = await cursor.batch_size(AT_ONCE).to_list(limit + 1)
        page = Page[T]()
        async for item in self._decoded(found[:limit]):
            page.append(item)
        page.more = len(found) > limit
        return page

    async def every(
        self, criteria: Mapping[str, Any] | None = None, *, order: str | None = None
    ) -> AsyncIterator[T]:
        cursor = self._collection.find(dict(criteria or {}), batch_size=AT_ONCE)
        if order is not None:
            cursor = cursor.sort(order, 1)
        # No generator within this one: who stops early leaves both to the loop, which closes them at once.
        try:
            while documents := await self._following(cursor):
                for number, document in enumerate(documents, 1):
                    if (item := await self._read(document)) is not None:
                        yield item
                    if number % BREATH == 0:
                        await asyncio.sleep(0)
        finally:
            await cursor.close()

    async def parts(
        self, fields: Sequence[str], criteria: Mapping[str, Any]
    ) -> AsyncIterator[tuple[Any, ...]]:
        wanted = dict.fromkeys(fields, 1)
        cursor = self._collection.find(dict(criteria), wanted, batch_size=AT_ONCE)
        try:
            while documents := await self._following(cursor):
                for document in documents:
                    yield tuple(document.get(name) for name in fields)
                await asyncio.sleep(0)
        finally:
            await cursor.close()

    async def _encoded(self, items: Sequence[T]) -> AsyncIterator[dict[str, Any]]:
        for number, item in enumerate(items, 1):
            yield await encoded(item)
            if number % BREATH == 0:
                await asyncio.sleep(0)

    async def _decoded(self, documents: Sequence[dict[str, Any]]) -> AsyncIterator[T]:
        # A few hundred at a stretch would hold up everything else for a second when they are long.
        for number, document in enumerate(documents, 1):
            if (item := await self._read(document)) is not None:
                yield item
            if number % BREATH == 0:
                await asyncio.sleep(0)

    @refusing
    async def _following(self, cursor: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await cursor.to_list(AT_ONCE)
        return found

    @refusing
    async def count(self, criteria: Mapping[str, Any] | None = None) -> int:
        return int(await self._collection.count_documents(dict(criteria or {})))

    @refusing
    async def tally(self, field: str, criteria: Mapping[str, Any] | None = None) -> dict[str, int]:
        stages = [
            {"$match": dict(criteria or {})},
            {"$group": {"_id": f"${field}", "count": {"$sum": 1}}},
        ]
        found = await self._collection.aggregate(stages).to_list(None)
        return {one["_id"]: int(one["count"]) for one in found if one["_id"] is not None}

    @refusing
    async def remove(self, id: str) -> None:
        await self._collection.delete_one({"_id": id})

    @refusing
    async def remove_many(self, criteria: Mapping[str, Any]) -> int:
        if not criteria:
            raise ValueError(f"all {self.name} would be deleted")
        return int((await self._collection.delete_many(dict(criteria))).deleted_count)


def _of_many(error: pymongo.errors.BulkWriteError) -> Refused:
    """Why some of many were not written; the gravest that the domain knows."""
    wrong = (error.details or {}).get("writeErrors") or []
    codes = {one.get("code") for one in wrong}
    if codes == {DUPLICATE_KEY}:
        keys = sorted({key for one in wrong for key in one.get("keyPattern") or {}})
        return Duplicate("a unique key exists", keys=keys)
    if codes and codes <= {DUPLICATE_KEY, DOCUMENT_TOO_LARGE}:
        return Refused(TOO_LARGE, "the document is too large for the store")
    return StoreDown(type(error).__name__)


def _same_id(error: Mapping[str, Any]) -> bool:
    return error.get("code") == DUPLICATE_KEY and "_id_" in str(error.get("errmsg", "_id_"))
