"""Time passing: escalates unanswered incidents, calls the next station, frees lost calls.

Every process runs it; versions make that harmless. It looks at documents alone, so it also sets
right what a crashed process left behind.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from functools import partial

from domain import call as calls
from domain import evidence
from domain.call import HERE, alive
from domain.clock import elapsed, within
from domain.dispatch import call_next, next_due
from domain.errors import Refused, StoreDown
from domain.incident import OPEN, Incident, IncidentState, amend, draft, system_entry
from domain.people import SYSTEM
from domain.ports import Store
from domain.responder import Responder, ResponderState
from domain.unattended import Gone, attention_due, judge

STATION_MS = 15_000
AT_ONCE = 20  # some 5 ms to draft, some 15 ms of the embedded store
ESCALATE_MS = (15_000, 60_000)

log = logging.getLogger("jingmin.sweep")


async def sweep(
    store: Store,
    incidents: Iterable[Incident],
    now: int,
    judge_media: bool = True,
    gone: Gone | None = None,
) -> int:
    """Set right everything that is due at ``now`` (Unix ms); returns how many incidents changed.

    ``incidents`` are those not closed, as this process last saw them; the first are set right first,
    whoever changed one meanwhile wins. ``judge_media`` is False while silence may be the store's
    own: heartbeats go through it, so after an outage a living media process looks dead for a moment.
    ``gone`` says whose pages are gone from the desk; it is not asked in such a moment.
    """
    gone = gone if judge_media else None
    living = {one.id async for one in store.media_processes.every() if alive(one, now)}

    def counted(it: Incident) -> set[str]:
        return living if judge_media else living | {it.call.media or ""}

    async def set_right(it: Incident) -> int:
        try:
            right = partial(_set_right, now=now, living=counted(it), gone=gone)
            after = await amend(store, it.id, right)
        except Refused as refused:
            log.warning("sweep of %s: %s", it.id, refused.fault.code)
            return 0
        return int(after.version > it.version)

    async def set_all_right(some: Sequence[Incident]) -> int:
        """As they were last seen, in one write; one by one when somebody changed one of them meanwhile."""
        drafts = [draft(it) for it in some]
        for it in drafts:
            _set_right(it, now=now, living=counted(it), gone=gone)
            it.updated_at = it.log.entries[-1].at
        try:
            if await store.incidents.save_many(drafts):
                return len(drafts)
        except StoreDown as down:
            log.warning("sweep of %d incidents: %s", len(drafts), down.fault.code)
            return 0
        except Refused:
            pass
        return sum(await asyncio.gather(*map(set_right, some)))

    changed = 0
    waiting = [it for it in incidents if due(it, now, counted(it), gone)]
    for start in range(0, len(waiting), AT_ONCE):
        changed += await set_all_right(waiting[start : start + AT_ONCE])
    return changed


def due(it: Incident, now: int, living: set[str], gone: Gone | None = None) -> bool:
    """Whether sweeping would change this incident."""
    if it.state is IncidentState.RAISED:
        return it.escalation < _level(it, now)
    if it.state not in OPEN:
        return False
    return (
        _lost_media(it, living)
        or attention_due(it, now, gone)
        or any(_unanswered(it, one, now) for one in it.responders)
        or next_due(it, now) is not None
    )


def _set_right(it: Incident, *, now: int, living: set[str], gone: Gone | None) -> None:
    if it.state is IncidentState.RAISED and it.escalation < _level(it, now):
        it.escalation = _level(it, now)
        system_entry(
            it,
            "incident.escalated",
            now,
            level=it.escalation,
            waited_ms=elapsed(it.waiting_since, now),
        )
    if it.state not in OPEN:
        return
    for one in it.responders:
        if _unanswered(it, one, now):
            one.unanswered_at = now
            waited = elapsed(one.assigned_at, now)
            system_entry(
                it,
                "station.unanswered",
                now,
                station=one.station,
                name=one.name,
                waited_ms=waited,
            )
    if (following := next_due(it, now)) is not None:
        call_next(it, SYSTEM, following, now)
    if _lost_media(it, living):
        lost, it.call.media = it.call.media, None
        for person in it.call.participants:
            if person.state in HERE:
                calls.drop(person, now)
                evidence.append(
                    it.log,
                    SYSTEM,
                    "participant.left",
                    now,
                    participant=person.id,
                    role=str(person.role),
                    cause="media_process_lost",
                    media=lost,
                )
    judge(it, now, gone)


def _unanswered(it: Incident, one: Responder, now: int) -> bool:
    """Called 15 s ago, and nobody there acknowledged or came into the call since."""
    if one.state is not ResponderState.ASSIGNED or one.unanswered_at is not None:
        return False
    came = any(
        person.station == one.station and (person.joined_at or 0) >= one.assigned_at
        for person in it.call.participants
    )
    return not came and not within(one.assigned_at, now, STATION_MS)


def _level(it: Incident, now: int) -> int:
    return sum(not within(it.waiting_since, now, limit) for limit in ESCALATE_MS)


def _lost_media(it: Incident, living: set[str]) -> bool:
    return it.call.media is not None and it.call.media not in living
