"""The product's processes: each is one call that returns when it was asked to end."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import importlib
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import uvloop
from aiohttp import web

import commands
import starting
from api.app import create_app
from api.house import House
from assembly import (
    API_HEARS,
    MEDIA_HEARS,
    OF_KNOWN,
    WORKER_HEARS,
    YIELDS,
    boundaries_of,
    boundary_file,
    build_bot,
    build_house,
    journal_of,
    keep_boundaries,
)
from bot.house import BotHouse
from config import PREFIX, Settings, SettingsError
from demo import platform_accounts, seed, simulated
from domain.arrival import Arrival
from domain.errors import StoreDown, UnusableStore
from domain.open_files import OPEN_FILES, raise_limit
from heartbeat import Heartbeat
from jingmin.command import require_readable
from locate.boundaries import Boundaries
from network_settings import check_media, doubts, listeners
from serving import Runner
from storage.embedded import EmbeddedStore
from storage.store import MongoStore
from supervisor import Child

SAYS_NOTHING_S = 10
OPEN_S = 60.0
DONE_S = 0.5  # what the bot's journal gathers: under load no arrival costs the disk twice
# Longer than any browser or proxy keeps one: the report goes over the connection that brought the page.
KEEP_ALIVE_S = 3600.0
BotPart = Callable[[Settings, BotHouse, asyncio.Task[None]], Coroutine[Any, Any, None]]
log = logging.getLogger("jingmin")


def serve(settings: Settings, options: argparse.Namespace) -> int:
    """The whole product on this machine: store (if embedded), media and api process, and bot and worker
    where a platform is configured."""
    if settings.demo:
        settings = simulated(settings)
    check_media(settings)
    with starting.hold(settings.data):
        starting.require_ports(
            listeners(settings), _installation(settings), settings.media_udp_port
        )
        for doubt in doubts(settings):
            log.warning(doubt)
        boundaries = boundary_file(settings)
        return _run(partial(_supervise, settings, boundaries))


async def _supervise(settings: Settings, boundaries: Path, beat: Heartbeat) -> int:
    stop = _signalled()
    say = commands.progress if settings.demo else lambda zh, en: None
    say("检查示例城市的辖区边界", "checking the boundaries of the sample city")
    environment = {**settings.environment(), PREFIX + "BOUNDARIES": str(boundaries)}
    if not await commands.judge(boundaries, settings.data, environment):
        return 2
    embedded = (
        None if settings.store_uri else EmbeddedStore(settings.data / "store", settings.store_port)
    )
    if embedded is not None:
        say("启动数据库 (第一次稍慢)", "starting the store (the first time takes longer)")
        await embedded.launch()
        environment[PREFIX + "STORE_URI"] = await asyncio.to_thread(lambda: embedded.uri)
        environment[PREFIX + "WORKER_AT_ONCE"] = str(settings.worker_at_once or 1)
    try:
        await require_readable(await asyncio.to_thread(_store_uri, settings), settings)
    except UnusableStore:
        if embedded is not None:
            await asyncio.to_thread(embedded.stop)
        raise
    names = ["media", "api"]
    if settings.has_bot:
        names += ["bot", "worker"]
    if settings.demo:
        names.append("simulator")
    say(f"启动 {' '.join(names)}", f"starting {', '.join(names)}")
    children = [Child(name, [name], environment, YIELDS.get(name, 0)) for name in names]
    keepers = [asyncio.create_task(child.keep()) for child in children]
    refusing = [asyncio.create_task(child.refused.wait()) for child in children]
    if embedded is not None:
        watching = embedded.keep_running(lambda: any(child.building for child in children))
        keepers.append(asyncio.create_task(watching))
    if settings.demo:
        keepers.append(asyncio.create_task(commands.announce(settings, stop)))
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait([asked, *refusing], return_when=asyncio.FIRST_COMPLETED)
    ends = [asked, *refusing, *keepers]
    for one in ends:
        one.cancel()
    await asyncio.gather(*ends, return_exceptions=True)
    for child in reversed(children):
        await child.stop()
    if embedded is not None:
        await asyncio.to_thread(embedded.stop)
    return 2 if any(child.refused.is_set() for child in children) else 0


def api(settings: Settings, options: argparse.Namespace) -> int:
    """An api process alone; any number of them may run on one store."""
    return _run(partial(_api, settings))


async def _api(settings: Settings, beat: Heartbeat) -> int:
    place = {"port": (settings.host, settings.port)}
    await asyncio.to_thread(lambda: starting.require_ports(place, _installation(settings)))
    boundaries = await _boundaries(settings)
    if boundaries is None:
        return 2
    store = await _store(settings, API_HEARS, beat)
    # What a dead process left in the journal is read here.
    house = await asyncio.to_thread(build_house, settings, store, boundaries)
    beat.late = house.metrics.loop_lag.observe
    gc.freeze()  # modules and map: nothing the collector would find garbage in
    async with (
        _claimed(settings, "port", settings.port),
        _served(create_app(house), settings.host, settings.port, token=settings.metrics_token),
    ):
        preparing = asyncio.create_task(_prepare(house, boundaries))
        log.info("api on %s:%s", settings.host, settings.port)
        asked = [asyncio.create_task(one.wait()) for one in (_signalled(), house.unusable_store)]
        await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        for one in (preparing, *asked):
            one.cancel()
    await house.store.close()
    await asyncio.to_thread(house.journal.close)
    return 2 if house.unusable_store.is_set() else 0


async def _prepare(house: House, boundaries: Boundaries) -> None:
    """Once the store is there: the demo's staff, and the boundary version as documents."""
    while not house.store_up:
        await asyncio.sleep(0.1)
    if house.settings.demo:
        await seed(house.store, house.finder, house.passwords.hash)
    await keep_boundaries(house, boundaries)


