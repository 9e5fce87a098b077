"""Files from the chat: deleted with the draft that is dropped, never with a record that has them."""

from __future__ import annotations

import asyncio
import base64
import io
from dataclasses import replace
from typing import Any, cast

import pytest
from PIL import Image

from bot import conversation, handler, loose, outbox, worker
from bot.house import BotHouse
from bot.progress import Progress
from bot.turn import Line
from domain import entry
from domain import tip as tips
from domain.arrival import ArrivalState
from domain.errors import NotFound
from domain.intake import Report, raise_alarm
from domain.message import Attachment, FileKind
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from storage.store import MongoStore
from tests.bot.conftest import Sim
from tests.bot.mortal import Killed, Mortal
from tests.bot.street import LAT, LON, Street, officer, until
from tests.neighbourhoods import city_of_communities

DAY_S = 24 * 3600


@pytest.fixture(scope="module")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


@pytest.fixture
async def street(sim: Sim, house: BotHouse, store: MongoStore, bot_url: str) -> Street:
    """Nothing works here but what a test calls."""
    await store.people.add(officer("zhang", "Zhang", "张警官", communities=["w1-c5"]))
    return Street(sim, house, store, await sim.resident())


async def work(house: BotHouse) -> None:
    while await handler.sweep(house):
        pass
    while await outbox.sweep(house):
        pass


def a_picture() -> str:
    data = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(data, "PNG")
    return base64.b64encode(data.getvalue()).decode()


PICTURE: tuple[str, dict[str, Any]] = ("image", {"data": a_picture()})
PLACE: tuple[str, dict[str, Any]] = ("location", {"latitude": LAT, "longitude": LON})


async def converse(street: Street, *script: str | tuple[str, dict[str, Any]]) -> None:
    for one in script:
        what, facts = ("text", {"content": one}) if isinstance(one, str) else one
        await street.do(what, **facts)
        await work(street.house)


async def loose_ones(street: Street) -> list[str]:
    """Files that belong to nothing; each is there, with what it was made from."""
    found = [one.id for one in await street.store.loose_files.find({})]
    for name in found:
        assert await stored(street, name)
    return found


async def stored(street: Street, name: str) -> bool:
    """Whether the file is there with what it was made from; it is never there without."""
    there = 0
    for one in (name, f"{name}.original"):
        try:
            await street.store.files.size(one)
            there += 1
        except NotFound:
            continue
    assert there != 1
    return there == 2


async def days_pass(street: Street, days: float) -> None:
    await street.sim.advance(days * DAY_S)
    await loose.purge(street.house)


def uploads(log: Any) -> list[str]:
    return [str(entry.data["file"]) for entry in log.entries if entry.what == "upload"]


async def test_a_dropped_draft_takes_its_files_with_it(street: Street) -> None:
    await converse(street, "线索", PICTURE, "楼道里堆满电瓶", PICTURE)
    files = await loose_ones(street)
    assert len(files) == 2
    await converse(street, "0")
    assert "内容已删除" in (await street.heard())[-1]
    assert not any([await stored(street, one) for one in files])
    assert await street.store.loose_files.find({}) == []


async def test_who_withdraws_takes_the_files_of_an_open_draft_along(street: Street) -> None:
    await converse(street, "线索", PICTURE, "楼道里堆满电瓶", PLACE, "1")
    kept = uploads((await street.tip()).log)
    await converse(street, "线索", PICTURE, "0", "线索", PICTURE)
    (open_,) = await loose_ones(street)
    await street.sim.advance(31 * 60)
    await converse(street, "注销", "确认删除")
    assert not await stored(street, open_)
    assert await street.store.loose_files.find({}) == []
    assert [await stored(street, one) for one in kept] == [True], "the tip is a record"


async def test_the_files_of_a_tip_stay(street: Street) -> None:
    await converse(street, "线索", PICTURE, "楼道里堆满电瓶", PLACE, "1")
    await converse(street, "我的", "1", PICTURE)
    files = uploads((await street.tip()).log)
    assert len(files) == 2
    assert await street.store.loose_files.find({}) == [], "nothing links them to a person"
    for one in files:
        await loose.let_go(street.house, one)
    await converse(street, "线索", "别的事", "0")
    await days_pass(street, 3)
    assert [await stored(street, one) for one in files] == [True, True]


