"""A human being can be asked for: the community's officer, else the telephone of the station."""

from __future__ import annotations

import pytest

from domain import tip as tips
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from tests.bot.street import Street, officer
from tests.bot.working import street, working
from tests.neighbourhoods import city_of_communities

__all__ = ["street", "working"]

PHONE = "0416-123 4567"


@pytest.fixture(scope="module")
def finder() -> BoundaryFinder:
    city = city_of_communities()
    for feature in city["features"]:
        if feature["properties"]["id"] == "w1":
            feature["properties"]["telephone"] = PHONE
    return BoundaryFinder(Boundaries.from_geojson(city))


async def test_the_community_officer_is_asked_once_and_answers_in_the_chat(street: Street) -> None:
    await street.store.people.add(officer("zhang", "Zhang", "张警官", communities=["w1-c5"]))
    await street.say("社区")
    await street.say("w1-c5")
    await street.hears("已选择")
    await street.say("转人工")
    said = await street.hears("张警官")
    assert f'<a href="tel:04161234567">{PHONE}</a>' in said
    assert "tel:110" in said
    await street.say("人工")
    await street.hears("张警官", after=len(await street.heard()) - 1)
    tip = await street.tip()
    assert (tip.community, tip.called) == ("w1-c5", ["zhang"])
    await street.press("Zhang", await street.card("Zhang"))
    await street.hears("张警官已接手")
    who = (await street.store.people.get("zhang")).who()
    text, now = street.house.content.close("您好，请说"), street.house.clock()
    await tips.reply(street.store, who, tip.id, "k1", "answer", text, now)
    await street.hears("您好，请说")


async def test_without_an_officer_or_a_community_the_telephone_is_said(street: Street) -> None:
    await street.say("人工")
    said = await street.hears("回复“社区”")
    assert PHONE in said
    assert "tel:110" in said
    await street.say("社区")
    await street.say("w1-c5")
    await street.hears("已选择")
    await street.say("人工")
    said = await street.hears("值班民警")
    assert PHONE in said
    assert not await street.store.tips.find({})


async def test_words_of_a_cry_that_was_left_for_the_menu_are_with_the_report(
    street: Street,
) -> None:
    await street.say("救命 有人撬门")
    await street.say("线索")
    await street.hears("还没有报给 110")
    await street.say("楼道杂物")
    await street.say("报警")
    await street.say("1")
    await street.hears("110 已收到您的报警")
    (incident,) = await street.store.incidents.find({})
    assert "救命 有人撬门" in str(incident.log.entries)
    assert "楼道杂物" not in str(incident.log.entries)
