"""Recurring notices: whatever workers, clocks and people do, an occurrence is made once, a day ahead, for a
second person to read; a rule whose author is gone stops."""

from __future__ import annotations

import asyncio
import calendar
import contextlib
import time
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.approving import day_of, require_reader
from domain.clock import CHINA_MS, DAY_MS, HOUR_MS, in_china
from domain.errors import Conflict, NotFound, Refused, WrongState
from domain.notice import Notice, NoticeState, needs_second
from domain.occurrence import LEAD_MS, make_occurrences
from domain.people import Person, Role, Who
from domain.ports import Store
from domain.recurring import (
    RecurringNotice,
    RecurringState,
    RecurringWords,
    Repeat,
    Schedule,
    change_recurring,
    make_recurring,
    next_occurrence,
    occurrences,
    remove_recurring,
    start_recurring,
    stop_recurring,
)
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from tests.neighbourhoods import city_of_communities
from tests.webrtc.memory_store import MemoryShelf, MemoryStore

FINDER = BoundaryFinder(Boundaries.from_geojson(city_of_communities()))
NOW = 1_780_000_000_000
ZHOU = Who("zhou", Role.COMMUNITY_OFFICER, "周警官", "w1")
WU = Who("wu", Role.COMMUNITY_OFFICER, "吴警官", "w1")
FAR = Who("far", Role.COMMUNITY_OFFICER, "远警官", "e1")
WORDS = RecurringWords("防火提醒", "出门前请关火关电。", "", 2, ["w1-c1"])
FRIDAYS = Schedule(Repeat.WEEKLY, [4], 1, 9 * 60)


class Killed(Exception):
    """The process died here."""


class Site(MemoryStore):
    """A store that a worker dies at: before its next but so many questions."""

    def __init__(self) -> None:
        super().__init__()
        self.notices = MemoryShelf("notices", self)
        self.recurring = MemoryShelf("recurring", self)
        self.left: int | None = None

    async def answer(self) -> None:
        await super().answer()
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed

    async def hire(self, *people: Who) -> None:
        for one in people:
            await self.people.add(Person(one.id, one.id, one.name, one.role, "", one.station))

    @property
    def made(self) -> list[Notice]:
        return list(self.notices.items.values())

    @property
    def rule(self) -> RecurringNotice:
        (one,) = self.recurring.items.values()
        return cast(RecurringNotice, one)


def store_of(site: Site) -> Store:
    return cast(Store, site)


async def begun(schedule: Schedule = FRIDAYS, now: int = NOW) -> tuple[Site, RecurringNotice]:
    site = Site()
    await site.hire(ZHOU, WU, FAR)
    return site, await make_recurring(store_of(site), FINDER, ZHOU, "key-1", WORDS, schedule, now)


SCHEDULES = st.one_of(
    st.builds(
        Schedule,
        st.just(Repeat.WEEKLY),
        st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True),
        st.just(1),
        st.integers(0, 1439),
    ),
    st.builds(
        Schedule, st.just(Repeat.MONTHLY), st.just([]), st.integers(1, 31), st.integers(0, 1439)
    ),
)


@given(SCHEDULES, st.integers(0, 4_000_000_000_000))
@settings(max_examples=200, deadline=None)
def test_occurrences_are_on_their_days_at_their_time_in_china(
    schedule: Schedule, after: int
) -> None:
    found = list(occurrences(schedule, after))
    assert found == sorted(set(found))
    for at in found:
        moment = time.gmtime((at + CHINA_MS) / 1000)
        assert at > after
        assert moment.tm_hour * 60 + moment.tm_min == schedule.minute
        if schedule.repeat is Repeat.WEEKLY:
            assert moment.tm_wday in schedule.weekdays
        else:
            last = calendar.monthrange(moment.tm_year, moment.tm_mon)[1]
            assert moment.tm_mday == min(schedule.day, last)
    if schedule.repeat is Repeat.MONTHLY:
        months = [in_china(at, "%Y-%m") for at in found]
        assert months == sorted(set(months))
        assert len(months) >= 2


def test_a_day_that_a_month_lacks_is_its_last() -> None:
    schedule = Schedule(Repeat.MONTHLY, [], 31, 0)
    after = calendar.timegm((2027, 1, 31, 12, 0, 0)) * 1000
    assert [day_of(at) for at in occurrences(schedule, after)] == ["2027-02-28", "2027-03-31"]


HOURS = st.one_of(st.integers(1, 20), st.integers(1, 40 * 24))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), HOURS.map(lambda hours: hours * HOUR_MS)),
        st.tuples(st.just("jump"), st.integers(-400, 400).map(lambda days: days * DAY_MS)),
        st.tuples(st.just("turn"), st.integers(1, 3)),
        st.tuples(st.just("die"), st.integers(0, 6)),
        st.tuples(st.just("stop"), st.just(0)),
        st.tuples(st.just("start"), st.integers(0, 1)),
        st.tuples(st.just("change"), SCHEDULES),
        st.tuples(st.just("disable"), st.integers(0, 1)),
    ),
    max_size=25,
)


@given(SCHEDULES, STEPS)
@settings(max_examples=150, deadline=None)
def test_an_occurrence_is_made_once_whatever_happens(
    schedule: Schedule, steps: list[tuple[str, Any]]
) -> None:
    asyncio.run(_random_life(schedule, steps))


