"""The ``jingmin`` command: runs the rooms as processes. ``assembly.py`` puts each together."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import getpass
import importlib
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import uvloop
from aiohttp import web

import commands
from api.app import create_app
from api.house import House
from assembly import (
    API_HEARS,
    MEDIA_HEARS,
    WORKER_HEARS,
    YIELDS,
    boundaries_of,
    boundary_file,
    build_bot,
    build_house,
    keep_boundaries,
    product_version,
)
from bot.house import BotHouse
from config import PREFIX, Settings, SettingsError, load
from demo import platform_accounts, seed, simulated
from domain.errors import Refused
from heartbeat import Heartbeat
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from storage.embedded import EmbeddedStore
from storage.store import MongoStore
from supervisor import Child

BotPart = Callable[[Settings, BotHouse], Coroutine[Any, Any, None]]
log = logging.getLogger("jingmin")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0 well, 1 found something wrong, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    overrides = {
        name: value
        for name, value in vars(options).items()
        if name in Settings.__struct_fields__ and value is not None
    }
    if options.command == "demo":
        overrides["demo"] = True
    try:
        file = options.config or os.environ.get(PREFIX + "CONFIG")
        lenient = options.command in ("verify", "locate", "person", "wechat", "boundaries")
        settings = load(Path(file) if file else None, os.environ, overrides, complete=not lenient)
    except SettingsError as error:
        print(f"jingmin: {error}", file=sys.stderr)
        return 2
    _log(settings)
    try:
        return int(options.run(settings, options))
    except SettingsError as error:
        print(f"jingmin: {error}", file=sys.stderr)
        return 2
    except Refused as refused:
        return commands.refused(refused, options.command)
    except KeyboardInterrupt:
        return 130


# ---- processes


def serve(settings: Settings, options: argparse.Namespace) -> int:
    """The whole product on this machine: store (if embedded), media process, api process."""
    if settings.demo:
        settings = simulated(settings)
    boundaries = boundary_file(settings)
    return _run(partial(_supervise, settings, boundaries))


async def _supervise(settings: Settings, boundaries: Path, beat: Heartbeat) -> int:
    stop = _signalled()
    environment = {**settings.environment(), PREFIX + "BOUNDARIES": str(boundaries)}
    if not await commands.judge(boundaries, settings.data, environment):
        return 2
    embedded = (
        None if settings.store_uri else EmbeddedStore(settings.data / "store", settings.store_port)
    )
    if embedded is not None:
        await embedded.launch()
        environment[PREFIX + "STORE_URI"] = await asyncio.to_thread(lambda: embedded.uri)
        environment[PREFIX + "WORKER_AT_ONCE"] = str(settings.worker_at_once or 1)
    names = ["media", "api"]
    if settings.has_bot:
        names += ["bot", "worker"]
    if settings.demo:
        names.append("simulator")
    children = [Child(name, [name], environment, YIELDS.get(name, 0)) for name in names]
    keepers = [asyncio.create_task(child.keep()) for child in children]
    if embedded is not None:
        watching = embedded.keep_running(lambda: any(child.building for child in children))
        keepers.append(asyncio.create_task(watching))
    if settings.demo:
        await commands.announce(settings, stop)
    await stop.wait()
    for keeper in keepers:
        keeper.cancel()
    await asyncio.gather(*keepers, return_exceptions=True)
    for child in reversed(children):
        await child.stop()
    if embedded is not None:
        await asyncio.to_thread(embedded.stop)
    return 0


def api(settings: Settings, options: argparse.Namespace) -> int:
    """An api process alone; any number of them may run on one store."""
    return _run(partial(_api, settings))


async def _api(settings: Settings, beat: Heartbeat) -> int:
    boundaries = await asyncio.to_thread(boundaries_of, settings)
    store = await _store(settings, API_HEARS, beat)
    # What a dead process left in the journal is read here.
    house = await asyncio.to_thread(build_house, settings, store, boundaries)
    beat.late = house.metrics.loop_lag.observe
    async with _served(create_app(house), settings.host, settings.port):
        preparing = asyncio.create_task(_prepare(house, boundaries))
        log.info("api on %s:%s", settings.host, settings.port)
        await _signalled().wait()
        preparing.cancel()
    await house.store.close()
    await asyncio.to_thread(house.journal.close)
    return 0


async def _prepare(house: House, boundaries: Boundaries) -> None:
    """Once the store is there: the demo's staff, and the boundary version as documents."""
    while not house.store_up:
        await asyncio.sleep(0.1)
    if house.settings.demo:
        await seed(house.store, house.finder, house.passwords.hash)
    await keep_boundaries(house, boundaries)


