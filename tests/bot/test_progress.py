"""What happens to a report or a tip is told once, to whom it concerns, whoever restarts in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot import handler, outbox, worker
from bot.house import BotHouse
from bot.progress import Progress
from domain import closing, entry, incident, message, tip
from domain.dispatch import dispatch, respond
from domain.incident import Disposition, Incident
from domain.intake import Report, compose, raise_alarm
from domain.marks import ChatLine, ChatState
from domain.outgoing import MessageState
from domain.people import Role, Who
from domain.resident import Resident
from domain.ticket import random_id
from domain.tip_moves import become_incident
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from storage.store import MongoStore
from tests.bot.conftest import Sim
from tests.bot.street import LAT, LON, Street, officer, until
from tests.neighbourhoods import city_of_communities

DESK = Who("d1", Role.DISPATCHER, "接警员")
PATROL = Who("s1", Role.STATION_OFFICER, "出警员", "w1")


@pytest.fixture(scope="module")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


@pytest.fixture
async def street(sim: Sim, house: BotHouse, store: MongoStore, bot_url: str) -> Street:
    await store.people.add(officer("zhang", "Zhang", "张警官", communities=["w1-c5"]))
    one = Street(sim, house, store, await sim.resident())
    await one.say("帮助")
    await work(one)
    return one


@pytest.fixture
async def working(street: Street) -> AsyncIterator[Street]:
    task = asyncio.create_task(worker.run(street.house))
    yield street
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def work(street: Street, follow: bool = False) -> None:
    """One process does everything there is to do; ``follow``: one that has just started."""
    while await handler.sweep(street.house):
        pass
    if follow:
        await Progress(street.house).read_again(3 * 24 * 3_600_000)
    while await outbox.sweep(street.house):
        pass


async def a_report(street: Street, silent: bool = False) -> Incident:
    """A report that this resident made on the page, coming from WeChat."""
    now, key = street.house.clock(), random_id()
    report = Report(key, key, f"0110-{key[:6]}", now, silent=silent, via="wechat")
    it = await raise_alarm(street.store, report, now)
    await entry.link(street.store, street.resident, it.id)
    return it


async def handled(street: Street, it: Incident) -> None:
    """Answered, the station called, on its way, closed."""
    store, now = street.store, street.house.clock()
    await incident.answer(store, DESK, it.id, now)
    station = street.house.finder.station("w1")
    await dispatch(store, DESK, it.id, station, "西区分局", "", now)
    await respond(store, PATROL, it.id, "acknowledge", now)
    await respond(store, PATROL, it.id, "depart", now)
    await closing.close(store, DESK, it.id, Disposition.RESOLVED, "", now)


TOLD = ["110 已接听", "已通知西一派出所", "西一派出所民警已经出发", "西一派出所仍会处置完毕"]


async def test_a_report_is_followed_in_wechat(working: Street) -> None:
    it = await a_report(working)
    await handled(working, it)
    for part in TOLD:
        await working.hears(part)
    heard = "\n".join(await working.heard())
    places = [heard.index(part) for part in TOLD]
    assert places == sorted(places), "in order"
    assert [heard.count(part) for part in TOLD] == [1] * len(TOLD)
    assert it.number in heard


async def test_nothing_is_told_twice_after_a_restart_and_nothing_is_left_out(
    street: Street,
) -> None:
    it = await a_report(street)
    await incident.answer(street.store, DESK, it.id, street.house.clock())
    await work(street, follow=True)
    await work(street, follow=True)
    await closing.close(street.store, DESK, it.id, Disposition.RESOLVED, "", street.house.clock())
    await work(street, follow=True)
    heard = [text for text in await street.heard() if it.number in text]
    assert [("已接听" in heard[0]), ("已处理完毕" in heard[1]), len(heard)] == [True, True, 2]


async def test_the_last_of_many_reports_is_followed_too(street: Street) -> None:
    now, many = street.house.clock(), range(500)
    reports = [Report(f"old{n}", f"old{n}", f"old{n}", now - 1_000, via="chat") for n in many]
    await street.store.incidents.add_many([compose(one, one.received_at) for one in reports])
    # Their ids come before that of any resident of the street.
    rows = [Resident(f"!{n:03}", "", incident=f"old{n}") for n in many]
    await street.store.residents.add_many(rows)
    it = await a_report(street)
    await incident.answer(street.store, DESK, it.id, street.house.clock())
    await work(street, follow=True)
    assert [it.number in text for text in await street.heard()].count(True) == 1


async def test_two_followers_tell_once(street: Street) -> None:
    it = await a_report(street)
    await incident.answer(street.store, DESK, it.id, street.house.clock())
    await asyncio.gather(*(Progress(street.house).read_again(3_600_000) for _ in range(4)))
    await work(street)
    assert len([text for text in await street.heard() if it.number in text]) == 1


@pytest.mark.parametrize("silent", [False, True])
async def test_what_was_cried_in_the_chat_comes_with_the_report(
    street: Street, silent: bool
) -> None:
    await street.say("救命 有人拿刀砸门")
    await street.say("我在三楼")
    await work(street)
    it = await a_report(street, silent)
    for _ in range(2):
        await work(street, follow=True)
    found = await street.store.incidents.get(it.id)
    said = [one.data["text"] for one in found.log.entries if one.what == "message"]
    assert said == ["救命 有人拿刀砸门", "我在三楼"]


async def test_what_was_cried_long_before_stays_where_it_is(street: Street, sim: Sim) -> None:
    await street.say("救命 有人拿刀砸门")
    await work(street)
    await sim.advance(31 * 60)
    it = await a_report(street)
    await work(street, follow=True)
    found = await street.store.incidents.get(it.id)
    assert [one for one in found.log.entries if one.what == "message"] == []


async def test_a_silent_report_is_never_spoken_of(street: Street) -> None:
    it = await a_report(street, silent=True)
    await handled(street, it)
    before = len(await street.store.messages.find({}))
    await work(street, follow=True)
    assert len(await street.store.messages.find({})) == before


async def test_somebody_elses_report_is_not_told(street: Street) -> None:
    other = Street(street.sim, street.house, street.store, await street.sim.resident())
    await other.say("帮助")
    await work(other)
    it = await a_report(street)
    await handled(street, it)
    await work(street, follow=True)
    assert not [text for text in await other.heard() if it.number in text]
    assert [text for text in await street.heard() if it.number in text]


async def test_a_position_in_the_chat_moves_the_open_report(working: Street) -> None:
    it = await a_report(working)
    await working.do("location", latitude=LAT, longitude=LON)
    await working.say("我在三楼")
    await working.hears("110 已收到")

    async def moved() -> Any:
        found = await working.store.incidents.get(it.id)
        said = [entry.data.get("text") for entry in found.log.entries if entry.what == "message"]
        return found if found.position is not None and said == ["我在三楼"] else None

    found = await until(moved)
    assert round(found.position.wgs84.lat, 4) == LAT
    assert round(found.position.wgs84.lon, 4) == LON
    # Once it is closed, positions are not followed any more.
    now = working.house.clock()
    await incident.answer(working.store, DESK, it.id, now)
    await closing.close(working.store, DESK, it.id, Disposition.RESOLVED, "", now)
    await working.hears("已处理完毕")
    length = (await working.store.incidents.get(it.id)).log.length
    await working.do("location", latitude=41.0, longitude=LON)
    await working.hears("作为线索交给民警")
    assert (await working.store.incidents.get(it.id)).log.length == length


async def test_a_tip_that_becomes_an_incident_is_told(street: Street) -> None:
    for text in ("线索", "楼道里堆满电瓶", "1", "1"):
        await street.say(text)
        await work(street)
    one = await street.tip()
    who = (await street.store.people.get("zhang")).who()
    if one.station != "w1":
        who = Who("zhang", Role.COMMUNITY_OFFICER, "张警官", one.station)
    await become_incident(street.store, who, one.id, "i1", "0110-1", street.house.clock())
    await work(street, follow=True)
    assert [text for text in await street.heard() if "已转 110 处理" in text]


async def test_an_answer_without_credit_is_announced_and_waits_for_the_resident(
    street: Street,
) -> None:
    for text in ("线索", "楼道里堆满电瓶", "1", "1"):
        await street.say(text)
        await work(street)
    one = await street.tip()
    await street.sim.advance(49 * 3600)
    who = Who("zhang", Role.COMMUNITY_OFFICER, "张警官", one.station)
    store, content, now = street.store, street.house.content, street.house.clock()
    await tip.take(store, who, one.id, now)
    await tip.reply(store, who, one.id, "k1", "answer", content.close("已清理"), now)
    await work(street, follow=True)
    assert not [text for text in await street.heard() if "已清理" in text]
    lines = [line for line in await street.sim.chat(street.openid) if line["via"] == "template"]
    assert len(lines) == 1
    assert one.number in str(lines[0])
    assert "已清理" not in str(lines[0])
    waiting = await store.messages.find({"state": str(MessageState.QUEUED)})
    assert {one.reason for one in waiting} == {"no_credit"}
    await street.say("在吗")
    await work(street)
    assert [text for text in await street.heard() if "已清理" in text]


async def test_nothing_lights_up_the_phone_while_a_silent_report_is_open(street: Street) -> None:
    it = await a_report(street, silent=True)
    before = len(await street.heard())
    await street.say("他在门外")
    await street.do("click", key="NOTICES")
    await work(street, follow=True)
    assert len(await street.heard()) == before
    found = await street.store.incidents.get(it.id)
    assert "他在门外" in [entry.data.get("text") for entry in found.log.entries]
    now = street.house.clock()
    await incident.answer(street.store, DESK, it.id, now)
    await closing.close(street.store, DESK, it.id, Disposition.RESOLVED, "", now)
    await street.say("在吗")
    await street.sim.advance(61)
    await work(street)
    assert len(await street.heard()) > before


async def test_what_110_writes_reaches_whoever_reported_in_the_chat(working: Street) -> None:
    await working.say("救命，有人撬门")
    await working.say("1")
    await working.hears("110 已收到您的报警")
    (it,) = await working.store.incidents.find({})
    now = working.house.clock()
    await incident.answer(working.store, DESK, it.id, now)
    await message.say(working.store, DESK, it.id, "k1", "请躲进房间锁好门", now)
    await working.hears("110：请躲进房间锁好门")
    assert not [text for text in await working.heard() if text.startswith("110：救命")]


async def test_the_desk_learns_what_became_of_its_lines_in_the_chat(working: Street) -> None:
    store, now = working.store, working.house.clock()
    await working.say("救命，有人撬门")
    await working.say("1")
    await working.hears("110 已收到您的报警")
    (it,) = await store.incidents.find({})
    await incident.answer(store, DESK, it.id, now)

    async def becomes(seq: int, state: ChatState, reason: str = "") -> None:
        async def told() -> bool:
            chat = (await store.incidents.get(it.id)).chat
            return ChatLine(seq, state, reason) in chat

        async with asyncio.timeout(60):
            while not await told():
                await asyncio.sleep(0.05)

    first = await message.say(store, DESK, it.id, "k1", "请躲进房间锁好门", now)
    await becomes(first.seq, ChatState.SENT)
    row = await store.residents.get(working.resident)
    row.following = False
    await store.residents.save(row)
    second = await message.say(store, DESK, it.id, "k2", "民警快到了", now)
    await becomes(second.seq, ChatState.WAITING, "unreachable")
    lines = (await store.incidents.get(it.id)).chat
    assert [one.seq for one in lines] == [first.seq, second.seq], "of steps nothing is kept"


async def test_what_became_of_a_line_is_told_by_the_next_process(street: Street) -> None:
    """The one that sent it died before it told."""
    await street.say("救命，有人撬门")
    await work(street)
    await street.say("1")
    await work(street)
    (it,) = await street.store.incidents.find({})
    now = street.house.clock()
    await incident.answer(street.store, DESK, it.id, now)
    line = await message.say(street.store, DESK, it.id, "k1", "请躲进房间锁好门", now)
    await work(street, follow=True)
    assert (await street.store.incidents.get(it.id)).chat == []
    await work(street, follow=True)
    assert (await street.store.incidents.get(it.id)).chat == [ChatLine(line.seq, ChatState.SENT)]


async def test_what_110_writes_to_a_page_is_read_there(street: Street) -> None:
    it = await a_report(street)
    now = street.house.clock()
    await incident.answer(street.store, DESK, it.id, now)
    await message.say(street.store, DESK, it.id, "k1", "请躲进房间锁好门", now)
    await work(street, follow=True)
    assert not [text for text in await street.heard() if "锁好门" in text]
