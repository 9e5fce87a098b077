"""This process says in the store that it lives: the api shows how many of a kind do."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from bot.house import BotHouse
from domain.errors import Refused
from domain.process import BEAT_S, beat, forget

END_S = 1.0
log = logging.getLogger("jingmin.bot.life")


async def run(house: BotHouse, kind: str) -> None:
    """Until cancelled; then it is taken back, if the store answers within a second."""
    id = f"{kind}:{house.settings.process}"
    tidy = False
    try:
        while True:
            with suppress(Refused):  # the store is away, which others say
                await beat(house.store, id, kind, house.clock())
                if not tidy:
                    await forget(house.store, house.clock())
                    tidy = True
            await asyncio.sleep(BEAT_S)
    finally:
        with suppress(Refused, TimeoutError):
            async with asyncio.timeout(END_S):
                await house.store.processes.remove(id)
