"""The store's ports kept in memory, for tests of the domain and the media process alone.

What is asked for is answered as by the store, or refused: ``tests/storage/test_both_stores.py`` asks both.
"""

from __future__ import annotations

import asyncio
import copy
import operator
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

from domain.backup import Backup
from domain.errors import Conflict, Duplicate, NotFound, StoreDown
from domain.ports import Change, Lost, Page, Unread
from storage.indexes import INDEXES

T = TypeVar("T")
RANGES = {"$gt": operator.gt, "$gte": operator.ge, "$lt": operator.lt, "$lte": operator.le}


def done(work: Coroutine[Any, Any, T]) -> T:
    """What ``work`` returns; the store in memory never waits for anything."""
    try:
        while True:
            work.send(None)
    except StopIteration as end:
        return cast(T, end.value)


def field(item: Any, name: str) -> Any:
    """What a document has under this name; raises ``NotImplementedError`` for what only the store knows."""
    if "." in name or name == "id" or not (name == "_id" or hasattr(item, name)):
        raise NotImplementedError(f"the memory store cannot ask for {name}")
    return getattr(item, "id" if name == "_id" else name)


def plain(item: Any, name: str) -> Any:
    """The same, of a field that holds one text or number, or nothing."""
    found = field(item, name)
    if found is not None and not isinstance(found, str | int | float):
        raise NotImplementedError(f"the memory store gives no {name}: a {type(found).__name__}")
    return found


def place(item: Any, name: str) -> tuple[bool, Any]:
    """Where a document stands in an order: those without a value first."""
    found = plain(item, name)
    return found is not None, found


def meets(found: Any, wanted: Any) -> bool:
    """Whether a field has what is wanted of it: a value, one of several, or one in a range."""
    every = found if isinstance(found, list) else [found]
    if not isinstance(wanted, Mapping):
        return wanted in every
    if set(wanted) == {"$in"}:
        return any(one in wanted["$in"] for one in every)
    if not wanted or not set(wanted) <= set(RANGES) or isinstance(found, list):
        raise NotImplementedError(f"the memory store does not know {sorted(wanted)}")
    return all(_alike(found, end) and RANGES[how](found, end) for how, end in wanted.items())


def _alike(found: Any, end: Any) -> bool:
    """The store compares texts with texts and numbers with numbers, and nothing else."""
    return isinstance(found, str) == isinstance(end, str) and found is not None


class MemoryShelf:
    def __init__(self, kind: str, store: MemoryStore) -> None:
        self._kind = kind
        self._store = store
        self.items: dict[str, Any] = {}

    async def get(self, id: str) -> Any:
        await self._store.answer()
        if id not in self.items:
            raise NotFound(f"{self._kind} {id}")
        return copy.deepcopy(self.items[id])

    async def add(self, item: Any) -> None:
        await self._store.answer()
        if item.id in self.items:
            raise Duplicate(f"{self._kind} {item.id}", keys=["_id"])
        self._look_for_another(item)
        self._keep(item)

    async def add_many(self, items: Sequence[Any]) -> set[str]:
        await self._store.answer()
        known, refused = set(), None
        for one in items:
            try:
                if one.id in self.items:
                    known.add(one.id)
                else:
                    self._look_for_another(one)
                    self._keep(one)
            except Duplicate as error:
                refused = error
        if refused is not None:
            raise refused
        return known

    def _keep(self, item: Any) -> None:
        self.items[item.id] = copy.deepcopy(item)
        self._store.feed.publish(Change(self._kind, item.id, copy.deepcopy(item)))

    def _look_for_another(self, item: Any) -> None:
        """Raises ``Duplicate`` when another document has a key that is unique."""
        for index in INDEXES.get(self._kind, ()):
            if not index.document.get("unique"):
                continue
            ((name, _),) = index.document["key"].items()
            where = index.document.get("partialFilterExpression", {}).items()
            if not all(meets(field(item, one), wanted) for one, wanted in where):
                continue
            key = field(item, name)
            if any(one.id != item.id and field(one, name) == key for one in self.items.values()):
                raise Duplicate(f"{self._kind} {item.id}", keys=[name])

    async def save(self, item: Any) -> None:
        await self._store.answer()
        if item.id not in self.items:
            raise NotFound(f"{self._kind} {item.id}")
        if self.items[item.id].version != item.version:
            raise Conflict(f"{self._kind} {item.id}")
        self._look_for_another(item)
        item.version += 1
        self._keep(item)

    async def save_many(self, items: Sequence[Any]) -> bool:
        await self._store.answer()
        saved = True
        for one in items:
            try:
                await self.save(one)
            except (Conflict, NotFound):
                saved = False
        return saved

    async def find(
        self,
        criteria: Mapping[str, Any] | None = None,
        *,
        order: str = "_id",
        descending: bool = False,
        limit: int = 200,
    ) -> Page[Any]:
        await self._store.answer()
        found = self._matching(criteria, order)
        if descending:
            found.reverse()
        page = Page(copy.deepcopy(one) for one in found[:limit])
        page.more = len(found) > limit
        return page

    async def every(
        self, criteria: Mapping[str, Any] | None = None, *, order: str | None = None
    ) -> AsyncIterator[Any]:
        await self._store.answer()
        for one in self._matching(criteria, order):
            yield copy.deepcopy(one)

    async def count(self, criteria: Mapping[str, Any] | None = None) -> int:
        await self._store.answer()
        return len(self._matching(criteria, None))

    async def parts(
        self, fields: Sequence[str], criteria: Mapping[str, Any]
    ) -> AsyncIterator[tuple[Any, ...]]:
        await self._store.answer()
        for one in self._matching(criteria, None):
            yield tuple(plain(one, name) for name in fields)

    async def tally(self, field: str, criteria: Mapping[str, Any] | None = None) -> dict[str, int]:
        await self._store.answer()
        found = [plain(one, field) for one in self._matching(criteria, None)]
        return dict(Counter(str(one) for one in found if one is not None))

    def _matching(self, criteria: Mapping[str, Any] | None, order: str | None) -> list[Any]:
        wanted = (criteria or {}).items()
        found = [
            one
            for one in self.items.values()
            if all(meets(field(one, name), value) for name, value in wanted)
        ]
        return sorted(found, key=lambda one: place(one, order)) if order else found

    async def remove(self, id: str) -> None:
        await self._store.answer()
        self._drop(id)

    async def remove_many(self, criteria: Mapping[str, Any]) -> int:
        await self._store.answer()
        if not criteria:
            raise ValueError(f"all {self._kind} would be deleted")
        found = self._matching(criteria, None)
        for one in found:
            self._drop(one.id)
        return len(found)

    def _drop(self, id: str) -> None:
        if self.items.pop(id, None) is not None:
            self._store.feed.publish(Change(self._kind, id, None))


