"""Every named query is answered from the index that stands beside it, and reads what it finds, no more.

Rows are made from the criteria: some that match, and for each field many that match but for it. A query
without arguments for it in ``EXAMPLES`` fails: nothing is left unexplained.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pymongo
import pytest

from domain.query import QUERIES, Criteria
from domain.ticket import random_id
from storage.indexes import INDEXES
from tests.storage.query_examples import CASES, EXAMPLES, MATCHING, asked, indexes, rows


def test_every_query_is_explained_or_says_why_it_reads_everything() -> None:
    assert {name for name, one in QUERIES.items() if not one.whole} == set(EXAMPLES)
    for name, one in QUERIES.items():
        assert bool(one.whole) != bool(one.indexes), name
        known = {str(index.document["name"]) for index in INDEXES.get(one.collection, [])}
        assert set(one.indexes) <= known | {"_id_"}, name


def test_every_index_is_for_a_query() -> None:
    """storage/indexes.py. Groups of some communities are read by id, which the store may do by either."""
    used = {(one.collection, index) for one in QUERIES.values() for index in one.indexes}
    used |= {("audit", "at_-1"), ("groups", "community_1")}
    for name, wanted in INDEXES.items():
        for index in wanted:
            assert (name, str(index.document["name"])) in used, f"{name}: {index.document['name']}"


def plan(found: Mapping[str, Any]) -> dict[str, Any]:
    """The stage that reads, of what the store says about a query."""
    stage = dict(found["queryPlanner"])["winningPlan"]
    while "inputStage" in stage:
        stage = stage["inputStage"]
    return dict(stage)


@pytest.mark.parametrize(
    ("name", "given"), CASES, ids=[f"{name}-{n}" for n, (name, _) in enumerate(CASES)]
)
def test_a_query_reads_from_its_index_what_it_finds_and_nothing_else(
    client: pymongo.MongoClient[dict[str, Any]], name: str, given: tuple[Any, ...]
) -> None:
    known = QUERIES[name]
    criteria = asked(name, given)
    assert fits(known.indexes, criteria, known.order), f"{name}: {criteria}"
    if "_id" in criteria:
        return
    collection = client[f"test_{random_id()[:12]}"][known.collection]
    collection.create_indexes(indexes(known.collection))
    collection.insert_many(rows(criteria))
    cursor = collection.find(criteria)
    if known.order:
        cursor = cursor.sort(known.order, 1)
    said = cursor.explain()
    read = plan(said)
    assert read["stage"] == "IXSCAN", f"{name}: {criteria} reads everything"
    assert read["indexName"] in known.indexes, f"{name}: {read['indexName']}"
    counts = said["executionStats"]
    assert counts["nReturned"] == MATCHING == len(list(collection.find(criteria)))
    assert counts["totalDocsExamined"] == MATCHING
    assert counts["totalKeysExamined"] <= MATCHING + 1


def fits(indexes: tuple[str, ...], criteria: Criteria, order: str) -> bool:
    """Whether one of them begins with what must be equal, goes on with the range, and has the order."""
    equal = {one for one, wanted in criteria.items() if not isinstance(wanted, Mapping)}
    ranges = [one for one in criteria if one not in equal]
    for index in indexes:
        keys = [one for one in index.replace("_-1", "_1").removesuffix("_1").split("_1_") if one]
        keys = ["_id" if one == "_id_" or one == "" else one for one in keys]
        behind = keys[len(equal) :]
        begins = set(keys[: len(equal)]) == equal
        ranged = not ranges or behind[:1] == ranges
        ordered = not order or behind[:1] in ([], [order])
        if begins and len(ranges) <= 1 and ranged and ordered:
            return True
    return False
