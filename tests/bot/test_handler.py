"""Arrivals: in the order of their person, once in effect, whatever dies in between."""

from __future__ import annotations

import asyncio
import base64
import io
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, cast

import pytest
from PIL import Image

from bot import conversation, effects, handler, outbox, worker
from bot.house import BotHouse
from bot.post import Subject, to_resident
from domain.arrival import ArrivalState
from domain.incident import IncidentState
from domain.outgoing import Channel, Message, MessageState
from domain.resident import Trigger
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from storage.store import MongoStore
from tests.bot.conftest import Sim
from tests.bot.mortal import Killed, Mortal
from tests.bot.street import LAT, LON, Street, officer, until
from tests.neighbourhoods import city_of_communities


@pytest.fixture(scope="module")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


@pytest.fixture
async def street(sim: Sim, house: BotHouse, store: MongoStore, bot_url: str) -> Street:
    """Nothing works here but what a test calls."""
    await store.people.add(officer("zhang", "Zhang", "张警官", communities=["w1-c5"]))
    return Street(sim, house, store, await sim.resident())


@pytest.fixture
async def working(street: Street) -> AsyncIterator[Street]:
    task = asyncio.create_task(worker.run(street.house))
    yield street
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def work(house: BotHouse) -> None:
    """One process does everything there is to do."""
    while await handler.sweep(house):
        pass
    while await outbox.sweep(house):
        pass


def a_picture() -> str:
    data = io.BytesIO()
    Image.new("RGB", (8, 8), "blue").save(data, "PNG")
    return base64.b64encode(data.getvalue()).decode()


async def wait_kept(street: Street, count: int) -> None:
    async def kept() -> bool:
        return len(await street.store.arrivals.find({})) >= count

    await until(kept)


async def converse(street: Street, script: list[tuple[str, dict[str, Any]]]) -> None:
    for what, facts in script:
        await street.do(what, **facts)
        await work(street.house)