async def test_a_draft_that_is_kept_keeps_its_files(street: Street) -> None:
    await converse(street, "线索", PICTURE, "楼道里堆满电瓶")
    (file,) = await loose_ones(street)
    await street.sim.advance(31 * 60)
    assert await conversation.end_late(street.house) == 1
    for _ in range(3):
        await days_pass(street, 1.1)
        assert await stored(street, file)
    await converse(street, "线索", "1", "1", "1")
    assert uploads((await street.tip()).log) == [file]
    await days_pass(street, 2)
    assert await stored(street, file)


async def test_what_was_not_wanted_goes_after_a_day(street: Street) -> None:
    await converse(street, PICTURE, "0")
    (file,) = await loose_ones(street)
    await days_pass(street, 0.9)
    assert await stored(street, file)
    await days_pass(street, 0.2)
    assert not await stored(street, file)
    assert await street.store.loose_files.find({}) == []


CRY: tuple[str, dict[str, Any]] = ("voice", {"recognition": "救命啊"})


async def test_a_cry_that_timed_out_goes_and_one_that_was_reported_stays(street: Street) -> None:
    await converse(street, CRY)
    (lost,) = await loose_ones(street)
    await street.sim.advance(31 * 60)
    assert await conversation.end_late(street.house) == 1
    await days_pass(street, 1.1)
    assert not await stored(street, lost)
    await converse(street, CRY)
    (said,) = await loose_ones(street)
    await converse(street, "1", PICTURE)
    (incident,) = await street.store.incidents.find({})
    files = uploads(incident.log)
    assert files[0] == said
    assert len(files) == 2
    await days_pass(street, 2)
    assert [await stored(street, one) for one in files] == [True, True]


async def test_a_cry_that_a_report_made_on_the_page_took_stays_with_it(street: Street) -> None:
    await converse(street, CRY)
    (said,) = await loose_ones(street)
    now = street.house.clock()
    report = Report("r", "r", "0110-1", now, via="wechat")
    incident = await raise_alarm(street.store, report, now)
    await entry.link(street.store, street.resident, incident.id)
    await Progress(street.house).read_again(3_600_000)
    assert uploads((await street.store.incidents.get(incident.id)).log) == [said]
    await converse(street, "0")
    await days_pass(street, 1.1)
    assert await stored(street, said)


