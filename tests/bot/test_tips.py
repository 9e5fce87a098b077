"""A tip from WeChat to the officer and back, through the simulated platforms."""

from __future__ import annotations

import asyncio
import base64
import io
import logging

import msgspec
import pytest
from PIL import Image

from bot import tips as tips_of_bot
from bot.house import BotHouse
from bot.tips import Desk, add
from bot.turn import Line
from domain import tip as tips
from domain.outgoing import MessageState, about
from domain.people import Role
from domain.place import Datum, Fix, Wgs84
from domain.tip import Tip, TipState
from domain.tip_moves import call_back, hand_over
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from storage.store import MongoStore
from tests.bot.conftest import Sim
from tests.bot.street import LAT, LON, Street, officer, until
from tests.bot.working import working
from tests.neighbourhoods import city_of_communities

__all__ = ["working"]


@pytest.fixture(scope="module")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


@pytest.fixture
async def street(sim: Sim, house: BotHouse, store: MongoStore, working: None) -> Street:
    await store.people.add(officer("zhang", "Zhang", "张警官", communities=["w1-c5"]))
    await store.people.add(officer("li", "Li", "李警官", communities=["w1-c5"]))
    await store.people.add(officer("wang", "wang", "王警官", station="e1"))
    return Street(sim, house, store, await sim.resident(name="昵称很特别"))


async def told(street: Street, text: str = "三号楼楼道有人堆了很多摩托车电瓶") -> None:
    """A tip with text and place."""
    await street.do("click", key="TIP")
    await street.hears("发生了什么")
    await street.say(text)
    await street.hears("记下了（1）")
    await street.do("location", latitude=LAT, longitude=LON, label="三号楼")
    await street.hears("记下了（2）")
    await street.say("1")
    await street.hears("线索号")


async def test_a_tip_goes_to_its_officers_one_takes_it_and_the_answer_comes_back(
    street: Street,
) -> None:
    await told(street)
    tip = await street.tip()
    assert (tip.station, tip.community, sorted(tip.called)) == ("w1", "w1-c5", ["li", "zhang"])
    card = await street.card("Zhang")
    assert "三号楼楼道" in str(card)
    await street.press("Zhang", card)
    await street.hears("张警官已接手")
    store, content = street.store, street.house.content
    who = (await store.people.get("zhang")).who()
    now = street.house.clock()
    await tips.reply(store, who, tip.id, "k1", "answer", content.close("已通知物业清理"), now)
    await street.hears("已通知物业清理")


async def test_violence_told_of_marks_the_tip_urgent_and_its_card_says_so(street: Street) -> None:
    await told(street, "楼上男的天天打老婆")
    tip = await street.tip()
    assert tip.urgent
    assert "【紧急】" in str(await street.card("Zhang"))
    assert [one.what for one in tip.log.entries].count("tip.marked") == 1


async def test_violence_told_of_later_marks_the_tip_urgent(street: Street) -> None:
    await told(street)
    tip = await street.tip()
    assert not tip.urgent
    for key in ("one", "two"):
        line = Line(text="他还打老婆")
        tip = await add(street.house, tip.id, key, line, "add")
    assert tip.urgent
    assert [one.what for one in tip.log.entries].count("tip.marked") == 1


def jpeg_with_place() -> bytes:
    picture = Image.new("RGB", (40, 30), "red")
    exif = picture.getexif()
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(0x8825)[1] = "N"
    data = io.BytesIO()
    picture.save(data, "JPEG", exif=exif)
    return data.getvalue()


async def reply(street: Street, id: str, key: str, event: str, text: str) -> None:
    """The officer answers on the page."""
    house = street.house
    who = (await street.store.people.get(id)).who()
    tip = await street.tip()
    await tips.reply(
        street.store, who, tip.id, key, event, house.content.close(text), house.clock()
    )


