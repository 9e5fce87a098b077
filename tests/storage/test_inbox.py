"""Where tips stand in the lists is kept in the store, and is what their logs say."""

from __future__ import annotations

from typing import Any

import pytest

from domain import inbox
from domain.people import Role, Who
from domain.queries import (
    Criteria,
    overdue_tips,
    tips_by_turn,
    tips_labelled,
    unread_tips,
    waiting_tips,
    waiting_unmarked,
)
from domain.ticket import random_id
from domain.tip import Tip, add, opened, reply, submit, take, tip_number
from domain.tip_deadline import Deadlines
from domain.tip_label import Category, labels_of
from domain.tip_moves import hand_over
from storage.migrations import arrange_tips
from storage.store import MongoStore
from tests.storage.test_queries import plan

NOON = 1_790_000_100_000
MINUTES = 60_000
WANG = Who("wang", Role.COMMUNITY_OFFICER, "王", "w1")
ZHAO = Who("zhao", Role.COMMUNITY_OFFICER, "赵", "w1")


async def told(store: MongoStore, at: int = NOON, **members: Any) -> Tip:
    id = random_id()
    members.setdefault("called", [WANG.id, ZHAO.id])
    tip = Tip(id, tip_number(id, at), "w1", "西一派出所", at, at, **members)
    return await submit(store, tip, [("message", {"text": "sealed"})], at)


async def test_each_step_says_whose_it_is_who_waits_and_who_has_not_read(
    store: MongoStore,
) -> None:
    tip = await told(store)
    first = tip.opened_at
    seen: list[tuple[int | None, list[str], list[str]]] = []

    def note(it: Tip) -> None:
        seen.append((it.waiting_since, it.listed_for, it.unread_for))

    note(tip)
    note(await opened(store, WANG, tip.id, NOON + 1))
    note(await take(store, ZHAO, tip.id, NOON + 2))
    note(await reply(store, ZHAO, tip.id, "k1", "answer", "sealed", NOON + 3))
    note(await add(store, tip.id, "k2", "message", {"text": "sealed"}, NOON + 6 * MINUTES))
    note(await opened(store, ZHAO, tip.id, NOON + 7 * MINUTES))
    note(await hand_over(store, ZHAO, tip.id, "e1", "东一", ["li"], "", NOON + 8 * MINUTES))
    note(await add(store, tip.id, "k3", "message", {"text": "x"}, NOON + 9 * MINUTES, "add"))
    again = seen[4][0]
    assert seen == [
        (first, ["wang", "zhao"], ["wang", "zhao"]),
        (first, ["wang", "zhao"], ["zhao"]),
        (first, ["zhao"], []),
        (None, ["zhao"], []),
        (again, ["zhao"], ["zhao"]),
        (again, ["zhao"], []),
        (again, ["li"], ["li"]),
        (again, ["li"], ["li"]),
    ]
    assert again is not None
    assert again > first


async def test_a_look_after_more_was_said_is_another_look(store: MongoStore) -> None:
    tip = await told(store)
    for _ in range(2):
        await opened(store, WANG, tip.id, NOON + 1)
    await add(store, tip.id, "k2", "message", {"text": "sealed"}, NOON + 2)
    for _ in range(2):
        tip = await opened(store, WANG, tip.id, NOON + 3)
    looks = [entry.who.id for entry in tip.log.entries if entry.what == "tip.opened"]
    assert looks == [WANG.id, WANG.id]
    assert WANG.id not in tip.unread_for


async def test_tips_of_before_are_arranged_when_the_store_opens(store: MongoStore) -> None:
    await store.migrated()
    tip = await told(store)
    plain = {"waiting_since": 1, "turn": 1, "listed_for": 1, "unread_for": 1}
    await store.tips._collection.update_one({"_id": tip.id}, {"$unset": plain})
    assert (await store.tips.get(tip.id)).turn is None
    assert await arrange_tips(store) == 1
    after = await store.tips.get(tip.id)
    assert (after.turn, after.listed_for, after.unread_for) == (
        tip.turn,
        tip.listed_for,
        tip.unread_for,
    )
    assert await arrange_tips(store) == 0
    assert (await store.tips.get(tip.id)).version == after.version


