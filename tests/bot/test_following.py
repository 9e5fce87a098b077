"""Who follows and who withdrew, whatever comes late or twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import permutations

import pytest

from bot import conversation, worker
from bot.house import BotHouse
from bot.parcel import Incoming, Kind, pack
from bot.progress import Progress
from bot.reader import REVOKED
from domain.arrival import Arrival, Platform
from domain.closing import close
from domain.incident import Disposition, answer
from domain.people import Role, Who
from domain.resident import Resident, resident_id
from storage.store import MongoStore
from tests.bot.conftest import Sim
from tests.bot.street import Street, until
from tests.bot.test_progress import finder, work

__all__ = ["finder"]
pytestmark = pytest.mark.usefixtures("finder")
DESK = Who("d1", Role.DISPATCHER, "接警员")


@pytest.fixture
async def street(sim: Sim, house: BotHouse, store: MongoStore, bot_url: str) -> Street:
    return Street(sim, house, store, await sim.resident())


@pytest.fixture
async def working(street: Street) -> AsyncIterator[Street]:
    task = asyncio.create_task(worker.run(street.house))
    yield street
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def comes(house: BotHouse, event: str, second: int, seq: int) -> None:
    """An event of this second of the platform's clock is dealt with as the ``seq``-th."""
    one = Incoming(
        platform=Platform.OFFICIAL,
        kind=Kind.EVENT if event != "text" else Kind.TEXT,
        sender="oSomebody",
        receiver="gh",
        sent_at=second * 1000,
        event=event if event != "text" else "",
        text="你好" if event == "text" else "",
    )
    person = resident_id(house.secret, "oSomebody")
    arrival = Arrival(
        f"a{seq}", Platform.OFFICIAL, person, house.identity.close(pack(one)), 0, 1, seq
    )
    await conversation.from_resident(house, replace(arrival, sent_at=one.sent_at), one)


async def row(house: BotHouse) -> Resident:
    return await house.store.residents.get(resident_id(house.secret, "oSomebody"))


@pytest.mark.parametrize(
    "events",
    [
        ("subscribe", "unsubscribe", "subscribe"),
        ("subscribe", "text", "unsubscribe"),
        ("text", "unsubscribe", "subscribe"),
        ("unsubscribe", "subscribe", "text"),
    ],
)
async def test_the_newest_says_who_follows_in_whatever_order_they_come(
    house: BotHouse, events: tuple[str, ...]
) -> None:
    last = events[-1] != "unsubscribe"
    for run, order in enumerate(permutations(range(3))):
        known = await house.store.residents.find({})
        for one in known:
            await house.store.residents.remove(one.id)
        await comes(house, "text", 50, run * 10)
        for place, number in enumerate(order, 1):
            await comes(house, events[number], 100 + number, run * 10 + place)
        assert (await row(house)).following is last, order


async def test_what_is_late_says_and_ends_nothing(house: BotHouse) -> None:
    await comes(house, "subscribe", 200, 1)
    await comes(house, "text", 201, 2)
    said = len(await house.store.messages.find({}))
    before = await house.store.dialogs.get(resident_id(house.secret, "oSomebody"))
    for second, event in ((100, "unsubscribe"), (99, "subscribe")):
        await comes(house, event, second, second)
    assert len(await house.store.messages.find({})) == said
    after = await house.store.dialogs.get(before.id)
    assert (after.state, after.data) == (before.state, before.data)


@pytest.mark.parametrize("event", REVOKED)
async def test_who_withdraws_in_wechats_settings_is_deleted(working: Street, event: str) -> None:
    street = working
    await street.say("线索")
    await street.hears("发生了什么")
    await street.say("楼道里堆满电瓶")
    await street.hears("记下了（1）")
    await street.say("1")
    await street.say("1")
    await street.hears("已收到")
    await street.say("线索")
    await street.say("这是草稿")
    await street.hears("记下了（1）", after=3)
    tip = await street.tip()
    said = len(await street.heard())
    await street.do(event, fields={"RevokeInfo": "205"})

    async def gone() -> bool:
        drafts = [one.data for one in await street.store.dialogs.find({}) if one.data]
        return await street.store.residents.find({}) == [] == drafts

    await until(gone)
    assert await street.store.tellers.find({}) == []
    assert [one.id for one in await street.store.tips.find({})] == [tip.id], "a record stays"
    assert [one for one in await street.store.messages.find({}) if one.to == street.resident] == []
    assert len(await street.heard()) == said, "nobody waits for an answer"
    await street.say("我的")
    await street.hears("还没有您的线索")


async def test_an_open_report_keeps_its_caller_until_it_is_over(street: Street) -> None:
    await street.say("救命，有人拿刀")
    await street.say("1")
    await work(street)
    (incident,) = await street.store.incidents.find({})
    await street.do("user_authorization_revoke", fields={"RevokeInfo": "206"})
    await work(street, follow=True)
    linked = await street.store.residents.get(street.resident)
    assert (linked.incident, linked.leaving) == (incident.id, True)
    await street.say("他在三楼")
    await work(street)
    it = await street.store.incidents.get(incident.id)
    assert "他在三楼" in str([entry.data for entry in it.log.entries])
    await answer(street.store, DESK, it.id, street.house.clock())
    await close(street.store, DESK, it.id, Disposition.RESOLVED, "", street.house.clock())
    await Progress(street.house).read_again(3 * 24 * 3_600_000)
    assert await street.store.residents.find({}) == []
