"""Closing a case: by the desk, or by the station that finishes it. What is still under way goes on."""

from __future__ import annotations

from domain import call as calls
from domain import evidence
from domain.call import CallState
from domain.incident import INCIDENT, Disposition, Incident, IncidentState, amend, require_mine
from domain.people import DESK, Who, require
from domain.ports import Store
from domain.responder import RESPONDER, ResponderState, at_work
from domain.workflow import step

RELEASED = (ResponderState.ASSIGNED, ResponderState.ACKNOWLEDGED, ResponderState.EN_ROUTE)


async def close(
    store: Store,
    who: Who,
    id: str,
    disposition: Disposition,
    words: str,
    now: int,
    *,
    stand_down: bool = False,
) -> Incident:
    """Close with a disposition; the call ends, its room and the caller's position feed with it.

    A station that was called and did not take it is released. One that took it goes on until it says
    that it is done, and the log takes its steps; with ``stand_down`` who is not on scene yet is sent
    back.
    """
    require(who, *DESK)

    def change(it: Incident) -> None:
        require_mine(it, who)
        if it.state is IncidentState.CLOSED:
            return
        released = RELEASED if stand_down else (ResponderState.ASSIGNED,)
        for one in it.responders:
            if one.state in released:
                one.state = step(RESPONDER, one.state, "stand_down")
                one.at[str(one.state)] = now
                one.unanswered_at = one.changed_at = None
                evidence.append(
                    it.log,
                    who,
                    "station.stand_down",
                    now,
                    station=one.station,
                    name=one.name,
                    reason="closed",
                )
        _close(it, who, disposition, words, now)

    return await amend(store, id, change)


def finish(it: Incident, who: Who, now: int) -> None:
    """The last station of a case that it was handed says that it is done: the case is closed, unless
    the caller and 110 are talking again."""
    over = it.call.state in (CallState.ENDED, CallState.ABANDONED)
    if it.handed_at is None or not over or it.state is not IncidentState.DISPATCHED:
        return
    if not at_work(it.responders):
        _close(it, who, Disposition.RESOLVED, "", now)


def _close(it: Incident, who: Who, disposition: Disposition, words: str, now: int) -> None:
    it.state = step(INCIDENT, it.state, "close")
    it.closed_at, it.disposition, it.unattended_at = now, disposition, None
    calls.end(it, who, now, "closed")
    going_on = [one.name for one in at_work(it.responders)]
    evidence.append(
        it.log,
        who,
        "incident.closed",
        now,
        disposition=str(disposition),
        words=words,
        going_on=going_on,
    )
