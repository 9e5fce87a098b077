"""Recurring notices: the same words every week or month, each time read by a second person.

An occurrence is a notice that is submitted for approval a day ahead (``domain/occurrence.py``). When they
are is computed from the rule and the clock alone: whatever the clock did and whoever was down, there is
no date kept that could be wrong.
"""

from __future__ import annotations

import calendar
import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from domain.clock import CHINA_MS, DAY_MS
from domain.errors import FORBIDDEN, INVALID, Conflict, Duplicate, NotFound, Refused
from domain.notice import require_writable
from domain.notice_presets import LONGEST_DAYS
from domain.people import COMMUNITY_PAGE, Role, Who
from domain.ports import Finder, Store
from domain.queries import recurring_of
from domain.revise import revise
from domain.workflow import Table, step
from domain.writing import Words, check_words

MINUTE_MS = 60_000
MINUTES_OF_DAY = 1_440
MOST_OF_STATION = 50
SEARCHED_DAYS = 62  # each month has its day, each week has one
THURSDAY = 3  # 1970-01-01; Monday is 0


class Repeat(StrEnum):
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


class RecurringState(StrEnum):
    ACTIVE = "ACTIVE"
    STOPPED = "STOPPED"


RECURRING: Table[RecurringState] = {
    RecurringState.ACTIVE: {
        "change": RecurringState.ACTIVE,
        "occur": RecurringState.ACTIVE,
        "stop": RecurringState.STOPPED,
    },
    RecurringState.STOPPED: {
        "change": RecurringState.STOPPED,
        "start": RecurringState.ACTIVE,
        "remove": RecurringState.STOPPED,
    },
}


@dataclass(frozen=True, slots=True)
class Schedule:
    """When: on ``weekdays`` (0 is Monday) or on ``day`` of a month, the last where that is shorter, at
    ``minute`` of the day, in China's time."""

    repeat: Repeat
    weekdays: list[int]
    day: int
    minute: int


@dataclass(frozen=True, slots=True)
class RecurringWords:
    """What is said, to whom. ``valid_days`` as of a template."""

    title: str
    text: str
    link: str
    valid_days: int
    communities: list[str]


@dataclass(slots=True)
class RecurringNotice:
    """A rule. ``author`` answers for it: who made, changed or started it last; ``writers`` are all who ever
    wrote on it. ``made_for`` is the day (``2026-05-03``) of the occurrence made last, ``made`` its notice.
    ``reason`` why it stopped: ``hand``, ``author`` (gone) or ``communities`` (not his any more);
    ``untold``: the supervisors are to hear of it. Times are Unix ms."""

    id: str
    station: str | None
    author: str
    author_name: str
    words: RecurringWords
    schedule: Schedule
    created_at: int
    updated_at: int
    state: RecurringState = RecurringState.ACTIVE
    writers: list[str] = field(default_factory=list)
    made_for: str = ""
    made: str = ""
    reason: str = ""
    stopped_at: int | None = None
    untold: bool = False
    version: int = 0


def occurrences(schedule: Schedule, after: int) -> Iterator[int]:
    """When it is (Unix ms), beginning behind ``after``; those of the next two months."""
    today = (after + CHINA_MS) // DAY_MS
    for day in range(today, today + SEARCHED_DAYS):
        at = day * DAY_MS - CHINA_MS + schedule.minute * MINUTE_MS
        if at > after and _on(schedule, day):
            yield at


def next_occurrence(schedule: Schedule, after: int) -> int:
    """The first one behind ``after``."""
    return next(occurrences(schedule, after))


async def make_recurring(
    store: Store,
    finder: Finder,
    who: Who,
    key: str,
    words: RecurringWords,
    schedule: Schedule,
    now: int,
) -> RecurringNotice:
    """A rule that begins with the next occurrence; the same key gives the same one."""
    require_writable(who, finder, words.communities)
    _check(words, schedule, now)
    id = hashlib.sha256(f"{who.id}\n{key}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    it = RecurringNotice(
        id, who.station, who.id, who.name, words, schedule, now, now, writers=[who.id]
    )
    known = [one.id async for one in store.recurring.every(recurring_of(who.station))]
    if id not in known and len(known) >= MOST_OF_STATION:
        raise Refused(INVALID, f"at most {MOST_OF_STATION}", field="most", most=MOST_OF_STATION)
    try:
        await store.recurring.add(it)
    except Duplicate:
        return await store.recurring.get(id)
    return it


