"""Occurrences: of each recurring notice the next one is made and submitted a day ahead, once.

The unique key of an occurrence is its rule and its day, from which the notice's id is made: workers that
come at the same time, die between two steps or have wrong clocks make one. What nobody made before its
time came is not made any more; the next one is.
"""

from __future__ import annotations

import hashlib

from domain import evidence
from domain.approving import day_of
from domain.clock import DAY_MS
from domain.errors import Conflict, Duplicate, NotFound, Refused
from domain.evidence import Log
from domain.notice import NOTICE, Notice, NoticeState, notice_number, require_writable
from domain.people import COMMUNITY_PAGE, SYSTEM, Person
from domain.ports import Finder, Store
from domain.queries import recurring_in
from domain.recurring import (
    RECURRING,
    RecurringNotice,
    RecurringState,
    halt,
    next_occurrence,
)
from domain.revise import revise
from domain.workflow import step
from domain.writing import said

LEAD_MS = DAY_MS


async def make_occurrences(store: Store, finder: Finder, now: int) -> int:
    """Make what is due within a day; how many notices that were. A rule whose author is gone, or may no
    longer write to its communities, stops."""
    made = 0
    people: dict[str, Person | None] = {}
    rules = [one async for one in store.recurring.every(recurring_in(RecurringState.ACTIVE))]
    for rule in rules:
        if rule.state is not RecurringState.ACTIVE:
            continue
        if rule.author not in people:
            people[rule.author] = await _person(store, rule.author)
        reason = why_not(finder, rule, people[rule.author])
        try:
            if reason:
                await _stop(store, rule, reason, now)
            else:
                made += await _occur(store, rule, now)
        except (Conflict, NotFound):
            continue  # somebody changed or removed it: it is looked at again
    return made


def occurrence_id(rule: str, day: str) -> str:
    """The id of the notice of a rule for a day: there is no second one."""
    return hashlib.sha256(f"recurring\n{rule}\n{day}".encode()).hexdigest()[:32]


def why_not(finder: Finder, rule: RecurringNotice, author: Person | None) -> str:
    """Why nothing is made of it any more: ``author``, ``communities``, or empty."""
    if author is None or author.disabled or author.role not in COMMUNITY_PAGE:
        return "author"
    try:
        require_writable(author.who(), finder, rule.words.communities)
    except Refused:
        return "communities"
    return ""


async def _occur(store: Store, rule: RecurringNotice, now: int) -> bool:
    at = next_occurrence(rule.schedule, now)
    day = day_of(at)
    if at - now > LEAD_MS or rule.made_for == day:
        return False
    it = _compose(rule, at, day, now)
    try:
        await store.notices.add(it)
    except Duplicate:
        added = False  # whoever made it did not come to write that down
    else:
        added = True

    def change(one: RecurringNotice) -> bool:
        if one.made_for == day:
            return False
        one.made_for, one.made = day, it.id
        return True

    await revise(store.recurring, rule.id, change)
    return added


async def _stop(store: Store, rule: RecurringNotice, reason: str, now: int) -> None:
    def change(one: RecurringNotice) -> bool:
        if one.state is not RecurringState.ACTIVE or one.author != rule.author:
            return False
        halt(one, reason, now)
        return True

    await revise(store.recurring, rule.id, change)


def _compose(rule: RecurringNotice, at: int, day: str, now: int) -> Notice:
    """The whole notice, submitted: there is no half of it that a crash could leave."""
    step(RECURRING, rule.state, "occur")
    words, id = rule.words, occurrence_id(rule.id, day)
    it = Notice(
        id,
        notice_number(id, now),
        rule.author,
        rule.author_name,
        rule.station,
        words.title.strip(),
        words.text,
        now,
        now,
        sorted(set(words.communities)),
        link=words.link,
        send_at=at,
        expires_at=at + words.valid_days * DAY_MS if words.valid_days else None,
        second=True,
        recurring=rule.id,
        writers=list(rule.writers),
        day=day_of(now),
        log=Log(id),
    )
    evidence.append(it.log, SYSTEM, "notice.drafted", now, **said(it), recurring=rule.id)
    it.state = step(NOTICE, NoticeState.DRAFT, "submit")
    evidence.append(it.log, SYSTEM, "notice.submitted", now, head=it.log.head)
    return it


async def _person(store: Store, id: str) -> Person | None:
    try:
        return await store.people.get(id)
    except NotFound:
        return None
