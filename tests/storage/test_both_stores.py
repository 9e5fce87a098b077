"""One suite for both kinds of store: the real one, and the one in memory that some tests stand on."""

from __future__ import annotations

from typing import Any, cast

import pytest

from domain.errors import Conflict, Duplicate, NotFound
from domain.people import Person, Role
from domain.ports import Shelf
from storage.store import MongoStore
from tests.webrtc.memory_store import MemoryStore

PEOPLE = [
    Person("a", "zhou", "周", Role.COMMUNITY_OFFICER, "", "w1", communities=["c1", "c2"]),
    Person("b", "li", "李", Role.COMMUNITY_OFFICER, "", "w2", away_until=10, communities=["c2"]),
    Person("c", "wang", "王", Role.STATION_OFFICER, "", "w1", away_until=20, userid="w"),
    Person("d", "zhao", "赵", Role.ADMIN, "", None, away_until=30, disabled=True),
]
ASKED: list[tuple[dict[str, Any], str]] = [
    ({}, "abcd"),
    ({"_id": "b"}, "b"),
    ({"station": "w1"}, "ac"),
    ({"station": None}, "d"),
    ({"station": "nowhere"}, ""),
    ({"role": str(Role.COMMUNITY_OFFICER), "station": "w1"}, "a"),
    ({"communities": "c2"}, "ab"),
    ({"communities": {"$in": ["c1", "c9"]}}, "a"),
    ({"station": {"$in": ["w1", "w2"]}}, "abc"),
    ({"disabled": True}, "d"),
    ({"away_until": {"$gt": 10}}, "cd"),
    ({"away_until": {"$gte": 10, "$lt": 30}}, "bc"),
    ({"away_until": {"$lte": 20}, "station": "w2"}, "b"),
    ({"userid": {"$gt": ""}}, "c"),
    ({"login": {"$gt": "wang"}}, "ad"),
]


@pytest.fixture(params=["store", "memory"])
async def shelf(request: pytest.FixtureRequest, store: MongoStore) -> Shelf[Person]:
    found = store.people if request.param == "store" else cast(Any, MemoryStore().people)
    for one in PEOPLE:
        await found.add(one)
    return cast("Shelf[Person]", found)


@pytest.mark.parametrize(("criteria", "ids"), ASKED)
async def test_what_is_asked_for_is_found_and_nothing_else(
    shelf: Shelf[Person], criteria: dict[str, Any], ids: str
) -> None:
    assert "".join(one.id for one in await shelf.find(criteria)) == ids
    assert "".join(sorted([one.id async for one in shelf.every(criteria)])) == ids
    assert await shelf.count(criteria) == len(ids)


async def test_in_its_order_and_no_more_than_the_limit(shelf: Shelf[Person]) -> None:
    async def ids(**how: Any) -> tuple[str, bool]:
        page = await shelf.find(**how)
        return "".join(one.id for one in page), page.more

    assert await ids(order="login") == ("bcda", False)
    assert await ids(order="login", descending=True, limit=3) == ("adc", True)
    assert await ids(order="login", limit=4) == ("bcda", False)
    assert [one.id async for one in shelf.every({"station": "w1"}, order="login")] == ["c", "a"]


async def test_a_version_is_saved_once(shelf: Shelf[Person]) -> None:
    one, other = await shelf.get("a"), await shelf.get("a")
    one.name = "吴"
    await shelf.save(one)
    assert (one.version, (await shelf.get("a")).name) == (1, "吴")
    with pytest.raises(Conflict):
        await shelf.save(other)
    assert other.version == 0
    await shelf.remove("a")
    await shelf.remove("a")
    for gone in (shelf.get("a"), shelf.save(one)):
        with pytest.raises(NotFound):
            await gone
    with pytest.raises(Duplicate):
        await shelf.add(PEOPLE[1])


async def test_what_is_read_is_a_copy(shelf: Shelf[Person]) -> None:
    (await shelf.get("a")).communities.append("c9")
    (await shelf.find({"_id": "a"}))[0].communities.append("c9")
    assert (await shelf.get("a")).communities == ["c1", "c2"]


@pytest.mark.parametrize(
    "criteria",
    [
        {"login": {"$regex": "z"}},
        {"login": {"$ne": "zhou"}},
        {"$or": [{"login": "zhou"}]},
        {"handed.by": "a"},
        {"unknown": 1},
        {"communities": {"$gt": "c1"}},
        {"login": {}},
    ],
)
async def test_the_one_in_memory_refuses_what_it_cannot_honour(criteria: dict[str, Any]) -> None:
    shelf = MemoryStore().people
    await shelf.add(PEOPLE[0])
    with pytest.raises(NotImplementedError):
        await shelf.find(criteria)
    with pytest.raises(NotImplementedError):
        [one async for one in shelf.every(criteria)]