class MemoryFeed:
    def __init__(self) -> None:
        self._queues: list[asyncio.Queue[Change | Lost]] = []

    def publish(self, news: Change | Lost) -> None:
        for queue in self._queues:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(Lost("behind"))
            else:
                queue.put_nowait(news)

    def subscribe(self, size: int = 1000) -> AsyncIterator[Change | Lost]:
        queue: asyncio.Queue[Change | Lost] = asyncio.Queue(size)
        self._queues.append(queue)
        return self._drain(queue)

    async def _drain(self, queue: asyncio.Queue[Change | Lost]) -> AsyncIterator[Change | Lost]:
        try:
            while True:
                yield await queue.get()
        finally:
            self._queues.remove(queue)


class MemoryFiles:
    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self.held: dict[str, bytes] = {}
        self.meta: dict[str, Mapping[str, Any]] = {}

    async def put(self, id: str, path: str, meta: Mapping[str, Any]) -> None:
        await self.put_bytes(id, await asyncio.to_thread(Path(path).read_bytes), meta)

    async def put_bytes(self, id: str, data: bytes, meta: Mapping[str, Any]) -> None:
        await self._store.answer()
        if id not in self.held:
            self.held[id], self.meta[id] = data, meta

    async def size(self, id: str) -> int:
        return len(await self._get(id))

    async def read(self, id: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        if found := (await self._get(id))[start:end]:
            yield found

    async def remove(self, id: str) -> None:
        await self._store.answer()
        self.held.pop(id, None)
        self.meta.pop(id, None)

    async def _get(self, id: str) -> bytes:
        await self._store.answer()
        if id not in self.held:
            raise NotFound(f"file {id}")
        return self.held[id]


class MemoryStore:
    """``down`` makes every call raise ``StoreDown``."""

    def __init__(self) -> None:
        self.down = False
        self.feed = MemoryFeed()
        self.incidents = MemoryShelf("incidents", self)
        self.people = MemoryShelf("people", self)
        self.sessions = MemoryShelf("sessions", self)
        self.attempts = MemoryShelf("attempts", self)
        self.media_processes = MemoryShelf("media_processes", self)
        self.checkpoints = MemoryShelf("checkpoints", self)
        self.files = MemoryFiles(self)
        self._numbers: Counter[str] = Counter()
        self.unread = 0

    def unreadable(self, collection: str) -> list[Unread]:
        return []

    async def answer(self) -> None:
        await asyncio.sleep(0)  # as a real store, it lets others run
        if self.down:
            raise StoreDown("switched off")

    async def reserve_numbers(self, day: str, count: int) -> int:
        await self.answer()
        self._numbers[day] += count
        return self._numbers[day] - count + 1

    async def last_backup(self) -> Backup | None:
        await self.answer()
        return None

    async def check(self) -> None:
        await self.answer()
