"""What may be there once only is there once, and a store that holds it twice opens and says which."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from domain.errors import Duplicate
from domain.people import Person, Role
from domain.ticket import random_id
from domain.tip import Tip, submit, tip_number
from storage.embedded import EmbeddedStore
from storage.store import MongoStore

AT = 1_790_000_000_000


@pytest.fixture
async def old(embedded: EmbeddedStore) -> AsyncIterator[MongoStore]:
    """A store in which nothing was indexed yet."""
    one = MongoStore(embedded.uri, f"test_{random_id()[:12]}", follow=())
    yield one
    await one.close()


def person(id: str, userid: str | None) -> Person:
    return Person(id, f"login-{id}", id, Role.COMMUNITY_OFFICER, "", "w1", userid=userid)


def tip(id: str) -> Tip:
    return Tip(id, tip_number(id, AT), "w1", "西一派出所", AT, AT)


async def test_a_wecom_account_logs_in_one_person_and_none_logs_in_nobody(
    store: MongoStore,
) -> None:
    await store.people.add(person("a", None))
    await store.people.add(person("b", None))
    await store.people.add(person("c", "zhou"))
    with pytest.raises(Duplicate):
        await store.people.add(person("d", "zhou"))
    await store.people.add(person("e", "zhou@second"))
    late = await store.people.get("a")
    late.userid = "zhou"
    with pytest.raises(Duplicate):
        await store.people.save(late)
    assert (await store.people.get("a")).userid is None


async def test_two_tips_that_would_have_one_number_get_two(store: MongoStore) -> None:
    ids = [f"{'ab' * 4}{n:024x}" for n in range(4)]
    assert len({tip_number(id, AT) for id in ids}) == 1
    kept = await asyncio.gather(*(submit(store, tip(id), [], AT) for id in ids))
    assert len({one.number for one in kept}) == 4
    for one in kept:
        assert (await store.tips.get(one.id)).number == one.number
        assert (await submit(store, tip(one.id), [], AT)).number == one.number


async def test_a_store_with_duplicates_opens_says_which_and_is_unique_once_they_are_set_right(
    old: MongoStore, caplog: pytest.LogCaptureFixture
) -> None:
    await old.people.add_many([person("a", "zhou"), person("b", "zhou"), person("c", "wu")])
    with caplog.at_level(logging.ERROR, "jingmin.store"):
        await old.open()
    (line,) = [record.getMessage() for record in caplog.records]
    assert line == "people: userid is not unique; set right one of each: a, b"
    assert "zhou" not in line
    known = await old._database.people.index_information()
    assert not known["userid_1"].get("unique")
    second = await old.people.get("b")
    second.userid = None
    await old.people.save(second)
    await old.open()
    with pytest.raises(Duplicate):
        await old.people.add(person("d", "zhou"))


async def test_an_account_that_two_write_differently_keeps_nobody_out(
    old: MongoStore, caplog: pytest.LogCaptureFixture
) -> None:
    await old.people.add_many([person("a", "zhou"), person("b", "zhou")])
    await old._database.people.update_one({"_id": "a"}, {"$set": {"userid": "Zhou"}})
    with caplog.at_level(logging.ERROR, "jingmin.store"):
        await old.open()
        await old.migrated()
    assert [record.getMessage() for record in caplog.records] == [
        "people: a has the WeCom account of another"
    ]


async def test_an_index_that_held_to_other_rules_is_made_anew(old: MongoStore) -> None:
    people, messages = old._database.people, old._database.messages
    await people.create_index("userid", sparse=True)
    await messages.create_index([("about", 1), ("state", 1)])
    await people.insert_one({"_id": "x", "login": "x"})
    await old.open()
    known = await people.index_information()
    assert known["userid_1"]["unique"]
    assert not known["userid_1"].get("sparse")
    assert "about_1_state_1" not in await messages.index_information()
