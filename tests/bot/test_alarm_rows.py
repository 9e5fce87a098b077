"""Alarms of all processes in the store: written when one begins and when it ends, gone when nobody meets it.

Two processes are two lists of alarms on one store.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot import alarm_rows
from bot.alarm_rows import keep
from bot.alarms import ALARMS, MENU, NO_MENU, Alarms
from bot.errors import CallFailed
from bot.house import BotHouse
from bot.worker import run as work
from domain.errors import StoreDown
from domain.platform_alarm import AGAIN_MS, LATE_MS, PlatformAlarm
from jingmin.wechat_command import wechat
from simulator.world import World
from storage.store import MongoStore
from tests.bot.conftest import Sim
from tests.bot.test_alarms import quiet  # noqa: F401

CUSTOM = "/cgi-bin/message/custom/send"
LIST = "/externalcontact/groupchat/list"


class Clock:
    """The wall's and the process's, moved together."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, house: BotHouse) -> None:
        self.seconds = 1_800_000_000.0
        house.clock = lambda: int(self.seconds * 1000)
        for module in ("bot.alarms", "bot.alarm_rows"):
            monkeypatch.setattr(f"{module}.time", self)

    def time(self) -> float:
        return self.seconds

    monotonic = time

    def pass_by(self, milliseconds: float) -> None:
        self.seconds += milliseconds / 1000


