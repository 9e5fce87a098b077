"""One suite for both kinds of store: the real one, and the one in memory that some tests stand on."""

from __future__ import annotations

import asyncio
import copy
from pathlib import Path
from typing import Any, cast

import pytest

from domain.errors import Conflict, Duplicate, NotFound
from domain.forgetting import MOST, forget_all
from domain.people import Attempts, Person, Role
from domain.ports import Change, Lost, Shelf, Store
from domain.queries_people import attempts_before
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
def either(request: pytest.FixtureRequest, store: MongoStore) -> Store:
    return store if request.param == "store" else cast(Any, MemoryStore())


@pytest.fixture
async def shelf(either: Store) -> Shelf[Person]:
    for one in PEOPLE:
        await either.people.add(copy.deepcopy(one))
    return either.people


def person(id: str, login: str, userid: str | None = None) -> Person:
    return Person(id, login, id, Role.ADMIN, "", None, userid=userid)


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


async def test_a_key_that_is_unique_is_there_once(shelf: Shelf[Person]) -> None:
    for other, key in (
        (person("a", "new"), "_id"),
        (person("e", "zhou"), "login"),
        (person("e", "new", "w"), "userid"),
    ):
        with pytest.raises(Duplicate) as refused:
            await shelf.add(other)
        assert refused.value.facts["keys"] == [key]
    await shelf.add(person("e", "new", ""))
    await shelf.add(person("f", "newer", ""))  # no account is not the same account
    one = await shelf.get("e")
    one.login = "zhou"
    with pytest.raises(Duplicate):
        await shelf.save(one)
    assert (one.version, (await shelf.get("e")).login) == (0, "new")
    one.login = "newest"
    await shelf.save(one)
    await shelf.save(one)  # its own key is nobody else's


async def test_of_many_those_that_are_known_stay_as_they_are(shelf: Shelf[Person]) -> None:
    assert await shelf.add_many([]) == set()
    known = await shelf.add_many([person("a", "other"), person("e", "new"), person("e", "newer")])
    assert known == {"a", "e"}
    assert [(await shelf.get(one)).login for one in "ae"] == ["zhou", "new"]
    with pytest.raises(Duplicate):
        await shelf.add_many([person("f", "zhou"), person("g", "newest")])
    assert [one.id for one in await shelf.find()] == ["a", "b", "c", "d", "e", "g"]


async def test_of_many_that_are_saved_it_is_said_whether_all_were(shelf: Shelf[Person]) -> None:
    assert await shelf.save_many([])
    one, other = await shelf.get("a"), await shelf.get("b")
    one.name = other.name = "吴"
    assert await shelf.save_many([one, other])
    assert [(await shelf.get(id)).name for id in "ab"] == ["吴", "吴"]
    assert (one.version, other.version) == (1, 1)
    other.version, one.name = 0, "林"
    assert not await shelf.save_many([other, one])
    await shelf.remove("b")
    assert not await shelf.save_many([await shelf.get("a"), other])


async def test_how_many_have_each_value(shelf: Shelf[Person]) -> None:
    assert await shelf.tally("station") == {"w1": 2, "w2": 1}
    officers = {"role": str(Role.COMMUNITY_OFFICER)}
    assert await shelf.tally("station", officers) == {"w1": 1, "w2": 1}
    assert await shelf.tally("station", {"role": "nobody"}) == {}


async def test_fields_alone(shelf: Shelf[Person]) -> None:
    wanted = shelf.parts(("_id", "station", "userid", "away_until"), {"disabled": False})
    assert sorted([one async for one in wanted]) == [
        ("a", "w1", None, None),
        ("b", "w2", None, 10),
        ("c", "w1", "w", 20),
    ]


async def test_those_without_a_value_come_first(shelf: Shelf[Person]) -> None:
    found = await shelf.find(order="away_until")
    assert [one.id for one in found] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(("criteria", "ids"), ASKED[1:])
