"""Reaching a caller who hung up, and one who cannot speak."""

from __future__ import annotations

from domain import evidence
from domain.clock import within
from domain.incident import LIVE, Incident, amend, require_mine
from domain.people import CALLER, DESK, Who, require
from domain.ports import Store

RING_MS = 30_000  # the caller's page rings so long; another press meanwhile is the same ring
MOST = 200


def ring(it: Incident, who: Who, now: int) -> None:
    """The caller's page rings from now on, for half a minute."""
    it.called_back_at = now
    if sum(entry.what == "caller.called_back" for entry in it.log.entries) < MOST:
        evidence.append(it.log, who, "caller.called_back", now)


async def make_link(store: Store, who: Who, id: str, now: int) -> Incident:
    """The log knows who made a link that leads into this report; once in half a minute."""
    require(who, *DESK)

    def change(it: Incident) -> None:
        require_mine(it, who)
        for entry in reversed(it.log.entries):
            if not within(entry.at, now, RING_MS):
                break
            if entry.what == "caller.link" and entry.who.id == who.id:
                return
        evidence.append(it.log, who, "caller.link", now)

    return await amend(store, id, change)


async def turn_silent(store: Store, id: str, now: int) -> Incident:
    """The caller cannot speak: his report is a silent one from now on, and waits as before."""

    def change(it: Incident) -> None:
        if it.silent or it.state not in LIVE:
            return
        it.silent = True
        it.called_back_at = None
        evidence.append(it.log, CALLER, "caller.silent", now)

    return await amend(store, id, change)
