"""Who hears in WeCom of the approval of a notice: those who may give it, then its author."""

from __future__ import annotations

import pytest

from bot import outbox
from bot.house import BotHouse
from bot.progress import Progress
from domain.approving import approve, send_back, submit
from domain.notice import Notice
from domain.people import Person, Role
from domain.writing import Words, draft
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
