"""Where a callback survives: the store when that answers at once, this machine's disk when not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import aiohttp
import pytest

import storage.journal
from bot.arrivals import Arrivals
from bot.house import BotHouse
from domain.arrival import Arrival, Platform
from domain.errors import TOO_LARGE, Refused, StoreDown
from storage.journal import DiskJournal
from tests.bot.conftest import WORK
from tests.bot.street import until
from tests.bot.test_callbacks import Away, Knock, knock, message, replace_arrivals
from tests.full_disk import full_disk

__all__ = ["knock"]


@pytest.fixture
async def journal(
    house: BotHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[DiskJournal[Arrival]]:
    monkeypatch.setattr("bot.arrivals.DISK_S", 30.0)
    house.journal = DiskJournal(tmp_path / "callbacks", Arrival)
    yield house.journal
    house.journal.close()


def arrival(number: int, person: str = "r1", body: str = "sealed") -> Arrival:
    return Arrival(f"a{number}", Platform.OFFICIAL, person, body, 1, 2, number)


@pytest.mark.parametrize("door", ["official", "work"])
async def test_with_the_store_away_what_is_written_is_answered_and_comes_in_order(
    knock: Knock,
    house: BotHouse,
    journal: DiskJournal[Arrival],
    door: str,
) -> None:
    away = Away(house)
    replace_arrivals(house, away)
    for number in range(30):
        text = message(Content=f"第{number}句", MsgId=str(10**15 + number))
        if door == "official":
            answer = await knock.post(*knock.sealed(text))
        else:
            answer = await knock.post(*knock.sealed(text, WORK), "/wechat/work")
        assert answer == (200, "success" if door == "official" else "")
    kept = [one.id for one in journal.waiting()]
    assert len(kept) == 30
    assert not await away.real.find({})

    taken: list[str] = []
    real = away.real.add_many

    async def add_many(arrivals: Sequence[Arrival]) -> set[str]:
        taken.extend(one.id for one in arrivals)
        return await real(arrivals)

    away.real.add_many = add_many  # type: ignore[method-assign]
    away.down = 0

    async def stored() -> bool:
        return not journal.waiting()

    await until(stored)
    assert list(dict.fromkeys(taken)) == kept  # one write may be tried twice


async def test_a_slow_store_keeps_no_platform_waiting(
    house: BotHouse, journal: DiskJournal[Arrival]
) -> None:
    away, go = Away(house, down=0), asyncio.Event()

    async def slow(arrivals: Sequence[Arrival]) -> set[str]:
        await go.wait()
        return await away.real.add_many(arrivals)

    away.add_many = slow  # type: ignore[method-assign]
    replace_arrivals(house, away)
    arrivals = Arrivals(house, write=30.0)
    assert await arrivals.keep(arrival(1), 0.0) == "on disk"
    assert [one.id for one in journal.waiting()] == ["a1"]
    assert await away.real.find({}) == []
    go.set()

    async def stored() -> bool:
        return not journal.waiting()

    await until(stored)  # by the write that was under way: nothing is replayed here
    assert [one.id for one in await away.real.find({})] == ["a1"]


async def test_what_came_later_is_not_stored_before_what_waits(
    house: BotHouse, journal: DiskJournal[Arrival]
) -> None:
    await journal.keep(arrival(1))
    arrivals = Arrivals(house, write=5.0)  # of a process that was started again
    assert await arrivals.keep(arrival(2), 0.0) == "on disk"
    replaying = asyncio.create_task(arrivals.replay())

    async def stored() -> bool:
        return not journal.waiting() and not arrivals._behind

    await until(stored)
    replaying.cancel()
    await arrivals.keep(arrival(3), 0.0)
    await arrivals.close()  # by the store, not the next replay
    found = await house.store.arrivals.find({}, order="seq")
    assert [one.id for one in found] == ["a1", "a2", "a3"]


async def test_one_that_the_store_does_not_take_holds_up_nobody(
    house: BotHouse, journal: DiskJournal[Arrival]
) -> None:
    class Picky(Away):
        async def add_many(self, arrivals: Sequence[Arrival]) -> set[str]:
            if any(one.body == "bad" for one in arrivals):
                raise Refused(TOO_LARGE)
            return await self.real.add_many(arrivals)

    for number in range(150):
        await journal.keep(arrival(number, body="bad" if number < 120 else "sealed"))
    replace_arrivals(house, Picky(house))
    replaying = asyncio.create_task(Arrivals(house, write=5.0).replay())

    async def stored() -> bool:
        return len(journal.waiting()) == 120

    await until(stored)
    replaying.cancel()
    assert {one.body for one in journal.waiting()} == {"bad"}


async def test_with_store_and_disk_full_nothing_is_said_to_be_kept(
    house: BotHouse, journal: DiskJournal[Arrival], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.arrivals.MOST_ON_DISK", 2)
    replace_arrivals(house, Away(house))
    arrivals = Arrivals(house, write=0.2)
    for number in range(2):
        assert await arrivals.keep(arrival(number), 0.0) == "on disk"
    with pytest.raises(StoreDown):
        await arrivals.keep(arrival(2), 0.0)


async def test_a_full_disk_is_no_answer(
    knock: Knock,
    house: BotHouse,
    journal: DiskJournal[Arrival],
    tmp_path: Path,
) -> None:
    """What is kept nowhere is delivered again, so it must not be answered."""
    replace_arrivals(house, Away(house))
    query, body = knock.sealed(message(Content="楼道里的灯坏了"))
    with full_disk(tmp_path) as full:
        real, journal._file = journal._file, full
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await knock.post(query, body)
        journal._file = real


async def test_what_a_dead_process_left_on_disk_is_taken_over(tmp_path: Path) -> None:
    one = arrival(1)
    dead = DiskJournal(tmp_path, Arrival)
    await dead.keep(one)
    dead._file.close()  # as the end of its process does
    assert DiskJournal(tmp_path, Arrival).waiting() == [one]


async def test_under_a_steady_load_the_file_does_not_grow_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is always something that waits, so the file is never empty."""
    monkeypatch.setattr(storage.journal, "REWRITE_BYTES", 20_000)
    journal = DiskJournal(tmp_path, Arrival, 0.01)
    await journal.keep(arrival(0))
    for number in range(1, 400):
        await journal.keep(arrival(number))
        await journal.done(f"a{number - 1}")
    (file,) = tmp_path.iterdir()
    assert file.stat().st_size < 21_000
    journal._file.close()
    left = [one.id for one in DiskJournal(tmp_path, Arrival).waiting()]
    assert left[-1] == "a399"
    assert len(left) <= 2  # the last that is done need not be on disk yet


async def test_who_ends_says_on_disk_what_is_done(tmp_path: Path) -> None:
    journal = DiskJournal(tmp_path, Arrival, 0.01)
    await journal.keep(arrival(1))
    await journal.keep(arrival(2))
    await journal.done("a1")
    journal.close()
    assert [one.id for one in DiskJournal(tmp_path, Arrival).waiting()] == ["a2"]


async def test_what_is_done_is_said_on_disk_though_nothing_else_comes(tmp_path: Path) -> None:
    journal = DiskJournal(tmp_path, Arrival, 0.01)
    await journal.keep(arrival(1))
    (file,) = tmp_path.iterdir()
    assert file.stat().st_size > 0
    await journal.done("a1")

    async def empty() -> bool:
        return file.stat().st_size == 0

    await until(empty)


async def test_a_journal_removes_no_file_but_its_own(tmp_path: Path) -> None:
    journal = DiskJournal(tmp_path / "journal", Arrival)
    (own,) = (tmp_path / "journal").iterdir()
    (tmp_path / "other").write_bytes(b"")
    with open(tmp_path / "other", "ab", buffering=0) as other:
        journal._file.close()
        journal._file = other
        journal.close()
    assert (tmp_path / "other").exists()
    assert not own.exists()
