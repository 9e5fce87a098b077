"""How often the same thing may be written into one incident's log.

A document has a size, and whoever fills it leaves an incident that nobody can answer or close. What
a person does is therefore always done; beyond a bound it is only not written each time. From the
entry on that carries ``often``, the log says itself that it no longer tells each time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from domain.clock import within
from domain.evidence import Entry, Log


@dataclass(frozen=True, slots=True)
class Bound:
    """The first ``each`` entries are all written, further ones at most every ``every_ms``, never
    more than ``most``."""

    each: int
    every_ms: int
    most: int


ATTENDANCE = Bound(
    100, 60_000, 1_000
)  # a participant joined; "left" is written after each of these
ADMITTED = Bound(100, 60_000, 1_000)  # a ticket for a participant of the staff
HUNG_UP = Bound(100, 60_000, 1_000)  # the caller hung up in a call that goes on
RETURNING = Bound(200, 60_000, 1_000)  # abandoned and returned, together; called again
GAPS = Bound(20, 60_000, 200)  # the recording of a participant was interrupted
LEVELS = 200  # quality levels of one participant; his id is of one call
CALLS = 20  # beyond this a call that was given up unanswered rings again instead of a new one


def said(log: Log, names: Collection[str], **same: Any) -> list[Entry]:
    """The entries with one of these names whose data has these members."""
    return [
        entry
        for entry in log.entries
        if entry.what in names and all(entry.data.get(name) == same[name] for name in same)
    ]


def allowance(
    log: Log, names: Collection[str], now: int, bound: Bound, **same: Any
) -> dict[str, Any] | None:
    """What the entry that may be written now carries beside its own data; None: it may not be.

    A clock that was set back does not keep anything out of the log.
    """
    before = said(log, names, **same)
    count = len(before)
    if count >= bound.most:
        return None
    if count >= bound.each and within(before[-1].at, now, bound.every_ms):
        return None
    return {"often": True} if count >= bound.each - 1 else {}
