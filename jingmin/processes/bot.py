"""``jingmin bot`` and ``jingmin worker``: one takes callbacks, the other does what follows from them."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from bot.house import BotHouse
from config import Settings, SettingsError
from demo import furnish
from domain.arrival import Arrival
from domain.errors import Refused, StoreDown
from heartbeat import Heartbeat
from jingmin.assembly.bot import build_bot
from jingmin.assembly.journals import journal_of
from jingmin.processes.areas import boundaries_to_start
from jingmin.processes.listening import claimed, served
from jingmin.processes.running import OF_KNOWN, run, store_of, until_asked
from storage.store import MongoStore

WORKER_HEARS = (
    "incidents",
    "people",
    "arrivals",
    "messages",
    "tips",
    "groups",
    "notices",
    "deliveries",
)
OPEN_S = 60.0
DONE_S = 0.5  # what the bot's journal gathers: under load no arrival costs the disk twice
BotPart = Callable[[Settings, BotHouse, asyncio.Task[None]], Coroutine[Any, Any, None]]
log = logging.getLogger("jingmin")


def bot(settings: Settings, options: argparse.Namespace) -> int:
    """A bot process alone: takes the callbacks of WeChat and WeCom, and nothing else, so that they are
    answered whatever the work that follows from them takes."""
    return run(partial(_bot, settings, _answering, ()), "bot.app")


def worker(settings: Settings, options: argparse.Namespace) -> int:
    """A worker process alone: what follows from callbacks, and everything that is sent."""
    work = partial(_bot, settings, _working, WORKER_HEARS)
    return run(work, "bot.app", "bot.platforms", "bot.worker")


async def _bot(settings: Settings, part: BotPart, hears: Sequence[str], beat: Heartbeat) -> int:
    if not settings.has_bot:
        raise SettingsError("official_appid or work_corpid: a bot needs a platform")
    boundaries = await boundaries_to_start(settings)
    if boundaries is None:
        return 2
    store = await store_of(settings, hears, beat, OF_KNOWN)
    house = await asyncio.to_thread(build_bot, settings, store, boundaries)
    opening = asyncio.create_task(_opened(store), name="open the store")
    try:
        await until_asked(part(settings, house, opening))
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
            claimed(settings, "bot_port", port),
            served(create_bot(house), settings.bot_host, port, "bot_port", settings.metrics_token),
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
                group.create_task(furnish_platforms(settings, house))
            if settings.worker_port:
                host, port, name = settings.bot_host, settings.worker_port, "worker_port"
                await stack.enter_async_context(claimed(settings, name, port))
                watching = served(create_watching(house), host, port, name, settings.metrics_token)
                await stack.enter_async_context(watching)
    finally:
        await client.close()


async def furnish_platforms(settings: Settings, house: BotHouse) -> None:
    """The demo's simulated world, and the account's menu in it."""
    from bot.errors import CallFailed
    from bot.menu import buttons

    try:
        await furnish(house.store, house.finder, f"http://127.0.0.1:{settings.simulator_port}")
        for name, official in house.officials:
            if not await official.menu_get():
                await official.menu_create(buttons(house.settings, name))
    except (CallFailed, Refused, TimeoutError) as error:
        log.warning("the demo's WeChat is not furnished: %s", type(error).__name__)