def media(settings: Settings, options: argparse.Namespace) -> int:
    """A media process alone; any number of them may run, each with its own id, ports and url."""
    check_media(settings)
    return _run(partial(_media, settings), "webrtc.app", "webrtc.ice")


async def _media(settings: Settings, beat: Heartbeat) -> int:
    # Only this process needs the media libraries; the api starts again a second sooner without.
    from webrtc.app import MediaServer, run_media
    from webrtc.ice import Relay

    listening = _listening("media_port", settings.media_host, settings.media_port)
    store = await _store(settings, MEDIA_HEARS, beat, OF_KNOWN)
    await store.open(patience=60)
    spool = settings.data / "recordings"
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    server = MediaServer(
        store=store,
        secret=settings.secret_bytes(),
        media_id=settings.media_id,
        public_url=settings.signalling,
        addresses=settings.media_addresses,
        origins=[*settings.all_origins, *settings.cors_origins],
        spool=spool,
        relay=Relay(settings.turn_urls, settings.turn_secret) if settings.turn_urls else None,
        udp_port=settings.media_udp_port,
    )
    if not await server.is_name_free():
        raise SettingsError(f"media_id: another media process that lives is {settings.media_id}")
    serving = partial(Runner, metrics_token=settings.metrics_token)
    draining = _signalled(signal.SIGUSR1)
    await _until_asked(run_media(server, listening, serving, draining))
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
    boundaries = await _boundaries(settings)
    if boundaries is None:
        return 2
    store = await _store(settings, hears, beat, OF_KNOWN)
    house = await asyncio.to_thread(build_bot, settings, store, boundaries)
    opening = asyncio.create_task(_opened(store), name="open the store")
    try:
        await _until_asked(part(settings, house, opening))
    finally:
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
    await store.close()
    return 0


async def _opened(store: MongoStore) -> None:
    """Open it as soon as it answers, however long that takes."""
    while True:
        try:
            return await store.open(patience=OPEN_S)
        except StoreDown as down:
            log.error("the store is away since the start of this process: %s", down.detail)


async def _answering(settings: Settings, house: BotHouse, opening: asyncio.Task[None]) -> None:
    """Callbacks are taken at once: a call for help is answered before the store is there."""
    # wechatpy and its requests are slow to load: only the bot's processes do.
    from bot.app import create_app as create_bot

    house.journal = journal_of(settings, "callbacks", Arrival, DONE_S)
    try:
        port = settings.bot_port
        async with (
            _claimed(settings, "bot_port", port),
            _served(create_bot(house), settings.bot_host, port, "bot_port", settings.metrics_token),
        ):
            log.info("bot on %s:%s", settings.bot_host, settings.bot_port)
            await opening
            await asyncio.Event().wait()
    finally:
        house.journal.close()