def media(settings: Settings, options: argparse.Namespace) -> int:
    """A media process alone; any number of them may run, each with its own id, ports and url."""
    return _run(partial(_media, settings), "webrtc.app", "webrtc.ice")


async def _media(settings: Settings, beat: Heartbeat) -> int:
    # Only this process needs the media libraries; the api starts again a second sooner without.
    from webrtc.app import MediaServer, run_media
    from webrtc.ice import Relay

    store = await _store(settings, MEDIA_HEARS, beat)
    await store.open(patience=60)
    spool = settings.data / "recordings"
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    server = MediaServer(
        store=store,
        secret=settings.secret_bytes(),
        media_id=settings.media_id,
        public_url=settings.signalling,
        addresses=settings.media_addresses,
        origins=list(settings.all_origins),
        spool=spool,
        relay=Relay(settings.turn_urls, settings.turn_secret) if settings.turn_urls else None,
        udp_port=settings.media_udp_port,
    )
    running = asyncio.create_task(run_media(server, settings.media_host, settings.media_port))
    stopped = asyncio.create_task(_signalled().wait())
    await asyncio.wait((running, stopped), return_when=asyncio.FIRST_COMPLETED)
    if running.done() and not stopped.done():
        running.result()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await store.close()
    return 0


def bot(settings: Settings, options: argparse.Namespace) -> int:
    """A bot process alone: takes the callbacks of WeChat and WeCom, and nothing else, so that they are
    answered whatever the work that follows from them takes."""
    return _run(partial(_bot, settings, _answering, ()), "bot.app")


def worker(settings: Settings, options: argparse.Namespace) -> int:
    """A worker process alone: what follows from callbacks, and everything that is sent."""
    work = partial(_bot, settings, _working, WORKER_HEARS)
    return _run(work, "bot.app", "bot.platforms", "bot.worker")


async def _bot(settings: Settings, part: BotPart, hears: Sequence[str], beat: Heartbeat) -> int:
    if not settings.has_bot:
        raise SettingsError("official_appid or work_corpid: a bot needs a platform")
    boundaries = await asyncio.to_thread(boundaries_of, settings)
    store = await _store(settings, hears, beat)
    await store.open(patience=60)
    house = await asyncio.to_thread(build_bot, settings, store, boundaries)
    running = asyncio.create_task(part(settings, house))
    stopped = asyncio.create_task(_signalled().wait())
    await asyncio.wait((running, stopped), return_when=asyncio.FIRST_COMPLETED)
    if running.done() and not stopped.done():
        running.result()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await store.close()
    return 0


async def _answering(settings: Settings, house: BotHouse) -> None:
    # wechatpy and its requests are slow to load: only the bot's processes do.
    from bot.app import create_app as create_bot

    async with _served(create_bot(house), settings.bot_host, settings.bot_port):
        log.info("bot on %s:%s", settings.bot_host, settings.bot_port)
        await asyncio.Event().wait()


async def _working(settings: Settings, house: BotHouse) -> None:
    from bot.app import create_watching
    from bot.platforms import connect
    from bot.worker import run as work

    client = connect(house)
    try:
        async with contextlib.AsyncExitStack() as stack, asyncio.TaskGroup() as group:
            group.create_task(work(house))
            if settings.demo:
                group.create_task(commands.furnish_platforms(settings, house))
            if settings.worker_port:
                await stack.enter_async_context(
                    _served(create_watching(house), settings.bot_host, settings.worker_port)
                )
    finally:
        await client.close()


