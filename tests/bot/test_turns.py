"""Two workers on one store: what is due by the clock is done once, by whichever of them is there."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot import worker
from bot.groups import FRESH_MS, RECONCILE_MS, GroupKeeper
from bot.house import BotHouse
from domain.lease import LIFE_MS
from domain.people import Person, Role
from simulator.world import World
from tests.bot.conftest import Sim

LISTED = "/cgi-bin/externalcontact/groupchat/list"
MENU = "/cgi-bin/menu/get"


async def read(sim: Sim) -> int:
    return len(await sim.calls(LISTED))


@pytest.fixture
async def officer(house: BotHouse) -> Person:
    one = Person("zhang", "zhang", "张", Role.COMMUNITY_OFFICER, "", "w1", userid="zhang")
    one.communities = ["w1-c1"]
    await house.store.people.add(one)
    return one


async def test_all_groups_are_read_by_one_worker_each_half_an_hour(
    house: BotHouse, sim: Sim, officer: Person
) -> None:
    """Every worker read all groups of all owners every 30 minutes."""
    first, second = GroupKeeper(house), GroupKeeper(replace(house))
    await first.turn()
    await second.turn()
    assert await read(sim) == 1
    for turn in range(2, 5):
        await sim.advance(RECONCILE_MS / 1_000 + 1)
        await asyncio.gather(first.turn(), second.turn())
        assert await read(sim) == turn


async def test_the_other_worker_reads_them_when_the_first_is_killed(
    house: BotHouse, sim: Sim, officer: Person
) -> None:
    first, second = GroupKeeper(house), GroupKeeper(replace(house))
    await first.turn()
    await second.turn()
    await sim.advance(RECONCILE_MS / 1_000 + 1)
    assert await house.turns.take("groups", RECONCILE_MS) == 0  # and is killed while it reads
    await second.turn()
    assert await read(sim) == 1
    await sim.advance(LIFE_MS / 1_000 + 1)
    await second.turn()
    assert await read(sim) == 2


async def test_who_begins_reads_them_for_what_happened_while_nobody_listened(
    house: BotHouse, sim: Sim, officer: Person
) -> None:
    await GroupKeeper(house).turn()
    await sim.advance(FRESH_MS / 1_000 + 1)
    await GroupKeeper(replace(house)).turn()
    assert await read(sim) == 2


async def test_a_worker_that_did_not_read_them_looks_only_at_officers_who_moved(
    house: BotHouse, sim: Sim, officer: Person
) -> None:
    first, second = GroupKeeper(house), GroupKeeper(replace(house))
    await first.turn()
    await second.turn()
    second.officers_changed()
    await second.turn()
    assert await read(sim) == 1
    officer.communities = ["w1-c2"]
    await house.store.people.save(officer)
    second.officers_changed()
    await second.turn()
    assert await read(sim) == 2


async def test_two_workers_ask_for_the_menu_once(
    house: BotHouse, sim: Sim, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()
    turns = [house.turns, (other := replace(house)).turns]
    for one in turns:
        turn = one.turn

        async def told(*args: object, turn: object = turn) -> float:
            wait = await turn(*args)  # type: ignore[operator]
            waits.append(wait)
            if len(waits) == 2:
                asked.set()
            return float(wait)

        monkeypatch.setattr(one, "turn", told)
    waits: list[float] = []
    monkeypatch.setattr(worker, "MENU_FIRST_S", 0.0)
    working = [asyncio.create_task(worker._watch_menu(one)) for one in (house, other)]
    async with asyncio.timeout(30):
        await asked.wait()
    for one in working:
        one.cancel()
    await asyncio.gather(*working, return_exceptions=True)
    assert len(await sim.calls(MENU)) == 1
