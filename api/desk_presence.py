"""Whether a dispatcher's desk is connected anywhere: callers are told at once when none is, and an incident
is handed over only to somebody who is at one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from api.house import House
from domain import presence
from domain.errors import Refused
from domain.people import DESK, Person, Session
from domain.presence import DESKS, EVERY_MS
from domain.ticket import random_id


@contextlib.asynccontextmanager
async def connected_desk(house: House, session: Session, person: Person) -> AsyncIterator[None]:
    """While inside, every process knows that this desk is there; pages of others are no desk."""
    if person.role not in DESK or session.face != "console":
        yield
        return
    # A desk has several windows: closing one of them is not leaving.
    by = random_id()
    id = f"{DESKS}{session.id}:{by}"
    keeping = asyncio.create_task(_keep(house, id, by), name="desk presence")
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        if house.store_up:
            task = asyncio.create_task(_gone(house, id, by), name="desk presence ends")
            house.ending.add(task)
            task.add_done_callback(house.ending.discard)


async def _keep(house: House, id: str, by: str) -> None:
    while True:
        if house.store_up:
            with contextlib.suppress(Refused):
                await presence.seen(house.store, id, by, house.clock(), still=False)
        await asyncio.sleep(EVERY_MS / 1000 if house.store_up else 1)


async def _gone(house: House, id: str, by: str) -> None:
    with contextlib.suppress(Refused):
        await presence.gone(house.store, id, by, house.clock())
