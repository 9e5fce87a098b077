"""Unattended: an answered incident whose dispatcher is gone, or in which somebody wrote and nobody read.

It rings at every desk and may be taken over, as one that waits. Who is gone, and since when: of a call
that goes on its participant says it; of a call that is over, the pages of its dispatcher.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from domain import call as calls
from domain import evidence
from domain.call import HERE, OVER, CallState, ParticipantRole, ParticipantState
from domain.clock import elapsed, within
from domain.incident import OPEN, Incident, system_entry
from domain.marks import DESK_SIDE, SAID, read_by, side_of
from domain.people import Who

UNATTENDED_MS = 20_000
# Neither in the call nor at a page of the desk: a page that loads itself anew is back by then.
LOST_MS = 2_000
UNREAD_MS = 60_000

# Since when somebody has no page at the desk any more (Unix ms, 0: for as long as is known); None: he has.
Gone = Callable[[str], int | None]


class Cause(StrEnum):
    """Why an incident is unattended; what has no cause is a dispatcher who is not in the call."""

    PAGE = "page"
    UNREAD = "unread"


def cause_of(it: Incident) -> str | None:
    """Why it is unattended, as the log says (also ``disabled``, ``role``, ``logged_out``); None: it is not,
    or its dispatcher has not been in the call."""
    if it.unattended_at is None:
        return None
    for entry in reversed(it.log.entries):
        if entry.what == "incident.unattended":
            return entry.data.get("cause")
    return None


def put_through_since(it: Incident) -> int | None:
    """Since when it was answered, and has nobody at the desk who talks: gone, or a colleague is called."""
    if it.state not in OPEN:
        return None
    if it.unattended_at is not None and cause_of(it) != Cause.UNREAD:
        return it.unattended_at
    return calls.transferred_at(it)


def attention_due(it: Incident, now: int, gone: Gone | None) -> bool:
    """Whether ``judge`` would change it."""
    if it.state not in OPEN:
        return False
    if it.unattended_at is not None:
        return _page_is_back(it, gone)
    return _left(it, now, gone) or _page_left(it, now, gone) or _unread_since(it, now) is not None


def judge(it: Incident, now: int, gone: Gone | None) -> None:
    """Write down that it is unattended, or that its dispatcher's page is there again. Without ``gone``
    pages are not judged."""
    if it.state not in OPEN:
        return
    name = it.dispatcher_name
    if it.unattended_at is not None:
        if _page_is_back(it, gone):
            it.unattended_at = None
            system_entry(it, "incident.resumed", now, name=name, cause=str(Cause.PAGE))
    elif _left(it, now, gone):
        it.unattended_at = now
        system_entry(it, "incident.unattended", now, name=name)
    elif _page_left(it, now, gone):
        it.unattended_at = now
        system_entry(it, "incident.unattended", now, name=name, cause=str(Cause.PAGE))
    elif (since := _unread_since(it, now)) is not None:
        it.unattended_at = now
        cause, waited = str(Cause.UNREAD), elapsed(since, now)
        system_entry(it, "incident.unattended", now, name=name, cause=cause, waited_ms=waited)


def has_read(it: Incident, who: Who, now: int) -> None:
    """Whoever has the incident read what waited for him."""
    if cause_of(it) != Cause.UNREAD or it.dispatcher != who.id or _first_unread(it) is not None:
        return
    it.unattended_at = None
    evidence.append(it.log, who, "incident.resumed", now, cause=str(Cause.UNREAD))


def _left(it: Incident, now: int, gone: Gone | None) -> bool:
    """The dispatcher was in the call (or never came) and has been gone for 20 s; for 2 s, when he has no
    page at the desk either."""
    if it.call.state in OVER:
        return False
    for one in it.call.participants:
        if one.role is ParticipantRole.DISPATCHER and one.person == it.dispatcher:
            if one.state in HERE:
                return False
            since = max(one.left_at or 0, one.invited_at, it.answered_at or 0, _last_act(it))
            page = gone(it.dispatcher) if gone is not None and it.dispatcher is not None else None
            # What is not known to have been there has not been lost.
            lost = bool(page) and not within(max(since, page or 0), now, LOST_MS)
            return lost or not within(since, now, UNATTENDED_MS)
    return False


def _page_left(it: Incident, now: int, gone: Gone | None) -> bool:
    """The call is over, and whoever has the case has had no page at the desk for 20 s. What a station
    finishes needs nobody at the desk."""
    if gone is None or it.dispatcher is None or it.call.state not in OVER:
        return False
    since = gone(it.dispatcher)
    if since is None or it.handed_at is not None:
        return False
    return not within(max(since, it.answered_at or 0, _last_act(it)), now, UNATTENDED_MS)


def _page_is_back(it: Incident, gone: Gone | None) -> bool:
    there = gone is not None and it.dispatcher is not None and gone(it.dispatcher) is None
    return there and cause_of(it) == Cause.PAGE


def _unread_since(it: Incident, now: int) -> int | None:
    """Since when somebody's line waits, when that is a minute and nobody did anything here meanwhile.

    Whoever talks with the caller hears him.
    """
    if _hears(it):
        return None
    first = _first_unread(it)
    if first is None or within(max(first, _last_act(it)), now, UNREAD_MS):
        return None
    return first


def _hears(it: Incident) -> bool:
    """Whether dispatcher and caller are in the call; of a silent report nobody hears anything."""
    one = calls.dispatcher_in_call(it)
    if it.silent or it.call.state is not CallState.ACTIVE or one is None:
        return False
    caller = (p for p in it.call.participants if p.role is ParticipantRole.CALLER)
    joined = ParticipantState.JOINED
    return one.state is joined and any(p.state is joined for p in caller)


def _first_unread(it: Incident) -> int | None:
    """When the first line came that the desk has not read."""
    read, found = read_by(it.marks, DESK_SIDE), None
    for entry in reversed(it.log.entries):
        if entry.seq <= read:
            break
        if entry.what in SAID and side_of(entry.who) != DESK_SIDE:
            found = entry.at
    return found


def _last_act(it: Incident) -> int:
    """When the dispatcher last did something here: who works in writing is present, too."""
    for entry in reversed(it.log.entries):
        if entry.who.id == it.dispatcher:
            return entry.at
    return 0
