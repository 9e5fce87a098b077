"""What named queries cost the embedded store: its processor time for each, with few rows and with many.

Residents and messages that wait for a contact of theirs are written until there are as many as
``BENCH_RESIDENTS`` (200,000) and ``BENCH_MESSAGES`` (100,000) say; a tenth of them first. A query whose
cost grows with what does not match is seen by the two figures. And how fast what is old is deleted, by
ranges and, beside it, one after the other.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from bench.intake import row
from bench.parts import Parts
from domain.arrival import Arrival, ArrivalState, Platform
from domain.forgetting import forget_all
from domain.outgoing import NEVER, Channel, Message, MessageState, Rank
from domain.paging import batches
from domain.queries_messages import (
    arrivals_before,
    followers_in,
    messages_about_in,
    messages_due,
    messages_of_rank,
    messages_to_in,
    messages_to_of_rank,
    residents_of,
)
from domain.query import Criteria
from domain.resident import Resident
from storage.store import MongoStore

RESIDENTS, MESSAGES, OLD = 200_000, 100_000, 5_000
BATCH, TIMES = 1_000, 50  # more at once, and a busy machine's store is thought to be gone
QUEUED = MessageState.QUEUED
LONG_AGO = arrivals_before(ArrivalState.HANDLED, OLD * 1_000_000_000)
Asked = Callable[[MongoStore], Awaitable[object]]


def run() -> list[dict[str, Any]]:
    """Rows: what, figure, unit, peer."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(data: Path) -> list[dict[str, Any]]:
    residents = int(os.environ.get("BENCH_RESIDENTS", RESIDENTS))
    messages = int(os.environ.get("BENCH_MESSAGES", MESSAGES))
    with Parts(data) as parts:
        store = MongoStore(parts.store.uri, follow=())
        await store.open(patience=60)
        try:
            await _fill(store, range(residents // 10), range(messages // 10))
            few = await _costs(parts, store)
            await _fill(store, range(residents // 10, residents), range(messages // 10, messages))
            many = await _costs(parts, store)
            ranges, singly = await _forget(store), await _remove_each(store)
        finally:
            await store.close()
    deleted = row(
        f"of {OLD:,} handled callbacks deleted",
        round(ranges),
        "a second",
        f"one after the other {singly:,.0f}",
    )
    return [*_rows(few, many, residents, messages), deleted]


def _rows(
    few: dict[str, float], many: dict[str, float], residents: int, messages: int
) -> list[dict[str, Any]]:
    """A row for each query."""
    return [
        row(
            f"{name} with {residents:,} residents, {messages:,} messages that wait",
            round(many[name], 2),
            "ms of the store",
            f"with a tenth of them {few[name]:.2f}; goal: flat",
        )
        for name in QUERIES
    ]


async def _forget(store: MongoStore) -> float:
    await _handle(store)
    began = time.perf_counter()
    assert await forget_all(store.arrivals, LONG_AGO, "seq") == OLD
    return OLD / (time.perf_counter() - began)


async def _remove_each(store: MongoStore) -> float:
    await _handle(store)
    ids = [one.id async for one in store.arrivals.every(LONG_AGO)]
    began = time.perf_counter()
    for id in ids:
        await store.arrivals.remove(id)
    return OLD / (time.perf_counter() - began)


async def _handle(store: MongoStore) -> None:
    """As many callbacks, a second apart, that were handled."""
    async for some in batches(_each(range(OLD)), BATCH):
        await store.arrivals.add_many([_arrival(n) for n in some])


def _arrival(number: int) -> Arrival:
    seq = number * 1_000_000_000
    return Arrival(
        f"a{number}", Platform.OFFICIAL, f"r{number}", "", 0, 0, seq, ArrivalState.HANDLED
    )


async def _fill(store: MongoStore, residents: range, messages: range) -> None:
    """A hundred residents a community; each message waits for another's contact."""
    async for some in batches(_each(residents), BATCH):
        await store.residents.add_many(
            [Resident(f"r{n}", "s" * 76, True, f"c{n // 100}", heard_at=n) for n in some]
        )
    async for some in batches(_each(messages), BATCH):
        await store.messages.add_many([_message(n) for n in some])


def _message(number: int) -> Message:
    one = Message(f"m{number}", f"r{number}", Channel.OFFICIAL, "x" * 200, number, number)
    one.rank, one.due_at, one.about = Rank.NOTICE, NEVER, f"n{number // 100}"
    return one


async def _each(numbers: range) -> AsyncIterator[int]:
    for number in numbers:
        yield number


async def _costs(parts: Parts, store: MongoStore) -> dict[str, float]:
    found = {}
    for name, asked in QUERIES.items():
        await asked(store)
        before = parts.cpu()["store"]
        for _ in range(TIMES):
            await asked(store)
        found[name] = (parts.cpu()["store"] - before) / TIMES * 1_000
    return found


def _every(shelf: str, wanted: Criteria) -> Asked:
    async def asked(store: MongoStore) -> Sequence[object]:
        return [one async for one in getattr(store, shelf).every(wanted)]

    return asked


async def _sweep(store: MongoStore) -> None:
    """As the outbox looks for what is due, once a second for each rank."""
    for rank in Rank:
        due = messages_due(QUEUED, rank, NEVER - 1)
        assert not [one async for one in store.messages.every(due, order="due_at")]


async def _followers(store: MongoStore) -> int:
    return await store.residents.count(followers_in("c1"))


QUERIES: dict[str, Asked] = {
    "sweep of the outbox": _sweep,
    "messages_of_rank (none)": _every("messages", messages_of_rank(QUEUED, Rank.SAID)),
    "messages_to_in": _every("messages", messages_to_in("r7", QUEUED)),
    "messages_to_of_rank": _every("messages", messages_to_of_rank("r7", QUEUED, Rank.NOTICE)),
    "messages_about_in": _every("messages", messages_about_in("n1", QUEUED)),
    "followers_in": _followers,
    "residents_of": _every("residents", residents_of("i")),
}
