"""The bot's work beside its HTTP: arrivals, messages, progress, and what is due by the clock.

Any number of processes may run it on one store; whatever two of them begin, one of them does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot import alarm_rows, conversation, handler, loose, outbox, progress, recurring
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
            ("recurring notices", lambda house: _every(RECURRING_EVERY_S, recurring.turn, house)),
            ("page ticket", lambda house: _every(TICKET_EVERY_S, keep_ticket, house)),
            ("menu", _watch_menu),
            ("alarms", alarm_rows.run),
            ("late", lambda house: _every(LATE_EVERY_S, conversation.end_late, house)),
            ("deadlines", lambda house: _every(OVERDUE_EVERY_S, look_for_overdue, house)),
            ("purge", lambda house: _every(PURGE_EVERY_S, handler.purge, house)),
            ("loose files", lambda house: _every(PURGE_EVERY_S, loose.purge, house)),
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
    await _every(MENU_EVERY_S, watch_menu, house)


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


async def _every(
    seconds: float, work: Callable[[BotHouse], Awaitable[int]], house: BotHouse
) -> None:
    while True:
        await work(house)
        await asyncio.sleep(seconds)
