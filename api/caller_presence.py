"""A caller's page as a stored fact: that it is open, and that nobody there has moved."""

from __future__ import annotations

import asyncio
import contextlib

from api.house import House
from api.messages import Ping
from domain import presence
from domain.clock import within
from domain.errors import Refused
from domain.presence import EARLY_MS, EVERY_MS
from domain.ticket import random_id


class CallerPresence:
    """Of one connection of the page of one incident's caller."""

    def __init__(self, house: House, incident: str) -> None:
        self._house, self._incident = house, incident
        self._id = random_id()
        self._still = False
        self._written: int | None = None
        self._early_at: int | None = None
        self._pinged = asyncio.Event()

    def pinged(self, ping: Ping) -> None:
        """A sign of life; one that newly says that the caller is still, or is the first to say so of the
        position shown now, is written down at once."""
        now = self._house.clock()
        waits = self._early_at is not None and within(self._early_at, now, EARLY_MS)
        self._pinged.set()
        if ping.still and (not self._still or self._moved()):
            if waits:  # a later ping says so again, and is written down then
                return
            self._early_at, self._written = now, None
        self._still = ping.still

    def _moved(self) -> bool:
        """Whether another position is shown since the last time it was written down."""
        it = self._house.board.get(self._incident)
        shown = it.position if it else None
        return shown is not None and (self._written is None or shown.received_at > self._written)

    async def keep(self) -> None:
        """Write down that the page is open, every half minute, and that it is gone in the end."""
        house = self._house
        try:
            while True:
                self._pinged.clear()
                now = house.clock()
                if house.store_up and (
                    self._written is None or not within(self._written, now, EVERY_MS)
                ):
                    self._written = now
                    with contextlib.suppress(Refused):
                        await presence.seen(house.store, self._incident, self._id, now, self._still)
                await self._pinged.wait()
        finally:
            if house.store_up:
                task = asyncio.create_task(self._gone(), name="presence ends")
                house.ending.add(task)
                task.add_done_callback(house.ending.discard)

    async def _gone(self) -> None:
        with contextlib.suppress(Refused):
            await presence.gone(self._house.store, self._incident, self._id, self._house.clock())
