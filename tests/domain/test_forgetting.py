"""What is old is removed by short ranges: all of it, nothing else, and no command for each document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain import forgetting
from domain.arrival import Arrival, ArrivalState, Platform
from domain.forgetting import MOST, forget_all
from domain.ports import Shelf
from domain.queries_messages import arrivals_before
from tests.webrtc.memory_store import MemoryShelf, MemoryStore, done

END = 1_790_000_000_000_000_000  # nanoseconds of today


class Counted(MemoryShelf):
    """Knows what was deleted by each command, and how often it was asked for something else."""

    def __init__(self) -> None:
        super().__init__("arrivals", MemoryStore())
        self.removed: list[list[int]] = []
        self.asked = 0

    async def remove_many(self, criteria: Mapping[str, Any]) -> int:
        self.removed.append([one.seq for one in self._matching(criteria, None)])
        return await super().remove_many(criteria)

    async def remove(self, id: str) -> None:
        raise AssertionError("one by one")

    async def count(self, criteria: Mapping[str, Any] | None = None) -> int:
        self.asked += 1
        return await super().count(criteria)


def shelf_of(seqs: list[int], state: ArrivalState = ArrivalState.HANDLED) -> Counted:
    shelf = Counted()
    for number, seq in enumerate(seqs):
        id = f"{state}{number}"
        shelf.items[id] = Arrival(id, Platform.OFFICIAL, "p", "", 0, 0, seq, state)
    return shelf


def forget(shelf: Counted, end: int) -> int:
    old = arrivals_before(ArrivalState.HANDLED, end)
    return done(forget_all(cast("Shelf[Arrival]", shelf), old, "seq"))


@given(
    st.lists(
        st.tuples(st.integers(0, END + 10**9), st.integers(1, 40), st.integers(0, 10**15)),
        max_size=20,
    )
)
@example([(END - 10**15, 40, 1)] * 19 + [(0, 1, 0)])
@example([(END - 1, 40, 0)] * 20)
@example([(5, 40, 0)] * 20 + [(END, 3, 0)])
def test_all_that_is_old_goes_and_nothing_else(runs: list[tuple[int, int, int]]) -> None:
    """Runs of documents: from when on, how many, how far apart."""
    seqs = [first + number * apart for first, many, apart in runs for number in range(many)]
    old = [one for one in seqs if one < END]
    shelf = shelf_of(seqs)
    shelf.items |= shelf_of([1], ArrivalState.RECEIVED).items
    assert forget(shelf, END) == len(old)
    assert Counter(one.seq for one in shelf.items.values()) == Counter(
        [one for one in seqs if one >= END] + [1]
    )
    assert [one for one in shelf.removed if not one] == []
    for some in shelf.removed:
        assert len(some) <= MOST or len(set(some)) == 1
    assert forget(shelf, END) == 0


@pytest.mark.parametrize("apart", [1, 20_000_000, 10**12])
def test_many_are_removed_by_few_commands(apart: int) -> None:
    """Three thousand, dense or far apart, long ago or just now."""
    for newest in (END - 1, END - 10**16):
        shelf = shelf_of([newest - number * apart for number in range(3_000)])
        assert forget(shelf, END) == 3_000
        assert max(len(some) for some in shelf.removed) <= MOST
        assert len(shelf.removed) <= 25
        assert shelf.asked <= 80


@pytest.mark.parametrize("end", [-5, 0, 1, 5])
def test_a_clock_that_begins_with_nothing(end: int) -> None:
    shelf = shelf_of([-10, *range(-3, 4), *[2] * MOST, *[-3] * MOST])
    left = [one.seq for one in shelf.items.values() if one.seq >= end]
    forget(shelf, end)
    assert [one.seq for one in shelf.items.values()] == left


@pytest.mark.parametrize(
    "old", [{}, {"seq": 5}, {"seq": {"$lt": 5, "$gte": 1}}, {"at": {"$lt": 5}}]
)
def test_criteria_without_an_upper_end_alone_are_refused(old: dict[str, Any]) -> None:
    shelf = shelf_of([1])
    with pytest.raises(ValueError, match="upper end"):
        done(forgetting.forget_all(cast("Shelf[Arrival]", shelf), old, "seq"))
    assert len(shelf.items) == 1
