"""Work that has to go on as long as its process does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

PAUSE_S = 1.0
log = logging.getLogger("jingmin.lasting")


async def lasting(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Do the work; begin again after a pause whenever it fails, and say so in the log. Returns when the
    work does."""
    while True:
        try:
            return await work()
        except Exception:  # an end that nobody hears of would leave the process alive and idle
            log.exception("%s begins again", name)
        await asyncio.sleep(PAUSE_S)