class Writes:
    """What is written to the shelf, counted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, store: Any) -> None:
        self.count = 0
        for name in ("add", "save", "remove"):
            monkeypatch.setattr(store.platform_alarms, name, self._counted(store, name))

    def _counted(self, store: Any, name: str) -> Any:
        real = getattr(store.platform_alarms, name)

        async def counted(item: Any) -> None:
            self.count += 1
            await real(item)

        return counted


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, house: BotHouse) -> Clock:
    return Clock(monkeypatch, house)


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch, store: MongoStore) -> Writes:
    return Writes(monkeypatch, store)


async def rows(store: MongoStore) -> list[PlatformAlarm]:
    return [row async for row in store.platform_alarms.every()]


async def test_it_is_written_when_it_begins_and_when_it_ends_and_not_with_each_call(
    house: BotHouse, store: MongoStore, clock: Clock, writes: Writes
) -> None:
    alarms = Alarms()
    for _ in range(50):
        alarms.refused("official", CUSTOM, 45009)
        clock.pass_by(1_000)
        await keep(house, alarms)
    (row,) = await rows(store)
    assert (row.code, row.platform, row.call, row.errcode) == (
        "wechat_quota",
        "official",
        CUSTOM,
        45009,
    )
    assert row.since == 1_800_000_000_000
    assert writes.count == 1
    clock.pass_by(AGAIN_MS)
    alarms.refused("official", CUSTOM, 45009)
    await keep(house, alarms)
    assert (await rows(store))[0].met_at == house.clock(), "it is known to go on"
    alarms.went_through("official", CUSTOM)
    await keep(house, alarms)
    await keep(house, alarms)
    assert await rows(store) == []
    assert writes.count == 3


async def test_whoever_gets_through_ends_it_for_all(
    house: BotHouse, store: MongoStore, clock: Clock
) -> None:
    one, other = Alarms(), Alarms()
    for alarms in (one, other):
        alarms.refused("official", CUSTOM, 45009)
        await keep(house, alarms)
    assert len(await rows(store)) == 1, "one of it, whoever met it"
    clock.pass_by(5_000)
    new = Alarms()  # a process that never met it
    await keep(house, new)
    new.went_through("official", "/cgi-bin/user/info")
    await keep(house, new)
    assert len(await rows(store)) == 1, "another call says nothing of this one"
    new.went_through("official", CUSTOM)
    await keep(house, new)
    assert await rows(store) == []
    await keep(house, one)
    assert (await rows(store), one.standing()) == ([], []), "it ended there as well"
    clock.pass_by(1_000)
    other.refused("official", CUSTOM, 45009)
    await keep(house, other)
    assert len(await rows(store)) == 1, "refused since: it stands again"


async def test_a_process_that_is_gone_leaves_none_for_ever(
    house: BotHouse, store: MongoStore, clock: Clock
) -> None:
    gone, other = Alarms(), Alarms()
    gone.refused("work", LIST, 48002)
    await keep(house, gone)
    clock.pass_by(LATE_MS - 1_000)
    await keep(house, other)
    assert len(await rows(store)) == 1
    clock.pass_by(2_000)
    await keep(house, other)
    assert await rows(store) == []


async def test_an_allow_list_is_a_matter_of_one_machine(
    house: BotHouse, store: MongoStore, clock: Clock
) -> None:
    alarms, elsewhere = Alarms(), Alarms()
    text = "not allow to access from your ip, hint: [1], from ip: 203.0.113.7, more info at x"
    alarms.refused("work", LIST, 60020, text)
    house.settings = replace(house.settings, process="first:12")
    await keep(house, alarms)
    (row,) = await rows(store)
    assert (row.machine, row.address, row.call) == ("first", "203.0.113.7", "")
    house.settings = replace(house.settings, process="second:12")
    await keep(house, elsewhere)
    elsewhere.went_through("work", LIST)
    await keep(house, elsewhere)
    assert len(await rows(store)) == 1
    house.settings = replace(house.settings, process="first:99")
    again = Alarms()
    await keep(house, again)
    again.went_through("work", LIST)
    await keep(house, again)
    assert await rows(store) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("invalid ip 192.0.2.5 ipv6 ::ffff:192.0.2.5, not in whitelist rid: 65-1", "192.0.2.5"),
        ("invalid ip 2001:db8::5, not in whitelist", "2001:db8::5"),
        ("your ip. from ip: 203.0.113.7.", "203.0.113.7"),
        ("invalid ip deed, not in whitelist", ""),
        ("invalid ip, not in whitelist", ""),
        ("", ""),
    ],
)
def test_the_address_is_what_the_platform_says(text: str, address: str) -> None:
    alarms = Alarms()
    alarms.refused("official", CUSTOM, 40164, text)
    assert [one.address for one in alarms.standing()] == [address]


@pytest.mark.parametrize("begins", [True, False])
async def test_what_the_store_missed_while_it_was_away_it_hears_later(
    house: BotHouse, store: MongoStore, monkeypatch: pytest.MonkeyPatch, begins: bool
) -> None:
    alarms = Alarms()
    if not begins:
        alarms.refused("official", CUSTOM, 45009)
        await keep(house, alarms)

    async def away(item: Any) -> None:
        raise StoreDown("away")

    with monkeypatch.context() as patch:
        patch.setattr(store.platform_alarms, "add", away)
        patch.setattr(store.platform_alarms, "remove", away)
        if begins:
            alarms.refused("official", CUSTOM, 45009)
        else:
            alarms.went_through("official", CUSTOM)
        for _ in range(2):
            with pytest.raises(StoreDown):
                await keep(house, alarms)
    assert alarms.news
    await keep(house, alarms)
    assert len(await rows(store)) == begins
    assert not alarms.news


async def until(store: MongoStore, count: int) -> None:
    async with asyncio.timeout(60):
        while len(await rows(store)) != count:
            await asyncio.sleep(0.02)


async def test_a_bot_writes_its_own(
    house: BotHouse,
    store: MongoStore,
    bot_url: str,
    sim: Sim,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(alarm_rows, "LOOK_S", 0.02)
    await sim.fault("sns/oauth2/access_token", "error", code=45009)
    with pytest.raises(CallFailed):
        await house.officials.of("").oauth("code")
    await until(store, 1)


async def test_a_worker_writes_its_own(
    house: BotHouse, store: MongoStore, sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarm_rows, "LOOK_S", 0.02)
    await sim.fault("groupchat/list", "error", code=60020)
    async with asyncio.TaskGroup() as group:
        worker = group.create_task(work(house))
        with pytest.raises(CallFailed):
            await house.corps.of("").groups()
        await until(store, 1)
        worker.cancel()


async def test_an_address_that_the_simulated_corp_does_not_list_is_named(
    house: BotHouse, store: MongoStore, world: World, sim: Sim
) -> None:
    world.settings.wecom_addresses = ["203.0.113.9"]
    with pytest.raises(CallFailed):
        await house.corps.of("").groups()
    await keep(house)
    assert [(row.code, row.address) for row in await rows(store)] == [
        ("wechat_allow_list", "127.0.0.1")
    ]


async def test_a_menu_that_the_operator_mends_by_hand_is_over_at_once(
    house: BotHouse, store: MongoStore, sim: Sim
) -> None:
    worker = Alarms()
    worker.refused("official", MENU, NO_MENU)
    await keep(house, worker)
    assert await wechat(house, "menu") == 0
    assert await rows(store) == []


async def test_what_a_check_alone_meets_is_no_alarm(
    house: BotHouse, store: MongoStore, sim: Sim
) -> None:
    await sim.fault("menu/create", "error", code=40016)
    assert await wechat(house, "menu") == 1
    assert ALARMS.standing()
    assert await rows(store) == []
