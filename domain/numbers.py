"""Numbers: what is counted of tips, groups and notices of a station or community. Never who it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.clock import DAY_MS, in_china, month_begins
from domain.disclosure import FEW
from domain.group import Group

DAYS = (7, 30, 90)


@dataclass(frozen=True, slots=True)
class Period:
    """From ``since`` up to ``until``, and from ``before`` the same length before it. Unix ms."""

    since: int
    until: int
    before: int

    @property
    def before_until(self) -> int:
        return min(self.since, self.before + self.until - self.since)


def period(now: int, days: int, month: str = "") -> Period:
    """The last so many days, or a month in China's time up to now; before a month comes as much of the
    one before it."""
    if not month:
        return Period(now - days * DAY_MS, now, now - 2 * days * DAY_MS)
    since = month_begins(month)
    following = month_begins(in_china(since + 32 * DAY_MS, "%Y-%m"))
    before = month_begins(in_china(since - DAY_MS, "%Y-%m"))
    return Period(since, max(since, min(now, following)), before)


@dataclass(slots=True)
class TipSum:
    """What is counted of tips, at the end of the time they are of."""

    tips: int = 0
    reopened: int = 0
    answers: list[int] = field(default_factory=list)  # ms from tip to answer
    ages: list[int] = field(default_factory=list)  # of those that wait for one

    def add(self, opened: int, answered: int | None, reopened: bool, end: int) -> None:
        self.tips += 1
        self.reopened += reopened
        if answered is not None and answered < end:
            self.answers.append(max(0, answered - opened))
        else:
            self.ages.append(max(0, end - opened))

    def percentile(self, share: float) -> tuple[int | None, bool]:
        """The smallest time that at least this share of the tips does not exceed, and whether it may still
        grow: one that waits shorter than that may wait longer. None for too few."""
        if self.tips < FEW:
            return None, False
        found = percentile(self.answers + self.ages, share)
        return found, any(age <= found for age in self.ages)


@dataclass(slots=True)
class Sum:
    """What is added up for one row: groups, people, notices, and the tips of a time and of that before."""

    groups: int = 0
    members: int = 0
    residents: int = 0
    followers: int = 0
    silent: int = 0
    notices: int = 0
    notices_before: int = 0
    oldest: int | None = None
    now: TipSum = field(default_factory=TipSum)
    before: TipSum = field(default_factory=TipSum)

    def group(self, one: Group, silent: bool) -> None:
        self.groups += 1
        self.members += one.members
        self.residents += one.residents
        self.silent += silent

    def waiting(self, since: int) -> None:
        self.oldest = since if self.oldest is None else min(self.oldest, since)


def percentile(values: Sequence[int], share: float) -> int:
    """The smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    index = max(0, -(-len(ordered) * round(share * 100) // 100) - 1)
    return ordered[index]
