"""When a store that lives but does not serve is to be ended: the rule, without I/O.

A stopped or locked store does nothing. One that builds an index answers nobody for minutes, but it
computes and writes all the time: 300 writes a second and more were measured, an idle one makes one in
ten seconds. Hence two limits, and wider ones while it is known to have reason.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

SILENT_S = 10.0  # neither answers nor works
WORKING_S = 120.0  # does not answer, and works: spins, or is far behind
# It has not answered since it was started (recovers its files), or builds an index.
SILENT_WITH_REASON_S = 60.0
WORKING_WITH_REASON_S = 3_600.0
PROCESSOR_S, CALLS = 0.1, 2.0  # in a second: of processor, or calls that read or write: it works
LONGEST_REFUSING_S = 60.0


class Answer(StrEnum):
    SERVED = "SERVED"  # it wrote and read
    REFUSED = "REFUSED"  # it answered, with an error
    NONE = "NONE"


class Work(NamedTuple):
    """What a process has done since it started: seconds of processor, calls that read or write."""

    processor: float
    calls: int


class Watch:
    """What one run of the store's process did so far. Times are seconds of one monotonic clock."""

    def __init__(self, now: float, work: Work, ended: int = 0) -> None:
        """``work``: what it has done so far; ``ended``: runs before this one that were ended without a
        good answer between: ending it did not help then, so it gets longer."""
        self.ended = ended
        self._reason = True
        self._good_at = self._idle_since = self._looked_at = now
        self._work = work

    def anew(self, now: float) -> None:
        """We did not look ourselves for a while: whatever was counted says nothing."""
        self._good_at = self._idle_since = self._looked_at = now

    def overdue(self, now: float, work: Work, answer: Answer, building: bool) -> str:
        """Why it is to be ended, or nothing."""
        if answer is Answer.SERVED:
            self._good_at, self._reason, self.ended = now, False, 0
        elif building:
            # Kept until it answers: who waits for the index may end before it is built.
            self._reason = True
        span = now - self._looked_at
        if (
            work.processor - self._work.processor >= PROCESSOR_S * span
            or work.calls - self._work.calls >= CALLS * span
        ):
            self._idle_since = now
        self._looked_at, self._work = now, work
        silent, idle = now - self._good_at, now - self._idle_since
        if answer is Answer.REFUSED:
            limit = min(SILENT_S * 2**self.ended, LONGEST_REFUSING_S)
            return f"only errors for {silent:.0f} s" if silent >= limit else ""
        if min(silent, idle) >= (SILENT_WITH_REASON_S if self._reason else SILENT_S):
            return f"no answer for {silent:.0f} s, and no work"
        if silent >= (WORKING_WITH_REASON_S if self._reason else WORKING_S):
            return f"no answer for {silent:.0f} s"
        return ""

    def silent(self, now: float) -> float:
        return now - self._good_at
