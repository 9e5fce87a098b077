"""Which version wrote the store, who may read it, and what is rewritten once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

import pytest

from domain.errors import UnusableStore
from domain.people import Person, Role
from domain.ticket import random_id
from storage.embedded import EmbeddedStore
from storage.formats import FORMAT, StoreFormat
from storage.load import Load
from storage.migrations import Migration
from storage.store import MongoStore


class Version(MongoStore):
    """The store as another version opens it."""

    def __init__(
        self,
        uri: str,
        name: str,
        format: int,
        readable_by: int = 1,
        migrations: Iterable[Migration] = (),
    ) -> None:
        super().__init__(uri, name, ())
        self.format = StoreFormat(self.database, f"0.{format}.0", format, readable_by)
        self._migrations = [*self._migrations, *migrations]

    async def schema(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.database.schema.find_one({"_id": "store"})
        return found


@pytest.fixture
def name() -> str:
    return f"test_{random_id()[:12]}"


async def test_a_version_that_cannot_read_it_opens_nothing(
    embedded: EmbeddedStore, name: str
) -> None:
    newer = Version(embedded.uri, name, FORMAT + 4, FORMAT + 1)
    await newer.open()
    before = await newer.schema()
    ours = MongoStore(embedded.uri, name, ())
    with pytest.raises(UnusableStore, match=rf"written by version 0\.{FORMAT + 4}\.0 \(format"):
        await ours.open()
    with pytest.raises(UnusableStore, match="restore a backup"):
        await ours.require_readable()
    assert await newer.schema() == before
    await ours.close()
    await newer.close()


async def test_one_below_works_with_it_and_says_so(
    embedded: EmbeddedStore, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    newer = Version(embedded.uri, name, FORMAT + 1, FORMAT)
    await newer.open()
    await newer.close()
    caplog.set_level(logging.WARNING, "jingmin.store")
    ours = MongoStore(embedded.uri, name, ())
    await ours.open()
    await ours.people.add(Person("p", "wang", "王", Role.ADMIN, "x"))
    await ours.close()
    said = [one for one in caplog.messages if f"written by version 0.{FORMAT + 1}.0" in one]
    assert len(said) == 1, caplog.messages


async def test_a_migration_runs_once_and_again_after_an_older_version(
    embedded: EmbeddedStore, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[int] = []

    async def shout(store: MongoStore) -> int:
        found = await store.database.people.update_many({}, {"$set": {"name": "大写"}})
        ran.append(found.modified_count)
        return int(found.modified_count)

    def newer() -> Version:
        return Version(
            embedded.uri, name, FORMAT + 1, FORMAT, [Migration("shout", FORMAT + 1, shout)]
        )

    async def once(store: MongoStore, login: str = "") -> None:
        await store.open()
        await store.migrated()
        if login:
            await store.people.add(Person(login, login, "小写", Role.ADMIN, "x"))
        await store.close()

    caplog.set_level(logging.WARNING, "jingmin.store")
    await once(MongoStore(embedded.uri, name, ()), "wang")
    await once(newer())
    await once(newer())
    assert ran == [1]
    assert "migration shout: done, 1 documents" in " ".join(caplog.messages)
    await once(MongoStore(embedded.uri, name, ()), "zhao")  # back by one version
    await once(newer())
    await once(newer())
    assert ran == [1, 1]


async def test_an_interrupted_migration_goes_on_and_keeps_nobody_waiting(
    embedded: EmbeddedStore, name: str
) -> None:
    begun, on = asyncio.Event(), asyncio.Event()
    ran: list[str] = []

    async def slow(store: MongoStore) -> int:
        begun.set()
        await on.wait()
        ran.append("slow")
        return 0

    def newer() -> Version:
        return Version(embedded.uri, name, FORMAT + 1, FORMAT, [Migration("slow", 2, slow)])

    first = newer()
    await first.open()
    await asyncio.wait_for(begun.wait(), 30)
    await first.people.add(Person("p", "wang", "王", Role.ADMIN, "x"))  # it works meanwhile
    second = newer()  # and another process begins none of its own
    await second.open()
    await asyncio.sleep(0.5)
    await first.close()
    assert ran == []
    on.set()
    await asyncio.wait_for(second.migrated(), 60)
    assert ran == ["slow"]
    await second.close()


async def test_a_migration_that_fails_is_tried_again(embedded: EmbeddedStore, name: str) -> None:
    ran: list[int] = []

    async def broken(store: MongoStore) -> int:
        ran.append(len(ran))
        if len(ran) == 1:
            raise RuntimeError("a document that nobody had thought of")
        return 0

    one = Version(embedded.uri, name, FORMAT + 1, FORMAT, [Migration("broken", 2, broken)])
    await one.open()
    await asyncio.wait_for(one.migrated(), 30)
    assert ran == [0, 1]
    await one.close()


async def test_of_two_versions_that_start_at_once_the_newer_one_stays(
    embedded: EmbeddedStore, name: str
) -> None:
    versions = [Version(embedded.uri, name, FORMAT + n, FORMAT) for n in (0, 1, 2, 1, 0)]
    await asyncio.gather(*(one.open() for one in versions))
    assert (await versions[0].schema())["format"] == FORMAT + 2
    for one in versions:
        await one.close()


async def test_a_part_of_a_backup_is_no_store(embedded: EmbeddedStore, name: str) -> None:
    load = Load(embedded.uri, name)
    await asyncio.to_thread(load.begin)
    for store in (MongoStore(embedded.uri, name, ()), Version(embedded.uri, name, FORMAT + 1)):
        with pytest.raises(UnusableStore, match="a part of a backup"):
            await store.open()
        await store.close()
    await asyncio.to_thread(load.end)
    whole = MongoStore(embedded.uri, name, ())
    await whole.open()
    await whole.close()
    await asyncio.to_thread(load.close)