async def test_what_matches_is_removed_and_nothing_else(
    shelf: Shelf[Person], criteria: dict[str, Any], ids: str
) -> None:
    assert await shelf.remove_many(criteria) == len(ids)
    assert {one.id async for one in shelf.every()} == set("abcd") - set(ids)
    assert await shelf.remove_many(criteria) == 0


async def test_everything_is_not_removed_by_mistake(shelf: Shelf[Person]) -> None:
    with pytest.raises(ValueError, match="all people"):
        await shelf.remove_many({})
    assert await shelf.count() == len(PEOPLE)


async def test_what_is_old_goes_in_slices(either: Store) -> None:
    old = [Attempts(f"a{n}", at=n * n) for n in range(2 * MOST)]
    same = [Attempts(f"b{n}", at=77_000) for n in range(MOST + 1)]
    kept = [Attempts("last", at=1_000_000), Attempts("late", at=2_000_000)]
    assert await either.attempts.add_many([*old, *same, *kept]) == set()
    removed = await forget_all(either.attempts, attempts_before(1_000_000), "at")
    assert removed == len(old) + len(same)
    assert {one.id async for one in either.attempts.every()} == {"last", "late"}
    assert await forget_all(either.attempts, attempts_before(1_000_000), "at") == 0


async def test_changes_are_heard_of_from_when_it_is_asked(either: Store) -> None:
    heard = either.feed.subscribe()
    await either.people.add(person("a", "zhou"))
    one = await either.people.get("a")
    await either.people.save(one)
    await either.people.remove("a")
    await either.people.add(person("b", "li"))
    await either.people.remove_many({"login": "li"})
    async with asyncio.timeout(30):
        said = [await anext(heard) for _ in range(5)]
    assert [(cast(Change, one).id, cast(Change, one).item is None) for one in said] == [
        ("a", False),
        ("a", False),
        ("a", True),
        ("b", False),
        ("b", True),
    ]


async def test_who_falls_behind_is_told_so(either: Store) -> None:
    heard = either.feed.subscribe(2)
    await either.people.add_many([person(f"p{n}", f"p{n}") for n in range(3)])
    last = either.feed.subscribe()
    await either.people.add(person("q", "q"))
    async with asyncio.timeout(30):
        while cast(Change, await anext(last)).id != "q":
            pass
        assert isinstance(await anext(heard), Lost)


async def test_a_file_is_there_once_and_the_first_stays(either: Store, tmp_path: Path) -> None:
    files = either.files
    await files.put_bytes("f", b"abcdef", {})
    (tmp_path / "other").write_bytes(b"other")
    await files.put("f", str(tmp_path / "other"), {})
    assert await files.size("f") == 6
    assert b"".join([one async for one in files.read("f", 1, 4)]) == b"bcd"
    assert [one async for one in files.read("f", 6)] == []
    await files.remove("f")
    await files.remove("f")
    with pytest.raises(NotFound):
        await files.size("f")
    with pytest.raises(NotFound):
        [one async for one in files.read("f")]


async def test_numbers_are_those_of_a_day(either: Store) -> None:
    assert await either.reserve_numbers("260101", 5) == 1
    assert await either.reserve_numbers("260101", 2) == 6
    assert await either.reserve_numbers("260102", 2) == 1


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
        {"id": "a"},
    ],
)
async def test_the_one_in_memory_refuses_what_it_cannot_honour(criteria: dict[str, Any]) -> None:
    shelf = MemoryStore().people
    await shelf.add(PEOPLE[0])
    with pytest.raises(NotImplementedError):
        await shelf.find(criteria)
    with pytest.raises(NotImplementedError):
        [one async for one in shelf.every(criteria)]
    with pytest.raises(NotImplementedError):
        await shelf.remove_many(criteria)


async def test_nor_does_it_give_or_order_what_is_no_text_or_number() -> None:
    shelf = MemoryStore().people
    await shelf.add(PEOPLE[0])
    with pytest.raises(NotImplementedError):
        await shelf.find(order="communities")
    with pytest.raises(NotImplementedError):
        await shelf.tally("communities")
    with pytest.raises(NotImplementedError):
        [one async for one in shelf.parts(("communities",), {})]
