"""A caller in the chat hears who talks with him, once, in the words of the page, and never too late."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.standing import KEPT_CREDIT
from bot.texts import TEXTS
from domain import incident, message
from domain.away import come_back, go_away
from domain.calling import end_call
from domain.dispatch import dispatch, respond
from domain.incident import Incident
from domain.outgoing import Rank
from domain.people import Role, Who
from domain.sweep import sweep
from domain.transfer import transfer
from tests.bot.street import Street
from tests.bot.test_progress import DESK, PATROL, a_report, finder, street, work

__all__ = ["finder", "street"]
LI = Who("d2", Role.DISPATCHER, "李接警")
PAGES = Path(__file__).parents[2] / "pages/resident"
AWAY, BACK = "接警员正在接另一起，请稍候", "接警员已回到通话"
THROUGH, TAKEN = "正在为您转接其他接警员，请稍候", "接警员已接入"
ENDED = "通话已结束，案件继续"
ALL = (AWAY, BACK, THROUGH, TAKEN, ENDED)


async def chat_report(street: Street) -> Incident:
    for text in ("救命，有人撬门", "1"):
        await street.say(text)
        await work(street)
    (it,) = await street.store.incidents.find({})
    return await incident.answer(street.store, DESK, it.id, street.house.clock())


async def told(street: Street) -> list[str]:
    """Of these sentences those that came, in order; everything that happened was looked at twice."""
    for _ in range(2):
        await work(street, follow=True)
    return [part for text in await street.heard() for part in ALL if part in text]


async def test_away_and_back_are_told_once(street: Street) -> None:
    it, store, now = await chat_report(street), street.store, street.house.clock()
    assert await told(street) == []
    await go_away(store, DESK, it.id, now)
    assert await told(street) == [AWAY]
    await message.say(store, DESK, it.id, "k", "民警快到了", now)
    assert await told(street) == [AWAY]
    await come_back(store, DESK, it.id, now)
    assert await told(street) == [AWAY, BACK]


async def test_what_is_over_when_it_would_be_told_is_not_told(street: Street) -> None:
    it, store, now = await chat_report(street), street.store, street.house.clock()
    await go_away(store, DESK, it.id, now)
    await come_back(store, DESK, it.id, now)
    assert await told(street) == []


async def test_put_through_by_name_and_when_the_desk_is_lost(street: Street) -> None:
    it, store, now = await chat_report(street), street.store, street.house.clock()
    await transfer(store, DESK, it.id, LI, now)
    assert await told(street) == [THROUGH]
    await incident.answer(store, LI, it.id, now)
    assert await told(street) == [THROUGH, TAKEN]


async def test_the_dispatcher_is_gone(street: Street) -> None:
    it, store, now = await chat_report(street), street.store, street.house.clock()
    await sweep(store, [await store.incidents.get(it.id)], now + 60_000, False)
    assert await told(street) == [THROUGH]
    await incident.answer(store, LI, it.id, now + 61_000)
    assert await told(street) == [THROUGH, TAKEN]


async def test_the_call_is_over_and_who_goes_on(street: Street) -> None:
    it, store, now = await chat_report(street), street.store, street.house.clock()
    station = street.house.finder.station("w1")
    await dispatch(store, DESK, it.id, station, "西区分局", "", now)
    await respond(store, PATROL, it.id, "acknowledge", now)
    await end_call(store, DESK, it.id, now)
    assert await told(street) == [ENDED]
    (line,) = [text for text in await street.heard() if ENDED in text]
    assert "西一派出所 和 110 接警员仍在处理" in line


async def test_what_the_station_finishes_is_told_in_one_line(street: Street) -> None:
    it, store, now = await chat_report(street), street.store, street.house.clock()
    station = street.house.finder.station("w1")
    await dispatch(store, DESK, it.id, station, "西区分局", "", now)
    await respond(store, PATROL, it.id, "acknowledge", now)
    await end_call(store, DESK, it.id, now, to_station=True)
    assert await told(street) == []
    assert [text for text in await street.heard() if "由西一派出所继续处置" in text]


async def test_it_takes_nothing_from_what_110_writes_and_waits_for_nobody(street: Street) -> None:
    it, store, now = await chat_report(street), street.store, street.house.clock()
    await work(street, follow=True)
    credit = await store.credits.get(street.resident)
    for window in credit.windows:
        window.left = KEPT_CREDIT if window is credit.windows[0] else 0
    await store.credits.save(credit)
    await go_away(store, DESK, it.id, now)
    assert await told(street) == []
    waiting = await store.messages.find({"state": "QUEUED"})
    assert {one.rank for one in waiting} <= {Rank.STATUS}, "that 110 answered, with the next line"
    await street.say("你们在吗")
    assert await told(street) == [AWAY], "he is away still"


@pytest.mark.parametrize("silent", [True, False])
async def test_a_silent_report_and_one_with_a_page_are_not_told(
    street: Street, silent: bool
) -> None:
    it = await a_report(street, silent)
    store, now = street.store, street.house.clock()
    await incident.answer(store, DESK, it.id, now)
    await go_away(store, DESK, it.id, now)
    assert await told(street) == []


def test_the_chat_says_what_the_page_says() -> None:
    pages = "".join((PAGES / name).read_text("utf-8") for name in ("away_words.ts", "words.ts"))
    said = dict(re.findall(r"^  (\w+): \['([^']*)', '", pages, re.M))
    for name, parts in (
        ("incident_away", ("away", "away_more")),
        ("incident_away_with", ("away_with",)),
        ("incident_back", ("away_back",)),
        ("incident_through", ("through",)),
        ("incident_through_with", ("through_with",)),
        ("incident_taken", ("through_back",)),
        ("incident_ended", ("ended", "ended_110")),
        ("incident_ended_both", ("ended", "ended_both")),
    ):
        for part in parts:
            assert said[part] in TEXTS[name][0]
