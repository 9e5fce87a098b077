"""A call for help is answered by the webhook itself: whatever else is away, refused or full."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from bot import handler, outbox
from bot.client import Media
from bot.house import BotHouse, Mode
from bot.parcel import Incoming, Kind
from bot.passive import passive
from bot.post import TEXT_BYTES
from domain.arrival import Arrival, ArrivalState, Lane, Platform
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from simulator.world import World
from storage.journal import DiskJournal
from storage.store import MongoStore
from tests.bot.conftest import Ports, Sim
from tests.bot.street import Street, officer, until
from tests.bot.test_callbacks import Away, Knock, in_mode, knock, message, replace_arrivals
from tests.bot.test_handler import work
from tests.full_disk import full_disk
from tests.neighbourhoods import city_of_communities

__all__ = ["in_mode", "knock"]
ALARM = "有生命危险"
CRY = "救命，有人拿刀"


@pytest.fixture(scope="module")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


@pytest.fixture
async def street(sim: Sim, house: BotHouse, store: MongoStore, bot_url: str) -> Street:
    await store.people.add(officer("zhang", "Zhang", "张警官", communities=["w1-c5"]))
    return Street(sim, house, store, await sim.resident())


class SlowMedia:
    """A platform that gives a file only when the test says so."""

    def __init__(self) -> None:
        self.asked, self.go_on = asyncio.Event(), asyncio.Event()


@pytest.fixture
def slow_media(house: BotHouse, monkeypatch: pytest.MonkeyPatch) -> SlowMedia:
    fetch, slow = house.officials.of("").media, SlowMedia()

    async def media(id: str) -> Media:
        slow.asked.set()
        await slow.go_on.wait()
        return await fetch(id)

    monkeypatch.setattr(house.officials.of(""), "media", media)
    return slow


async def alarms(street: Street) -> list[str]:
    return [text for text in await street.heard() if ALARM in text]


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("mode", list(Mode))
async def test_a_cry_is_answered_at_once_in_every_mode(
    sim: Sim, house: BotHouse, world: World, ports: Ports, in_mode: Any, mode: Mode, form: str
) -> None:
    await sim.post("accounts", oa={"mode": str(mode), "format": form})
    await in_mode(mode, ports.bot)
    one = await sim.resident()
    done = await sim.post(f"residents/{one}/text", content=CRY, wait=True)
    assert done["outcome"]["verdict"] == "reply", done
    said = [line for line in await sim.chat(one) if line.get("via") == "passive"]
    assert len(said) == 1
    assert "tel:110" in said[0]["data"]["content"]
    assert "/wechat/enter" in said[0]["data"]["content"]


async def test_the_worker_does_not_say_it_again(street: Street) -> None:
    await work(street.house)  # the welcome
    welcome = len(await alarms(street))
    await street.say(CRY)
    assert len(await alarms(street)) == welcome + 1
    await work(street.house)
    assert len(await alarms(street)) == welcome + 1
    # The conversation knows of it all the same: a yes is a report with what was cried.
    await street.say("1")
    await work(street.house)
    (incident,) = await street.store.incidents.find({})
    assert incident.words == CRY
    await street.hears("110 已收到您的报警")


async def test_no_token_quota_or_interface_is_needed(street: Street) -> None:
    await street.sim.fault("message/custom/send", "error", code=45009, count=1000)
    await street.say(CRY)
    assert len(await alarms(street)) == 1


async def test_in_an_emergency_nothing_waits_for_a_file(
    street: Street, slow_media: SlowMedia
) -> None:
    """A video that takes long comes before the cry, and its fetching goes on while 110 has the report."""
    await work(street.house)
    running = asyncio.create_task(handler.run(street.house))
    sending = asyncio.create_task(outbox.run(street.house))
    await street.do("voice", recognition="")
    await asyncio.wait_for(slow_media.asked.wait(), 30)
    await street.say(CRY)
    await street.say("1")

    async def reported() -> bool:
        left = await street.store.arrivals.find({"state": "RECEIVED"})
        return [one.lane for one in left] == [Lane.FILE]

    await until(reported)
    assert len(await street.store.incidents.find({})) == 1
    slow_media.go_on.set()

    async def all_there() -> bool:
        (incident,) = await street.store.incidents.find({})
        return [one.what for one in incident.log.entries].count("upload") == 1

    await until(all_there)
    (incident,) = await street.store.incidents.find({})
    assert incident.words == CRY
    running.cancel()
    sending.cancel()


async def test_outside_an_emergency_words_keep_their_order(
    street: Street, slow_media: SlowMedia
) -> None:
    await work(street.house)
    await street.say("线索")
    await work(street.house)
    running = asyncio.create_task(handler.run(street.house))
    await street.do("voice", recognition="")
    await asyncio.wait_for(slow_media.asked.wait(), 30)
    await street.say("楼道里堆满电瓶")
    other = Street(street.sim, street.house, street.store, await street.sim.resident())
    await other.say("帮助")

    async def left() -> bool:
        found = await street.store.arrivals.find({"state": "RECEIVED"}, order="seq")
        return [(one.person, one.lane) for one in found] == [
            (street.resident, Lane.FILE),
            (street.resident, Lane.QUICK),
        ]

    await until(left)
    slow_media.go_on.set()

    async def noted() -> bool:
        return not await street.store.arrivals.find({"state": "RECEIVED"})

    await until(noted)
    running.cancel()


async def test_a_delivery_that_comes_again_gets_the_same(knock: Knock) -> None:
    query, body = knock.sealed(message(Content=CRY))
    first, second = [await knock.post(query, body) for _ in range(2)]
    assert first[0] == second[0] == 200
    assert "Encrypt" in first[1]
    assert "Encrypt" in second[1]


async def test_with_the_store_away_it_is_answered_and_kept_on_disk(
    street: Street, house: BotHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.arrivals.DISK_S", 30.0)
    journal = DiskJournal(tmp_path / "callbacks", Arrival)
    house.journal = journal
    away = Away(house)
    store = house.store
    replace_arrivals(house, away)
    await street.say(CRY)
    assert len(await alarms(street)) == 1
    (waiting,) = journal.waiting()
    assert CRY not in repr(waiting), "sealed on the disk, too"

    away.down = 0

    async def stored() -> bool:
        return not journal.waiting()

    await until(stored)
    (kept,) = [one for one in await street.store.arrivals.find({}) if one.told]
    assert (kept.id, kept.state) == (waiting.id, ArrivalState.RECEIVED)
    house.store = store
    await work(house)
    assert len([one for one in await alarms(street) if "不能点、不能说话" in one]) == 1
    journal.close()


async def test_a_full_disk_is_answered_too_and_what_came_waits_in_memory(
    knock: Knock, house: BotHouse, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody who needs help is left without the answer; the log says that it is not delivered again."""
    journal = DiskJournal(tmp_path / "callbacks", Arrival)
    house.journal = journal
    away = Away(house)
    replace_arrivals(house, away)
    query, body = knock.sealed(message(Content=CRY))
    with full_disk(tmp_path) as full:
        disk, journal._file = journal._file, full
        began = time.monotonic()
        status, answer = await knock.post(query, body)
        assert time.monotonic() - began < 4.5  # the platform waits 5
        assert (status, "Encrypt" in answer) == (200, True)
        assert "not delivered again" in caplog.text
        assert journal.waiting() == []
        # Room on the disk before the store is back: from then on it is durable.
        journal._file = disk

        async def on_disk() -> bool:
            return len(journal.waiting()) == 1

        await until(on_disk)
    away.down = 0

    async def stored() -> bool:
        return len(await away.real.find({})) == 1

    await until(stored)


