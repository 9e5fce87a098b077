"""Recurring notices: made, changed, stopped with one press, started again, removed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from api.house import House
from api.routes import Ask, Routes
from api.shapes_recurring import RecurringChange, RecurringIn, RecurringList, RecurringView
from domain.approving import day_of
from domain.errors import CONFLICT, FORBIDDEN, INVALID, WRONG_STATE, NotFound
from domain.notice_presets import Splitter, splitter
from domain.people import COMMUNITY_PAGE, Role
from domain.queries import recurring_of
from domain.recurring import (
    MOST_OF_STATION,
    RecurringNotice,
    RecurringState,
    RecurringWords,
    Schedule,
    change_recurring,
    make_recurring,
    occurrences,
    remove_recurring,
    start_recurring,
    stop_recurring,
)

NEXT = 10
routes = Routes()


@routes.add("GET", "/notices/recurring", COMMUNITY_PAGE)
async def list_recurring(ask: Ask) -> RecurringList:
    """The rules of my station, a supervisor's of all, and when each is due."""
    return await _list(ask)


@routes.add("POST", "/notices/recurring", COMMUNITY_PAGE, status=201, faults=(FORBIDDEN, INVALID))
async def add_recurring(ask: Ask, body: RecurringIn) -> RecurringView:
    """Draft and submit the same for approval a day before each of these times. The same key makes one."""
    house = ask.house
    it = await make_recurring(
        house.store, house.finder, ask.staff, body.key, _words(body), _schedule(body), ask.now
    )
    await house.audit(ask.who, "recurring.made", it.id)
    return _viewing(ask)(it)


@routes.add("PUT", "/notices/recurring/{id}", COMMUNITY_PAGE, faults=(CONFLICT, FORBIDDEN, INVALID))
async def put_recurring(ask: Ask, id: str, body: RecurringChange) -> RecurringView:
    """Other words or times, from what is not made yet. The asker answers for it from now on. 409
    ``conflict`` when somebody else changed it meanwhile."""
    house, words, schedule = ask.house, _words(body), _schedule(body)
    it = await change_recurring(
        house.store, house.finder, ask.staff, id, body.version, words, schedule, ask.now
    )
    await house.audit(ask.who, "recurring.changed", id)
    return _viewing(ask)(it)


@routes.add("POST", "/notices/recurring/{id}/stop", COMMUNITY_PAGE, faults=(CONFLICT,))
async def halt_recurring(ask: Ask, id: str) -> RecurringView:
    """Nothing more is made of it; what was made stays. Stopped already: the same answer."""
    it = await stop_recurring(ask.house.store, ask.staff, id, ask.now)
    await ask.house.audit(ask.who, "recurring.stopped", id)
    return _viewing(ask)(it)


@routes.add("POST", "/notices/recurring/{id}/start", COMMUNITY_PAGE, faults=(CONFLICT, FORBIDDEN))
async def go_on_recurring(ask: Ask, id: str) -> RecurringView:
    """It goes on with what is due next, and the asker answers for it."""
    it = await start_recurring(ask.house.store, ask.house.finder, ask.staff, id, ask.now)
    await ask.house.audit(ask.who, "recurring.started", id)
    return _viewing(ask)(it)


@routes.add("DELETE", "/notices/recurring/{id}", COMMUNITY_PAGE, faults=(WRONG_STATE,))
async def drop_recurring(ask: Ask, id: str) -> RecurringList:
    """Only what is stopped; those that are left. Gone already: the same answer."""
    await remove_recurring(ask.house.store, ask.staff, id)
    await ask.house.audit(ask.who, "recurring.removed", id)
    return await _list(ask)


async def _list(ask: Ask) -> RecurringList:
    who, store = ask.staff, ask.house.store
    whose = None if who.role is Role.SUPERVISOR else recurring_of(who.station)
    view = _viewing(ask)
    views = [view(one) async for one in store.recurring.every(whose)]
    views.sort(key=lambda one: (not one.next, one.next[:1], -one.updated_at))
    return RecurringList(views, MOST_OF_STATION)


def _words(body: RecurringIn | RecurringChange) -> RecurringWords:
    wanted = sorted(set(body.communities))
    return RecurringWords(body.title.strip(), body.text, body.link, body.valid_days, wanted)


def _schedule(body: RecurringIn | RecurringChange) -> Schedule:
    return Schedule(body.repeat, sorted(set(body.weekdays)), body.day, body.minute)


def _viewing(ask: Ask) -> Callable[[RecurringNotice], RecurringView]:
    """How this asker sees rules; what he may write to is looked up once for all of them."""
    split = splitter(ask.staff, ask.house.finder)
    return lambda it: _view(ask.house, split, it, ask.now)


def _view(house: House, split: Splitter, it: RecurringNotice, now: int) -> RecurringView:
    active = it.state is RecurringState.ACTIVE
    due = list(islice(occurrences(it.schedule, now), NEXT)) if active else []
    made = it.made if due and it.made_for == day_of(due[0]) else ""
    words, schedule = it.words, it.schedule
    mine, others = split(words.communities)
    return RecurringView(
        it.id,
        it.version,
        it.state,
        it.station,
        _station(house, it.station),
        it.author,
        it.author_name,
        words.title,
        words.text,
        words.link,
        words.valid_days,
        mine,
        others,
        schedule.repeat,
        schedule.weekdays,
        schedule.day,
        schedule.minute,
        due,
        made,
        it.reason,
        it.stopped_at,
        it.updated_at,
    )


def _station(house: House, station: str | None) -> str:
    try:
        return house.finder.station(station).name if station else ""
    except NotFound:
        return ""