@contextlib.asynccontextmanager
async def _served(app: web.Application, host: str, port: int) -> AsyncIterator[None]:
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=1024, reuse_port=True).start()
        yield
    finally:
        await runner.cleanup()


def simulator(settings: Settings, options: argparse.Namespace) -> int:
    """The simulated WeChat and WeCom alone, with the accounts of the demo."""
    from simulator.__main__ import serve as simulate
    from simulator.accounts import Config

    if not settings.demo:
        raise SettingsError("demo: the simulator belongs to the demo")
    folder = settings.data / "simulator"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    accounts = msgspec.convert(platform_accounts(settings), Config)
    work = simulate(accounts, folder / "world.json", "127.0.0.1", settings.simulator_port)
    asyncio.run(Heartbeat().during(work))
    return 0


# ---- commands


def verify(settings: Settings, options: argparse.Namespace) -> int:
    """Check an incident's log and files; exit code 1 when anything is wrong."""
    return _with_store(
        settings, lambda store: commands.verify(store, settings.secret_bytes(), options.incident)
    )


def person(settings: Settings, options: argparse.Namespace) -> int:
    """Add a member of staff, asking for the password."""
    password = os.environ.get("JINGMIN_PASSWORD") or getpass.getpass("Password (12 or more): ")
    if len(password) < 12:
        raise SystemExit("jingmin: the password needs 12 characters or more")
    return _with_store(settings, lambda store: commands.add_person(store, options, password))


def locate(settings: Settings, options: argparse.Namespace) -> int:
    """Who answers for a point."""
    finder = BoundaryFinder(boundaries_of(settings))
    found = commands.locate(finder, options)
    print(json.dumps(found, ensure_ascii=False, indent=2) if options.json else commands.tell(found))
    return 0


def boundaries(settings: Settings, options: argparse.Namespace) -> int:
    """Everything that is wrong with a boundary file."""
    return commands.check_boundaries(settings.data, options)


def wechat(settings: Settings, options: argparse.Namespace) -> int:
    """Set up or check WeChat and WeCom as configured; in the demo, the simulated ones."""
    if settings.demo:
        settings = simulated(settings)
    boundaries = boundaries_of(settings)
    return _with_store(
        settings,
        lambda store: commands.wechat(build_bot(settings, store, boundaries), options.what),
    )


def _with_store(settings: Settings, work: Callable[[MongoStore], Awaitable[int]]) -> int:
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


# ---- small print


def _run(work: Callable[[Heartbeat], Coroutine[Any, Any, int]], *libraries: str) -> int:
    for name in libraries:  # seconds on a busy machine: not while the loop runs
        importlib.import_module(name)
    beat = Heartbeat()
    return uvloop.run(beat.during(work(beat)))


def _store_uri(settings: Settings) -> str:
    return settings.store_uri or EmbeddedStore(settings.data / "store", settings.store_port).uri


async def _store(settings: Settings, hears: Sequence[str], beat: Heartbeat) -> MongoStore:
    uri = await asyncio.to_thread(_store_uri, settings)  # its password is in a file
    store = MongoStore(uri, settings.store_database, hears)
    beat.building = lambda: store.building
    return store


def _signalled() -> asyncio.Event:
    """Set when the process is asked to end."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def _log(settings: Settings) -> None:
    logging.basicConfig(
        level=settings.log_level,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )
    # These speak of every connection and candidate, addresses included.
    for name in ("aioice", "aiortc", "aiohttp.access", "pymongo", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _parser() -> argparse.ArgumentParser:
    return commands.parser(
        product_version(),
        {
            "demo": serve,
            "serve": serve,
            "api": api,
            "media": media,
            "bot": bot,
            "worker": worker,
            "simulator": simulator,
            "verify": verify,
            "locate": locate,
            "boundaries": boundaries,
            "person": person,
            "wechat": wechat,
        },
    )


if __name__ == "__main__":
    sys.exit(main())
