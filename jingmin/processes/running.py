"""How a process of ours runs: its loop and heartbeat, its store, and how it is asked to end."""

from __future__ import annotations

import asyncio
import importlib
import logging
import signal
from collections.abc import Callable, Coroutine, Sequence
from typing import Any
from urllib.parse import urlsplit

import uvloop

import starting
from config import Settings
from domain.open_files import OPEN_FILES, raise_limit
from heartbeat import Heartbeat
from storage.embedded import EmbeddedStore
from storage.store import MongoStore

# Of a report nothing follows in a room or a chat before somebody does something with it.
OF_KNOWN = ("incidents",)
log = logging.getLogger("jingmin")


def run(work: Callable[[Heartbeat], Coroutine[Any, Any, int]], *libraries: str) -> int:
    files = raise_limit()
    log.info("%d files, %d connections, %d of them lasting", files, *OPEN_FILES.most)
    for name in libraries:  # seconds on a busy machine: not while the loop runs
        importlib.import_module(name)
    beat = Heartbeat()
    return uvloop.run(beat.during(work(beat)))


def installation_of(settings: Settings) -> str:
    uri = settings.store_uri or f"mongodb://127.0.0.1:{settings.store_port}"
    hosts = urlsplit(uri).netloc.rpartition("@")[2]
    return starting.installation(settings.secret_bytes(), f"{hosts}/{settings.store_database}")


def uri_of_store(settings: Settings) -> str:
    return settings.store_uri or EmbeddedStore(settings.data / "store", settings.store_port).uri


async def store_of(
    settings: Settings, hears: Sequence[str], beat: Heartbeat, known: Sequence[str] = ()
) -> MongoStore:
    uri = await asyncio.to_thread(uri_of_store, settings)  # its password is in a file
    store = MongoStore(uri, settings.store_database, hears, set(known) & set(hears))
    beat.building = lambda: store.building
    return store


async def until_asked(work: Coroutine[Any, Any, None]) -> None:
    """Do it until the process is asked to end, or it fails."""
    running = asyncio.create_task(work)
    stopped = asyncio.create_task(signalled().wait())
    await asyncio.wait((running, stopped), return_when=asyncio.FIRST_COMPLETED)
    if running.done() and not stopped.done():
        running.result()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def signalled(*numbers: signal.Signals) -> asyncio.Event:
    """Set when the process is asked to end, or gets one of these signals."""
    stop = asyncio.Event()
    for number in numbers or (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
