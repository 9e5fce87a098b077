"""The bot's work beside its HTTP: arrivals, messages, progress, and what is due by the clock.

Any number of processes may run it on one store; whatever two of them begin, one of them does. What is due by
the clock alone one of them does for all, turn by turn (domain/lease.py).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from bot import alarm_rows, conversation, handler, life, loose, outbox, progress, recurring
from bot.alarms import ALARMS, MENU, NO_MENU
from bot.deadline_lines import look_for_overdue
from bot.errors import CallFailed
from bot.groups import run_groups
from bot.house import BotHouse
from bot.notices import run_notices
from bot.passive import entrance
from domain.errors import Refused

PAUSE_S = 1.0
LATE_EVERY_S = 60.0
TICKET_EVERY_S = 60.0
OVERDUE_EVERY_S = 30.0
RECURRING_EVERY_S = 20.0
PURGE_EVERY_S = 600.0
MENU_EVERY_S = 1_800.0
MENU_FIRST_S = 60.0  # whoever sets an account up starts the worker before its menu is there
log = logging.getLogger("jingmin.bot.worker")


async def run(house: BotHouse) -> None:
    """Work until cancelled; a part that fails begins again after a pause, the others go on."""
    async with asyncio.TaskGroup() as group:
        for name, work in (
            ("arrivals", handler.run),
            ("outbox", outbox.run),
            ("progress", progress.run),
            ("groups", run_groups),
            ("notices", run_notices),
            (
                "recurring notices",
                _by_turns("recurring notices", RECURRING_EVERY_S, recurring.turn),
            ),
            ("page ticket", _by_turns("page ticket", TICKET_EVERY_S, keep_ticket)),
            ("menu", _watch_menu),
            ("alarms", alarm_rows.run),
            ("sign of life", partial(life.run, kind="worker")),
            ("late", _by_turns("late", LATE_EVERY_S, conversation.end_late)),
            ("deadlines", _by_turns("deadlines", OVERDUE_EVERY_S, look_for_overdue)),
            ("purge", _by_turns("purge", PURGE_EVERY_S, handler.purge)),
            ("loose files", _by_turns("loose files", PURGE_EVERY_S, loose.purge)),
        ):
            group.create_task(_keep(name, work, house), name=f"bot {name}")


async def _keep(name: str, work: Callable[[BotHouse], Awaitable[None]], house: BotHouse) -> None:
    while True:
        try:
            await work(house)
        except Exception as error:
            log.error("%s begins again after %s", name, _kind(error))
        await asyncio.sleep(PAUSE_S)


async def keep_ticket(house: BotHouse) -> int:
    """Keep the JS-SDK's tickets in the store, where the api signs pages with them; how many are there."""
    kept = 0
    for _, official in house.officials:
        try:
            await official.jsapi_ticket()
            kept += 1
        except CallFailed as error:
            log.warning("no ticket for the JS-SDK: %s", type(error).__name__)
    return kept


async def _watch_menu(house: BotHouse) -> None:
    await asyncio.sleep(MENU_FIRST_S)
    await _by_turns("menu", MENU_EVERY_S, watch_menu)(house)


async def watch_menu(house: BotHouse) -> int:
    """Whether the accounts' menus still lead to the 110 page, for whoever writes nothing; how many do.
    Somebody may have changed one in the console."""
    well = 0
    for name, official in house.officials:
        try:
            menu = await official.menu_get()
        except CallFailed as error:
            log.warning("the menu was not read: %s", type(error).__name__)
            continue
        if f"'{entrance(house.settings, name)}'" not in str(menu):
            ALARMS.refused(official.platform, MENU, NO_MENU)
            continue
        ALARMS.went_through(official.platform, MENU)
        well += 1
    return well


def _kind(error: BaseException) -> str:
    """What went wrong, without what was said: texts of errors may hold it."""
    if isinstance(error, BaseExceptionGroup):
        return ", ".join(_kind(one) for one in error.exceptions)
    return error.fault.code if isinstance(error, Refused) else type(error).__name__


def _by_turns(
    name: str, seconds: float, work: Callable[[BotHouse], Awaitable[int]]
) -> Callable[[BotHouse], Awaitable[None]]:
    """Do it every so many seconds, in one process at a time."""

    async def during(house: BotHouse) -> None:
        while True:
            await asyncio.sleep(await house.turns.turn(name, seconds, lambda: work(house)))

    return during