async def _working(settings: Settings, house: BotHouse, opening: asyncio.Task[None]) -> None:
    from bot.app import create_watching
    from bot.platforms import connect
    from bot.worker import run as work

    await opening
    client = connect(house)
    try:
        async with contextlib.AsyncExitStack() as stack, asyncio.TaskGroup() as group:
            group.create_task(work(house))
            if settings.demo:
                group.create_task(commands.furnish_platforms(settings, house))
            if settings.worker_port:
                host, port, name = settings.bot_host, settings.worker_port, "worker_port"
                await stack.enter_async_context(_claimed(settings, name, port))
                watching = _served(create_watching(house), host, port, name, settings.metrics_token)
                await stack.enter_async_context(watching)
    finally:
        await client.close()


@contextlib.asynccontextmanager
async def _claimed(settings: Settings, name: str, port: int) -> AsyncIterator[None]:
    """Nobody but this installation serves the port."""
    of = await asyncio.to_thread(_installation, settings)
    with contextlib.closing(await asyncio.to_thread(starting.claim, name, port, of)):
        yield


@contextlib.asynccontextmanager
async def _served(
    app: web.Application, host: str, port: int, name: str = "port", token: str = ""
) -> AsyncIterator[None]:
    runner = Runner(
        app, metrics_token=token, handler_cancellation=True, keepalive_timeout=KEEP_ALIVE_S
    )
    await runner.setup()
    try:
        listening = _listening(name, host, port, shared=True)
        await web.SockSite(runner, listening, backlog=1024).start()
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
    port, serving = settings.simulator_port, partial(Runner, shutdown_timeout=0.5)
    work = simulate(accounts, folder / "world.json", "127.0.0.1", port, serving)
    asyncio.run(Heartbeat().during(work))
    return 0


def _listening(name: str, host: str, port: int, shared: bool = False) -> socket.socket:
    """A socket that takes connections once they have sent something: who connects and says nothing stays
    with the kernel, which forgets him, and takes nobody's place here. ``shared`` with other processes.
    Raises ``SettingsError`` about the setting ``name``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        found = socket.create_server((host, port), family=family, backlog=1024, reuse_port=shared)
    except OSError as error:
        raise starting.reason(name, host, port, error) from None
    if hasattr(socket, "TCP_DEFER_ACCEPT"):
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SAYS_NOTHING_S)
    return found


def _run(work: Callable[[Heartbeat], Coroutine[Any, Any, int]], *libraries: str) -> int:
    files = raise_limit()
    log.info("%d files, %d connections, %d of them lasting", files, *OPEN_FILES.most)
    for name in libraries:  # seconds on a busy machine: not while the loop runs
        importlib.import_module(name)
    beat = Heartbeat()
    return uvloop.run(beat.during(work(beat)))


async def _boundaries(settings: Settings) -> Boundaries | None:
    """The boundary file as it was kept; None when it cannot be started from, which was said."""
    path = await asyncio.to_thread(boundary_file, settings)
    if not await commands.judge(path, settings.data, settings.environment()):
        return None
    return await asyncio.to_thread(boundaries_of, settings)


def _installation(settings: Settings) -> str:
    uri = settings.store_uri or f"mongodb://127.0.0.1:{settings.store_port}"
    hosts = urlsplit(uri).netloc.rpartition("@")[2]
    return starting.installation(settings.secret_bytes(), f"{hosts}/{settings.store_database}")


def _store_uri(settings: Settings) -> str:
    return settings.store_uri or EmbeddedStore(settings.data / "store", settings.store_port).uri


async def _store(
    settings: Settings, hears: Sequence[str], beat: Heartbeat, known: Sequence[str] = ()
) -> MongoStore:
    uri = await asyncio.to_thread(_store_uri, settings)  # its password is in a file
    store = MongoStore(uri, settings.store_database, hears, set(known) & set(hears))
    beat.building = lambda: store.building
    return store


async def _until_asked(work: Coroutine[Any, Any, None]) -> None:
    """Do it until the process is asked to end, or it fails."""
    running = asyncio.create_task(work)
    stopped = asyncio.create_task(_signalled().wait())
    await asyncio.wait((running, stopped), return_when=asyncio.FIRST_COMPLETED)
    if running.done() and not stopped.done():
        running.result()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def _signalled(*numbers: signal.Signals) -> asyncio.Event:
    """Set when the process is asked to end, or gets one of these signals."""
    stop = asyncio.Event()
    for number in numbers or (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
