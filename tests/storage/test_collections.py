"""The table of collections in docs/operator.md: each is in it, and its unique indexes can be kept there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from domain.query import QUERIES
from storage.indexes import INDEXES
from storage.shelf import MongoShelf
from storage.store import MongoStore

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| ([a-z_.]+) \| (?:`([^`]+)`|–) \| (.+) \|$", re.MULTILINE)
DOCUMENT = (ROOT / "docs/operator.md").read_text()
TABLE = {name: (key, removes) for name, key, removes in ROW.findall(DOCUMENT)}
# Not shelves: files as GridFS keeps them, numbers, and the mark of the health check.
OTHERS = {"files.files", "files.chunks", "counters", "health", "schema"}


async def test_every_collection_is_in_the_table(store: MongoStore) -> None:
    shelves = {one.name for one in vars(store).values() if isinstance(one, MongoShelf)}
    assert set(TABLE) == shelves | OTHERS
    assert set(INDEXES) <= shelves
    assert {one.collection for one in QUERIES.values()} <= shelves


@pytest.mark.parametrize("name", sorted(INDEXES))
def test_a_unique_index_can_be_kept_on_a_sharded_collection(name: str) -> None:
    """There it has to begin with the shard key, which may not be hashed; ``_id`` alone is always unique
    by a hashed ``_id``. A collection that is not sharded keeps any."""
    key, _ = TABLE[name]
    if not key:
        return
    fields = [one.split(":")[0].strip() for one in key.split(",")]
    for index in INDEXES[name]:
        if index.document.get("unique"):
            assert "hashed" not in key, f"{name}: {index.document['name']}"
            assert list(index.document["key"])[: len(fields)] == fields


@pytest.mark.parametrize(
    ("name", "constant"),
    [
        ("arrivals", "three days"),
        ("attempts", "three hours"),
        ("viewings", "an hour"),
        ("presences", "a day"),
        ("webhook_events", "a week"),
        ("sessions", "a week"),
        ("loose_files", "a day"),
    ],
)
def test_the_time_that_is_said_is_the_one_that_is_kept(name: str, constant: str) -> None:
    from api.login_policy import FORGOTTEN_MS
    from api.session import ENDED_KEPT_MS
    from bot.loose import AFTER_MS
    from domain import arrival, presence, viewing, webhook

    kept = {
        "arrivals": arrival.KEEP_MS,
        "attempts": FORGOTTEN_MS,
        "viewings": viewing.KEPT_MS,
        "presences": presence.KEPT_MS,
        "webhook_events": webhook.KEPT_MS,
        "sessions": ENDED_KEPT_MS,
        "loose_files": AFTER_MS,
    }
    hours = {"an hour": 1, "three hours": 3, "a day": 24, "three days": 72, "a week": 168}
    assert constant in TABLE[name][1]
    assert kept[name] == hours[constant] * 3_600_000