async def test_what_waits_in_memory_goes_into_the_store(knock: Knock, house: BotHouse) -> None:
    """Without any journal."""
    away = Away(house)
    replace_arrivals(house, away)
    query, body = knock.sealed(message(Content=CRY))
    assert (await knock.post(query, body))[0] == 200
    away.down = 0

    async def stored() -> bool:
        return len(await away.real.find({})) == 1

    await until(stored)


async def test_what_is_lost_is_said(
    knock: Knock, house: BotHouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.arrivals.MOST_IN_MEMORY", 0)
    replace_arrivals(house, Away(house))
    query, body = knock.sealed(message(Content=CRY))
    status, answer = await knock.post(query, body)
    assert (status, "Encrypt" in answer) == (200, True)
    assert "is LOST" in caplog.text


async def test_a_disk_that_hangs_keeps_nobody_waiting(
    knock: Knock, house: BotHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.journal = DiskJournal(tmp_path / "callbacks", Arrival)
    replace_arrivals(house, Away(house))

    go = threading.Event()

    def hang(*_: object) -> None:
        go.wait(20)

    monkeypatch.setattr("storage.journal._write", hang)
    query, body = knock.sealed(message(Content=CRY))
    began = time.monotonic()
    assert (await knock.post(query, body))[0] == 200
    assert time.monotonic() - began < 4.5
    go.set()


def incoming(kind: Kind, **more: Any) -> Incoming:
    return Incoming(
        platform=Platform.OFFICIAL, kind=kind, sender="o1", receiver="gh_1", sent_at=0, **more
    )


@pytest.mark.parametrize(
    ("one", "name"),
    [
        (incoming(Kind.TEXT, text="SOS！"), "urgent"),
        (incoming(Kind.VOICE, text="救命啊"), "urgent"),
        (incoming(Kind.TEXT, text="报警"), "alarm"),
        (incoming(Kind.EVENT, event="CLICK", key="ALARM"), "alarm"),
        (incoming(Kind.LINK, title="救命！我被关起来了"), "urgent"),
        (incoming(Kind.TEXT, text="楼道里的灯坏了"), None),
        (incoming(Kind.VOICE), None),
        (incoming(Kind.EVENT, event="subscribe"), None),
        (incoming(Kind.LOCATION), None),
    ],
)
def test_what_calls_for_help(house: BotHouse, one: Incoming, name: str | None) -> None:
    found = passive(one, house.settings)
    assert (found.name if found is not None else None) == name
    if found is not None:
        assert len(found.text.encode()) <= TEXT_BYTES
        assert "tel:110" in found.text


def test_english_is_answered_in_english(house: BotHouse) -> None:
    found = passive(incoming(Kind.TEXT, text="help me please"), house.settings)
    assert found is not None
    assert "If a life is in danger" in found.text
