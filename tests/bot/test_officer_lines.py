"""Officers hear every line that is for them: no two are the same to the platform, and each comes once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot import handler, outbox, progress
from bot.cards import tell
from bot.house import BotHouse
from bot.post import to_officers
from domain import tip as tips
from domain.people import SYSTEM, Role, Who
from domain.succession import hand_on, reassign
from domain.tip import TELLER
from domain.tip_notes import note
from storage.store import MongoStore
from tests.bot.conftest import AGENT, Sim
from tests.bot.street import LAT, LON, Street, officer, until
from tests.bot.test_progress import finder, work
from tests.bot.test_station_calls import called, screen

__all__ = ["finder"]
DAY_MS = 24 * 3_600_000
pytestmark = pytest.mark.usefixtures("finder")


@pytest.fixture
async def street(sim: Sim, house: BotHouse, store: MongoStore, bot_url: str) -> Street:
    for one in (
        officer("zhang", "Zhang", "张警官", communities=["w1-c5"]),
        officer("li", "Li", "李警官", communities=["w1-c5"]),
    ):
        await store.people.add(one)
    return Street(sim, house, store, await sim.resident())


@pytest.fixture
async def working(street: Street) -> AsyncIterator[Street]:
    parts = [asyncio.create_task(one.run(street.house)) for one in (handler, outbox, progress)]
    yield street
    for part in parts:
        part.cancel()
    await asyncio.gather(*parts, return_exceptions=True)


async def told(street: Street) -> None:
    await street.say("线索")
    await street.do("location", latitude=LAT, longitude=LON, label="三号楼")
    await street.say("楼道里堆满电瓶")
    await street.hears("记下了（2）")
    await street.say("1")


async def more(street: Street, userid: str) -> list[str]:
    lines = await street.sim.screen(userid)
    return [one for one in (str(line["data"].get("content")) for line in lines) if "补充" in one]


async def test_every_addition_is_heard_by_who_has_it_and_before_by_who_is_called(
    working: Street,
) -> None:
    street = working
    await told(street)
    card = await street.card("Zhang")
    await street.say("我的")
    await street.hears("回复数字")
    await street.say("1")
    await street.hears("都会补充进去")
    for number, words in enumerate(("有味道", "有味道", "又来了一车"), 1):
        await street.say(words)

        async def heard(number: int = number) -> bool:
            return len(await more(street, "Zhang")) == len(await more(street, "Li")) == number

        await until(heard)
    await street.press("Zhang", card)
    await street.hears("张警官已接手")
    for number, words in enumerate(("车牌看到了", "车牌看到了"), 4):
        await street.say(words)

        async def heard_by_one(number: int = number) -> bool:
            return len(await more(street, "Zhang")) == number

        await until(heard_by_one)
    assert len(await more(street, "Li")) == 3
    assert len(set(await more(street, "Zhang"))) == 5
    await progress.Progress(street.house).read_again(3 * 24 * 3_600_000)
    await work(street)
    assert len(await more(street, "Zhang")) == 5, "each once"
    tip = await street.tip()
    said = [one for one in tip.log.entries if one.who.id == TELLER.id and one.what == "message"]
    assert len(said) == 6


async def test_an_officer_who_writes_again_is_answered_again(working: Street) -> None:
    for number in (1, 2, 3):
        await working.sim.post("members/Li/text", agentid=AGENT, content="你好", wait=True)
        await working.sim.advance(20)

        async def answered(number: int = number) -> bool:
            lines = await screen(working, "Li")
            return len([one for one in lines if "请在页面里答复" in one]) == number

        await until(answered)


async def test_a_station_that_is_called_again_is_told_again(street: Street) -> None:
    """The same words within four hours: the platform takes them for a repetition."""
    await street.store.people.add(
        officer("wang", "wang", "王警官", station="w1", role=Role.STATION_OFFICER)
    )
    first = await called(street)
    await work(street, follow=True)
    body = (await street.store.messages.find({"about": first.id}))[0]
    await street.sim.advance(60)
    line = "110 请求出警"
    for number in (2, 3):
        text = (await screen(street, "wang"))[0].partition("] ")[2]
        again = {"msgtype": "text", "text": {"content": text}}
        await to_officers(street.house, f"{body.id}:{number}", ["wang"], again, first.id)
        await work(street)
        await street.sim.advance(1)
        assert len([one for one in await screen(street, "wang") if line in one]) == number


async def test_what_is_sent_again_after_a_lost_answer_comes_once(street: Street) -> None:
    await street.sim.fault("message/send", "lost", count=1)
    tip = await _a_tip(street)
    await tell(street.house, "line", ["zhang"], "officer_more", tip, count="1")
    for _ in range(3):
        await work(street)
        await street.sim.advance(120)
    assert len(await more(street, "Zhang")) == 1
    assert len(await street.sim.calls("message/send")) >= 2


async def _a_tip(street: Street) -> tips.Tip:
    id = "ab" * 16
    now = street.house.clock()
    tip = tips.Tip(id, tips.tip_number(id, now), "w1", "西一派出所", now, now, called=["zhang"])
    return await tips.submit(street.store, tip, [], now)


async def lines_of(street: Street, userid: str, part: str) -> list[str]:
    lines = await street.sim.screen(userid)
    return [one for one in (str(line["data"].get("content")) for line in lines) if part in one]


async def change(street: Street, id: str, **members: object) -> None:
    one = await street.store.people.get(id)
    for name, value in members.items():
        setattr(one, name, value)
    await street.store.people.save(one)


@pytest.mark.parametrize("how", ["away", "disabled", "moved"])
async def test_what_is_added_while_he_who_has_it_is_not_there_goes_to_who_stands_in(
    working: Street, how: str
) -> None:
    street = working
    await told(street)
    await street.press("Zhang", await street.card("Zhang"))
    await street.hears("张警官已接手")
    gone = {
        "away": {"away_until": street.house.clock() + DAY_MS, "deputy": "li"},
        "disabled": {"disabled": True},
        "moved": {"station": "w2", "communities": []},
    }[how]
    await change(street, "zhang", **gone)
    for words in ("我的", "1"):
        await street.say(words)
    await street.hears("都会补充进去")
    await street.say("又来了一车")
    await street.officer_reads("Li", "新的补充")
    assert await more(street, "Zhang") == []
    # And with a new card where it was not solved: the one who stands in has it with one press.
    tip, clock = await street.tip(), street.house.clock()
    sealed, zhang = (
        street.house.content.close("还在"),
        Who("zhang", Role.COMMUNITY_OFFICER, "张警官", "w1"),
    )
    await tips.reply(street.store, zhang, tip.id, "answer-key", "answer", sealed, clock)
    said = {"text": sealed}
    await tips.add(street.store, tip.id, "again-key", "message", said, clock, "not_solved")
    await street.press("Li", await street.card("Li", 2))

    async def his() -> bool:
        return (await street.tip()).officer == "li"

    await until(his)
    taken_over = (await street.tip()).log.entries[-1]
    assert (taken_over.what, taken_over.data["before"]) == ("tip.taken_over", "zhang")
    if how != "disabled":
        await street.officer_reads("Zhang", "改由 李警官 办理")


@pytest.mark.parametrize("had", [True, False])
async def test_a_tip_passed_on_is_told_to_who_has_it_now_and_never_to_the_resident(
    working: Street, had: bool
) -> None:
    street = working
    await told(street)
    clock, tip = street.house.clock(), await street.tip()
    zhang, li = [(await street.store.people.get(id)).who() for id in ("zhang", "li")]
    if had:
        await tips.take(street.store, zhang, tip.id, clock)
    sealed = street.house.content.close("他认识这一户")
    chief = Who("chief", Role.SUPERVISOR, "值班长")
    holder = zhang.id if had else None
    await reassign(street.store, chief, tip.id, holder, li.id, sealed, clock)
    await street.officer_reads("Li", "值班长 把线索")
    if had:
        await street.officer_reads("Zhang", "改由 李警官 办理")
    noted = street.house.content.close("他和楼上是亲戚")
    await note(street.store, li, tip.id, "note-key", noted, clock)
    answer = street.house.content.close("已去看过")
    await tips.reply(street.store, li, tip.id, "answer-key", "answer", answer, clock)
    await street.hears("已去看过")
    for kept in ("他认识这一户", "他和楼上是亲戚"):
        assert not [text for text in await street.heard() if kept in text]


async def test_tips_handed_on_in_one_act_are_one_line(working: Street) -> None:
    street = working
    for id in ("ab" * 16, "cd" * 16):
        tip = tips.Tip(id, tips.tip_number(id, 1), "w1", "西一派出所", 0, 0, called=["zhang"])
        await tips.submit(street.store, tip, [], street.house.clock())
    zhang, li = [await street.store.people.get(id) for id in ("zhang", "li")]
    await tips.take(street.store, zhang.who(), "ab" * 16, street.house.clock())
    handed = await hand_on(street.store, SYSTEM, zhang, li, street.house.clock(), "batch")
    assert len(handed) == 2
    await street.officer_reads("Li", "线索交给您")
    await street.officer_reads("Li", "线索待接办")
    await progress.Progress(street.house).read_again(3 * 24 * 3_600_000)
    await work(street)
    # Long after, when what was said to nobody in particular is removed, another process says none of it.
    await street.sim.advance(4 * 24 * 3600)
    await handler.purge(street.house)
    for one in handed:
        await progress.Progress(street.house).tip(await street.store.tips.get(one.id))
    assert await street.store.messages.find({"state": "QUEUED"}, limit=9) == []
    await work(street)
    for part in ("线索交给您", "线索待接办"):
        assert len(await lines_of(street, "Li", part)) == 1
    assert await lines_of(street, "Zhang", "线索交给您") == []
