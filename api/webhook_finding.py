"""What integrators are to be told: read off the logs of the incidents on a board, and stored to be sent.

The id of an event is the same in every process, so that it is stored once.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from domain.errors import Duplicate, NotFound, Refused
from domain.webhook import events_of

if TYPE_CHECKING:
    from api.house import House

EVERY_S = 1.0
log = logging.getLogger("jingmin.webhooks")


class WebhookFinder:
    """The part of one process and one board; ``run`` until cancelled, or ``heard`` and ``store_new``."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._changed: set[str] = set()
        self._later: set[str] = set()
        self._told: dict[str, int] = {}  # by incident, to where its log has been looked through
        self.wake = asyncio.Event()

    async def run(self) -> None:
        """Follow the board."""
        stop = self._house.board.listen(self.heard)
        self.look_at_all()
        try:
            while True:
                try:
                    await self.store_new()
                except Refused as refused:
                    log.warning("webhooks wait: %s", refused.fault.code)
                try:
                    async with asyncio.timeout(EVERY_S):
                        await self.wake.wait()
                except TimeoutError:
                    pass
                self.wake.clear()
        finally:
            stop()

    def heard(self, kind: str, id: str) -> None:
        """What the board tells."""
        if kind == "incident":
            it = self._house.board.get(id)
            if it is not None and it.channel is not None:
                self._changed.add(id)
                self.wake.set()
        elif kind in ("reset", "store"):
            self.look_at_all()

    def look_at_all(self) -> None:
        """Whatever has changed."""
        self._told.clear()
        self._changed |= {one.id for one in self._house.board.incidents() if one.channel}

    async def store_new(self) -> None:
        """Store what is new. Raises ``StoreDown``; then it is found later."""
        now = self._house.clock()
        changed, self._changed, self._later = self._changed | self._later, set(), set()
        try:
            while changed:
                await self._find(next(iter(changed)), now)
                changed.pop()
        finally:
            self._changed |= changed

    async def _find(self, id: str, now: int) -> None:
        it = self._house.board.get(id)
        if it is None or it.channel is None:
            self._told.pop(id, None)
            return
        if self._house.board.on_disk(id):
            self._later.add(id)  # nobody says when it came into the store as it is
            return
        if self._told.get(id, 0) >= it.log.length:
            return
        length = it.log.length
        try:
            of = await self._house.store.integrators.get(it.channel.integrator)
        except NotFound:
            return
        hook = of.webhook
        if hook is not None and hook.disabled_at is None and of.revoked_at is None:
            for event in events_of(it, hook.since, now, self._told.get(id, 0)):
                try:
                    await self._house.store.webhook_events.add(event)
                except Duplicate:
                    continue  # another process found it, too
        self._told[id] = length
