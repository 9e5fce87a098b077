"""Queries for those who write notices: each is answered from its index."""

from __future__ import annotations

from domain.notice import Notice
from domain.notice_presets import last_notice
from domain.people import Role, Who
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
