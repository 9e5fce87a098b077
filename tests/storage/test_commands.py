"""What is sent to the store is what MongoDB's manual knows: tests/commands.py finds what is not."""

from __future__ import annotations

from typing import Any

import pymongo
import pytest

from domain.ticket import random_id
from tests.commands import LISTENER, unlisted

FIND = {"find": "tips", "$db": "x"}


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ({"mapReduce": "tips"}, "command mapReduce"),
        ({**FIND, "hint": "a_1"}, "find: field hint"),
        ({**FIND, "filter": {"$or": [{"a": 1}]}}, "find: $or at the top of a filter"),
        ({**FIND, "filter": {"a": {"$near": []}}}, "find: operator $near"),
        ({**FIND, "filter": {"a": {"$in": list(range(1_001))}}}, "find: 1001 values in one $in"),
        (
            {"update": "t", "updates": [{"q": {}, "u": {"$bit": {}}}]},
            "update: operator $bit",
        ),
        (
            {"update": "t", "updates": [{"q": {}, "u": [{"$set": {}}]}]},
            "update: an update by a pipeline",
        ),
        (
            {"findAndModify": "t", "query": {"a": 1}, "update": {"$inc": {"n": 1}}},
            "findAndModify by another than _id",
        ),
        ({"aggregate": "t", "pipeline": [{"$lookup": {}}], "cursor": {}}, "stage $lookup"),
        (
            {"aggregate": "t", "pipeline": [{"$group": {"_id": 1, "a": {"$push": 1}}}]},
            "accumulator $push",
        ),
        (
            {"createIndexes": "t", "indexes": [{"key": {"a": 1}, "collation": {}}]},
            "index option collation",
        ),
        (
            {
                "createIndexes": "t",
                "indexes": [{"key": {"a": 1}, "partialFilterExpression": {"a": {"$ne": 1}}}],
            },
            "partial index by ['$ne']",
        ),
    ],
)
def test_what_is_not_listed_is_found(command: dict[str, Any], found: str) -> None:
    assert list(unlisted(command)) == [found]


async def test_what_a_test_sends_is_looked_at(
    client: pymongo.MongoClient[dict[str, Any]],
) -> None:
    rows = client[f"test_{random_id()[:12]}"].rows
    rows.insert_one({"_id": 1})
    assert list(rows.find({"$or": [{"a": 1}, {"b": 1}]})) == []
    assert LISTENER.taken() == ["find: $or at the top of a filter"]
    assert {"insert", "find"} <= LISTENER.names
