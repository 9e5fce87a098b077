"""Away: a dispatcher who took another call. He keeps the incident, is told since when, and so is the caller.

A dispatcher talks in one call at a time: answering, or going back to, an incident makes him away in
every other call of his. Looking at an incident never does.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from domain import call as calls
from domain.call import CallState, Participant
from domain.errors import FORBIDDEN, TAKEN, Refused
from domain.incident import OPEN, Incident, amend
from domain.people import DESK, Who, require
from domain.ports import Store

log = logging.getLogger("jingmin.away")


async def go_away(store: Store, who: Who, id: str, now: int) -> Incident:
    """``who`` has the incident and takes another call; its caller and officers are told. Twice is once.

    Raises ``taken`` when somebody else has it, ``forbidden`` when nobody has.
    """
    require(who, *DESK)

    def change(it: Incident) -> None:
        calls.go_away(it, who, _own(it, who), now)

    return await amend(store, id, change)


async def come_back(store: Store, who: Who, id: str, now: int) -> Incident:
    """``who`` is in the call of this incident again. Twice is once; raises as ``go_away``."""
    require(who, *DESK)

    def change(it: Incident) -> None:
        calls.come_back(it, who, _own(it, who), now)

    return await amend(store, id, change)


async def leave_others(
    store: Store, who: Who, incidents: Iterable[Incident], id: str, now: int
) -> None:
    """``who`` talks in the call of ``id`` from now on: he is away in his other ones of ``incidents``.

    What cannot be written now is left to the desk, which says it again: the call he took is his.
    """
    for it in incidents:
        if it.id == id or not _talks(it, who):
            continue
        try:
            await go_away(store, who, it.id, now)
        except Refused as refused:
            log.warning("incident %s: away: %s", it.id, refused.fault.code)


def _talks(it: Incident, who: Who) -> bool:
    if it.state not in OPEN or it.dispatcher != who.id or it.call.state is not CallState.ACTIVE:
        return False
    one = calls.dispatcher_in_call(it)
    return one is not None and one.away_at is None


def _own(it: Incident, who: Who) -> Participant:
    one = calls.dispatcher_in_call(it)
    if it.state not in OPEN or it.dispatcher is None or one is None:
        raise Refused(FORBIDDEN, "nobody is in this call for the desk")
    if it.dispatcher != who.id:
        raise Refused(TAKEN, name=it.dispatcher_name, state=str(it.state))
    return one
