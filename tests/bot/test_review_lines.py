"""Who hears in WeCom of the approval of a notice: those who may give it, then its author."""

from __future__ import annotations

import pytest

from bot import outbox
from bot.house import BotHouse
from bot.progress import Progress
from domain.approving import approve, send_back, submit
from domain.notice import Notice
from domain.people import Person, Role
from domain.trial import try_out
from domain.writing import Words, draft, withdraw
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from storage.store import MongoStore
from tests.bot.conftest import Sim
from tests.bot.street import officer
from tests.neighbourhoods import city_of_communities


@pytest.fixture(scope="module")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


async def read(house: BotHouse, sim: Sim, userid: str, it: Notice) -> list[str]:
    """What the app wrote to this member, after everything was told twice."""
    for _ in range(2):
        await Progress(house).notice(await house.store.notices.get(it.id))
    while await outbox.sweep(house):
        pass
    return [str(line["data"].get("content", "")) for line in await sim.screen(userid)]


async def test_those_who_may_approve_hear_of_it_then_its_author_hears_what_they_say(
    house: BotHouse, store: MongoStore, sim: Sim
) -> None:
    zhang = officer("zhang", "Zhang", "张警官", communities=["w1-c5"])
    li: Person = officer("li", "Li", "李所长", role=Role.STATION_OFFICER)
    elsewhere = officer("wang", "wang", "王所长", station="e1", role=Role.STATION_OFFICER)
    for one in (zhang, li, elsewhere):
        await store.people.add(one)
    now = house.clock()
    words = Words("停水通知", "今晚停水。", ["w1-c5"], urgent=True)
    it = await draft(store, house.finder, zhang.who(), "key-of-notice", words, now)
    assert await read(house, sim, "Li", it) == []
    it = await submit(store, house.finder, zhang.who(), it.id, it.version, now)
    (line,) = await read(house, sim, "Li", it)
    assert "张警官 送审通告" in line
    assert "，紧急" in line
    assert f"/wechat/officer?notice={it.id}" in line
    assert await read(house, sim, "wang", it) == []
    assert await read(house, sim, "Zhang", it) == []

    it = await send_back(store, house.finder, li.who(), it.id, it.version, "哪几栋楼？", now)
    (line,) = await read(house, sim, "Zhang", it)
    assert "李所长 退回了" in line
    assert "哪几栋楼？" in line
    it = await submit(store, house.finder, zhang.who(), it.id, it.version, now)
    it = await approve(store, house.finder, li.who(), it.id, it.version, now)
    # Approved before anybody was asked again: only its author has something to hear.
    assert len(await read(house, sim, "Li", it)) == 1
    assert "李所长 审核通过了" in (await read(house, sim, "Zhang", it))[1]


async def test_a_notice_is_tried_out_by_whoever_writes_it_and_reaches_nobody_else(
    house: BotHouse, store: MongoStore, sim: Sim
) -> None:
    zhang = officer("zhang", "Zhang", "张警官", communities=["w1-c5"])
    li: Person = officer("li", "Li", "李所长", role=Role.STATION_OFFICER)
    for one in (zhang, li):
        await store.people.add(one)
    now = house.clock()
    words = Words("停水通知", "今晚停水。", ["w1-c5"], urgent=True)
    it = await draft(store, house.finder, zhang.who(), "key-of-notice", words, now)
    before = it.updated_at
    it = await try_out(store, house.finder, zhang.who(), it.id, now)
    text, _ = await read(house, sim, "Zhang", it)
    assert "【试发】【紧急通告】停水通知\n\n今晚停水。" in text
    card = [line["data"] for line in await sim.screen("Zhang")][1]
    assert "【试发】【紧急通告】停水通知" in str(card)
    assert it.number in str(card)
    assert f"/wechat/officer?notice={it.id}" in str(card)
    assert await read(house, sim, "Li", it) == []
    assert [one async for one in store.deliveries.every()] == []
    assert (it.updated_at, it.groups, it.people, it.live) == (before, 0, 0, False)
    # Withdrawn meanwhile: what was not sent yet is not sent.
    it = await try_out(store, house.finder, zhang.who(), it.id, now)
    await withdraw(store, house.finder, zhang.who(), it.id, "错了", now)
    assert len(await read(house, sim, "Zhang", it)) == 2
