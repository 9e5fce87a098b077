"""Each turn of periodic work is done by one process; when that is gone, by another, within a bound."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain import lease as module
from domain.errors import StoreDown
from domain.lease import AHEAD_MS, LIFE_MS, Lease, Turns
from domain.ports import Store
from storage.store import MongoStore
from tests.webrtc.memory_store import MemoryShelf, MemoryStore, done

START, EVERY_S = 1_790_000_000_000, 600.0
EVERY_MS = int(EVERY_S * 1_000)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


class Worker:
    """A process on the store that counts the turns it did."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.turns, self.done = Turns(lambda: store, clock), 0

    async def ask(self) -> float:
        return await self.turns.turn("work", EVERY_S, self._work)

    async def _work(self) -> None:
        await asyncio.sleep(0)
        self.done += 1


async def test_each_turn_is_done_once_however_many_processes_ask(store: MongoStore) -> None:
    clock = Clock()
    workers = [Worker(store, clock) for _ in range(4)]
    for turn in range(1, 6):
        await asyncio.gather(*(one.ask() for one in workers))
        assert sum(one.done for one in workers) == turn
        clock.now += EVERY_MS - 1
        assert [await one.ask() for one in workers] == [0.001] * 4
        assert sum(one.done for one in workers) == turn
        clock.now += 1


async def test_when_the_owner_is_killed_another_goes_on_within_a_minute(store: MongoStore) -> None:
    clock = Clock()
    killed, other = Worker(store, clock), Worker(store, clock)
    assert await killed.turns.take("work", EVERY_MS) == 0
    clock.now += 10_000
    wait = await other.ask()
    assert (wait, other.done) == (LIFE_MS / 1_000 - 10, 0)
    clock.now += int(wait * 1_000)
    await other.ask()
    assert other.done == 1


async def test_a_turn_that_failed_is_still_to_be_done(store: MongoStore) -> None:
    clock = Clock()
    one, other = Worker(store, clock), Worker(store, clock)

    async def fails() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        await one.turns.turn("work", EVERY_S, fails)
    await other.ask()
    assert other.done == 1


async def test_a_process_that_is_asked_to_end_leaves_its_turn_at_once(store: MongoStore) -> None:
    clock, begun = Clock(), asyncio.Event()
    one, other = Worker(store, clock), Worker(store, clock)

    async def long() -> None:
        begun.set()
        await asyncio.Event().wait()

    turn = asyncio.create_task(one.turns.turn("work", EVERY_S, long))
    await begun.wait()
    turn.cancel()
    await asyncio.gather(turn, return_exceptions=True)
    await other.ask()
    assert other.done == 1


