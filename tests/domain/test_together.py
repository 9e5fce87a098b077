"""Arrivals written together: few writes for many, each told what became of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import cast

import pytest

from domain.arrival import Arrival, Platform
from domain.errors import TOO_LARGE, Duplicate, Refused, StoreDown
from domain.ports import Shelf
from domain.together import AT_ONCE, WAITING, Together
from tests.bot.street import until


class Slow:
    """A shelf that takes its time; ``broken`` writes fail."""

    def __init__(self, seconds: float = 0.01) -> None:
        self.seconds, self.broken = seconds, False
        self.kept: set[str] = set()
        self.too_large: set[str] = set()
        self.writes: list[list[str]] = []

    async def add_many(self, items: Sequence[Arrival]) -> set[str]:
        ids = [one.id for one in items]
        self.writes.append(ids)
        await asyncio.sleep(self.seconds)
        if self.broken:
            raise StoreDown("away")
        if self.too_large & set(ids):
            raise Refused(TOO_LARGE)
        known = self.kept & set(ids)
        self.kept |= set(ids)
        return known


def together_with(shelf: Slow, patience: float) -> Together[Arrival]:
    return Together(lambda: cast(Shelf[Arrival], shelf), patience)


def arrival(id: str) -> Arrival:
    return Arrival(id, Platform.OFFICIAL, "somebody", "", 0, 0, 0)


async def told(together: Together[Arrival], id: str) -> str:
    try:
        await together.add(arrival(id))
    except Duplicate:
        return "known"
    except StoreDown:
        return "away"
    except Refused as refused:
        return refused.fault.code
    return "kept"


async def test_those_who_come_during_a_write_go_with_the_next() -> None:
    shelf = Slow()
    together = together_with(shelf, 1.0)
    answers = await asyncio.gather(*(told(together, str(one)) for one in range(250)))
    assert set(answers) == {"kept"}
    assert shelf.kept == {str(one) for one in range(250)}
    assert max(len(ids) for ids in shelf.writes) <= AT_ONCE
    assert len(shelf.writes) <= 4


async def test_a_busy_shelf_is_asked_less_often_by_who_can_wait() -> None:
    shelf = Slow(0.01)
    together = Together(lambda: cast(Shelf[Arrival], shelf), 1.0, quick=0.001, gather=0.2)
    for one in range(20):
        asyncio.get_running_loop().call_later(
            one / 200, asyncio.ensure_future, told(together, str(one))
        )

    async def kept() -> bool:
        return len(shelf.kept) == 20

    await until(kept)
    assert len(shelf.writes) <= 3  # without waiting: one for every two or three


async def test_each_is_told_of_its_own() -> None:
    shelf = Slow()
    together = together_with(shelf, 1.0)
    assert await told(together, "a") == "kept"
    answers = await asyncio.gather(*(told(together, id) for id in ("a", "b", "c", "c")))
    assert answers[:2] == ["known", "kept"]
    assert shelf.kept == {"a", "b", "c"}


@pytest.mark.parametrize("slow", [True, False])
async def test_all_of_a_failed_write_are_told_and_the_next_goes_well(slow: bool) -> None:
    shelf = Slow()
    together = together_with(shelf, 0.05)
    shelf.seconds, shelf.broken = (5.0, False) if slow else (0.01, True)
    answers = await asyncio.gather(*(told(together, id) for id in ("a", "b")))
    assert answers == ["away", "away"]
    together._patience = 30.0
    shelf.seconds, shelf.broken = 0.01, False
    assert await told(together, "a") == "kept"


async def test_one_that_the_store_does_not_take_costs_none_of_the_others() -> None:
    shelf = Slow()
    together = together_with(shelf, 1.0)
    shelf.too_large = {"b"}
    first = asyncio.create_task(told(together, "first"))
    await asyncio.sleep(0)
    answers = await asyncio.gather(*(told(together, id) for id in ("a", "b", "c")))
    assert [await first, *answers] == ["kept", "kept", "too_large", "kept"]


async def test_a_caller_that_has_gone_harms_nobody() -> None:
    shelf = Slow(0.5)
    together = together_with(shelf, 30.0)
    first = asyncio.create_task(told(together, "a"))
    await asyncio.sleep(0.01)
    gone = asyncio.create_task(told(together, "gone"))
    last = asyncio.create_task(told(together, "b"))
    await asyncio.sleep(0.01)
    gone.cancel()
    assert await asyncio.gather(first, last) == ["kept", "kept"]
    assert shelf.kept == {"a", "b"}


async def test_no_more_wait_than_there_is_room_for() -> None:
    shelf = Slow(30.0)
    together = together_with(shelf, 60.0)
    waiting = [asyncio.create_task(told(together, str(one))) for one in range(WAITING + 50)]
    await asyncio.sleep(0.1)
    done = [one for one in waiting if one.done()]
    assert done
    assert {one.result() for one in done} == {"away"}
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