async def change_recurring(
    store: Store,
    finder: Finder,
    who: Who,
    id: str,
    version: int,
    words: RecurringWords,
    schedule: Schedule,
    now: int,
) -> RecurringNotice:
    """Other words or times, from the next occurrence that is not made yet; ``who`` answers for it from now
    on. Raises ``Conflict`` when it is not the ``version`` that was read."""
    require_rule(who, await store.recurring.get(id))
    require_writable(who, finder, words.communities)
    _check(words, schedule, now)

    def change(it: RecurringNotice) -> None:
        require_rule(who, it)
        if it.version != version:
            raise Conflict("somebody else changed it meanwhile")
        it.state = step(RECURRING, it.state, "change")
        it.words, it.schedule = words, schedule
        _answers(it, who, now)

    return await revise(store.recurring, id, change)


async def stop_recurring(store: Store, who: Who, id: str, now: int) -> RecurringNotice:
    """Nothing more is made of it. Stopped already changes nothing."""

    def change(it: RecurringNotice) -> bool:
        require_rule(who, it)
        if it.state is RecurringState.STOPPED:
            return False
        halt(it, "hand", now)
        return True

    return await revise(store.recurring, id, change)


async def start_recurring(
    store: Store, finder: Finder, who: Who, id: str, now: int
) -> RecurringNotice:
    """It goes on with the next occurrence, and ``who`` answers for it. Active already changes nothing."""

    def change(it: RecurringNotice) -> bool:
        require_rule(who, it)
        require_writable(who, finder, it.words.communities)
        if it.state is RecurringState.ACTIVE:
            return False
        it.state = step(RECURRING, it.state, "start")
        it.reason, it.stopped_at, it.untold = "", None, False
        _answers(it, who, now)
        return True

    return await revise(store.recurring, id, change)


async def remove_recurring(store: Store, who: Who, id: str) -> None:
    """It is gone; raises ``WrongState`` for one that is not stopped. No error when it is gone already."""
    try:
        it = await store.recurring.get(id)
    except NotFound:
        return
    require_rule(who, it)
    step(RECURRING, it.state, "remove")
    await store.recurring.remove(id)


def halt(it: RecurringNotice, reason: str, now: int) -> None:
    """It stops; the supervisors hear of it unless somebody stopped it by hand."""
    it.state = step(RECURRING, it.state, "stop")
    it.reason, it.stopped_at, it.updated_at = reason, now, now
    it.untold = reason != "hand"


def require_rule(who: Who, it: RecurringNotice) -> None:
    """Raises ``NotFound`` unless it is of the own station; supervisors know all of them."""
    if who.role not in COMMUNITY_PAGE:
        raise Refused(FORBIDDEN)
    if who.role is not Role.SUPERVISOR and (who.station is None or it.station != who.station):
        raise NotFound("no such rule")


def _answers(it: RecurringNotice, who: Who, now: int) -> None:
    it.author, it.author_name, it.updated_at = who.id, who.name, now
    if who.id not in it.writers:
        it.writers = [*it.writers, who.id]


def _on(schedule: Schedule, day: int) -> bool:
    """Whether it is on a day, counted from 1970-01-01 in China."""
    if schedule.repeat is Repeat.WEEKLY:
        return (day + THURSDAY) % 7 in schedule.weekdays
    moment = time.gmtime(day * DAY_MS // 1000)
    last = calendar.monthrange(moment.tm_year, moment.tm_mon)[1]
    return moment.tm_mday == min(schedule.day, last)


def _check(words: RecurringWords, schedule: Schedule, now: int) -> None:
    check_words(Words(words.title, words.text, words.communities, words.link), now)
    if not 0 <= words.valid_days <= LONGEST_DAYS:
        raise Refused(INVALID, f"0 to {LONGEST_DAYS} days", field="valid_days")
    if not 0 <= schedule.minute < MINUTES_OF_DAY:
        raise Refused(INVALID, "a minute of the day", field="minute")
    if schedule.repeat is Repeat.WEEKLY:
        if not schedule.weekdays or not set(schedule.weekdays) <= set(range(7)):
            raise Refused(INVALID, "on which weekdays? 0 is Monday", field="weekdays")
    elif not 1 <= schedule.day <= 31:
        raise Refused(INVALID, "on which day of the month?", field="day")
