"""Signs the head of every log a second after it grew, apart from the log: incidents, tips, notices."""

from __future__ import annotations

import asyncio
import logging

from api.house import House
from api.routes import now_ms
from domain.errors import Refused
from domain.evidence import Log, checkpoint
from domain.ports import Lost

EVERY_S = 1.0
KINDS = ("incidents", "tips", "notices")
LOOK_BACK = 2_000  # documents of a kind looked at after history was lost
AT_ONCE = 50  # about 15 ms of the embedded store
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

    listening = asyncio.create_task(listen())
    try:
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                if behind.is_set() and house.store_up:
                    behind.clear()
                    await _look_back(house, grown)
                await house.log.flush()
                await house.log.sign(now_ms())
                await _sign(house, grown)
            except Refused as refused:
                log.warning("logs could not be signed now: %s", refused.fault.code)
            except Exception:
                log.exception("logs could not be signed")
    finally:
        listening.cancel()


async def _look_back(house: House, grown: dict[str, Log]) -> None:
    for it in house.board.incidents():
        if not house.board.journaled(it.id):
            grown.setdefault(it.id, it.log)
    store = house.store
    newest = {"updated_at": {"$gt": 0}}
    for tip in await store.tips.find(newest, order="updated_at", descending=True, limit=LOOK_BACK):
        grown.setdefault(tip.id, tip.log)
    for one in await store.notices.find(
        newest, order="updated_at", descending=True, limit=LOOK_BACK
    ):
        grown.setdefault(one.id, one.log)


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
