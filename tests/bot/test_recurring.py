"""Recurring notices: who hears that one was made, and that one stopped."""

from __future__ import annotations

from bot import outbox
from bot.house import BotHouse
from bot.progress import Progress
from bot.recurring import turn
from domain.clock import DAY_MS, HOUR_MS
from domain.people import Role
from domain.recurring import (
    RecurringWords,
    Repeat,
    Schedule,
    make_recurring,
    next_occurrence,
    start_recurring,
)
from storage.store import MongoStore
from tests.bot.conftest import Sim
from tests.bot.street import officer
from tests.bot.test_review_lines import finder  # noqa: F401

WORDS = RecurringWords("防火提醒", "出门前请关火关电。", "", 1, ["w1-c5"])


async def lines(house: BotHouse, sim: Sim, userid: str) -> list[str]:
    while await outbox.sweep(house):
        pass
    return [str(line["data"].get("content", "")) for line in await sim.screen(userid)]


async def test_its_author_and_who_may_approve_hear_of_it_and_supervisors_when_it_stops(
    house: BotHouse, store: MongoStore, sim: Sim
) -> None:
    zhang = officer("zhang", "Zhang", "张警官", communities=["w1-c5"])
    li = officer("li", "Li", "李所长", role=Role.STATION_OFFICER)
    chief = officer("chief", "wang", "王科长", role=Role.SUPERVISOR)
    chief.station = None
    for one in (zhang, li, chief):
        await store.people.add(one)
    now = house.clock()
    # In two days, an hour from now: nothing is due yet.
    minute = (now // 60_000 + 8 * 60 + 60) % 1_440
    day = (now + 2 * DAY_MS + 9 * HOUR_MS) // DAY_MS
    schedule = Schedule(Repeat.WEEKLY, [(day + 3) % 7], 1, minute)
    rule = await make_recurring(store, house.finder, zhang.who(), "key-1", WORDS, schedule, now)
    assert await turn(house) == 0
    while house.clock() < next_occurrence(schedule, now) - DAY_MS:
        await sim.advance(6 * 3_600)
    assert [await turn(house), await turn(house)] == [1, 0]
    rule = await store.recurring.get(rule.id)
    it = await store.notices.get(rule.made)
    for _ in range(2):
        await Progress(house).notice(it)
    (line,) = await lines(house, sim, "Zhang")
    assert "已按您设的时间起草并送审" in line
    assert f"/wechat/officer?notice={it.id}" in line
    (line,) = await lines(house, sim, "Li")
    assert "张警官 设的周期通告" in line

    person = await store.people.get(zhang.id)
    person.disabled = True
    await store.people.save(person)
    heard = len(await lines(house, sim, "wang"))
    for _ in range(2):
        assert await turn(house) == 0
    said = await lines(house, sim, "wang")
    assert len(said) == heard + 1
    assert "《防火提醒》：张警官 已停用或调离" in said[-1]
    # A colleague goes on with it.
    await start_recurring(store, house.finder, li.who(), rule.id, house.clock())
    assert await turn(house) == 0
    assert len(await lines(house, sim, "wang")) == heard + 1
