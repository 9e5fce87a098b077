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
async def page_is_open(house: House, name: str, remembered: bool = False) -> AsyncIterator[None]:
    """While inside, ``name:<this connection>`` is there; after it, gone, or when ``remembered`` closed. A
    process that dies leaves one that ends by its age."""
    connection, over = random_id(), asyncio.Event()
    id = f"{name}:{connection}"
    keeping = asyncio.create_task(_keep(house, id, connection, over), name=f"open {name}")
    try:
        yield
    finally:
        over.set()
        task = asyncio.create_task(_gone(house, id, keeping, remembered), name=f"closed {name}")
        house.ending.add(task)
        task.add_done_callback(house.ending.discard)


async def _keep(house: House, id: str, connection: str, over: asyncio.Event) -> None:
    while not over.is_set():
        if house.store_up:
            with contextlib.suppress(Refused):
                await presence.seen(house.store, id, connection, house.clock(), still=False)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(EVERY_MS / 1000 if house.store_up else 1):
                await over.wait()


async def _gone(house: House, id: str, keeping: asyncio.Task[None], remembered: bool) -> None:
    # What is being written is written first: it would stay behind as a page that is open.
    await asyncio.gather(keeping, return_exceptions=True)
    if not house.store_up:
        return
    with contextlib.suppress(Refused):
        if remembered:
            await presence.gone(house.store, id, id.rpartition(":")[2], house.clock())
        else:
            await house.store.presences.remove(id)
