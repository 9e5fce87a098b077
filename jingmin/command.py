"""How a file of this folder declares its commands, and what it gets to run them."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import uvloop

import starting
from config import Settings, SettingsError
from domain.errors import StoreDown
from storage.embedded import EmbeddedStore
from storage.store import MongoStore

READABLE_S = 5.0
Run = Callable[[Settings, argparse.Namespace], int]


class Declare(Protocol):
    """Makes a command of the ``jingmin`` program.

    ``run`` gets the settings and the options, and returns the exit code: 0 well, 1 something is wrong,
    2 wrong usage. A ``lenient`` command is run without the settings that only serving needs.
    """

    def __call__(
        self, name: str, help: str, run: Run, *, lenient: bool = False
    ) -> argparse.ArgumentParser: ...


def with_store(settings: Settings, work: Callable[[MongoStore], Awaitable[int]]) -> int:
    """Do ``work`` with the store, opened: the one that is configured, or the embedded one, which is started
    for as long as it takes when it does not run already. Raises ``StoreDown``."""
    embedded: EmbeddedStore | None = None
    if not settings.store_uri:
        embedded = EmbeddedStore(settings.data / "store", settings.store_port)
        if not embedded.answers():
            embedded.start()

    async def run() -> int:
        store = MongoStore(
            settings.store_uri or (embedded.uri if embedded else ""), settings.store_database
        )
        try:
            await store.open()
            return await work(store)
        finally:
            await store.close()

    try:
        return uvloop.run(run())
    finally:
        if embedded is not None:
            embedded.stop()


async def require_readable(uri: str, settings: Settings) -> None:
    """Raises ``NewerStore`` when a newer version was in the store that this one cannot follow; a store that
    does not answer in 5 s is not waited for."""
    store = MongoStore(uri, settings.store_database, ())
    try:
        async with asyncio.timeout(READABLE_S):
            await store.require_readable()
    except (StoreDown, TimeoutError):
        pass
    finally:
        await store.close()


@contextmanager
def store_uri(settings: Settings, held: bool = False) -> Iterator[str]:
    """Where the store is that is there already: the configured one, or the embedded one, which is started
    for as long as it takes when it does not run. ``held`` says that the data folder is ours.

    Raises ``StoreDown``, and ``SettingsError`` when there is no store, or another process starts it.
    """
    if settings.store_uri:
        yield settings.store_uri
        return
    folder = settings.data / "store"
    if not (folder / "password").exists():
        raise SettingsError(f"data: there is no store in {settings.data}")
    embedded = EmbeddedStore(folder, settings.store_port)
    if embedded.answers():
        yield embedded.uri
        return
    lock = None if held else starting.hold(settings.data)
    try:
        embedded.start()
        yield embedded.uri
    finally:
        embedded.stop()
        if lock is not None:
            lock.close()
