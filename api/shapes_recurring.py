"""Recurring notices and the calendar of notices over the wire: bodies in, answers out."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from api.bodies import Key, Request
from api.shapes_notices import Communities, Link, Title, Words
from api.shapes_presets import ValidDays
from domain.notice import NoticeState
from domain.recurring import RecurringState, Repeat

Weekdays = Annotated[
    list[Annotated[int, Meta(ge=0, le=6)]], Meta(max_length=7, description="0 is Monday")
]
MonthDay = Annotated[int, Meta(ge=1, le=31, description="the last one in a month that is shorter")]
Minute = Annotated[int, Meta(ge=0, le=1439, description="of the day it goes out, in China's time")]


class _Rule(Request, kw_only=True):
    title: Title
    text: Words
    communities: Communities
    repeat: Repeat
    minute: Minute
    link: Link = ""
    valid_days: ValidDays = 0
    weekdays: Weekdays = field(default_factory=list)
    day: MonthDay = 1


class RecurringIn(_Rule, kw_only=True):
    """Words, to whom, and when: ``weekdays`` count for WEEKLY, ``day`` for MONTHLY."""

    key: Key


class RecurringChange(_Rule, kw_only=True):
    """All of it anew; ``version`` is the one that was read."""

    version: int


class RecurringView(Struct):
    """A rule. ``next`` are the next times when it is due, empty when it is stopped; of the first, ``made``
    is the notice's id when it was made already. ``reason`` why it stopped: hand, author or communities.
    ``left_out`` are names of communities of it that are
    not the asker's."""

    id: str
    version: int
    state: RecurringState
    station: str | None
    station_name: str
    author: str
    author_name: str
    title: str
    text: str
    link: str
    valid_days: int
    communities: list[str]
    left_out: list[str]
    repeat: Repeat
    weekdays: list[int]
    day: int
    minute: int
    next: list[int]
    made: str
    reason: str
    stopped_at: int | None
    updated_at: int


class RecurringList(Struct):
    """Those of the asker's station, a supervisor's of all; what is due next first, then those stopped.
    ``most``: no more than these are kept for a station."""

    recurring: list[RecurringView]
    most: int


class PlannedNotice(Struct):
    """What goes out, or went out, at a time. ``id`` is the notice's; of a recurring one that is not made
    yet ``state`` is None and ``id`` the rule's."""

    id: str
    at: int
    title: str
    state: NoticeState | None
    urgent: bool
    communities: int


class NoticeCalendar(Struct):
    """By time. ``more``: there are more than are listed."""

    month: str
    planned: list[PlannedNotice]
    more: bool
