"""What this product, and its tests, say to the store, held against MongoDB's manual.

No ``mongod`` runs where this is built. So every command that a test's process sends to the embedded store
is looked at: its name, fields, operators and stages must stand in these tables, with the page of the
manual (https://www.mongodb.com/docs/manual/) that says so. All of them are in the Stable API, version 1,
or said not to be, and work the same through ``mongos`` on a sharded cluster.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

# Of every command: database, session, cluster time, where from, how durable. (reference/command/)
ANY = {
    "$db",
    "lsid",
    "$clusterTime",
    "$readPreference",
    "readConcern",
    "writeConcern",
    "txnNumber",
    "maxTimeMS",
}
# Name: its fields, and the page.
COMMANDS: dict[str, tuple[set[str], str]] = {
    "find": (
        {"filter", "sort", "projection", "limit", "batchSize", "singleBatch"},
        "reference/command/find/",
    ),
    "getMore": ({"collection", "batchSize"}, "reference/command/getMore/"),
    "killCursors": ({"cursors"}, "reference/command/killCursors/"),
    "insert": ({"documents", "ordered"}, "reference/command/insert/"),
    "update": ({"updates", "ordered"}, "reference/command/update/"),
    "delete": ({"deletes", "ordered"}, "reference/command/delete/"),
    # By ``_id`` alone, which is the shard key of its collection.
    "findAndModify": (
        {"query", "update", "new", "upsert"},
        "reference/command/findAndModify/",
    ),
    "aggregate": ({"pipeline", "cursor"}, "reference/command/aggregate/"),
    "createIndexes": ({"indexes"}, "reference/command/createIndexes/"),
    # Not to a shard alone, but to all by ``mongos``.
    "dropIndexes": ({"index"}, "reference/command/dropIndexes/"),
    "listIndexes": ({"cursor"}, "reference/command/listIndexes/"),
    # Of the administrator's figures; not in the Stable API.
    "dbStats": (set(), "reference/command/dbStats/"),
    "hello": ({"*"}, "reference/command/hello/"),
    "ping": (set(), "reference/command/ping/"),
    "endSessions": ({"*"}, "reference/command/endSessions/"),
    "saslStart": ({"*"}, "reference/command/nav-authentication/"),
    "saslContinue": ({"*"}, "reference/command/nav-authentication/"),
    # Of ``jingmin doctor``, to show the version; not in the Stable API, which says nothing against it.
    "buildInfo": (set(), "reference/command/buildInfo/"),
    # Only of the embedded store, which makes its own user, and of tests. Not all in the Stable API.
    "createUser": ({"*"}, "reference/command/createUser/"),
    "updateUser": ({"*"}, "reference/command/updateUser/"),
    "usersInfo": ({"*"}, "reference/command/usersInfo/"),
    "dropUser": ({"*"}, "reference/command/dropUser/"),
    "explain": ({"explain", "verbosity"}, "reference/command/explain/"),
    "drop": (set(), "reference/command/drop/"),
    "dropDatabase": ({"comment"}, "reference/command/dropDatabase/"),
    "listDatabases": ({"nameOnly", "filter"}, "reference/command/listDatabases/"),
    "listCollections": (
        {"nameOnly", "filter", "cursor", "authorizedCollections"},
        "reference/command/listCollections/",
    ),
}
QUERY = {
    "$eq": "reference/operator/query/eq/",
    "$gt": "reference/operator/query/gt/",
    "$gte": "reference/operator/query/gte/",
    "$lt": "reference/operator/query/lt/",
    "$lte": "reference/operator/query/lte/",
    "$in": "reference/operator/query/in/",
    "$ne": "reference/operator/query/ne/",
    "$exists": "reference/operator/query/exists/",
    "$regex": "reference/operator/query/regex/",
}
UPDATE = {
    "$set": "reference/operator/update/set/",
    "$unset": "reference/operator/update/unset/",
    "$inc": "reference/operator/update/inc/",
    "$max": "reference/operator/update/max/",
    "$min": "reference/operator/update/min/",
    "$push": "reference/operator/update/push/",
}
STAGES = {
    "$match": "reference/operator/aggregation/match/",
    "$group": "reference/operator/aggregation/group/",
    "$limit": "reference/operator/aggregation/limit/",
    "$sort": "reference/operator/aggregation/sort/",
    "$project": "reference/operator/aggregation/project/",
    "$changeStream": "reference/operator/aggregation/changeStream/",
}
ACCUMULATORS = {"$sum": "reference/operator/aggregation/sum/"}
INDEX = {
    "key": "reference/command/createIndexes/",
    "name": "reference/command/createIndexes/",
    "unique": "core/index-unique/",
    "partialFilterExpression": "core/index-partial/",
    "sparse": "core/index-sparse/",
}
# ``core/index-partial/``: what a partial index may be made of.
PARTIAL = {"$eq", "$exists", "$gt", "$gte", "$lt", "$lte"}
MOST = 1_000  # values in one ``$in``


def unlisted(command: Mapping[str, Any]) -> Iterator[str]:
    """What of a command is not in the tables."""
    name = next(iter(command), "")
    if name not in COMMANDS:
        yield f"command {name}"
        return
    fields, _ = COMMANDS[name]
    if "*" not in fields:
        yield from (f"{name}: field {one}" for one in command if one not in {name, *ANY, *fields})
    if name == "explain":
        yield from unlisted(command["explain"])
    yield from _filter(command.get("filter") or command.get("query") or {}, name)
    for one in command.get("updates", ()):
        yield from _filter(one["q"], name)
        yield from _update(one["u"], name)
    if name == "findAndModify":
        if set(command["query"]) != {"_id"}:
            yield "findAndModify by another than _id"
        yield from _update(command["update"], name)
    for one in command.get("deletes", ()):
        yield from _filter(one["q"], name)
    if name == "aggregate":
        yield from _pipeline(command["pipeline"])
    for one in command.get("indexes", ()):
        yield from (f"index option {option}" for option in one if option not in INDEX)
        for wanted in one.get("partialFilterExpression", {}).values():
            if isinstance(wanted, Mapping) and not set(wanted) <= PARTIAL:
                yield f"partial index by {sorted(wanted)}"


def _filter(wanted: Mapping[str, Any], name: str) -> Iterator[str]:
    for field, value in wanted.items():
        if field.startswith("$"):
            yield f"{name}: {field} at the top of a filter"
        if isinstance(value, Mapping):
            for operator in value:
                if operator.startswith("$") and operator not in QUERY:
                    yield f"{name}: operator {operator}"
            if len(value.get("$in", ())) > MOST:
                yield f"{name}: {len(value['$in'])} values in one $in"


def _update(change: Any, name: str) -> Iterator[str]:
    if not isinstance(change, Mapping):
        yield f"{name}: an update by a pipeline"
        return
    for one in change:
        if one.startswith("$") and one not in UPDATE:
            yield f"{name}: operator {one}"


def _pipeline(stages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    changes = bool(stages) and "$changeStream" in stages[0]
    for stage in stages:
        ((name, about),) = stage.items()
        if name not in STAGES:
            yield f"stage {name}"
        elif name == "$match":
            # What is heard of changes needs no index: any of several filters may do there.
            for one in about["$or"] if changes and "$or" in about else [about]:
                yield from _filter(one, "aggregate")
        elif name == "$group":
            for field, by in about.items():
                if field != "_id":
                    yield from (f"accumulator {one}" for one in by if one not in ACCUMULATORS)


class Listener(CommandListener):
    """Keeps what was sent and is not in the tables, until it is taken."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}
        self.names: set[str] = set()

    def started(self, event: CommandStartedEvent) -> None:
        self.names.add(event.command_name)
        if not event.command:
            return  # the driver hides what could hold a password
        for one in unlisted(event.command):
            self._found[one] = None

    def succeeded(self, event: CommandSucceededEvent) -> None:
        pass

    def failed(self, event: CommandFailedEvent) -> None:
        pass

    def taken(self) -> list[str]:
        """What was found since this was asked last."""
        found = list(self._found)
        self._found.clear()
        return found


LISTENER = Listener()
