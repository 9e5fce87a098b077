"""Approving: a notice that goes far or fast is read by somebody who did not write it.

The author submits it, whoever may approve it does so or returns it with a reason. Who sends the same to
many communities in several small notices needs the second person, too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from difflib import SequenceMatcher

from domain import evidence
from domain.beat import staff
from domain.clock import DAY_MS, in_china, within
from domain.errors import FORBIDDEN, INVALID, Conflict, Refused
from domain.notice import (
    NOTICE,
    SECOND_PERSON_ABOVE,
    Notice,
    NoticeState,
    approved_by_second,
    needs_second,
    require_act,
    wrote,
)
from domain.people import Person, Role, Who
from domain.ports import Finder, Store
from domain.queries_groups import notices_of_day
from domain.revise import revise
from domain.workflow import step

REASON_LIMIT = 200
ALIKE = 0.85  # so much of two texts in common, and it is the same thing told twice


async def submit(store: Store, finder: Finder, who: Who, id: str, version: int, now: int) -> Notice:
    """Ask for the second person; the version that was read. Nobody is asked about what needs none."""
    require_act(who, finder, await store.notices.get(id))
    await mark_split(store, id, now)

    def change(it: Notice) -> None:
        _require_read(finder, who, it, version)
        if not needs_second(it) or approved_by_second(it):
            raise Refused(INVALID, "it needs no second person", field="state")
        it.state = step(NOTICE, it.state, "submit")
        it.approver, it.approver_name = None, ""
        evidence.append(it.log, who, "notice.submitted", now, head=it.log.head)

    return await amend(store, id, change)


async def approve(
    store: Store, finder: Finder, who: Who, id: str, version: int, now: int
) -> Notice:
    """Approve this version. When it ``needs_second``, nobody who wrote on it may do so; else its writer
    releases it, which the log calls so."""
    require_act(who, finder, await store.notices.get(id))
    await mark_split(store, id, now)

    def change(it: Notice) -> None:
        _require_read(finder, who, it, version)
        require_reader(it, who)
        it.state = step(NOTICE, it.state, "approve")
        it.approver, it.approver_name = who.id, who.name
        what = "notice.released" if wrote(it, who) else "notice.approved"
        evidence.append(it.log, who, what, now, head=it.log.head)

    return await amend(store, id, change)


async def send_back(
    store: Store, finder: Finder, who: Who, id: str, version: int, reason: str, now: int
) -> Notice:
    """Return this version to its author, who hears why."""

    def change(it: Notice) -> None:
        require_act(who, finder, it)
        if not reason.strip() or len(reason) > REASON_LIMIT:
            raise Refused(INVALID, f"1 to {REASON_LIMIT} characters", field="reason")
        _require_read(finder, who, it, version)
        require_reader(it, who)
        it.state = step(NOTICE, it.state, "return")
        evidence.append(it.log, who, "notice.returned", now, reason=reason.strip())

    return await amend(store, id, change)


async def approvers(store: Store, finder: Finder, it: Notice) -> list[Person]:
    """Who is asked: the station's officers and the supervisors who may approve it and did not write it;
    where there is none of them, the community officers."""
    found = [
        one
        for role in (Role.STATION_OFFICER, Role.SUPERVISOR, Role.COMMUNITY_OFFICER)
        for one in await staff(store, role)
        if _may_approve(one, finder, it)
    ]
    return [one for one in found if one.role is not Role.COMMUNITY_OFFICER] or found


def _may_approve(one: Person, finder: Finder, it: Notice) -> bool:
    if one.disabled or wrote(it, one.who()):
        return False
    try:
        require_act(one.who(), finder, it)
    except Refused:
        return False
    return True


def require_reader(it: Notice, who: Who) -> None:
    """Raises ``forbidden`` for a writer of what needs a second person."""
    if needs_second(it) and wrote(it, who):
        raise Refused(FORBIDDEN, "a second person must approve it", field="approver")


async def require_approved(store: Store, it: Notice, now: int) -> None:
    """Raises ``forbidden`` when it needs a second person who did not approve it: what it was split into
    may have been written since."""
    if approved_by_second(it):
        return
    if needs_second(it) or await mark_split(store, it.id, now):
        raise Refused(FORBIDDEN, "a second person must approve it", field="approver")


async def split(store: Store, it: Notice, now: int) -> bool:
    """Whether its author told the same to so many communities within a day, in several notices, that a
    second person has to read it."""
    reached, mine = set(it.communities), _folded(it)
    for day in (day_of(now), day_of(now - DAY_MS)):
        async for one in store.notices.every(notices_of_day(it.author, day)):
            dropped = one.state is NoticeState.WITHDRAWN and one.published_at is None
            if one.id == it.id or dropped or not within(one.updated_at, now, DAY_MS):
                continue
            if not reached.issuperset(one.communities) and _alike(mine, _folded(one)):
                reached |= set(one.communities)
    return len(reached) > SECOND_PERSON_ABOVE


def day_of(at: int) -> str:
    """What ``Notice.day`` holds: the day in China's time."""
    return in_china(at, "%Y-%m-%d")


async def mark_split(store: Store, id: str, now: int) -> bool:
    """``split``, and written down when it is so."""
    it = await store.notices.get(id)
    if needs_second(it) or not await split(store, it, now):
        return False

    def change(one: Notice) -> bool:
        changed, one.second = not one.second, True
        return changed

    await revise(store.notices, id, change)
    return True


async def amend(store: Store, id: str, change: Callable[[Notice], None]) -> Notice:
    """Load, change, save; again when somebody else was faster. A change without a log entry is none."""

    def logged(it: Notice) -> bool:
        length = it.log.length
        change(it)
        if it.log.length == length:
            return False
        it.updated_at = max(it.updated_at, it.log.entries[-1].at)
        return True

    return await revise(store.notices, id, logged)


def _require_read(finder: Finder, who: Who, it: Notice, version: int) -> None:
    require_act(who, finder, it)
    if it.version != version:
        raise Conflict("it is not what was read")


def _folded(it: Notice) -> str:
    text = unicodedata.normalize("NFKC", f"{it.title}{it.text}").lower()
    return "".join(one for one in text if one.isalnum())


def _alike(one: str, other: str) -> bool:
    """By the characters they share: an upper bound, which is quick and errs towards a second reader."""
    return SequenceMatcher(None, one, other, autojunk=False).quick_ratio() >= ALIKE
