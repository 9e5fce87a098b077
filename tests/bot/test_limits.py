"""More of everything than anybody thought: who is called, what waits, what was published."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot import groups, handler, neighbours, outbox, worker
from bot.groups import GroupKeeper
from bot.house import BotHouse
from bot.post import to_officers, to_resident
from domain.arrival import ArrivalState
from domain.group import Group
from domain.notice import Notice, NoticeState
from domain.outgoing import NEVER, Channel, Message, MessageState
from domain.resident import resident_id
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from storage.store import MongoStore
from tests.bot.conftest import Sim
from tests.bot.street import LAT, LON, Street, officer, until
from tests.neighbourhoods import city_of_communities

NOW = 1_700_000_000_000


@pytest.fixture(scope="module")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


@pytest.fixture
async def street(sim: Sim, house: BotHouse, store: MongoStore, bot_url: str) -> Street:
    return Street(sim, house, store, await sim.resident())


@pytest.fixture
async def working(street: Street) -> AsyncIterator[Street]:
    task = asyncio.create_task(worker.run(street.house))
    yield street
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_tip_calls_every_officer_of_a_large_station(working: Street) -> None:
    street = working
    await street.store.people.add_many(
        [officer(f"o{n:04}", f"o{n:04}", f"{n} 警官") for n in range(1_020)]
    )
    await street.do("click", key="TIP")
    await street.hears("发生了什么")
    await street.say("三号楼楼道有人堆了很多摩托车电瓶")
    await street.do("location", latitude=LAT, longitude=LON, label="三号楼")
    await street.hears("记下了（2）")
    await street.say("1")
    tip = await street.tip()
    assert len(tip.called) == 1_020

    async def told() -> set[str]:
        found = street.store.messages.every()
        to = [one.to.split("|") async for one in found if one.channel is Channel.WORK]
        assert all(len(some) <= 1_000 for some in to), "WeCom takes a thousand in a message"
        users = {user for some in to for user in some}
        return users if len(users) == 1_020 else set()

    await until(told)


async def test_a_message_to_many_officers_goes_out_in_parts(house: BotHouse) -> None:
    await to_officers(house, "m", [f"u{n:04}" for n in range(2_500)], {"msgtype": "text"}, "")
    found = [one async for one in house.store.messages.every()]
    assert sorted(len(one.to.split("|")) for one in found) == [500, 1_000, 1_000]


async def test_who_has_many_messages_waiting_keeps_nobody_else_waiting(street: Street) -> None:
    """Messages behind one whose sending hangs are due, and nothing can be done about them."""
    street.house.settings = replace(street.house.settings, at_once=1)
    store, house = street.store, street.house
    await street.say("帮助")
    while await handler.sweep(house):
        pass
    while await outbox.sweep(house):
        pass
    stuck = []
    for n in range(10):
        for place in range(2):
            id = f"stuck{n}.{place}"
            message = Message(id, f"nobody{n}", Channel.OFFICIAL, "", place + n * 10 + 1, 1)
            if place == 0:
                message.state = MessageState.SENDING
                message.claimed_until = house.clock() + 600_000
            stuck.append(message)
    await store.messages.add_many(stuck)
    await to_resident(house, "answer", street.resident, "您好")
    await outbox.sweep(house)
    assert (await store.messages.get("answer")).state is MessageState.SENT


async def test_who_wrote_much_keeps_nobody_else_waiting(street: Street) -> None:
    """What follows a message that is tried again later waits for it, due as it is."""
    street.house.settings = replace(street.house.settings, at_once=1)
    other = Street(street.sim, street.house, street.store, await street.sim.resident())
    for _ in range(8):
        await street.say("你好")
    arrivals = street.store.arrivals
    mine = [one async for one in arrivals.every({"person": street.resident}, order="seq")]
    assert len(mine) > 3
    mine[0].due_at = street.house.clock() + 600_000
    await arrivals.save(mine[0])
    await other.say("帮助")
    for _ in range(8):
        await handler.sweep(street.house)
    left = {one.person async for one in arrivals.every() if one.state is not ArrivalState.HANDLED}
    assert left == {street.resident}


async def test_however_many_cannot_go_on_who_can_is_answered(street: Street) -> None:
    """Two who wait for a message that is tried again later have no place, or nobody else ever had one."""
    street.house.settings = replace(street.house.settings, at_once=1)
    for _ in range(2):
        stuck = Street(street.sim, street.house, street.store, await street.sim.resident())
        await stuck.say("你好")
        first, *_ = await street.store.arrivals.find({"person": stuck.resident}, order="seq")
        first.due_at = street.house.clock() + 600_000
        await street.store.arrivals.save(first)
    last = Street(street.sim, street.house, street.store, await street.sim.resident())
    await last.say("帮助")
    running = asyncio.create_task(handler.run(street.house))

    async def answered() -> bool:
        left = await street.store.arrivals.find({"person": last.resident, "state": "RECEIVED"})
        return not left

    await until(answered)
    running.cancel()
    async with asyncio.timeout(60):
        while await handler.sweep(street.house):
            pass


async def test_what_waited_for_a_contact_goes_out_however_much_it_is(house: BotHouse) -> None:
    id = resident_id(house.secret, "openid")
    waiting = [
        Message(f"m{n}", id, Channel.OFFICIAL, "", n + 1, 1, due_at=NEVER) for n in range(260)
    ]
    await house.store.messages.add_many(waiting)
    await neighbours.heard(house, id)
    assert await house.store.messages.count({"due_at": 0}) == 260


async def test_groups_that_wait_to_be_asked_again_hide_no_other(
    house: BotHouse, sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "BATCH", 3)
    await house.store.people.add(officer("zhang", "Zhang", "张警官"))
    chat = str((await sim.post("groups", owner="Zhang", name="真的群"))["chat_id"])
    keeper = GroupKeeper(house)
    await keeper.turn()
    now = house.clock()
    await house.store.groups.add_many(
        [Group(f"w{n}", "", "", dirty_at=n + 1, ask_at=now + 600_000) for n in range(10)]
    )
    group = await house.store.groups.get(chat)
    group.dirty_at, group.ask_at, group.name = now, now, "旧名"
    await house.store.groups.save(group)
    await keeper.turn()
    assert (await house.store.groups.get(chat)).name == "真的群"


async def test_a_notice_is_known_however_many_came_after_it(working: Street) -> None:
    street = working
    many = [
        Notice(
            f"{n:032x}",
            f"N-231114-{'ABCDEFGH'[: 8 - len(b32(n))]}{b32(n)}",
            "a",
            "甲",
            None,
            f"第 {n} 号停水通知",
            "明天停水" if n else "铁西路地下管廊施工期间请绕行北二环，预计十二月十五日结束",
            NOW + n,
            NOW + n,
            ["w1-c1"],
            NoticeState.PUBLISHED,
            published_at=NOW + n,
        )
        for n in range(560)
    ]
    await street.store.notices.add_many(many)
    await street.say("核实")
    await street.hears("核实")
    await street.say(many[0].text)
    await street.hears(many[0].number)


def b32(n: int) -> str:
    """Three letters of those that numbers of notices are made of."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return letters[n // 1024 % 32] + letters[n // 32 % 32] + letters[n % 32]
