"""The alarms of all processes in one place, for the administrator: a document for each thing refused.

Whoever's call goes through ends it, in any process; what nobody meets any more ends by its age.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator

from bot.alarms import ALARMS, Alarm, Alarms, Key
from bot.house import BotHouse
from domain.clock import elapsed, within
from domain.errors import Conflict, Duplicate, NotFound, Refused
from domain.platform_alarm import AGAIN_MS, PlatformAlarm, Trouble, alarm_id, stands

LOOK_S = 2.0  # whether something began or ended here: nothing is read for it
READ_S = 60.0  # what began or ended elsewhere
log = logging.getLogger("jingmin.bot.alarm_rows")


async def run(house: BotHouse, alarms: Alarms = ALARMS) -> None:
    """Keep them until cancelled; what the store cannot be told now it is told later."""
    due = 0.0
    while True:
        if alarms.news or time.monotonic() >= due:
            try:
                await keep(house, alarms)
                due = time.monotonic() + READ_S
            except Exception as error:
                log.warning("alarms wait for the store: %s", type(error).__name__)
        await asyncio.sleep(LOOK_S)


@contextlib.asynccontextmanager
async def trying(house: BotHouse) -> AsyncIterator[None]:
    """For an operator who tries things: what stood and goes through meanwhile is over; nothing begins."""
    with contextlib.suppress(Refused):
        await keep(house)
    try:
        yield
    finally:
        with contextlib.suppress(Refused):
            await keep(house, begins=False)


async def keep(house: BotHouse, alarms: Alarms = ALARMS, *, begins: bool = True) -> None:
    """Write what began and ended here, learn what began and ended elsewhere. Raises ``StoreDown``; then
    nothing is forgotten. Without ``begins`` only ends are written."""
    news, alarms.news = alarms.news, False
    try:
        rows = {row.id: row async for row in house.store.platform_alarms.every()}
        await _remove(house, alarms, rows)
        for alarm in alarms.standing() if begins else ():
            await _stand(house, alarms, alarm, rows.pop(_id(house, alarm.key), None))
    except BaseException:
        alarms.news |= news
        raise
    machine = _machine(house)
    alarms.elsewhere = {
        (row.platform, row.call, row.code)
        for row in rows.values()
        if row.code is not Trouble.ALLOW_LIST or row.machine == machine
    }


async def _remove(house: BotHouse, alarms: Alarms, rows: dict[str, PlatformAlarm]) -> None:
    """Those that ended here, and those that are old."""
    shelf, now = house.store.platform_alarms, house.clock()
    for key in tuple(alarms.over):
        if rows.pop(id := _id(house, key), None) is not None:
            await shelf.remove(id)
        alarms.over.discard(key)
    for id, row in tuple(rows.items()):
        if not stands(row, now):
            await shelf.remove(id)
            del rows[id]


async def _stand(house: BotHouse, alarms: Alarms, alarm: Alarm, row: PlatformAlarm | None) -> None:
    shelf, now, key = house.store.platform_alarms, house.clock(), alarm.key
    met, kept = alarms.met(key), alarms.kept.get(key)
    if met is None:
        return
    if row is None and kept is not None and met <= kept:
        alarms.end(key)  # the same went through in another process
        return
    read_at = time.monotonic()
    met_at = now - int((read_at - met) * 1_000)
    with contextlib.suppress(Conflict, Duplicate, NotFound):  # another process wrote the same
        if row is None:
            await shelf.add(_row(house, alarm, met_at))
        elif not within(row.met_at, met_at, AGAIN_MS):
            row.met_at = met_at
            await shelf.save(row)
    alarms.kept[key] = read_at


def _row(house: BotHouse, alarm: Alarm, met_at: int) -> PlatformAlarm:
    lasted = elapsed(alarm.since, int(time.time())) * 1_000
    return PlatformAlarm(
        id=_id(house, alarm.key),
        code=alarm.trouble,
        platform=alarm.platform,
        call=alarm.call,
        errcode=alarm.errcode,
        since=min(house.clock() - lasted, met_at),
        met_at=met_at,
        machine=_machine(house) if alarm.trouble is Trouble.ALLOW_LIST else "",
        address=alarm.address,
    )


def _id(house: BotHouse, key: Key) -> str:
    platform, call, trouble = key
    return alarm_id(trouble, platform, call, _machine(house))


def _machine(house: BotHouse) -> str:
    return house.settings.process.rpartition(":")[0] or house.settings.process
