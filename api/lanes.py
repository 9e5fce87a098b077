"""The queue before the hashing threads: known devices first, then who made no errors, then the rest.

Inside a lane each origin has its turn after the others, so that many from one place do not delay one
from another. The slow lane has one thread at most, when nobody else waits or as every eighth.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from api.login_policy import BOUNDS, Lane
from domain.errors import LOGIN_SLOWED, Refused

THREADS = 2
SLOW_TURN = 8
A_SECOND = 8  # hashes, roughly: for the time that is told to whoever does not fit
T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Place:
    """A place in a lane, from before anything is counted until the answer. ``begun``: the hash was."""

    lane: Lane
    origin: str
    turn: asyncio.Future[None] | None = None
    begun: bool = False
    lost: bool = False


class Lanes:
    """Two threads, and who waits for them."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
        self._held: dict[Lane, dict[str, list[Place]]] = {one: {} for one in Lane}
        self._waiting: dict[Lane, OrderedDict[str, deque[Place]]] = {
            one: OrderedDict() for one in Lane
        }
        self._running: Counter[Lane] = Counter()
        self._since_slow = 0

    @contextmanager
    def place(self, lane: Lane, origin: str) -> Iterator[Place]:
        """A place for the time of one log-in; raises ``login_slowed`` when there is none. In a lane that
        is full, whoever holds more than this origin would loses the newest of them."""
        held = self._held[lane]
        mine = held.get(origin, [])
        if len(mine) >= BOUNDS[lane].each:
            raise _full(len(mine))
        if sum(map(len, held.values())) >= BOUNDS[lane].all:
            most = max(held.values(), key=len)
            if len(most) <= len(mine) + 1 or not self._lose(most):
                raise _full(BOUNDS[lane].all)
        one = Place(lane, origin)
        held.setdefault(origin, []).append(one)
        try:
            yield one
        finally:
            self._leave(one)

    async def run(self, place: Place, work: Callable[[], T]) -> T:
        """``work`` in a thread when it is the turn of this place; raises ``login_slowed`` when the place
        went to somebody else meanwhile."""
        if place.lost:
            raise _full(BOUNDS[place.lane].all)
        loop = asyncio.get_running_loop()
        place.turn = loop.create_future()
        self._waiting[place.lane].setdefault(place.origin, deque()).append(place)
        self._next()
        try:
            await place.turn
        except asyncio.CancelledError:
            if place.turn.cancelled():
                self._forget(place)
            else:  # it was given at the same moment
                self._end(place.lane)
            raise
        place.begun = True
        running = loop.run_in_executor(self._threads, work)
        # The thread is busy until the hash is done, whether somebody still waits for it or not.
        running.add_done_callback(lambda _: self._end(place.lane))
        return await asyncio.shield(running)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _next(self) -> None:
        while self._running.total() < THREADS:
            lane = self._chosen()
            if lane is None:
                return
            origins = self._waiting[lane]
            origin, queue = origins.popitem(last=False)
            place = queue.popleft()
            if queue:
                origins[origin] = queue  # behind the other origins
            if place.turn is None or place.turn.done():
                continue
            self._running[lane] += 1
            self._since_slow = 0 if lane is Lane.SLOW else self._since_slow + 1
            place.turn.set_result(None)

    def _chosen(self) -> Lane | None:
        slow = bool(self._waiting[Lane.SLOW]) and not self._running[Lane.SLOW]
        if slow and self._since_slow >= SLOW_TURN:
            return Lane.SLOW
        for lane in (Lane.DEVICE, Lane.CLEAN):
            if self._waiting[lane]:
                return lane
        return Lane.SLOW if slow else None

    def _end(self, lane: Lane) -> None:
        self._running[lane] -= 1
        self._next()

    def _lose(self, most: list[Place]) -> bool:
        for place in reversed(most):
            if place.begun or (place.turn is not None and place.turn.done()):
                continue
            place.lost = True
            self._leave(place)
            if place.turn is not None:
                self._forget(place)
                place.turn.set_exception(_full(BOUNDS[place.lane].all))
            return True
        return False

    def _leave(self, place: Place) -> None:
        held = self._held[place.lane]
        mine = held.get(place.origin, [])
        if place in mine:
            mine.remove(place)
        if not mine:
            held.pop(place.origin, None)

    def _forget(self, place: Place) -> None:
        origins = self._waiting[place.lane]
        queue = origins.get(place.origin)
        if queue is not None and place in queue:
            queue.remove(place)
            if not queue:
                del origins[place.origin]


def _full(before: int) -> Refused:
    return Refused(LOGIN_SLOWED, seconds=max(1, before // A_SECOND))
