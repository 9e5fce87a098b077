"""Comparing times that two clocks, or one that was set, may have written."""

from __future__ import annotations


def within(then: int, now: int, span: int) -> bool:
    """Whether ``then`` and ``now`` (Unix ms) are less than ``span`` ms apart.

    ``now - then < span`` alone is true for hours after a clock was set back: whatever waits for the
    span to pass (a throttle, an escalation, a dead process) would wait as long. A time that lies
    farther ahead than the span is as good as past.
    """
    return abs(now - then) < span
