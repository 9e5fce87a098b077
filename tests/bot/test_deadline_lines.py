"""A tip whose answer is overdue: who has it hears of it in WeCom, then a supervisor, once each."""

from __future__ import annotations

import pytest

from bot import outbox
from bot.deadline_lines import look_for_overdue
from bot.house import BotHouse
from bot.progress import Progress
from domain import tip as tips
from domain.people import Role
from domain.ticket import random_id
from domain.tip_deadline import OVERDUE
from storage.store import MongoStore
from tests.bot.conftest import Sim
from tests.bot.street import officer
from tests.bot.test_officer_lines import finder

__all__ = ["finder"]
pytestmark = pytest.mark.usefixtures("finder")
HOUR = 3_600_000


async def a_tip(store: MongoStore, at: int, **members: object) -> tips.Tip:
    id = random_id()
    tip = tips.Tip(id, tips.tip_number(id, at), "w1", "西一派出所", at, at, called=["zhang"])
    for name, value in members.items():
        setattr(tip, name, value)
    return await tips.submit(store, tip, [("message", {"text": "sealed"})], at)


async def read(house: BotHouse, sim: Sim, userid: str) -> list[str]:
    """What the app wrote to this member of overdue tips, after processes looked and began anew."""
    for _ in range(2):
        await look_for_overdue(house)
        await Progress(house).read_again(3 * 24 * HOUR)
    while await outbox.sweep(house):
        pass
    lines = [str(line["data"].get("content", "")) for line in await sim.screen(userid)]
    return [one for one in lines if "超时】" in one]


async def test_who_has_it_is_reminded_then_a_supervisor_and_each_once(
    house: BotHouse, store: MongoStore, sim: Sim
) -> None:
    zhang, li = officer("zhang", "Zhang", "张警官"), officer("li", "Li", "李警官")
    chief = officer("chief", "wang", "王值班长", role=Role.SUPERVISOR)
    for one in (zhang, li, chief):
        await store.people.add(one)
    now = house.clock()
    late, urgent = await a_tip(store, now), await a_tip(store, now, urgent=True)
    for one in (late, urgent):
        await tips.take(store, zhang.who(), one.id, now)
    assert await read(house, sim, "Zhang") == []
    await sim.advance(36 * 60)  # its times are coarse: up to five minutes more
    (line,) = await read(house, sim, "Zhang")
    assert urgent.number in line
    assert f"?tip={urgent.id}" in line
    assert await read(house, sim, "wang") == []
    await tips.reply(store, zhang.who(), urgent.id, "k", "answer", "sealed", house.clock())
    await change_deputy(store)
    await sim.advance(24 * 3_600)
    # He is on leave: his stand-in hears of it.
    assert [late.number in one for one in await read(house, sim, "Li")] == [True]
    assert len(await read(house, sim, "Zhang")) == 1
    await sim.advance(12 * 3_600)
    (line,) = await read(house, sim, "wang")
    assert late.number in line
    assert "已提醒张警官" in line
    await sim.advance(24 * 3_600)
    assert [len(await read(house, sim, one)) for one in ("Zhang", "Li", "wang")] == [1, 1, 1]


async def change_deputy(store: MongoStore) -> None:
    one = await store.people.get("zhang")
    one.away_until, one.deputy = 10**14, "li"
    await store.people.save(one)


async def test_what_was_answered_before_it_was_told_is_not_told(
    house: BotHouse, store: MongoStore, sim: Sim
) -> None:
    zhang = officer("zhang", "Zhang", "张警官")
    await store.people.add(zhang)
    tip = await a_tip(store, house.clock(), urgent=True)
    await tips.take(store, zhang.who(), tip.id, house.clock())
    await sim.advance(31 * 60)
    await look_for_overdue(house)
    await tips.reply(store, zhang.who(), tip.id, "k", "answer", "sealed", house.clock())
    assert await read(house, sim, "Zhang") == []
    after = await store.tips.get(tip.id)
    assert [one.data["officers"] for one in after.log.entries if one.what == OVERDUE] == [["zhang"]]