async def test_the_whole_way_of_a_tip(street: Street) -> None:
    await street.say("举报")
    await street.hears("微信公司知道")
    await street.do("image", data=base64.b64encode(jpeg_with_place()).decode())
    await street.hears("记下了（1）")
    await street.do("location", latitude=LAT, longitude=LON, label="三号楼")
    await street.say("楼道里堆满电瓶")
    await street.hears("记下了（3）")
    await street.say("提交")
    tip = await street.tip()
    await street.hears(tip.number)
    assert tip.position is not None
    assert (round(tip.position.wgs84.lat, 4), round(tip.position.wgs84.lon, 4)) == (LAT, LON)
    upload = next(entry for entry in tip.log.entries if entry.what == "upload")
    shown = b"".join([part async for part in street.store.files.read(upload.data["file"])])
    assert b"PhoneMaker" not in shown
    assert not Image.open(io.BytesIO(shown)).getexif()
    kept = [part async for part in street.store.files.read(upload.data["file"] + ".original")]
    assert b"PhoneMaker" not in b"".join(kept)
    assert street.house.content.open_bytes(b"".join(kept)) == jpeg_with_place()

    # Two officers press at the same moment: one has it, the other is told who.
    cards = [await street.card("Zhang"), await street.card("Li")]
    await asyncio.gather(street.press("Zhang", cards[0]), street.press("Li", cards[1]))
    taken = await until(lambda: _taken(street))
    winner, loser = ("Zhang", "Li") if taken.officer == "zhang" else ("Li", "Zhang")
    await street.officer_reads(loser, f"{taken.officer_name} 已接单")
    for userid in (winner, loser):
        await until(lambda userid=userid: _replaced(street, userid, taken.officer_name))
    assert len([entry for entry in taken.log.entries if entry.what == "tip.taken"]) == 1
    await street.hears(f"{taken.officer_name}已接手")
    officer_id = taken.officer or ""

    # Asked back, answered from the list of my tips.
    await reply(street, officer_id, "k1", "ask", "几单元？")
    await street.hears("几单元？")
    await street.say("我的")
    await street.hears(f"1 {tip.number} 办理中")
    await street.say("1")
    await street.hears("现在写的都会补充进去")
    await street.say("二单元一楼")
    await street.hears("已补充")
    await street.officer_reads(winner, "有新的补充")
    assert "二单元一楼" in _words(street, await street.tip())

    # Answered, not solved, on the table again, closed.
    await reply(street, officer_id, "k2", "answer", "已通知物业")
    await street.hears("已通知物业")
    await street.say("没有解决")
    await street.hears("已重新交给民警")
    tip = await street.tip()
    assert (tip.state, tip.reopened) == (TipState.ASSIGNED, 1)
    again = await street.card(winner, count=2)
    assert "未解决" in str(again)
    assert len(await street.cards(loser)) == 1, "it has an owner already"
    await reply(street, officer_id, "k3", "close", "已清理完毕")
    await street.hears("已清理完毕")
    await street.say("已解决")
    await street.hears("已办结", after=len(await street.heard()) - 2)
    assert (await street.tip()).state is TipState.CLOSED
    said = await street.heard()
    assert len(said) == len(set(said)), "nothing is said twice"


async def _taken(street: Street) -> Tip | None:
    tip = await street.tip()
    return tip if tip.officer else None


async def _replaced(street: Street, userid: str, name: str) -> bool:
    cards = await street.cards(userid)
    return f"{name} 已接单" in str(cards[0])


def _words(street: Street, tip: Tip) -> list[str]:
    return [
        street.house.content.open(entry.data["text"])
        for entry in tip.log.entries
        if entry.data.get("text")
    ]


async def test_a_tip_for_the_wrong_desk_is_handed_over(street: Street) -> None:
    await told(street)
    tip = await street.tip()
    old = await street.card("Li")
    # The old card keeps its buttons, as when the platform refuses to change it.
    await street.sim.fault("update_template_card", "error", code=40058, count=1)
    who = (await street.store.people.get("zhang")).who()
    now = street.house.clock()
    await hand_over(street.store, who, tip.id, "e1", "东一派出所", ["wang"], "", now)
    await street.hears("已转给东一派出所")
    card = await street.card("wang")
    await street.press("Li", old)
    await street.officer_reads("Li", "已不在您的单位")
    await street.press("wang", card)
    await street.hears("王警官已接手")
    assert (await street.tip()).owner == ("officer", "wang")


