"""Queries for those who write notices: each is answered from its index."""

from __future__ import annotations

import pytest

from domain.notice import Notice
from domain.notice_presets import last_notice
from domain.people import Role, Who
from domain.queries import recurring_in, recurring_of, recurring_untold
from domain.queries_groups import notices_sent
from domain.query import Criteria
from domain.recurring import RecurringNotice, RecurringState, RecurringWords, Repeat, Schedule
from storage.store import MongoStore
from tests.storage.test_queries import plan


async def test_what_an_author_released_last_is_read_from_its_index(store: MongoStore) -> None:
    notices = [
        Notice(f"{n:032x}", f"N-{n}", f"p{n % 3}", "周", "w1", "题", "文", n, n, [], published_at=n)
        for n in range(300)
    ]
    for one in notices[-9:]:
        one.published_at = None
    await store.notices.add_many(notices)
    query = {"author": "p1", "published_at": {"$gte": 280}}
    said = await store.notices._collection.find(query).explain()
    index = "author_1_published_at_-1"
    assert (plan(said)["stage"], plan(said).get("indexName")) == ("IXSCAN", index)
    last = await last_notice(store, Who("p1", Role.COMMUNITY_OFFICER, "周", "w1"), 300)
    assert last is not None
    assert last.published_at == 289
    assert await last_notice(store, Who("p9", Role.COMMUNITY_OFFICER, "吴", "w1"), 300) is None


@pytest.mark.parametrize(
    ("query", "index", "found"),
    [
        (recurring_in("ACTIVE"), "state_1", 70),
        (recurring_of("w2"), "station_1", 10),
        (recurring_of(None), "station_1", 5),
        (recurring_untold(), "untold_1", 3),
    ],
)
async def test_recurring_notices_are_read_by_what_they_are_looked_for(
    store: MongoStore, query: Criteria, index: str, found: int
) -> None:
    words = RecurringWords("题", "文", "", 0, ["w1-c1"])
    schedule = Schedule(Repeat.WEEKLY, [1], 1, 540)
    rules = [
        RecurringNotice(f"{n:032x}", f"w{n % 10}", "zhou", "周", words, schedule, n, n)
        for n in range(100)
    ]
    for one in rules[:30]:
        one.state = RecurringState.STOPPED
    for one in rules[:3]:
        one.untold = True
    for one in rules[10:60:10]:
        one.station = None
    await store.recurring.add_many(rules)
    said = await store.recurring._collection.find(dict(query)).explain()
    assert (plan(said)["stage"], plan(said).get("indexName")) == ("IXSCAN", index)
    assert len([one async for one in store.recurring.every(query)]) == found


async def test_what_goes_out_in_a_month_is_read_by_its_time(store: MongoStore) -> None:
    notices = [
        Notice(f"{n:032x}", f"N-{n}", "zhou", "周", "w1", "题", "文", n, n, [], send_at=n)
        for n in range(300)
    ]
    await store.notices.add_many(notices)
    query = notices_sent(100, 120)
    said = await store.notices._collection.find(dict(query)).explain()
    assert (plan(said)["stage"], plan(said).get("indexName")) == ("IXSCAN", "send_at_1")
    assert len([one async for one in store.notices.every(query)]) == 20
