"""Every named query, with 2,000 rows that do not match it and with 20,000: what one costs the store.

Rows and arguments are those of ``tests/storage/test_named_queries.py``, which holds the plans. What is meant
to read a whole collection says so itself and is listed with its reason. ``BENCH_QUERIES`` names some of them.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.intake import row
from bench.product import free_port
from domain.query import QUERIES
from domain.ticket import random_id
from storage.dump import connect_raw
from storage.embedded import EmbeddedStore
from tests.storage.query_examples import CASES, asked, indexes, rows

FEW, MANY, AT_ONCE = 2_000, 20_000, 1_000
ENOUGH_S = 0.25  # of the store's processor for one figure; its clock ticks every 10 ms
TIMES, ROUNDS = 50, 3
GOAL = 1.5


def run() -> list[dict[str, Any]]:
    """Rows: what, figure, unit, peer."""
    wanted = set(filter(None, os.environ.get("BENCH_QUERIES", "").split(",")))
    found = []
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder) / "store", free_port())
        store.start()
        try:
            for number, (name, given) in enumerate(_cases()):
                if not wanted or name in wanted:
                    found.append(_case(store, name, given, f"case{number}"))
        finally:
            store.stop()
    told = [
        row(f"{name} {_words(given)}", round(many, 3), "ms of the store", _peer(few, many))
        for name, given, few, many in found
    ]
    ratios = [many / few for _, _, few, many in found]
    grown = sum(one >= GOAL for one in ratios)
    whole = [
        row(f"{name} reads everything", 0.0, "", one.whole)
        for name, one in sorted(QUERIES.items())
        if one.whole
    ]
    summary = row(
        f"{len(found)} queries, the most that one grew", max(ratios), "times", _goal(grown)
    )
    return [*told, *whole, summary]


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


def _case(
    store: EmbeddedStore, name: str, given: tuple[Any, ...], database: str
) -> tuple[str, tuple[Any, ...], float, float]:
    """Milliseconds of the store's processor for one query, with few rows and with many."""
    criteria, known = asked(name, given), QUERIES[name]
    collection = connect_raw(store.uri, database)[known.collection]
    collection.create_indexes(indexes(known.collection))
    fields = 2 ** len(criteria) - 1
    made, figures = 0, []
    for others in (FEW, MANY):
        documents = rows(criteria, others // fields + 1)
        # Those that match come first, and once.
        matching = len(documents) - fields * (others // fields + 1)
        fresh = documents[0 if not made else matching :]
        for start in range(0, len(fresh), AT_ONCE):
            some = fresh[start : start + AT_ONCE]
            collection.insert_many([{**one, "_id": random_id()} for one in some])
        made += len(fresh)
        figures.append(_cost(store, collection, criteria, known.order))
    collection.database.client.drop_database(database)
    collection.database.client.close()
    return name, given, figures[0], figures[1]


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
