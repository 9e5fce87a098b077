"""What the alarms need to know of the whole installation.

It is asked for when ``/metrics`` is, and then not again for a while: whoever scrapes it, however often, costs
the store next to nothing.
"""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prometheus_client import Gauge

from domain.arrival import ArrivalState
from domain.clock import elapsed
from domain.errors import Refused
from domain.incident import IncidentState
from domain.notice import DeliveryState
from domain.outgoing import MessageState, Rank
from domain.process import living
from domain.queries import webhook_events_in
from domain.queries_groups import deliveries_due
from domain.queries_messages import arrivals_before, messages_due
from domain.webhook import EventState

if TYPE_CHECKING:
    from api.house import House

FEW_S = 10.0  # a few documents
MANY_S = 60.0  # what is counted from an index, and sizes
PATIENCE_S = 3.0
LAST = 2**63 - 1  # of all numbers by which arrivals are ordered
QUEUES = ("arrivals", "messages", "webhooks", "deliveries")


class Figures:
    """When they may be asked for again, by a clock that nobody sets."""

    def __init__(self) -> None:
        self._few = self._many = -math.inf
        self._asking = asyncio.Lock()

    async def refresh(self, house: House) -> None:
        """Bring the gauges up to date; what the store does not answer in 3 s, or while it is away, is NaN."""
        metrics = house.metrics
        metrics.oldest.set(oldest_s(house))
        async with self._asking:
            moment = time.monotonic()
            few = [metrics.backup_age, *(metrics.processes.labels(one) for one in _kinds(house))]
            many = [metrics.store_bytes, *(metrics.queue.labels(one) for one in QUEUES)]
            if not house.store_up:
                self._few = self._many = -math.inf
                _unknown([*few, *many])
                return
            if moment >= self._few:
                self._few = moment + FEW_S
                await _known(_set_few(house), few)
            if moment >= self._many:
                self._many = moment + MANY_S
                await _known(_set_many(house), many)


def oldest_s(house: House) -> float:
    """How many seconds the report waits that waits longest for somebody to answer; 0 when none does. Of a
    flood one stands for all."""
    now, board = house.clock(), house.board
    waiting = [
        elapsed(one.waiting_since, now)
        for one in board.incidents()
        if one.state is IncidentState.RAISED and not board.hidden(one.id)
    ]
    return max(waiting, default=0) / 1_000


def _kinds(house: House) -> tuple[str, ...]:
    return ("media", "bot", "worker") if house.settings.has_bot else ("media",)


async def _known(work: Coroutine[Any, Any, None], gauges: list[Gauge]) -> None:
    try:
        async with asyncio.timeout(PATIENCE_S):
            await work
    except (Refused, TimeoutError):
        _unknown(gauges)


def _unknown(gauges: list[Gauge]) -> None:
    for one in gauges:
        one.set(math.nan)


async def _set_few(house: House) -> None:
    now = house.clock()
    alive = await living(house.store, now) if house.settings.has_bot else {}
    alive["media"] = len(house.board.media(now))
    for kind in _kinds(house):
        house.metrics.processes.labels(kind).set(alive.get(kind, 0))
    last = await house.store.last_backup()
    age = math.nan if last is None else elapsed(last.at, now) / 1_000
    house.metrics.backup_age.set(age)


async def _set_many(house: House) -> None:
    store, now = house.store, house.clock()
    folder = house.settings.store_folder
    size = await (store.size() if folder is None else asyncio.to_thread(size_of, folder))
    house.metrics.store_bytes.set(size)
    # One after the other: none of them is in a hurry.
    ranks = [
        await store.messages.count(messages_due(MessageState.QUEUED, one, now)) for one in Rank
    ]
    counts = (
        await store.arrivals.count(arrivals_before(ArrivalState.RECEIVED, LAST)),
        sum(ranks),
        await store.webhook_events.count(webhook_events_in(EventState.WAITING)),
        await store.deliveries.count(deliveries_due(DeliveryState.PLANNED, now)),
    )
    for kind, count in zip(QUEUES, counts, strict=True):
        house.metrics.queue.labels(kind).set(count)


def size_of(folder: Path) -> int:
    """Bytes of the files in it; one that goes meanwhile counts nothing."""
    found = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                found += os.lstat(os.path.join(path, name)).st_size
            except OSError:
                continue
    return found