@pytest.mark.parametrize(
    ("query", "index", "found"),
    [
        (tips_by_turn({}), "turn_1", 40),
        (tips_by_turn({"station": "w1"}), "station_1_turn_1", 40),
        (tips_by_turn({"listed_for": "zhao"}), "listed_for_1_turn_1", 10),
        (waiting_tips({"station": "w1"}), "station_1_turn_1", 30),
        (waiting_unmarked({"station": "w1"}), "station_1_turn_1", 30),
        (unread_tips("zhao"), "unread_for_1", 10),
    ],
)
async def test_the_store_orders_and_counts_by_an_index(
    store: MongoStore, query: Criteria, index: str, found: int
) -> None:
    many = []
    for n in range(60):
        at = NOON + n
        called = ["zhao"] if n < 10 else ["wang"]
        one = Tip(random_id(), f"T-{n}", "w1", "西一", at, at, called=called)
        one.waiting_since = at if n < 30 else None
        one.turn = at if n < 30 else 2 * inbox.UNHURRIED - at if n < 40 else None
        one.listed_for, one.unread_for = called, called
        many.append(one)
    await store.tips.add_many(many)
    cursor = store.tips._collection.find(dict(query)).sort("turn", 1)
    said = await cursor.explain()
    assert (plan(said)["stage"], plan(said).get("indexName")) == ("IXSCAN", index)
    assert await store.tips.count(query) == found
    page = await store.tips.find(query, order="turn", limit=5)
    assert [one.number for one in page] == [f"T-{n}" for n in range(5)]
    assert page.more


@pytest.mark.parametrize("reminded", [None, 1])
async def test_what_is_overdue_is_read_by_how_often_somebody_was_reminded(
    store: MongoStore, reminded: int | None
) -> None:
    many = []
    for n in range(60):
        one = Tip(random_id(), f"T-{n}", "w1", "西一", NOON, NOON)
        one.turn = (NOON + n * 1000) // (1000 if n % 2 else 1)
        one.reminded = None if n < 20 else 1 if n < 40 else 2
        many.append(one)
    await store.tips.add_many(many)
    missed = Deadlines(0, 0).missed({"reminded": reminded}, NOON + 30_000)
    first = 0 if reminded is None else 20
    expected = [
        [f"T-{n}" for n in range(first, min(first + 20, 30)) if n % 2 == odd] for odd in (1, 0)
    ]
    for query, numbers in zip(missed, expected, strict=True):
        said = await store.tips._collection.find(dict(query)).sort("turn", 1).explain()
        assert (plan(said)["stage"], plan(said).get("indexName")) == ("IXSCAN", "reminded_1_turn_1")
        costs = dict(said.get("executionStats") or {})
        assert costs.get("totalDocsExamined", len(numbers)) == len(numbers)
        found = [one.number async for one in store.tips.every(query, order="turn")]
        assert found == numbers
    # Tips of before have no such member, and nobody was reminded of them.
    await store.tips._collection.update_many({"reminded": None}, {"$unset": {"reminded": 1}})
    assert await store.tips.count(overdue_tips({"reminded": None}, NOON + 30_000)) == 10


@pytest.mark.parametrize(("order", "index"), [("turn", "turn_1"), ("updated_at", "updated_at_-1")])
async def test_tips_of_a_label_are_read_by_it_in_either_order(
    store: MongoStore, order: str, index: str
) -> None:
    many = []
    for n in range(60):
        one = Tip(random_id(), f"T-{n}", "w1", "西一", NOON, NOON + n, turn=NOON + n)
        one.category, one.tags = Category.NOISE if n < 12 else Category.FRAUD, ["夜间"]
        one.labels = labels_of(one)
        many.append(one)
    await store.tips.add_many(many)
    query = {**tips_labelled("w1/noise"), order: {"$gt": NOON + 1}}
    said = await store.tips._collection.find(query).sort(order, 1).explain()
    assert (plan(said)["stage"], plan(said).get("indexName")) == ("IXSCAN", f"labels_1_{index}")
    costs = dict(said.get("executionStats") or {})
    assert costs.get("totalDocsExamined", 10) == 10
    assert await store.tips.count(query) == 10
    assert await store.tips.count(tips_labelled("/#夜间")) == 60
