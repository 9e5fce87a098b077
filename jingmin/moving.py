"""``jingmin store``: the embedded store alone; ``jingmin move``: everything into another store."""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import uvloop

import starting
from api.routes import now_ms
from config import Settings, SettingsError
from domain.call import alive
from domain.clock import within
from domain.lease import LIFE_MS
from jingmin.backups import SAMPLE, Progress, ending_early, failed, require_empty
from jingmin.command import Declare
from jingmin.store import require_readable, store_uri
from storage.dump import Document, Dump, DumpFailed
from storage.embedded import EmbeddedStore
from storage.load import LEFT_BEHIND, Load
from storage.store import MongoStore
from verifying import verify_sample

LOOK_EVERY_S = 0.2
PATIENCE_S = 60.0


def declare(command: Declare) -> None:
    """The store alone, and out of it."""
    alone = command("store", "run the embedded store alone, until Ctrl-C", store, lenient=True)
    alone.add_argument("--store-port", dest="store_port", type=int, help="its port (8112)")
    moving = command("move", "copy everything into another, empty store", move, lenient=True)
    moving.add_argument(
        "--to", metavar="URI", required=True, help="mongodb://…; -: read from standard input"
    )


def store(settings: Settings, options: argparse.Namespace) -> int:
    """The embedded store, for who wants to look into it while the product is stopped."""
    if settings.store_uri:
        raise SettingsError("store_uri: the store is not the embedded one; it runs elsewhere")
    with ExitStack() as stack:
        stack.enter_context(starting.hold(settings.data))
        stack.enter_context(ending_early())
        embedded = EmbeddedStore(settings.data / "store", settings.store_port)
        stack.callback(embedded.stop)
        try:
            embedded.start()
            print(
                f"store: 127.0.0.1, port {settings.store_port}, database {settings.store_database}, user "
                f"jingmin, password in {settings.data / 'store' / 'password'}",
                flush=True,
            )
            while embedded.running():
                time.sleep(LOOK_EVERY_S)
        except KeyboardInterrupt:
            return 0
    return failed(f"the store ended by itself; see {settings.data / 'store' / 'store.log'}")


def move(settings: Settings, options: argparse.Namespace) -> int:
    """Copy everything from the configured store into another one; 1 when something is not there as it was."""
    target: str = sys.stdin.readline().strip() if options.to == "-" else options.to
    if not target.startswith(("mongodb://", "mongodb+srv://")):
        raise SettingsError("--to: it does not begin with mongodb://")
    with ExitStack() as stack:
        stack.enter_context(ending_early())
        stack.enter_context(starting.hold(settings.data))
        try:
            _require_ours(settings)
            source = stack.enter_context(store_uri(settings, held=True))
            if settings.store_uri:
                uvloop.run(_require_stopped(source, settings.store_database))
            dump = Dump(source, settings.store_database, follow=False)
            stack.callback(dump.close)
            load = Load(target, settings.store_database)
            stack.callback(load.close)
            require_empty(load)
            uvloop.run(require_readable(source, settings))
            load.begin()
            load.prepare()
            progress = Progress()
            for record in dump.records():
                if isinstance(record, Document):
                    load.document(record.collection, record.raw)
                progress.say(f"{sum(dump.documents.values()):,} documents")
            load.flush()
            wanted = {one: n for one, n in dump.documents.items() if one not in LEFT_BEHIND}
            if (there := load.counts()) != wanted:
                differing = sorted(
                    one for one in {*there, *wanted} if there.get(one) != wanted.get(one)
                )
                return failed(f"not all has arrived: {', '.join(differing)} differ in number")
            load.end()
            altered = uvloop.run(_verify(settings, target))
        except DumpFailed as error:
            return failed(f"not moved: {error}")
        except KeyboardInterrupt:
            return failed("interrupted: empty the other store before you try again", 130)
    for file in dump.damaged:
        print(f"  file {file}: pieces of it are missing in this store, and so in the other")
    parts = urlsplit(target)
    shown = f"{parts.scheme}://…@{parts.netloc.rpartition('@')[2]}{parts.path}"
    print(
        f"moved: {sum(wanted.values()):,} documents; {load.left_behind:,} of sessions and processes stay "
        f'behind\nnow set store_uri = "{shown}" as you gave it, and start; the old store is as it was'
    )
    return altered


async def _verify(settings: Settings, uri: str) -> int:
    store = MongoStore(uri, settings.store_database, follow=())
    try:
        await store.open(PATIENCE_S)
        await store.migrated()
        return await verify_sample(store, settings.secret_bytes(), SAMPLE)
    finally:
        await store.close()


def _require_ours(settings: Settings) -> None:
    """Raises ``SettingsError`` when another process has the embedded store: it may write to it."""
    folder = settings.data / "store"
    known = not settings.store_uri and (folder / "password").exists()
    if known and EmbeddedStore(folder, settings.store_port).answers():
        raise SettingsError("store_port: the store runs already; end what uses it")


async def _require_stopped(uri: str, database: str) -> None:
    """Raises ``SettingsError`` when the product was on this store within the last minute."""
    store = MongoStore(uri, database, follow=(), indexed=())
    now = now_ms()
    try:
        async for process in store.media_processes.every():
            if alive(process, now):
                raise SettingsError(f"media process {process.id} runs: stop the product first")
        async for lease in store.leases.every():
            if lease.owner and 0 < lease.until - now <= LIFE_MS:
                raise SettingsError(f"a process does {lease.id}: stop the product, wait a minute")
            if within(lease.turned_at, now, LIFE_MS):
                raise SettingsError("the product ran on this store a minute ago; wait a minute")
    finally:
        await store.close()
