"""What is old is removed, by one process for all."""

from __future__ import annotations

import asyncio
import logging
import random
from typing import TYPE_CHECKING

from api.login import forget_attempts
from api.routes import now_ms
from api.session import forget_sessions
from domain.errors import Refused
from domain.presence import forget
from domain.viewing import forget_viewings

if TYPE_CHECKING:
    from api.house import House

EVERY_S = 600.0
log = logging.getLogger("jingmin.api")


async def forgetting(house: House) -> None:
    """Until cancelled: now and then, in the process whose turn it is."""
    wait = EVERY_S
    while True:
        await asyncio.sleep(wait * (0.75 + random.random() / 2))
        try:
            wait = await house.turns.turn("forgetting", EVERY_S, lambda: forget_old(house))
        except Refused as refused:
            log.warning("what is old is not removed now: %s", refused.fault.code)


async def forget_old(house: House) -> None:
    """What is known of pages that were closed, of log-ins that failed long ago, of sessions that ended and
    of tests of the sandbox."""
    now = now_ms()
    await forget(house.store, now)
    await forget_viewings(house.store, now)
    await forget_attempts(house, now)
    await forget_sessions(house, now)
    if house.sandbox is not None:
        await house.sandbox.forget(now)
