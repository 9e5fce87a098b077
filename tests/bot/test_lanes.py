"""Lanes of arrivals: each has its places, and what waits in one costs the others nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot import handler
from bot.house import BotHouse
from bot.parcel import Incoming, Kind, pack
from domain.arrival import Arrival, ArrivalState, Lane, Platform
from storage.indexes import INDEXES
from storage.store import MongoStore
from tests.bot.street import until

WAITING = 200


class Counted:
    """The arrivals of a store, what was read of them, and by what."""

    def __init__(self, real: Any) -> None:
        self.real, self.read = real, 0
        self.asked: list[frozenset[str]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    async def every(
        self, criteria: Mapping[str, Any], *, order: str | None = None
    ) -> AsyncIterator[Arrival]:
        assert all(isinstance(value, (str, int)) for value in criteria.values()), criteria
        self.asked.append(frozenset([*criteria, *([order] if order else [])]))
        async for one in self.real.every(criteria, order=order):
            self.read += 1
            yield one


@pytest.fixture
def counted(house: BotHouse) -> Counted:
    counted = Counted(house.store.arrivals)
    store = house.store

    class Partly:
        def __getattr__(self, name: str) -> Any:
            return counted if name == "arrivals" else getattr(store, name)

    house.store = Partly()  # type: ignore[assignment]
    return counted


def unfollows(house: BotHouse, number: int, lane: Lane = Lane.QUICK) -> Arrival:
    one = Incoming(
        platform=Platform.OFFICIAL,
        kind=Kind.EVENT,
        event="unsubscribe",
        sender=f"o{number}",
        receiver="gh_1",
        sent_at=0,
    )
    body = house.identity.close(pack(one))
    return Arrival(f"a{number}", Platform.OFFICIAL, f"r{number}", body, 0, 0, number, lane=lane)


async def handled(store: MongoStore) -> int:
    return await store.arrivals.count({"state": str(ArrivalState.HANDLED)})


async def test_what_waits_is_read_about_once_however_few_places_there_are(
    house: BotHouse, store: MongoStore, counted: Counted
) -> None:
    """A store reads all that waits before it gives the first: to begin anew for each place that
    becomes free is a day's work for a morning's backlog."""
    house.settings = replace(house.settings, at_once=1)
    await store.arrivals.add_many([unfollows(house, number) for number in range(WAITING)])
    running = asyncio.create_task(handler.run(house))

    async def done() -> bool:
        return await handled(store) == WAITING

    await until(done, 60)
    running.cancel()
    assert counted.read <= 2 * WAITING
    held = {frozenset(str(key) for key in one.document["key"]) for one in INDEXES["arrivals"]}
    assert set(counted.asked) <= held, "beside an index the embedded store reads everything"


async def test_who_writes_much_waits_for_no_look_at_the_clock(
    house: BotHouse, store: MongoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is dealt with as soon as the one before it is, not at the next look for what was missed."""
    monkeypatch.setattr("bot.rounds.EVERY_S", 1_000.0)
    house.settings = replace(house.settings, at_once=1)
    waiting = [unfollows(house, number) for number in range(12)]
    for one in waiting:
        one.person = "r0"
    await store.arrivals.add_many(waiting)
    running = asyncio.create_task(handler.run(house))

    async def done() -> bool:
        return await handled(store) == 12

    await until(done)
    running.cancel()


async def test_neither_files_nor_groups_keep_words_waiting(
    house: BotHouse, store: MongoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = asyncio.Event()
    real = handler._handle

    async def handle(house: BotHouse, arrival: Arrival) -> None:
        if arrival.lane in (Lane.FILE, Lane.GROUP):
            await slow.wait()
        await real(house, arrival)

    monkeypatch.setattr(handler, "_handle", handle)
    for number in range(60):
        lane = Lane.FILE if number % 2 else Lane.GROUP
        await store.arrivals.add(unfollows(house, number, lane))
    running = asyncio.create_task(handler.run(house))
    await store.arrivals.add(unfollows(house, 100))
    await store.arrivals.add(unfollows(house, 101, Lane.URGENT))

    async def dealt_with() -> bool:
        found = [await store.arrivals.get(id) for id in ("a100", "a101")]
        return all(one.state is ArrivalState.HANDLED for one in found)

    await until(dealt_with)
    assert await handled(store) == 2
    slow.set()
    running.cancel()
