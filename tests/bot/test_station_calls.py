"""Officers of a station that is called learn of it in WeCom, once, and only while it is fresh."""

from __future__ import annotations

import pytest

from bot.progress import Progress
from domain.dispatch import dispatch
from domain.incident import Incident, answer
from domain.intake import Report, raise_alarm
from domain.people import Role
from domain.place import Jurisdiction, Level
from domain.ticket import random_id
from tests.bot.street import Street, officer
from tests.bot.test_progress import DESK, finder, street, work

__all__ = ["finder", "street"]
W1 = Jurisdiction("w1", "西一派出所", Level.STATION, "w")
pytestmark = pytest.mark.usefixtures("finder")


async def called(street: Street, silent: bool = False) -> Incident:
    now, id = street.house.clock(), random_id()
    report = Report(id, id, f"0110-{id[:6]}", now, silent=silent)
    it = await raise_alarm(street.store, report, now)
    await answer(street.store, DESK, it.id, now)
    return await dispatch(street.store, DESK, it.id, W1, "西区", "", now)


async def screen(street: Street, userid: str) -> list[str]:
    lines = await street.sim.screen(userid)
    return [str(line["data"].get("content", "")) for line in lines]


async def test_the_officers_of_the_station_are_told_once_and_nobody_else(street: Street) -> None:
    more = {"role": Role.STATION_OFFICER}
    await street.store.people.add(officer("li", "li", "李警官", **more))
    await street.store.people.add(officer("gone", "wang", "某警官", disabled=True, **more))
    it = await called(street)
    for _ in range(3):
        await Progress(street.house).read_again(3 * 24 * 3_600_000)
        await work(street)
    told = [text for text in await screen(street, "li") if it.number in text]
    assert len(told) == 1
    assert "110 请求出警" in told[0]
    assert told[0].endswith("/station/")
    for other in ("Zhang", "wang"):
        assert [text for text in await screen(street, other) if it.number in text] == []


async def test_a_silent_report_says_so_there(street: Street) -> None:
    await street.store.people.add(officer("li", "li", "李警官", role=Role.STATION_OFFICER))
    it = await called(street, silent=True)
    await work(street, follow=True)
    (told,) = [text for text in await screen(street, "li") if it.number in text]
    assert "不要回拨" in told


async def test_a_call_of_long_ago_is_not_told(street: Street) -> None:
    await street.store.people.add(officer("li", "li", "李警官", role=Role.STATION_OFFICER))
    it = await called(street)
    await street.sim.advance(10 * 60)
    await work(street, follow=True)
    assert [text for text in await screen(street, "li") if it.number in text] == []
