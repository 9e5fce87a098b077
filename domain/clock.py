"""Comparing times that two clocks, or one that was set, may have written; and China's time."""

from __future__ import annotations

import calendar
import time
from collections.abc import Callable

SECOND_MS = 1_000
MINUTE_MS = 60_000
STILL_S = 2.0  # a busy machine is as late
HELD_MS = 10_000
HOUR_MS, DAY_MS = 3_600_000, 24 * 3_600_000
CHINA_MS = 8 * HOUR_MS  # all of China has one time, and no summer time


def within(then: int, now: int, span: int) -> bool:
    """Whether ``then`` and ``now`` (Unix ms) are less than ``span`` ms apart.

    ``now - then < span`` alone is true for hours after a clock was set back: whatever waits for the
    span to pass (a throttle, an escalation, a dead process) would wait as long. A time that lies
    farther ahead than the span is as good as past.
    """
    return abs(now - then) < span


def elapsed(then: int, now: int) -> int:
    """How long ago ``then`` was (Unix ms): nothing when a clock was set back in between, never less."""
    return max(now - then, 0)


def ahead(at: int, now: int, longest: int) -> bool:
    """Whether ``at`` (Unix ms) is still to come. ``longest`` is the most that anybody writes it ahead.

    ``at > now`` alone is true for hours after a clock was set back: a dead process's claim and a pause
    would last as long. What lies twice ``longest`` ahead has passed; less may be two machines' clocks.
    """
    return now < at <= now + 2 * longest


class SetBack:
    """How far (``by``, ms) the wall clock was set back while this process ran, by a clock that is never
    set; until what follows from it is done."""

    def __init__(
        self, clock: Callable[[], int], running: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock, self._running = clock, running
        self._last = clock(), running()
        self.by = 0

    def look(self) -> int:
        """Look at both clocks; ``by``. Less than a second is how clocks are kept right."""
        last, self._last = self._last, (self._clock(), self._running())
        back = last[0] + int((self._last[1] - last[1]) * 1_000) - self._last[0]
        if back > SECOND_MS:
            self.by += back
        return self.by


def passed() -> float:
    """Seconds that passed, by a clock that nobody sets and that goes on while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Standstill:
    """Whether this process stood still lately (stopped, or with its machine: asleep, paused, moved), or the
    wall clock was set: what others were to write down meanwhile looks older then, or newer, than it is.

    ``look`` has to be asked about once in ``every_s``; who was asked so late that it is 2 s more stood still.
    A guest whose hypervisor paused it knows of no pause: its clock is set forth some time after.
    """

    def __init__(
        self,
        clock: Callable[[], int],
        every_s: float = 1.0,
        running: Callable[[], float] = passed,
    ) -> None:
        self._clock, self._running, self._every_s = clock, running, every_s
        self._last = clock(), running()
        self._since: float | None = None
        self.before = (
            0  # what the wall clock (Unix ms) showed when this process was last known to run
        )

    def look(self) -> tuple[float, float]:
        """For how many seconds it stood still since the last look, and by how many the clock was set; 0
        where that is nothing out of the ordinary."""
        (wall, running), self._last = self._last, (self._clock(), self._running())
        gap = self._last[1] - running
        by = (self._last[0] - wall) / 1_000 - gap
        stood, by = gap if gap > self._every_s + STILL_S else 0.0, by if abs(by) > STILL_S else 0.0
        if stood or by:
            self._since, self.before = self._last[1], wall
        return stood, by

    def hold(self) -> None:
        """Nobody can write a sign of life now, though this process runs: asked for as long as that lasts, at
        least once in 10 s."""
        if not self.within(HELD_MS):
            self.before = self._last[0]
        self._since = self._last[1]

    def within(self, span_ms: int) -> bool:
        """Whether it ended, or the clock was set, less than so many ms ago."""
        self.look()
        return self._since is not None and (self._last[1] - self._since) * 1_000 < span_ms


def in_china(at: int, pattern: str) -> str:
    """A time (Unix ms) as a clock in China shows it; ``pattern`` as ``time.strftime`` takes it."""
    return time.strftime(pattern, time.gmtime((at + CHINA_MS) / 1000))


def next_day(at: int) -> int:
    """The midnight in China that follows (Unix ms)."""
    return ((at + CHINA_MS) // DAY_MS + 1) * DAY_MS - CHINA_MS


def month_after(month: str) -> str:
    """The month that follows one such as 2026-05."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02}"


def month_begins(month: str) -> int:
    """The first moment in China (Unix ms) of a month such as 2026-05."""
    return calendar.timegm(time.strptime(month, "%Y-%m")) * 1000 - CHINA_MS
