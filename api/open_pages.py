"""An open page as a stored fact, so that every process knows of it: one document a connection."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from api.house import House
from domain import presence
from domain.errors import Refused
from domain.presence import EVERY_MS
from domain.ticket import random_id


@contextlib.asynccontextmanager
async def page_is_open(house: House, name: str) -> AsyncIterator[None]:
    """While inside, ``name:<this connection>`` is there; after it, gone. A process that dies leaves one
    that ends by its age."""
    connection = random_id()
    id = f"{name}:{connection}"
    keeping = asyncio.create_task(_keep(house, id, connection), name=f"open {name}")
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        if house.store_up:
            task = asyncio.create_task(_gone(house, id), name=f"closed {name}")
            house.ending.add(task)
            task.add_done_callback(house.ending.discard)


async def _keep(house: House, id: str, connection: str) -> None:
    while True:
        if house.store_up:
            with contextlib.suppress(Refused):
                await presence.seen(house.store, id, connection, house.clock(), still=False)
        await asyncio.sleep(EVERY_MS / 1000 if house.store_up else 1)


async def _gone(house: House, id: str) -> None:
    with contextlib.suppress(Refused):
        await house.store.presences.remove(id)
