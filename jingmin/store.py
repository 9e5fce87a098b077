"""Which store the command works on: the configured one, or the embedded one, started when it does not run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext

import uvloop

import starting
from config import Settings, SettingsError
from domain.errors import StoreDown
from storage.embedded import EmbeddedStore
from storage.store import MongoStore

READABLE_S = 5.0


def with_store(settings: Settings, work: Callable[[MongoStore], Awaitable[int]]) -> int:
    """Do ``work`` with the store, opened; see ``store_uri``. An embedded one is made where there is none."""

    async def run(uri: str) -> int:
        store = MongoStore(uri, settings.store_database)
        try:
            await store.open()
            return await work(store)
        finally:
            await store.close()

    with store_uri(settings, made=True) as uri:
        return uvloop.run(run(uri))


async def require_readable(uri: str, settings: Settings) -> None:
    """Raises ``UnusableStore``: a newer version was in the store that this one cannot follow, or a part of a
    backup is. A store that does not answer in 5 s is not waited for."""
    store = MongoStore(uri, settings.store_database, ())
    try:
        async with asyncio.timeout(READABLE_S):
            await store.require_readable()
    except (StoreDown, TimeoutError):
        pass
    finally:
        await store.close()


@contextmanager
def store_uri(settings: Settings, *, held: bool = False, made: bool = False) -> Iterator[str]:
    """Where the store is: the configured one, or the embedded one, which is started for as long as it takes
    when it does not run. ``held`` says that the data folder is ours already, ``made`` that the embedded
    store is made where there is none.

    Raises ``StoreDown``, and ``SettingsError`` when there is no store, or another process starts it.
    """
    if settings.store_uri:
        yield settings.store_uri
        return
    folder = settings.data / "store"
    known = (folder / "password").exists()
    if not known and not made:
        raise SettingsError(f"data: there is no store in {settings.data}")
    embedded = EmbeddedStore(folder, settings.store_port)
    if known and embedded.answers():
        yield embedded.uri
        return
    with nullcontext() if held else starting.hold(settings.data):
        try:
            embedded.start()
            yield embedded.uri
        finally:
            embedded.stop()
