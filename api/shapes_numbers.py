"""Numbers over the wire: how groups and notices reach, and how soon tips are answered."""

from __future__ import annotations

from msgspec import Struct


class TipNumbers(Struct):
    """The tips of a time, as they stood at its end; without those that became 110 reports. Times are from
    a tip to its first answer, in ms; one that waits counts with its age, and ``least`` says which of the
    percentiles (50, 90) may therefore still grow. None: a count of 1 to 4, or one that would give such a
    count away; percentiles need 5 tips. ``reopened`` are tips that were opened again."""

    tips: int | None
    answered: int | None
    reopened: int | None
    answer_p50: int | None
    answer_p90: int | None
    least: list[int]


class NumbersRow(Struct):
    """One station or community. ``silent`` of its ``groups`` got no notice in two months; ``oldest`` is
    since when, in Unix ms, whoever waits longest now waits. ``now`` is the time that was asked for,
    ``before`` the same length before it."""

    id: str
    name: str
    groups: int
    members: int
    residents: int
    followers: int | None
    silent: int
    notices: int
    notices_before: int
    oldest: int | None
    now: TipNumbers
    before: TipNumbers


class SlowOwner(Struct):
    """An owner who did not confirm the last ``missed`` notices in a row, in so many groups."""

    owner: str
    name: str
    groups: int
    missed: int


class SilentGroup(Struct):
    """A group that got no notice in two months."""

    id: str
    name: str
    community: str


class NumbersView(Struct):
    """From ``since`` up to ``until``; ``before`` is when the time before it began. ``silent`` names at most
    200 groups; the rows count them all."""

    since: int
    until: int
    before: int
    total: NumbersRow
    stations: list[NumbersRow]
    communities: list[NumbersRow]
    owners: list[SlowOwner]
    silent: list[SilentGroup]