async def test_long_work_keeps_its_lease_also_while_the_store_is_away(
    store: MongoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RENEW_S", 0.01)
    clock, away = Clock(), asyncio.Event()
    one, other = Worker(store, clock), Worker(store, clock)
    get, failed = store.leases.get, 0

    async def sometimes(id: str) -> Lease:
        nonlocal failed
        if away.is_set() and failed < 5:
            failed += 1
            raise StoreDown("away")
        return await get(id)

    monkeypatch.setattr(store.leases, "get", sometimes)

    async def renewed(until: int) -> None:
        while (await get("work")).until < until or (away.is_set() and failed < 5):
            await asyncio.sleep(0.01)

    async def long() -> None:
        clock.now += LIFE_MS - 1
        await renewed(clock.now + LIFE_MS)
        away.set()
        clock.now += LIFE_MS - 1
        await renewed(clock.now + LIFE_MS)
        assert await other.ask() == LIFE_MS / 1_000
        one.done += 1

    async with asyncio.timeout(30):
        await one.turns.turn("work", EVERY_S, long)
    assert (one.done, other.done, failed) == (1, 0, 5)


async def test_who_lost_the_lease_stops(store: MongoStore, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, begun = Clock(), asyncio.Event()
    slow, other = Worker(store, clock), Worker(store, clock)

    async def stalled() -> None:
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(module, "RENEW_S", 0.5)
    turn = asyncio.create_task(slow.turns.turn("work", EVERY_S, stalled))
    await begun.wait()
    clock.now += LIFE_MS
    await other.ask()
    assert other.done == 1
    async with asyncio.timeout(30):
        assert await turn == EVERY_S
    kept = await store.leases.get("work")
    assert (kept.owner, kept.turned_at) == ("", clock.now)


@pytest.mark.parametrize(
    "kept",
    [
        Lease("work", "gone", START + AHEAD_MS + 1),
        Lease("work", turned_at=START + EVERY_MS),
        Lease("work", "gone", START + 86_400_000, START + 86_400_000),
    ],
)
async def test_what_a_clock_wrote_that_was_set_back_stops_nothing(
    store: MongoStore, kept: Lease
) -> None:
    await store.leases.add(kept)
    one = Worker(store, Clock())
    await one.ask()
    assert one.done == 1


async def test_an_owner_whose_clock_is_half_a_minute_ahead_keeps_it(store: MongoStore) -> None:
    ahead, clock = Clock(), Clock()
    ahead.now += LIFE_MS // 2
    assert await Worker(store, ahead).turns.take("work", EVERY_MS) == 0
    assert await Worker(store, clock).turns.take("work", EVERY_MS) > 0


class TwoOwners(RuleBasedStateMachine):
    """Two processes whose clocks are up to 30 s apart; any of them may stall or be killed at any time."""

    def __init__(self) -> None:
        super().__init__()
        memory = MemoryStore()
        cast(Any, memory).leases = MemoryShelf("leases", memory)
        self.store = cast(Store, memory)
        self.clock = Clock()
        self.off = [0, 0]
        self.processes = [self._process(0), self._process(1)]
        self.holds: dict[int, int] = {}  # who works, and when he renewed last
        self.began: dict[int, int] = {}
        self.turned: int | None = None

    def _process(self, n: int) -> Turns:
        return Turns(lambda: self.store, lambda: self.clock.now + self.off[n])

    @rule(n=st.sampled_from((0, 1)), off=st.integers(-15_000, 15_000))
    def apart(self, n: int, off: int) -> None:
        self.off[n] = off

    @rule(ms=st.one_of(st.integers(0, 20_000), st.integers(0, 2 * EVERY_MS)))
    def time_passes(self, ms: int) -> None:
        """A process that lives renews in time; whoever does not is stalled or dead."""
        while ms > 0:
            step = min(ms, 15_000)
            ms -= step
            self.clock.now += step
            for n in list(self.holds):
                assert done(self.processes[n].renew("work")), "it was taken from one who kept it"
                self.holds[n] = self.clock.now

    @rule(n=st.sampled_from((0, 1)))
    def ask(self, n: int) -> None:
        if n in self.holds:
            return
        wait = done(self.processes[n].take("work", EVERY_MS))
        assert 0 <= wait <= EVERY_MS
        if wait:
            return
        assert not self.holds, "two do the same"
        if self.turned is not None:
            assert self.clock.now - self.turned >= EVERY_MS - 30_000, "done twice"
        self.holds[n] = self.began[n] = self.clock.now

    @precondition(lambda self: self.holds)
    @rule(well=st.booleans())
    def ends(self, well: bool) -> None:
        [n] = self.holds
        del self.holds[n]
        # The turn began by that process's clock, which may have been put right since.
        done(self.processes[n].end("work", self.began[n] + self.off[n] if well else None))
        if well:
            self.turned = self.began[n]

    @precondition(lambda self: self.holds)
    @rule()
    def is_killed(self) -> None:
        [n] = self.holds
        del self.holds[n]
        self.processes[n] = self._process(n)

    @precondition(lambda self: not self.holds)
    @rule(n=st.sampled_from((0, 1)))
    def goes_on_within_the_bound(self, n: int) -> None:
        """Nobody works: whoever asks when he was told to works after the longest that it can take."""
        end = self.clock.now + EVERY_MS + AHEAD_MS
        while wait := done(self.processes[n].take("work", EVERY_MS)):
            self.clock.now += wait
            assert self.clock.now <= end, "nobody does it any more"
        self.holds[n] = self.began[n] = self.clock.now

    @invariant()
    def nobody_is_shut_out_for_ever(self) -> None:
        shelf = cast(Any, self.store).leases
        for it in shelf.items.values():
            assert it.until <= self.clock.now + LIFE_MS + 15_000


TwoOwners.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
test_two_owners = TwoOwners.TestCase
