"""Watching the store: it is opened when it answers, and what waits on disk goes into it."""

from __future__ import annotations

import asyncio
import logging

from api import intake
from api.house import House
from api.routes import now_ms
from domain.errors import Refused, UnusableStore

HEALTH_S = 1.0
HEALTH_PATIENCE_S = 3.0
log = logging.getLogger("jingmin.api")


async def watch_store(house: House) -> None:
    """Open the store when it answers, notice when it stops, replay the journal when it is back."""
    opened = been = False
    while True:
        up = False
        try:
            async with asyncio.timeout(HEALTH_PATIENCE_S if opened else 60):
                if not opened:
                    await house.open_store()
                    opened = True
                await house.store.check()
                up = True
        except (Refused, TimeoutError):
            up = False
        except UnusableStore as newer:  # the process is to end; reports lie in the journal
            log.error("%s", newer)
            house.unusable_store.set()
            return
        except Exception:  # whatever it is, reports must not wait for a restart
            log.exception("the store could not be checked")
            up = False
        if opened and not up:
            house.board.standstill.hold()  # no page and no process can say that it is there
        if up != house.store_up:
            # At a start that is what everybody expects.
            log.log(
                logging.WARNING if been or not up else logging.INFO,
                "store is %s",
                "up" if up else "down",
            )
            been = True
            house.store_up = up
            house.store_up_since = now_ms() if up else None
            house.board.tell("store")
        if (unreadable := house.store.unreadable("incidents")) != house.unreadable:
            house.unreadable = unreadable
            house.board.tell("store")
        house.metrics.unreadable.set(house.store.unread)
        if up and house.journal.waiting():
            try:
                await intake.replay(house)
            except Exception:
                log.exception("the journal could not be replayed now")
        await asyncio.sleep(HEALTH_S if up else 0.3)
