"""Every named query, with 2,000 rows that do not match it and with 20,000: what one costs the store.

Rows and arguments are those of ``tests/storage/test_named_queries.py``, which holds the plans. What is meant
to read a whole collection says so itself and is listed with its reason. ``BENCH_QUERIES`` names some of them.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.intake import row
from bench.product import free_port
from domain.query import QUERIES
from domain.ticket import random_id
from storage.dump import connect_raw
from storage.embedded import EmbeddedStore
from tests.storage.query_examples import CASES, MATCHING, asked, indexes, rows

FEW, MANY, AT_ONCE = 2_000, 20_000, 1_000
ENOUGH_S = 0.25  # of the store's processor for one figure; its clock ticks every 10 ms
TIMES, ROUNDS = 50, 3
GOAL = 1.5


def run() -> Iterator[dict[str, Any]]:
    """Rows: what, figure, unit, peer; each when it was measured."""
    wanted = set(filter(None, os.environ.get("BENCH_QUERIES", "").split(",")))
    if unknown := wanted - set(measured()):
        raise ValueError(f"BENCH_QUERIES: no query is called {', '.join(sorted(unknown))}")
    ratios = []
    for name, given in _cases():
        if wanted and name not in wanted:
            continue
        few, many = _case(name, given)
        ratios.append(many / few)
        yield row(f"{name} {_words(given)}", round(many, 3), "ms of the store", _peer(few, many))
    for name, one in sorted(QUERIES.items()):
        if one.whole:
            yield row(f"{name} reads everything", 0.0, "", one.whole)
    grown = sum(one >= GOAL for one in ratios)
    most = round(max(ratios), 2)
    yield row(f"{len(ratios)} queries, the most that one grew", most, "times", _goal(grown))


def measured() -> list[str]:
    """The names of all queries that are; each is there as often as there are examples of it."""
    return [name for name, _ in _cases()]


def _cases() -> list[tuple[str, tuple[Any, ...]]]:
    # What is read by its id is answered by the one index that every collection has.
    return [(name, given) for name, given in CASES if "_id" not in asked(name, given)]


def _peer(few: float, many: float) -> str:
    return f"with {FEW:,} that do not match {few:.3f}, {many / few:.2f} times; goal < {GOAL}"


def _goal(grown: int) -> str:
    return f"{MANY:,} rows that do not match against {FEW:,}; goal < {GOAL}, {grown} above it"


def _words(given: tuple[Any, ...]) -> str:
    return ", ".join(map(str, given))


def _case(name: str, given: tuple[Any, ...]) -> tuple[float, float]:
    """Milliseconds of the store's processor for one query, with few rows and with many. Each has a store of
    its own: what became of the rows before costs nothing then."""
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder) / "store", free_port())
        store.start()
        database = connect_raw(store.uri, "growth")
        try:
            few, many = _costs(store, database[QUERIES[name].collection], name, given)
        finally:
            database.client.close()
            store.stop()
    return few, many


def _costs(
    store: EmbeddedStore, collection: Any, name: str, given: tuple[Any, ...]
) -> tuple[float, float]:
    criteria, known = asked(name, given), QUERIES[name]
    collection.create_indexes(indexes(known.collection))
    choices, figures, matching = 2 ** len(criteria) - 1, [], 0
    for more in (FEW, MANY - FEW):
        # Those that match come first, and are there once.
        documents = rows(criteria, more // choices + 1)[matching:]
        for start in range(0, len(documents), AT_ONCE):
            some = documents[start : start + AT_ONCE]
            collection.insert_many([{**one, "_id": random_id()} for one in some])
        figures.append(_cost(store, collection, criteria, known.order))
        matching = MATCHING
    return figures[0], figures[1]


def _cost(store: EmbeddedStore, collection: Any, criteria: dict[str, Any], order: str) -> float:
    def ask() -> None:
        cursor = collection.find(criteria)
        if order:
            cursor = cursor.sort(order, 1)
        for _ in cursor:
            pass

    for _ in range(TIMES):
        ask()
    times, began = TIMES, _processor(store)
    for _ in range(TIMES):
        ask()
    used = _processor(store) - began
    times = max(TIMES, min(3_000, int(TIMES * ENOUGH_S / max(used, 0.01))))
    found = []
    for _ in range(ROUNDS):
        began = _processor(store)
        for _ in range(times):
            ask()
        found.append((_processor(store) - began) / times * 1_000)
    return max(statistics.median(found), 0.001)


def _processor(store: EmbeddedStore) -> float:
    """Seconds of the store's processor so far; what it did last is counted first."""
    time.sleep(0.02)
    fields = Path(f"/proc/{store.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
