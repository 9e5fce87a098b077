"""What is asked about a tip before it goes: numbers of people in it, and which place is meant."""

from __future__ import annotations

import pytest

from bot.house import BotHouse
from bot.named_places import communities_named
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from storage.store import MongoStore
from tests.bot.conftest import Sim
from tests.bot.street import Street, officer
from tests.bot.working import working
from tests.neighbourhoods import city_of_communities

__all__ = ["working"]

NUMBER = "13812345678"
NAMES = {"w1-c5": ["幸福小区", "太和里"], "e2-c1": ["幸福小区"], "e1-c2": ["新太和里"]}


@pytest.fixture(scope="module")
def finder() -> BoundaryFinder:
    city = city_of_communities()
    for feature in city["features"]:
        found = NAMES.get(feature["properties"]["id"])
        if found:
            feature["properties"]["neighbourhoods"] = found
    return BoundaryFinder(Boundaries.from_geojson(city))


@pytest.fixture
async def street(sim: Sim, house: BotHouse, store: MongoStore, working: None) -> Street:
    await store.people.add(officer("zhang", "Zhang", "张警官", communities=["w1-c5"]))
    return Street(sim, house, store, await sim.resident())


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["太和里3号楼有人堆杂物"], ["w1-c5"]),
        (["新太和里3号楼"], ["e1-c2"]),
        (["幸福小区3号楼"], ["e2-c1", "w1-c5"]),
        (["幸福小区有人", "太和里"], ["w1-c5"]),
        (["太和里", "三号楼"], ["w1-c5"]),
        (["w2-c3 社区门口"], ["w2-c3"]),
        (["购物中心门口", ""], []),
    ],
)
def test_names_on_the_map_are_found(
    finder: BoundaryFinder, texts: list[str], found: list[str]
) -> None:
    assert [one.id for one in communities_named(finder, texts)] == found


async def test_a_place_in_words_goes_to_the_community_it_names(street: Street) -> None:
    await street.say("线索")
    await street.say("有人堆杂物")
    await street.say("1")
    await street.hears("在什么地方")
    await street.say("太和里3号楼")
    await street.hears("线索号")
    tip = await street.tip()
    assert (tip.station, tip.community, tip.called) == ("w1", "w1-c5", ["zhang"])


async def test_of_two_places_of_one_name_it_is_asked_which(street: Street) -> None:
    await street.say("线索")
    await street.say("幸福小区3号楼有人堆杂物")
    await street.say("1")
    await street.hears("在什么地方")
    await street.say("1")
    said = await street.hears("是哪一个地方")
    assert "1 e2-c1 社区（东二派出所）\n2 w1-c5 社区（西一派出所）" in said
    assert not await street.store.tips.find({})
    await street.say("2")
    await street.hears("线索号")
    assert (await street.tip()).community == "w1-c5"


async def test_none_of_them_sends_it_as_it_is(street: Street) -> None:
    await street.say("线索")
    await street.say("幸福小区3号楼有人堆杂物")
    await street.say("1")
    await street.say("1")
    await street.hears("是哪一个地方")
    await street.say("0")
    await street.hears("线索号")
    assert (await street.tip()).community is None


async def test_numbers_of_an_anonymous_tip_are_covered_on_cards_and_asked_about(
    street: Street,
) -> None:
    await street.say("线索")
    await street.say(f"太和里楼道杂物，我的电话{NUMBER}")
    await street.hears("请回复“遮住”")
    await street.say("1")
    await street.say("1")
    await street.hears("线索号")
    card = str(await street.card("Zhang"))
    assert "138******78" in card
    assert NUMBER not in card
    tip = await street.tip()
    assert any(
        NUMBER in street.house.content.open(entry.data["text"])
        for entry in tip.log.entries
        if entry.data.get("text")
    )


async def test_who_asks_for_it_has_the_numbers_covered_for_good(street: Street) -> None:
    await street.say("线索")
    await street.say("太和里楼道杂物")
    await street.say("1")
    await street.hears("在什么地方")
    await street.say(f"打{NUMBER}找我")
    await street.hears("请回复“遮住”")
    await street.say("遮住")
    await street.hears("号码已遮住")
    await street.say("1")
    await street.hears("线索号")
    tip = await street.tip()
    words = [
        street.house.content.open(e.data["text"]) for e in tip.log.entries if e.data.get("text")
    ]
    assert words == ["太和里楼道杂物", "打138******78找我"]


async def test_who_signs_is_not_asked_about_his_number(street: Street) -> None:
    await street.say("线索")
    await street.say("署名")
    await street.hears("请写下")
    await street.say("王先生")
    await street.hears("已署名")
    await street.say(f"我的电话{NUMBER}")
    await street.hears("记下了")
    assert not [text for text in await street.heard() if "遮住" in text]