async def test_a_file_that_a_full_tip_took_without_its_words_stays(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    await converse(street, "线索", "楼道里堆满电瓶", PLACE, "1", "我的", "1")
    length = (await street.tip()).log.length
    monkeypatch.setattr("domain.tip.MAX_ENTRIES", length + 1)
    await converse(street, ("voice", {"recognition": "每天晚上都有"}))
    assert "收不下更多" in (await street.heard())[-1]
    await converse(street, PICTURE)
    (refused,) = await loose_ones(street)
    await days_pass(street, 1.1)
    (kept,) = uploads((await street.tip()).log)
    assert (await stored(street, refused), await stored(street, kept)) == (False, True)


async def test_what_a_closed_tip_does_not_take_goes_after_a_day(street: Street) -> None:
    await converse(street, "线索", PICTURE, "楼道里堆满电瓶", PLACE, "1", "我的", "1")
    tip = await street.tip()
    (kept,) = uploads(tip.log)
    who, now = (await street.store.people.get("zhang")).who(), street.house.clock()
    await tips.take(street.store, who, tip.id, now)
    sealed = street.house.content.close("完毕")
    await tips.reply(street.store, who, tip.id, "k", "close", sealed, now)
    await converse(street, PICTURE)
    assert "重新交给民警" in (await street.heard())[-1]
    (refused,) = await loose_ones(street)
    await days_pass(street, 1.1)
    assert (await stored(street, refused), await stored(street, kept)) == (False, True)


# ---- whatever dies in between


async def die(street: Street, dies_at: int, after: bool) -> bool:
    """One process handles what waits and dies at this write; whether it came so far."""
    mortal = Mortal(street.store, dies_at, after)
    try:
        await handler.sweep(replace(street.house, store=cast(MongoStore, mortal)))
    except Killed:
        return True
    return False


async def others_go_on(street: Street) -> None:
    await work(street.house)
    await street.sim.advance(61)
    await work(street.house)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("dies_at", range(1, 13))
async def test_killed_while_a_draft_is_dropped_no_file_stays(
    street: Street, dies_at: int, after: bool
) -> None:
    await converse(street, "线索", PICTURE, "楼道里堆满电瓶")
    (file,) = [one.id for one in await street.store.loose_files.find({})]
    await street.say("0")
    if not await die(street, dies_at, after):
        assert dies_at > 10, "claim, row, credit, answer, dialog, five for the file, handled"
    await others_go_on(street)
    await days_pass(street, 1.1)
    for one in (file, f"{file}.original"):
        with pytest.raises(NotFound):
            await street.store.files.size(one)
    assert await street.store.loose_files.find({}) == []


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("dies_at", range(1, 11))
async def test_killed_while_a_tip_takes_a_file_it_has_it(
    street: Street, dies_at: int, after: bool
) -> None:
    await converse(street, "线索", "楼道里堆满电瓶", PLACE, "1", "我的", "1")
    await street.do(PICTURE[0], **PICTURE[1])
    assert await die(street, dies_at, after)
    await days_pass(street, 1.1)  # the machine was off
    await others_go_on(street)
    await days_pass(street, 1.1)
    (file,) = uploads((await street.tip()).log)
    assert await stored(street, file)
    assert await street.store.loose_files.find({}) == []


@pytest.mark.parametrize("again_at", [2, 4, 6])
@pytest.mark.parametrize("dies_at", [3, 5, 6, 7, 8, 9])
async def test_given_up_while_a_tip_takes_a_file_it_is_not_deleted_from_it(
    street: Street, dies_at: int, again_at: int
) -> None:
    await converse(street, "线索", "楼道里堆满电瓶", PLACE, "1", "我的", "1")
    await street.do(PICTURE[0], **PICTURE[1])
    assert await die(street, dies_at, after=True)
    await street.sim.advance(61)
    await die(street, again_at, after=True)
    for arrival in await street.store.arrivals.find({"state": "RECEIVED"}):
        arrival.state = ArrivalState.BROKEN
        await street.store.arrivals.save(arrival)
    await days_pass(street, 3)
    had = uploads((await street.tip()).log)
    assert all([await stored(street, one) for one in had])
    assert await street.store.loose_files.find({}) == []


async def test_what_may_be_handled_again_is_not_deleted(street: Street) -> None:
    await converse(street, "线索")
    await street.do(PICTURE[0], **PICTURE[1])
    assert await die(street, 6, after=True)
    (file,) = await loose_ones(street)
    await days_pass(street, 1.1)
    assert await stored(street, file)
    await others_go_on(street)
    assert "记下了（1）" in (await street.heard())[-1]
    await days_pass(street, 1.1)
    assert await stored(street, file)


async def test_the_worker_deletes_what_nothing_wants(street: Street) -> None:
    await work(street.house)
    await loose.put(street.house, street.resident, "f", b"shown", b"original")
    await street.sim.advance(1.1 * DAY_S)
    task = asyncio.create_task(worker.run(street.house))

    async def gone() -> bool:
        return await street.store.loose_files.find({}) == []

    await until(gone)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not await stored(street, "f")


def a_line(name: str) -> Line:
    return Line("看这个", file=Attachment(name, FileKind.PICTURE, "image/png", 5, "", ""))


def dying(house: BotHouse, dies_at: int) -> BotHouse:
    mortal = Mortal(cast(MongoStore, house.store), dies_at, after=True)
    return replace(house, store=cast(MongoStore, mortal))


async def test_what_a_record_takes_is_not_deleted_though_its_taker_died(street: Street) -> None:
    await loose.put(street.house, street.resident, "f", b"shown", b"original")
    with pytest.raises(Killed):
        await loose.keep(dying(street.house, 1), a_line("f"))
    (mark,) = await street.store.loose_files.find({})
    assert mark.sealed == "", "it does not link the record to a person"
    await loose.let_go(street.house, "f")
    await days_pass(street, 1.1)
    assert await stored(street, "f")
    assert await street.store.loose_files.find({}) == []


@pytest.mark.parametrize("dies_at", [1, 2, 3, 4])
async def test_a_record_does_not_take_what_is_being_deleted(street: Street, dies_at: int) -> None:
    await loose.put(street.house, street.resident, "f", b"shown", b"original")
    with pytest.raises(Killed):
        await loose.let_go(dying(street.house, dies_at), "f")
    assert await loose.keep(street.house, a_line("f")) == Line("看这个")
    await days_pass(street, 1.1)
    assert not await stored(street, "f")
    assert await street.store.loose_files.find({}) == []


async def test_a_file_is_kept_or_deleted_never_both(street: Street) -> None:
    for number in range(12):
        name = f"f{number}"
        await loose.put(street.house, street.resident, name, b"shown", b"original")
        kept, _ = await asyncio.gather(
            loose.keep(street.house, a_line(name)), loose.let_go(street.house, name)
        )
        assert await stored(street, name) == (kept.file is not None)
    assert await street.store.loose_files.find({}) == []