SUBMIT = [
    ("text", {"content": "线索"}),
    ("text", {"content": "楼道里堆满电瓶"}),
    ("image", {"data": a_picture()}),
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("dies_at", range(1, 13))
async def test_killed_at_any_write_there_is_one_tip_and_one_answer(
    street: Street, dies_at: int, after: bool
) -> None:
    await converse(street, [*SUBMIT, ("text", {"content": "1"})])
    before = len(await street.heard())
    await street.do("location", latitude=LAT, longitude=LON)
    mortal = Mortal(street.store, dies_at, after)
    dying = replace(street.house, store=cast(MongoStore, mortal))
    try:
        await handler.sweep(dying)
    except Killed:
        assert mortal.writes == dies_at
    else:
        assert dies_at > 8, f"the work has {mortal.writes} writes, so {dies_at} must kill it"
    # Another process finds the claim, waits until it ends, and does what is left.
    await work(street.house)
    await street.sim.advance(61)
    await work(street.house)
    await street.sim.advance(61)
    await work(street.house)
    assert len(await street.store.tips.find({})) == 1
    assert len(await street.store.tellers.find({})) == 1
    said = (await street.heard())[before:]
    assert len(said) == 1
    assert "线索号" in said[0]
    states = {one.state for one in await street.store.arrivals.find({})}
    assert states == {ArrivalState.HANDLED}
    assert {one.body for one in await street.store.arrivals.find({})} == {""}
    dialog = await street.store.dialogs.get(street.resident)
    assert (dialog.state, dialog.data) == ("IDLE", "")


@pytest.mark.parametrize("dies_at", range(1, 9))
async def test_killed_at_any_write_there_is_one_report(street: Street, dies_at: int) -> None:
    await converse(street, [("text", {"content": "救命"})])
    await street.do("location", latitude=LAT, longitude=LON)
    mortal = Mortal(street.store, dies_at, after=True)
    dying = replace(street.house, store=cast(MongoStore, mortal))
    with pytest.raises(Killed):
        await handler.sweep(dying)
    await street.sim.advance(61)
    await work(street.house)
    (incident,) = await street.store.incidents.find({})
    assert incident.words == "救命"
    assert incident.state is IncidentState.RAISED
    assert incident.position is not None
    assert incident.position.located.candidates[0].station == "w1"
    assert len([one for one in await street.heard() if incident.number in one]) == 1
    assert (await street.store.residents.get(street.resident)).incident == incident.id


async def test_four_processes_keep_the_order_and_answer_once(street: Street) -> None:
    await converse(street, [("text", {"content": "线索"})])
    for number in range(6):
        await street.say(f"第{number}件")

    async def process() -> None:
        for _ in range(25):
            await handler.sweep(street.house)
            await asyncio.sleep(0)

    await asyncio.gather(*(process() for _ in range(4)))
    await street.say("1")
    await street.do("location", latitude=LAT, longitude=LON)
    await work(street.house)
    tip = await street.tip()
    words = [
        street.house.content.open(entry.data["text"])
        for entry in tip.log.entries
        if entry.what == "message"
    ]
    assert words == [f"第{number}件" for number in range(6)]
    messages = await street.store.messages.find({}, limit=1_000)
    assert len({one.id for one in messages}) == len(messages)


async def test_one_that_cannot_be_handled_is_given_up_and_does_not_block_others(
    street: Street, caplog: pytest.LogCaptureFixture
) -> None:
    other = Street(street.sim, street.house, street.store, await street.sim.resident())
    await work(street.house)
    await street.say("帮助")
    (bad,) = await street.store.arrivals.find({"state": "RECEIVED"})
    bad.body = street.house.identity.close('{"kind": "绝密内容"}')
    await street.store.arrivals.save(bad)
    await street.say("通告")
    await other.say("帮助")
    caplog.set_level(logging.INFO)
    for _ in range(handler.HANDLE_TRIES + 2):
        await work(street.house)
        await street.sim.advance(61)
    assert (await street.store.arrivals.get(bad.id)).state is ArrivalState.BROKEN
    assert any("没能处理" in text for text in await street.heard())
    assert any("没有通告" in text for text in await street.heard()), "the next one is handled"
    assert any("告诉民警一件事" in text for text in await other.heard())
    assert "绝密内容" not in caplog.text


async def test_a_half_told_tip_ends_politely_and_is_offered_again(street: Street) -> None:
    await converse(street, [("text", {"content": "线索"}), ("text", {"content": "楼道杂物"})])
    await street.sim.advance(29 * 60)
    assert await conversation.end_late(street.house) == 0
    await street.sim.advance(2 * 60)
    assert await conversation.end_late(street.house) == 1
    assert await conversation.end_late(street.house) == 0
    await work(street.house)
    assert "您的线索还没提交" in (await street.heard())[-1]
    await converse(street, [("text", {"content": "线索"})])
    assert "没写完的线索" in (await street.heard())[-1]
    await converse(street, [("text", {"content": "1"}), ("text", {"content": "1"})])
    await converse(street, [("text", {"content": "1"})])
    tip = await street.tip()
    assert street.house.content.open(tip.log.entries[1].data["text"]) == "楼道杂物"


async def test_what_waits_half_told_is_sealed_twice(street: Street) -> None:
    await converse(street, [("text", {"content": "线索"}), ("text", {"content": "绝密内容"})])
    dialog = await street.store.dialogs.get(street.resident)
    once = street.house.identity.open(dialog.data)
    assert "绝密内容" not in once
    assert "绝密内容" in street.house.content.open(once)


async def test_words_on_the_way_to_110_are_a_report_with_its_thread(working: Street) -> None:
    await working.say("救命！有人持刀")
    said = await working.hears("拨打 110")
    assert said.index("tel:110") < said.index("/wechat/enter")
    assert await working.store.incidents.find({}) == [], "no report that nobody meant"
    await working.say("1")
    await working.hears("110 已收到您的报警")
    await working.say("他往东跑了")
    await working.hears("✓ 110 已收到。")
    await working.do("location", latitude=LAT, longitude=LON)
    await working.do("image", data=a_picture())

    async def all_there() -> Any:
        (incident,) = await working.store.incidents.find({})
        what = [entry.what for entry in incident.log.entries]
        return incident if {"message", "position", "upload"} <= set(what) else None

    incident = await until(all_there)
    assert incident.words == "救命！有人持刀"
    assert incident.via == "chat"
    assert working.openid not in str(incident)
    assert working.resident not in str(incident)


async def test_every_contact_earns_its_credit_once(street: Street) -> None:
    await work(street.house)
    await street.do("click", key="HELP")
    await work(street.house)
    credit = await street.store.credits.get(street.resident)
    left = {one.trigger: one.left for one in credit.windows}
    assert left[Trigger.CLICK] + left[Trigger.SUBSCRIBE] == 4, "two answers were spent"
    await street.say("帮助")
    await work(street.house)
    credit = await street.store.credits.get(street.resident)
    assert {one.trigger for one in credit.windows} == {
        Trigger.CLICK,
        Trigger.SUBSCRIBE,
        Trigger.MESSAGE,
    }


async def test_old_callbacks_are_removed(street: Street) -> None:
    await converse(street, [("text", {"content": "帮助"})])
    assert await handler.purge(street.house) == 0
    await street.sim.advance(4 * 24 * 3600)
    assert await handler.purge(street.house) > 0
    assert await street.store.arrivals.find({}) == []


async def test_callbacks_that_were_given_up_are_removed_after_thirty_days(street: Street) -> None:
    await converse(street, [("text", {"content": "帮助"})])
    for arrival in await street.store.arrivals.find({}):
        arrival.state = ArrivalState.BROKEN
        await street.store.arrivals.save(arrival)
    await street.sim.advance(29 * 24 * 3600)
    await handler.purge(street.house)
    assert len(await street.store.arrivals.find({})) == 2, "following, and the word"
    await street.sim.advance(2 * 24 * 3600)
    assert await handler.purge(street.house) >= 2
    assert await street.store.arrivals.find({}) == []


async def test_who_withdraws_leaves_no_message_however_many_there_were(street: Street) -> None:
    now = street.house.clock()
    known = [
        Message(f"old{n:04}", street.resident, Channel.OFFICIAL, "", n, now, "", "about")
        for n in range(2 * effects.AT_ONCE + 50)
    ]
    for message in known:
        message.state = MessageState.SENT
    await street.store.messages.add_many(known)
    await converse(street, [("text", {"content": "注销"}), ("text", {"content": "确认删除"})])
    assert "已删除" in (await street.heard())[-1]
    assert await street.store.messages.find({"to": street.resident}) == []
    assert await street.store.residents.find({}) == []


async def test_what_nobody_asked_for_is_not_kept(street: Street) -> None:
    await converse(street, [("text", {"content": "核实"}), ("image", {"data": a_picture()})])
    assert "文字或链接" in (await street.heard())[-1]
    assert await street.sim.calls("cgi-bin/media/get") == []


async def test_who_withdrew_and_unfollows_is_not_written_down_again(street: Street) -> None:
    await converse(
        street,
        [
            ("text", {"content": "注销"}),
            ("text", {"content": "确认删除"}),
            ("unfollow", {}),
        ],
    )
    assert await street.store.residents.find({}) == []
    assert await street.store.arrivals.find({"state": "RECEIVED"}) == []


async def test_who_writes_english_is_answered_in_english(street: Street) -> None:
    await work(street.house)
    await converse(street, [("text", {"content": "help me please"})])
    assert "If a life is in danger" in (await street.heard())[-1]
    await converse(street, [("text", {"content": "0"})])
    assert "whenever you need it" in (await street.heard())[-1], "a number says nothing of it"
    await converse(street, [("text", {"content": "你好"})])
    assert "网上110报警" in (await street.heard())[-1], "it was not chosen for ever"
    await converse(street, [("text", {"content": "English"})])
    assert "All right, English." in (await street.heard())[-1]
    await converse(street, [("text", {"content": "帮助"})])
    assert "Report to 110 online" in (await street.heard())[-1]


async def test_answers_are_removed_and_what_tells_of_a_tip_stays(street: Street) -> None:
    await converse(street, [("text", {"content": "帮助"})])
    await to_resident(street.house, "t1", street.resident, "有答复", Subject("about", True))
    await work(street.house)
    await street.sim.advance(4 * 24 * 3600)
    await handler.purge(street.house)
    assert [one.id for one in await street.store.messages.find({})] == ["t1"]
