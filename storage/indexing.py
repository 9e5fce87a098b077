"""Making the indexes of a collection: what they were before goes, what is stored already stays."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import pymongo
import pymongo.errors

NO_SUCH_INDEX = 27
SAID = 5  # values that are there twice, named in the log
OPTIONS = ("unique", "sparse", "partialFilterExpression")
log = logging.getLogger("jingmin.store")


async def missing(
    collection: Any, wanted: Sequence[pymongo.IndexModel], obsolete: Sequence[str]
) -> list[pymongo.IndexModel]:
    """Which of those ``wanted`` have to be built. Drops obsolete ones, and those that hold to other rules
    than are wanted now. Where what is stored already breaks a rule of uniqueness the log says which
    documents do, and the index is made without the rule, so that the store opens all the same."""
    known = dict(await collection.index_information())
    for name in obsolete:
        if name in known:
            await _drop(collection, name)
    found = []
    for one in wanted:
        name = str(one.document["name"])
        if one.document.get("unique") and not known.get(name, {}).get("unique"):
            twice = await _twice(collection, one)
            if twice:
                log.error(
                    "%s: %s is not unique; set right one of each: %s",
                    collection.name,
                    ", ".join(one.document["key"]),
                    "; ".join(twice),
                )
                one = plain(one)
        if name in known and not _same(known[name], one.document):
            await _drop(collection, name)
            del known[name]
        if name not in known:
            found.append(one)
    return found


async def build(collection: Any, wanted: Sequence[pymongo.IndexModel]) -> None:
    """Build them. One whose rule was broken since it was looked at is made without the rule."""
    if not wanted:
        return
    try:
        await collection.create_indexes(list(wanted))
    except pymongo.errors.DuplicateKeyError:
        log.error("%s: two documents have one key", collection.name)
        await collection.create_indexes([plain(one) for one in wanted])


def plain(one: pymongo.IndexModel) -> pymongo.IndexModel:
    """The same index for looking for, without the rule."""
    document = one.document
    return pymongo.IndexModel(list(document["key"].items()), name=str(document["name"]))


async def _twice(collection: Any, one: pymongo.IndexModel) -> list[str]:
    """The ids of documents that have one key, a line for each key; of a few keys."""
    (field,) = one.document["key"]
    stages = [
        {"$match": dict(one.document.get("partialFilterExpression", {}))},
        {"$group": {"_id": f"${field}", "count": {"$sum": 1}}},
        {"$match": {"count": {"$gt": 1}}},
        {"$limit": SAID},
    ]
    lines = []
    for group in await collection.aggregate(stages).to_list(SAID):
        those = await collection.find({field: group["_id"]}, {"_id": 1}).to_list(SAID)
        lines.append(", ".join(sorted(str(one["_id"]) for one in those)))
    return sorted(lines)


async def _drop(collection: Any, name: str) -> None:
    log.warning("dropping the index %s of %s", name, collection.name)
    try:
        await collection.drop_index(name)
    except pymongo.errors.OperationFailure as error:
        if error.code != NO_SUCH_INDEX:  # another process was first
            raise


def _same(known: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    def rules(one: Mapping[str, Any]) -> list[Any]:
        found = [one.get(name) for name in OPTIONS]
        return [dict(rule) if isinstance(rule, Mapping) else rule or None for rule in found]

    return rules(known) == rules(wanted)
