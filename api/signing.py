"""Signs the head of every log a second after it grew, apart from the log: incidents, tips, notices."""

from __future__ import annotations

import asyncio
import logging

from api.house import House
from api.routes import now_ms
from domain.errors import Refused
from domain.evidence import Log, checkpoint
from domain.lasting import lasting
from domain.paging import batches, newest_first
from domain.ports import Lost

EVERY_S = 1.0
KINDS = ("incidents", "tips", "notices")
AT_ONCE = 50  # about 15 ms of the embedded store
AGAIN_S = 5.0
PAUSE_S = 0.1  # between pieces of the past: what happens now is signed beside it
log = logging.getLogger("jingmin.api")


async def sign_logs(house: House) -> None:
    """Never returns. Several processes may do it: a head is signed once, whoever is first."""
    grown: dict[str, Log] = {}
    behind = asyncio.Event()
    behind.set()  # what was written while no process was there to sign it

    async def listen() -> None:
        async for change in house.store.feed.subscribe(10_000):
            if isinstance(change, Lost):
                behind.set()
            elif change.kind in KINDS and change.item is not None:
                grown[change.id] = change.item.log

    listening = asyncio.create_task(lasting("signing", listen))
    looking = asyncio.create_task(asyncio.sleep(0))
    try:
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                if behind.is_set() and house.store_up:
                    behind.clear()
                    looking.cancel()
                    looking = asyncio.create_task(_look_back(house, behind))
                await house.log.flush()
                await house.log.sign(now_ms())
                await _sign(house, grown)
            except Refused as refused:
                log.warning("logs could not be signed now: %s", refused.fault.code)
            except Exception:
                log.exception("logs could not be signed")
    finally:
        listening.cancel()
        looking.cancel()


async def _look_back(house: House, behind: asyncio.Event) -> None:
    """Sign what grew while nobody listened: what is on the board, then all tips and notices, the newest
    first. From the beginning, a while later, when it breaks off."""
    try:
        kept = [one for one in house.board.incidents() if not house.board.journaled(one.id)]
        await _sign(house, {one.id: one.log for one in kept})
        store, now = house.store, now_ms()
        for logs in (
            (tip.log async for tip in newest_first(store.tips, "updated_at", now)),
            (one.log async for one in newest_first(store.notices, "updated_at", now)),
        ):
            async for some in batches(logs, AT_ONCE):
                await _sign(house, {head.incident: head for head in some})
                await asyncio.sleep(PAUSE_S)
    except Refused as refused:
        log.warning("logs of the past could not be signed now: %s", refused.fault.code)
        await asyncio.sleep(AGAIN_S)
        behind.set()
    except Exception:
        log.exception("logs of the past could not be signed")
        await asyncio.sleep(AGAIN_S)
        behind.set()


async def _sign(house: House, grown: dict[str, Log]) -> None:
    """Sign the heads in ``grown``; a head that is signed stays as it is, one that fails is kept."""
    while grown:
        ids = list(grown)[:AT_ONCE]
        heads = {id: grown.pop(id) for id in ids}
        try:
            await house.store.checkpoints.add_many(
                [checkpoint(house.secret, head, now_ms()) for head in heads.values()]
            )
        except Refused:
            grown.update({id: head for id, head in heads.items() if id not in grown})
            raise
