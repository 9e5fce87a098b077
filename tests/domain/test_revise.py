"""Load, change, save: nothing of two who change the same is lost, and nobody tries for ever."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import Conflict, Duplicate, NotFound
from domain.people import Attempts
from domain.revise import TRIES, revise
from tests.webrtc.memory_store import MemoryShelf, MemoryStore


class Crowd(MemoryShelf):
    """A shelf on which somebody else is faster this many times: to save, or to add."""

    def __init__(self, rivals: int = 0) -> None:
        super().__init__("attempts", MemoryStore())
        self.rivals = rivals
        self.writes = 0

    async def save(self, item: Any) -> None:
        self.writes += 1
        if self.rivals:
            self.rivals -= 1
            self.items[item.id].failures += 100
            self.items[item.id].version += 1
        await super().save(item)

    async def add(self, item: Any) -> None:
        self.writes += 1
        if self.rivals:
            self.rivals -= 1
            self.items[item.id] = Attempts(item.id, 100)
        await super().add(item)


def fail(it: Attempts) -> None:
    it.failures += 1


async def test_what_others_wrote_meanwhile_stays() -> None:
    shelf = Crowd(rivals=3)
    shelf.items["a"] = Attempts("a", 5)
    it = await revise(shelf, "a", fail)
    assert it == shelf.items["a"] == Attempts("a", 306, version=4)
    assert shelf.writes == 4


async def test_nothing_to_save_is_not_saved() -> None:
    shelf = Crowd()
    shelf.items["a"] = Attempts("a", 5)

    def look(it: Attempts) -> bool:
        it.failures = 9
        return False

    assert (await revise(shelf, "a", look)).failures == 9
    assert (await revise(shelf, "b", look, lambda: Attempts("b"))).failures == 9
    assert shelf.items == {"a": Attempts("a", 5)}
    assert shelf.writes == 0


async def test_whoever_always_loses_gives_up() -> None:
    shelf = Crowd(rivals=10**6)
    shelf.items["a"] = Attempts("a")
    with pytest.raises(Conflict):
        await revise(shelf, "a", fail)
    assert shelf.writes == TRIES == 20
    assert shelf.items["a"].failures == 20 * 100, "nothing of it was saved"


async def test_what_a_change_refuses_is_not_tried_again() -> None:
    shelf, asked = Crowd(), 0
    shelf.items["a"] = Attempts("a")

    def refuse(it: Attempts) -> None:
        nonlocal asked
        asked += 1
        raise Conflict("it is not what was read")

    with pytest.raises(Conflict, match="not what was read"):
        await revise(shelf, "a", refuse)
    assert (asked, shelf.writes) == (1, 0)


async def test_what_is_not_there_is_made_once_whoever_is_first() -> None:
    with pytest.raises(NotFound):
        await revise(Crowd(), "a", fail)
    alone, second = Crowd(), Crowd(rivals=1)
    await revise(alone, "a", fail, lambda: Attempts("a"))
    assert alone.items["a"] == Attempts("a", 1)
    await revise(second, "a", fail, lambda: Attempts("a"))
    assert second.items["a"] == Attempts("a", 101, version=1)


async def test_what_is_removed_meanwhile_is_made_anew() -> None:
    class Removed(Crowd):
        async def save(self, item: Any) -> None:
            self.items.pop(item.id, None)
            await super().save(item)

    shelf = Removed()
    shelf.items["a"] = Attempts("a", 5)
    await revise(shelf, "a", fail, lambda: Attempts("a"))
    assert shelf.items["a"] == Attempts("a", 1)
    with pytest.raises(NotFound):
        await revise(shelf, "a", fail)


async def test_a_unique_key_that_another_has_is_no_lost_race() -> None:
    class Taken(Crowd):
        async def save(self, item: Any) -> None:
            self.writes += 1
            raise Duplicate("a unique key exists")

    shelf = Taken()
    shelf.items["a"] = Attempts("a")
    with pytest.raises(Duplicate):
        await revise(shelf, "a", fail)
    assert shelf.writes == 1