async def _says(street: Street, userid: str, label: str) -> bool:
    return label in str((await street.cards(userid))[-1])


async def test_a_hand_over_that_is_called_back_is_offered_at_home_again(street: Street) -> None:
    await told(street)
    tip = await street.tip()
    await street.card("Li")
    who = (await street.store.people.get("zhang")).who()
    now = street.house.clock()
    await hand_over(street.store, who, tip.id, "e1", "东一派出所", ["wang"], "", now)
    await street.card("wang")
    await call_back(street.store, who, tip.id, now)
    home = await street.card("Li", count=2)
    await street.hears("已转给西一派出所")
    await until(lambda: _says(street, "wang", "已撤回"))
    await street.press("Li", home)
    await street.hears("李警官已接手")
    assert (await street.tip()).owner == ("officer", "li")


async def test_an_anonymous_tip_leads_to_nobody(
    street: Street, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await told(street)
    await street.press("Zhang", await street.card("Zhang"))
    await street.hears("张警官已接手")
    await reply(street, "zhang", "k1", "answer", "已经处理")
    await street.hears("已经处理")
    await street.say("没有解决")
    await street.card("Zhang", count=2)
    await until(lambda: _quiet(street))
    tip = await street.tip()
    assert tip.anonymous
    secrets = (street.openid, street.resident, "昵称很特别")
    # The tip, what officers were sent, what the platform of officers was told, and the logs.
    shown = [msgspec.json.encode(tip).decode()]
    shown += [str(await street.sim.screen(user)) for user in ("Zhang", "Li", "wang")]
    shown += [str(one) for one in await street.sim.calls("qyapi")]
    shown += [record.getMessage() for record in caplog.records if "jingmin" in record.name]
    for text in shown:
        assert not [one for one in secrets if one in text]
    # No document has both the tip and the resident; a sent message has forgotten its receiver.
    arrivals = {one.id for one in await street.store.arrivals.find({}, limit=1_000)}
    messages = await street.store.messages.find({}, limit=1_000)
    assert messages
    for message in messages:
        text = msgspec.json.encode(message).decode()
        assert not (street.resident in text and tip.id in text)
        if message.about == about(street.house.secret, tip.id):
            assert message.state is MessageState.SENT
            assert street.resident not in text
            assert message.sent_at is not None
            assert message.sent_at % 300_000 == 0
    raw = msgspec.json.encode(tip).decode()
    assert not [one for one in arrivals if one in raw], "an arrival has a person"
    teller = await street.store.tellers.get(tip.id)
    assert street.resident not in msgspec.json.encode(teller).decode()
    # What the resident did is known to five minutes only.
    for entry in tip.log.entries:
        if entry.who.id == tips.TELLER.id:
            assert entry.at % 300_000 == 0
    assert tip.opened_at % 300_000 == 0
    assert tip.position is not None
    assert tip.position.received_at % 300_000 == 0


async def _quiet(street: Street) -> bool:
    found = await street.store.messages.find({"state": {"$in": ["QUEUED", "SENDING"]}})
    return not found


async def test_a_resident_may_sign_a_tip(street: Street) -> None:
    await street.say("线索")
    await street.say("楼道里堆满电瓶")
    await street.say("署名")
    await street.hears("请写下您愿意留下的")
    await street.say("三号楼的老刘")
    await street.hears("已署名")
    await street.say("1")
    await street.hears("在什么地方")
    await street.say("1")
    tip = await street.tip()
    assert not tip.anonymous
    assert "老刘" not in msgspec.json.encode(tip).decode()
    assert street.house.content.open(tip.named) == "三号楼的老刘"


async def test_withdrawing_deletes_the_link_and_answers_no_more(street: Street) -> None:
    await told(street)
    tip = await street.tip()
    await street.card("Zhang")
    await street.press("Zhang", await street.card("Zhang"))
    await street.hears("张警官已接手")
    await street.say("注销")
    await street.hears("必须保留")
    await street.say("确认删除")
    await street.hears("已删除")
    store = street.store
    await until(lambda: _nobody(street))
    assert await store.tellers.find({}) == []
    assert [one.id for one in await store.tips.find({})] == [tip.id], "the tip is a record"
    await reply(street, "zhang", "k1", "answer", "这句没有人收到")
    assert [one for one in await store.messages.find({}) if one.to == street.resident] == []
    # Who writes again begins anew, and has no tips.
    await street.say("我的")
    await street.hears("还没有您的线索")
    assert not [text for text in await street.heard() if "没有人收到" in text]


async def test_a_file_that_is_gone_is_asked_for_again(street: Street) -> None:
    await street.say("线索")
    await street.hears("发生了什么")
    await street.sim.fault("cgi-bin/media/get", "error", code=40007)
    await street.do("image", data=base64.b64encode(jpeg_with_place()).decode())
    await street.hears("没有收到，请再发一次")
    await street.say("楼道里堆满电瓶")
    await street.hears("记下了（1）")


async def _nobody(street: Street) -> bool:
    return await street.store.residents.find({}) == []


# ---- whose tip it is


async def _desk(street: Street, community: str | None, placed: bool = False) -> Desk:
    fix = tips_of_bot.locate(street.house, Line(lon=LON, lat=LAT), 0) if placed else None
    return await tips_of_bot.desk_for(street.house, fix, community, street.house.clock())


async def test_without_a_place_the_residents_community_decides(street: Street) -> None:
    desk = await _desk(street, "w1-c5")
    assert (desk.station.id, desk.community and desk.community.id) == ("w1", "w1-c5")
    assert sorted(one.id for one in desk.called) == ["li", "zhang"]


async def test_between_two_communities_the_officers_of_both_are_called(street: Street) -> None:
    neighbour = officer("sun", "sun", "孙警官")
    neighbour.communities = ["w1-c6"]
    await street.store.people.add(neighbour)
    finder = street.house.finder
    for metres, community, called in (
        (-10, None, ["li", "sun", "zhang"]),
        (-80, "w1-c5", ["li", "zhang"]),
        (80, "w1-c6", ["sun"]),
    ):
        # The border of w1-c5 and w1-c6; the circle of a finger on WeChat's map is 100 m wide.
        here = Wgs84(121.0625 + metres / 84_000, 41.05, tips_of_bot.PICKED_M)
        fix = Fix(here, here.lon, here.lat, Datum.WGS84, 0, finder.locate(here))
        desk = await tips_of_bot.desk_for(street.house, fix, None, street.house.clock())
        assert desk.station.id == "w1"
        assert (desk.community.id if desk.community else None) == community
        assert sorted(one.id for one in desk.called) == called


async def test_an_officer_who_is_away_has_the_deputy(street: Street) -> None:
    zhang = await street.store.people.get("zhang")
    zhang.away_until, zhang.deputy = street.house.clock() + 3_600_000, "deputy"
    await street.store.people.save(zhang)
    await street.store.people.add(officer("deputy", "deputy", "赵警官"))
    assert sorted(one.id for one in (await _desk(street, "w1-c5")).called) == ["deputy", "li"]


async def test_without_community_officers_the_stations_own_are_called(street: Street) -> None:
    await street.store.people.add(officer("desk", "desk", "值班", "e2", role=Role.STATION_OFFICER))
    desk = await _desk(street, "e2-c1")
    assert [one.id for one in desk.called] == ["desk"]


async def test_without_place_and_community_the_citys_desk_has_it(street: Street) -> None:
    assert (await _desk(street, None)).station.id == "e1", "the first by id"
    await street.store.people.add(officer("boss", "boss", "带班", "w2", role=Role.SUPERVISOR))
    desk = await _desk(street, None)
    assert desk.station.id == "w2"
    assert [one.id for one in desk.called] == ["boss"]
