"""What a newer version added to a document stays in it when this one saves it."""

from __future__ import annotations

import copy
import logging
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.emergency import Gravity
from domain.errors import Conflict
from domain.evidence import append
from domain.people import CALLER
from storage.documents import from_document, to_document
from storage.foreign import has_foreign, keep_foreign
from storage.store import MongoStore
from tests.storage.test_store import incident


@dataclass
class Leaf:
    name: str
    count: int = 0


@dataclass
class Named:
    id: str
    leaf: Leaf | None = None


@dataclass
class Root:
    id: str
    version: int = 0
    free: dict[str, Any] = field(default_factory=dict)
    one: Leaf | None = None
    named: list[Named] = field(default_factory=list)
    plain: list[Leaf] = field(default_factory=list)
    of: dict[str, Leaf] = field(default_factory=dict)


VALUES = st.none() | st.integers() | st.text(max_size=3) | st.just({"a": [1, {"b": 2}]})
FOREIGN = st.dictionaries(st.sampled_from(["x", "y", "z"]), VALUES, max_size=2)


def also(fields: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda known, more: known | more, fields, FOREIGN)


LEAVES = also(st.fixed_dictionaries({"name": st.text(max_size=2), "count": st.integers(0, 3)}))
NAMED = also(st.fixed_dictionaries({"id": st.text(max_size=3), "leaf": st.none() | LEAVES}))
ROOTS = also(
    st.fixed_dictionaries(
        {
            "_id": st.text(min_size=1, max_size=3),
            "version": st.integers(0, 3),
            "free": st.dictionaries(st.sampled_from("ab"), VALUES, max_size=2),
            "one": st.none() | LEAVES,
            "named": st.lists(NAMED, max_size=3, unique_by=lambda one: one["id"]),
            "plain": st.lists(LEAVES, max_size=3),
            "of": st.dictionaries(st.sampled_from("ab"), LEAVES, max_size=2),
        }
    )
)


@given(ROOTS)
def test_a_document_that_was_read_is_saved_as_it_was(document: dict[str, Any]) -> None:
    saved = to_document(from_document(Root, copy.deepcopy(document)))
    assert has_foreign(Root, document) == (saved != document)
    keep_foreign(Root, document, saved)
    assert saved == document


@given(ROOTS, st.data())
def test_what_is_changed_is_changed_and_nothing_else(
    document: dict[str, Any], data: st.DataObject
) -> None:
    root = from_document(Root, copy.deepcopy(document))
    expected = copy.deepcopy(document)
    root.free = expected["free"] = {"c": 1}  # has no foreign members: all of it is ours
    if root.named:
        place = data.draw(st.integers(0, len(root.named) - 1))
        del root.named[place], expected["named"][place]
    root.named.insert(0, Named("the new one"))
    expected["named"].insert(0, {"id": "the new one", "leaf": None})
    if root.plain:
        place = data.draw(st.integers(0, len(root.plain) - 1))
        root.plain[place].count = expected["plain"][place]["count"] = 99
    saved = to_document(root)
    keep_foreign(Root, document, saved)
    assert saved == expected


async def test_saving_keeps_what_a_newer_version_added(
    store: MongoStore, caplog: pytest.LogCaptureFixture
) -> None:
    it = incident()
    await store.incidents.add(it)
    documents = store.incidents._collection
    more = {"weather": {"wind": 3}, "log.entries.0.heard_by": ["a"], "calls.0.codec": "AV2"}
    await documents.update_one({"_id": it.id}, {"$set": more})

    caplog.set_level(logging.WARNING, "jingmin.store")
    for turn in range(2):
        found = await store.incidents.get(it.id)
        found.gravity = Gravity.LIFE
        append(found.log, CALLER, "message", turn, text="later")
        if turn:
            assert await store.incidents.save_many([found])
        else:
            await store.incidents.save(found)
    stored = await documents.find_one({"_id": it.id})
    assert stored["weather"] == {"wind": 3}
    assert stored["log"]["entries"][0]["heard_by"] == ["a"]
    assert stored["calls"][0]["codec"] == "AV2"
    assert (stored["gravity"], stored["log"]["entries"][-1]["data"]["text"]) == ("LIFE", "later")
    assert [one.getMessage() for one in caplog.records] == [
        f"incidents {it.id}: a newer version wrote it; what it added stays"
    ]


async def test_an_older_read_does_not_save_over_it(store: MongoStore) -> None:
    it = incident()
    await store.incidents.add(it)
    before = await store.incidents.get(it.id)
    await store.incidents._collection.update_one(
        {"_id": it.id}, {"$set": {"weather": 1}, "$inc": {"version": 1}}
    )
    with pytest.raises(Conflict):
        await store.incidents.save(before)
    again = await store.incidents.get(it.id)
    await store.incidents.save(again)
    assert (await store.incidents._collection.find_one({"_id": it.id}))["weather"] == 1
