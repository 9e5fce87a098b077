"""An account that may not send by itself (订阅号): everything is said as the reply to a message."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot import worker
from bot.app import create_app
from bot.callbacks import Patience
from bot.house import BotHouse
from bot.post import to_resident
from bot.wechat import Envelope
from domain.arrival import ArrivalState
from domain.outgoing import MessageState
from simulator.world import World
from storage.store import MongoStore
from tests.bot.conftest import OFFICIAL, Ports, Sim, serve, with_official
from tests.bot.street import LAT, LON, Street, officer, until
from tests.bot.test_callbacks import Knock, message

PATIENCE = Patience(write=2.0, work=0.3, official=0.6, cut=13.0, reply=12.0)


@pytest.fixture
async def street(
    sim: Sim, house: BotHouse, store: MongoStore, ports: Ports, world: World
) -> AsyncIterator[Street]:
    world.settings.callback_deadline_s = 15.0  # handled before the reply, however slow the machine
    with_official(house, sends=False)
    house.officials.of("").settings = house.settings.officials[0]
    await sim.fault("message/custom/send", "error", code=48001)
    await store.people.add(officer("zhang", "Zhang", "张警官", communities=["w1-c5"]))
    runner = await serve(create_app(house, PATIENCE), ports.bot)
    task = asyncio.create_task(worker.run(house))
    yield Street(sim, house, store, await sim.resident())
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await runner.cleanup()


async def replies(street: Street) -> list[str]:
    lines = await street.sim.chat(street.openid)
    return [str(one["data"].get("content", "")) for one in lines if one.get("via") == "passive"]


async def test_a_tip_is_told_and_answered_by_replies_alone(street: Street) -> None:
    assert len(await replies(street)) == 1, "who follows is welcomed"
    await street.say("线索")
    assert "发生了什么" in (await replies(street))[-1]
    await street.say("楼道里堆满电动车电瓶")
    assert "记下了（1）" in (await replies(street))[-1]
    await street.do("location", latitude=LAT, longitude=LON, label="")
    await street.say("1")
    assert "线索号" in (await replies(street))[-1]
    tip = await street.tip()
    card = await street.card("Zhang")
    await to_resident(street.house, "m1", street.resident, "民警说：今天来看")
    await street.press("Zhang", card)

    async def waits() -> bool:
        found = await street.store.messages.find({"state": str(MessageState.QUEUED)})
        told = {one.about for one in found}
        return len(told) == 2 and all(one.reason == "no_credit" for one in found)

    await until(waits)
    await street.say("帮助")
    said = (await replies(street))[-1]
    assert "今天来看" in said
    assert said.index("今天来看") < said.index("线索"), "in the order in which it was said"
    assert not await street.store.messages.find({"state": str(MessageState.FAILED)})
    assert await street.sim.calls("message/custom/send") == []
    assert tip.number


async def test_a_cry_is_answered_at_once_and_its_report_with_the_next_reply(
    street: Street,
) -> None:
    await street.say("救命，有人砍人")
    assert "110" in (await replies(street))[-1]
    await street.say("1")
    assert "110 已收到您的报警" in (await replies(street))[-1]


async def test_what_is_too_long_for_one_reply_comes_with_the_next(street: Street) -> None:
    for number in range(4):
        await to_resident(street.house, f"m{number}", street.resident, f"{number}" + "长" * 400)
    await street.say("帮助")
    first = (await replies(street))[-1]
    assert first.startswith("0长")
    assert len(first.encode()) <= 2_048
    await street.say("帮助")
    assert (await replies(street))[-1].startswith("1长")


def content(answer: str) -> str:
    """The text of a sealed reply."""
    (cipher,) = re.findall(r"<Encrypt><!\[CDATA\[(.*?)]]>", answer)
    (text,) = re.findall(
        r"<Content><!\[CDATA\[(.*?)]]>", Envelope(OFFICIAL).open(cipher).text, re.DOTALL
    )
    return str(text)


async def test_a_delivery_that_comes_again_gets_the_same_reply(
    street: Street, http: aiohttp.ClientSession, ports: Ports
) -> None:
    knock = Knock(street.house, http, f"http://127.0.0.1:{ports.bot}")
    query, body = knock.sealed(message(Content="帮助", FromUserName=street.openid))
    first, second = await asyncio.gather(knock.post(query, body), knock.post(query, body))
    assert first[0] == second[0] == 200
    assert "线索" in content(first[1])
    assert content(first[1]) == content(second[1])


async def test_a_silent_report_gets_no_reply(street: Street) -> None:
    await street.say("救命，有人砍人")
    await street.say("1")
    (it,) = await street.store.incidents.find({})
    it.silent = True
    await street.store.incidents.save(it)
    count = len(await replies(street))
    await street.say("他还在门外")

    async def heard() -> bool:
        return not await street.store.arrivals.find({"state": str(ArrivalState.RECEIVED)})

    await until(heard)
    assert len(await replies(street)) == count