async def _random_life(schedule: Schedule, steps: list[tuple[str, Any]]) -> None:
    site, rule = await begun(schedule)
    store, now = store_of(site), NOW
    for what, how in [*steps, ("turn", 1)]:
        before = {one.id for one in site.made}
        stopped = site.rule.state is RecurringState.STOPPED
        if what in ("wait", "jump"):
            now = max(0, now + how)
        elif what == "turn":
            # Several workers, whose clocks differ by seconds.
            clocks = (now + 1_000 * n for n in range(how))
            await asyncio.gather(*(make_occurrences(store, FINDER, at) for at in clocks))
        elif what == "die":
            site.left = how
            with contextlib.suppress(Killed):
                await make_occurrences(store, FINDER, now)
            site.left = None
        elif what == "stop":
            await stop_recurring(store, ZHOU, rule.id, now)
        elif what == "start":
            await start_recurring(store, FINDER, (ZHOU, WU)[how], rule.id, now)
        elif what == "change":
            version = site.rule.version
            await change_recurring(store, FINDER, WU, rule.id, version, WORDS, how, now)
        else:
            site.people.items[("zhou", "wu")[how]].disabled = True
        _holds(site, before, stopped, now)
    # After a whole turn the next one is there, unless nobody answers for it.
    if site.rule.state is RecurringState.ACTIVE:
        assert not site.people.items[site.rule.author].disabled
        at = next_occurrence(site.rule.schedule, now)
        assert at - now > LEAD_MS or site.rule.made_for == day_of(at)
        if site.rule.made_for:
            assert site.rule.made in {one.id for one in site.made}
    elif site.rule.reason == "author":
        assert site.rule.untold


def _holds(site: Site, before: set[str], stopped: bool, now: int) -> None:
    fresh = [one for one in site.made if one.id not in before]
    assert len(fresh) <= 1, "what was missed is not made up for"
    assert not (fresh and stopped)
    days = [day_of(one.send_at or 0) for one in site.made]
    assert len(days) == len(set(days))
    for one in fresh:
        assert now < (one.send_at or 0) <= now + LEAD_MS + 3_000
        assert one.expires_at == (one.send_at or 0) + 2 * DAY_MS
        assert one.state is NoticeState.SUBMITTED
        assert needs_second(one)
        assert [entry.what for entry in one.log.entries] == ["notice.drafted", "notice.submitted"]
        # Whoever wrote on the rule does not read it as the second person.
        for writer in site.rule.writers:
            with pytest.raises(Refused):
                require_reader(one, Who(writer, Role.COMMUNITY_OFFICER, writer, "w1"))


async def test_a_rule_is_its_station_s_and_a_colleague_may_take_it_over() -> None:
    site, rule = await begun()
    store = store_of(site)
    for act in (
        stop_recurring(store, FAR, rule.id, NOW),
        remove_recurring(store, FAR, rule.id),
    ):
        with pytest.raises(NotFound):
            await act
    with pytest.raises(WrongState):
        await remove_recurring(store, ZHOU, rule.id)
    site.people.items["zhou"].disabled = True
    assert await make_occurrences(store, FINDER, NOW) == 0
    assert (site.rule.state, site.rule.reason, site.rule.untold) == ("STOPPED", "author", True)
    taken = await start_recurring(store, FINDER, WU, rule.id, NOW)
    assert (taken.author, taken.writers, taken.untold) == ("wu", ["zhou", "wu"], False)
    await stop_recurring(store, WU, rule.id, NOW)
    assert (site.rule.reason, site.rule.untold) == ("hand", False)
    await remove_recurring(store, WU, rule.id)
    await remove_recurring(store, WU, rule.id)
    assert site.recurring.items == {}


async def test_a_rule_stops_when_its_communities_are_another_s() -> None:
    site, rule = await begun()
    site.people.items["zhou"].station = "e1"
    assert await make_occurrences(store_of(site), FINDER, NOW) == 0
    assert (site.rule.state, site.rule.reason) == ("STOPPED", "communities")
    with pytest.raises(Refused):
        await start_recurring(store_of(site), FINDER, FAR, rule.id, NOW)


async def test_a_change_counts_from_what_is_not_made_yet_and_is_not_made_unseen() -> None:
    site, rule = await begun()
    store = store_of(site)
    friday = next_occurrence(FRIDAYS, NOW)
    await make_occurrences(store, FINDER, friday - HOUR_MS)
    version = site.rule.version
    later = Schedule(Repeat.WEEKLY, [4], 1, 17 * 60)
    await change_recurring(store, FINDER, WU, rule.id, version, WORDS, later, friday - HOUR_MS)
    with pytest.raises(Conflict):
        await change_recurring(store, FINDER, ZHOU, rule.id, version, WORDS, later, friday)
    # Of this Friday there is one already.
    assert await make_occurrences(store, FINDER, friday - HOUR_MS) == 0
    assert await make_occurrences(store, FINDER, friday + 7 * DAY_MS - HOUR_MS) == 1
    assert {one.send_at for one in site.made} == {friday, friday + 7 * DAY_MS + 8 * HOUR_MS}
