"""A tip from WeChat to the officer and back, through the simulated platforms."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot import worker
from bot.house import BotHouse
from domain import tip as tips
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from storage.store import MongoStore
from tests.bot.conftest import Sim
from tests.bot.street import LAT, LON, Street, officer
from tests.neighbourhoods import city_of_communities


@pytest.fixture(scope="module")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


@pytest.fixture
async def working(house: BotHouse) -> AsyncIterator[None]:
    task = asyncio.create_task(worker.run(house))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def street(
    sim: Sim, house: BotHouse, store: MongoStore, bot_url: str, working: None
) -> Street:
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
