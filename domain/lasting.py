"""Work that has to go on as long as its process does, and work that waits for the store."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from domain.errors import StoreDown

PAUSE_S = 1.0
AGAIN_S = 0.1
T = TypeVar("T")
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


async def when_answered(work: Callable[[], Awaitable[T]], patience: float) -> T:
    """Do it as soon as the store answers; raises ``StoreDown`` when it does not in ``patience`` s."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return await work()
        except StoreDown:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(AGAIN_S)
