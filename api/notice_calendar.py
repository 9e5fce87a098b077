"""The calendar: what goes out in a month, with recurring notices that are not made yet."""

from __future__ import annotations

from itertools import takewhile
from typing import Annotated

from msgspec import Meta, Struct

from api.notice_views import reaching
from api.routes import Ask, Routes
from api.shapes_recurring import NoticeCalendar, PlannedNotice
from domain.approving import day_of
from domain.clock import in_china, month_after, month_begins
from domain.notice import NoticeState
from domain.people import COMMUNITY_PAGE, Role
from domain.queries import recurring_of
from domain.queries_groups import notices_sent
from domain.recurring import RecurringState, occurrences

MOST = 1_000
routes = Routes()


class CalendarQuery(Struct, forbid_unknown_fields=True):
    """``month``: such as 2026-05, in China's time; empty: the present one."""

    month: Annotated[str, Meta(pattern=r"^(20\d\d-(0[1-9]|1[0-2]))?$(?!\n)")] = ""


@routes.add("GET", "/notices/calendar", COMMUNITY_PAGE)
async def read_calendar(ask: Ask, query: CalendarQuery) -> NoticeCalendar:
    """What goes out, or went out, in a month, by time: notices that reach my station, a supervisor's of
    all, and recurring ones of it that are not made yet. A draft without a time is not in it."""
    month = query.month or in_china(ask.now, "%Y-%m")
    since, until = month_begins(month), month_begins(month_after(month))
    reaches = reaching(ask.house, ask.staff)
    found = [
        PlannedNotice(it.id, it.send_at or 0, it.title, it.state, it.urgent, len(it.communities))
        async for it in ask.house.store.notices.every(notices_sent(since, until))
        if reaches(it) and (it.state is not NoticeState.WITHDRAWN or it.published_at)
    ]
    found += await _recurring(ask, since, until)
    found.sort(key=lambda one: (one.at, one.title, one.id))
    return NoticeCalendar(month, found[:MOST], len(found) > MOST)


async def _recurring(ask: Ask, since: int, until: int) -> list[PlannedNotice]:
    """Of each rule of the asker's station what is still to be made in this time."""
    who = ask.staff
    whose = None if who.role is Role.SUPERVISOR else recurring_of(who.station)
    found: list[PlannedNotice] = []
    async for rule in ask.house.store.recurring.every(whose):
        if rule.state is not RecurringState.ACTIVE:
            continue
        after = max(ask.now, since - 1)
        for at in takewhile(lambda at: at < until, occurrences(rule.schedule, after)):
            if rule.made_for != day_of(at):
                words = rule.words
                count = len(words.communities)
                found.append(PlannedNotice(rule.id, at, words.title, None, False, count))
    return found
