"""Ending the call while the case goes on, and calling again in the same case.

The caller is called by the desk, or calls 110 again: then whoever has the case is rung, and when he does
not come in 20 s everybody on the desk (``sweep``).
"""

from __future__ import annotations

from domain import bounds, evidence
from domain import call as calls
from domain.call import OVER, Call, CallState, ParticipantRole, new_call
from domain.call_back import RING_MS, ring
from domain.clock import within
from domain.errors import INVALID, WRONG_STATE, Refused
from domain.incident import OPEN, Incident, IncidentState, amend, invite_stations, require_mine
from domain.people import CALLER, DESK, Who, require
from domain.ports import Store
from domain.responder import took_it


async def end_call(
    store: Store, who: Who, id: str, now: int, *, to_station: bool = False
) -> Incident:
    """End the call; the case stays with its dispatcher. Pressing twice is once.

    ``to_station`` (交派出所处置): the station finishes the case, and its last "done" closes it. Refused
    with ``wrong_state`` while nobody of a station has taken it.
    """
    require(who, *DESK)

    def change(it: Incident) -> None:
        require_mine(it, who)
        _open(it)
        taken = took_it(it.responders)
        if to_station and not taken:
            raise Refused(WRONG_STATE, "no station has taken it", state=str(it.state))
        calls.end(it, who, now, "handed" if to_station else "desk")
        it.unattended_at = None
        if to_station and it.handed_at is None:
            it.handed_at = now
            evidence.append(
                it.log, who, "incident.handed", now, stations=[one.name for one in taken]
            )

    return await amend(store, id, change)


async def call_back(store: Store, who: Who, id: str, now: int) -> Incident:
    """Call a caller who hung up, or whose call is over while the case goes on: with a new call if there is
    none, and his page and his WeChat ring. A silent report never rings (``invalid`` when that is all there
    is to do). Pressing again within ``RING_MS`` is the same call; ``wrong_state`` while he is there.
    """
    require(who, *DESK)

    def change(it: Incident) -> None:
        require_mine(it, who)
        _open(it)
        over = it.call.state in OVER
        rung = it.called_back_at is not None and within(it.called_back_at, now, RING_MS)
        if not over and it.hung_up_at is None:
            if rung or (len(it.calls) > 1 and within(it.call.started_at, now, RING_MS)):
                return
            raise Refused(WRONG_STATE, "the caller has not hung up", state=str(it.state))
        if over:
            call = _again(it, who, now)
            calls.answer(call)
        elif it.silent:
            raise Refused(INVALID, "a silent report is never called back")
        if not it.silent and not rung:
            ring(it, who, now)

    return await amend(store, id, change)


async def call_again(store: Store, id: str, now: int) -> Incident:
    """The caller calls 110 in a case that is open and whose call is over; else nothing changes."""

    def change(it: Incident) -> bool:
        if it.state not in OPEN or it.call.state not in OVER:
            return False
        it.waiting_since = now
        # Who calls and hangs up again and again does not fill the document.
        if len(it.calls) >= bounds.CALLS and it.call.state is CallState.ABANDONED:
            calls.ring_again(it.call)
            it.call.started_at = now
            more = bounds.allowance(it.log, ("call.again",), now, bounds.RETURNING)
            if more is not None:
                evidence.append(it.log, CALLER, "call.again", now, call=it.call.id, **more)
        else:
            _again(it, CALLER, now)
        return True

    return await amend(store, id, change)


def _again(it: Incident, who: Who, now: int) -> Call:
    """A new call with everybody who works on the case."""
    call = new_call(now)
    it.calls.append(call)
    evidence.append(it.log, who, "call.again", now, call=call.id)
    if it.dispatcher is not None:
        role = ParticipantRole.DISPATCHER
        one = calls.invite(it, who, role, it.dispatcher_name, now, person=it.dispatcher)
        one.turned_at = None if who is CALLER else now
    invite_stations(it, who, now)
    return call


def _open(it: Incident) -> None:
    if it.state not in OPEN:
        closed = it.state is IncidentState.CLOSED
        raise Refused(
            WRONG_STATE, "it is closed" if closed else "nobody has it", state=str(it.state)
        )
