"""Incident: one event reported to 110. The aggregate with one version number; calls, responders, log.

Answering, calling back, taking over, reopening. Closing is in ``closing.py``, ending the call alone in
``calling.py``, dispatching stations in ``dispatch.py``, the thread in ``message.py``.
Every verb is: load, may this person, ``workflow.step``, log entry, save.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from domain import bounds, evidence
from domain import call as calls
from domain.call import OVER, Call, CallState, ParticipantRole, ParticipantState
from domain.channel import ReportChannel
from domain.clock import elapsed, within
from domain.emergency import Gravity
from domain.errors import FORBIDDEN, TAKEN, NotFound, Refused
from domain.evidence import Log
from domain.hang_up import HangUp
from domain.kind import Disposition as Disposition
from domain.kind import Kind as Kind
from domain.marks import ChatLine, Mark
from domain.people import CALLER, DESK, SYSTEM, Who, require
from domain.place import Fix
from domain.ports import Store
from domain.responder import Responder, at_work
from domain.revise import revise
from domain.track import Track
from domain.unfinished import unfinished
from domain.workflow import Table, step

HANG_UP_EVERY_MS = 10_000


class IncidentState(StrEnum):
    RAISED = "RAISED"
    ANSWERED = "ANSWERED"
    DISPATCHED = "DISPATCHED"
    CLOSED = "CLOSED"
    ABANDONED = "ABANDONED"


# ``return`` is the caller coming back before anybody called back; ``reopen`` is 情况有变 after closing.
INCIDENT: Table[IncidentState] = {
    IncidentState.RAISED: {
        "answer": IncidentState.ANSWERED,
        "abandon": IncidentState.ABANDONED,
    },
    IncidentState.ANSWERED: {
        "take_over": IncidentState.ANSWERED,
        "transfer": IncidentState.ANSWERED,
        "dispatch": IncidentState.DISPATCHED,
        "close": IncidentState.CLOSED,
    },
    IncidentState.DISPATCHED: {
        "take_over": IncidentState.DISPATCHED,
        "transfer": IncidentState.DISPATCHED,
        "dispatch": IncidentState.DISPATCHED,
        "close": IncidentState.CLOSED,
    },
    IncidentState.CLOSED: {"reopen": IncidentState.RAISED},
    IncidentState.ABANDONED: {
        "answer": IncidentState.ANSWERED,
        "return": IncidentState.RAISED,
    },
}
OPEN = (IncidentState.ANSWERED, IncidentState.DISPATCHED)
LIVE = (
    IncidentState.RAISED,
    IncidentState.ANSWERED,
    IncidentState.DISPATCHED,
    IncidentState.ABANDONED,
)


@dataclass(slots=True)
class Incident:
    """One event reported to 110. Times are Unix ms by the server's clock.

    ``key`` is the idempotency key of the report, ``origin`` a keyed hash of the address it came from;
    ``missing`` names what the report came without; ``position`` is the fix of the caller that is shown
    (``track`` has the rule's memory), ``place`` where it happens (never merged); ``unattended_at`` is
    set while an answered incident has no dispatcher connected any more; ``returns`` is how often the
    caller gave up and came back, whether the log tells each time or not; ``gravity`` is what the caller's
    words say (None: not read yet, of before), ``priority`` what the desk set by hand instead;
    ``marks`` how far each side has read, ``chat`` what became of lines that went to the chat.
    ``hung_up_at`` is set while the caller has hung up and is not back, ``called_back_at`` when his page
    was rung last; ``contact`` is the line he left (``contact.py``). ``raised_at`` never changes;
    ``waiting_since`` is when it began to wait this time. ``handed_at`` is since when the station
    finishes the case (交派出所处置). ``unfinished``: closed, and somebody has yet to read or to be done
    (``unfinished.py``); ``said_at``: when caller or station last wrote. ``channel``: the app it came through.
    ``sandbox``: a developer's test, in the sandbox's own store; nobody is sent.
    """

    id: str
    number: str
    key: str
    kind: Kind
    silent: bool
    state: IncidentState
    raised_at: int
    updated_at: int
    words: str = ""
    lang: str = "zh-CN"
    via: str = "web"
    origin: str = ""
    missing: list[str] = field(default_factory=list)
    position: Fix | None = None
    track: Track = field(default_factory=Track)
    place: Fix | None = None
    dispatcher: str | None = None
    dispatcher_name: str = ""
    answered_at: int | None = None
    closed_at: int | None = None
    unattended_at: int | None = None
    escalation: int = 0
    returns: int = 0
    reopened_at: int | None = None
    waiting_since: int = 0
    handed_at: int | None = None
    gravity: Gravity | None = None
    priority: Gravity | None = None
    hung_up_at: int | None = None
    hung_up: HangUp | None = None
    called_back_at: int | None = None
    contact: str = ""
    disposition: Disposition | None = None
    calls: list[Call] = field(default_factory=list)
    responders: list[Responder] = field(default_factory=list)
    log: Log = field(default_factory=lambda: Log(""))
    marks: list[Mark] = field(default_factory=list)
    chat: list[ChatLine] = field(default_factory=list)
    unfinished: bool = False
    said_at: int | None = None
    channel: ReportChannel | None = None
    sandbox: bool = False
    version: int = 0

    def __post_init__(self) -> None:
        self.waiting_since = self.waiting_since or self.raised_at

    @property
    def call(self) -> Call:
        """The present call: the last one."""
        return self.calls[-1]

    @property
    def where(self) -> Fix | None:
        """Where to go: where it happens, else where the caller is."""
        return self.position if self.place is None else self.place

    def find_call(self, id: str) -> Call:
        for one in self.calls:
            if one.id == id:
                return one
        raise NotFound("no such call")

    def stations(self) -> set[str]:
        """Stations that may see this incident: those sent or called to it, stood down or not."""
        return {one.station for one in self.responders}


def draft(it: Incident) -> Incident:
    """A copy to change and save while others read ``it``. Entries and fixes are never changed, and shared."""
    return replace(
        it,
        missing=list(it.missing),
        track=deepcopy(it.track),
        calls=deepcopy(it.calls),
        responders=deepcopy(it.responders),
        log=replace(it.log, entries=list(it.log.entries)),
        marks=deepcopy(it.marks),
        chat=deepcopy(it.chat),
    )


async def amend(store: Store, id: str, change: Callable[[Incident], bool | None]) -> Incident:
    """Load, change, save; again with a fresh document when somebody else was faster.

    ``change`` may raise ``Refused``; then nothing is saved. A change that adds nothing to the log
    changes nothing and is not saved, unless it answers True: what goes beyond ``bounds``. Raises
    ``Conflict`` after 20 lost races.
    """

    def logged(it: Incident) -> bool:
        length = it.log.length
        changed = change(it)
        it.unfinished = unfinished(it)
        if it.log.length == length:
            return changed is True
        it.updated_at = it.log.entries[-1].at
        return True

    return await revise(store.incidents, id, logged)


async def answer(store: Store, who: Who, id: str, now: int) -> Incident:
    """Take the incident and join its call. The second to press gets ``taken`` and sees who has it.

    An incident whose dispatcher is gone (``unattended_at``) or away may be taken over by anybody on
    the desk, at any time by a supervisor.
    """
    require(who, *DESK)

    def change(it: Incident) -> None:
        if it.state in OPEN:
            if it.dispatcher == who.id:
                if it.unattended_at is not None:
                    it.unattended_at = None
                    evidence.append(it.log, who, "incident.resumed", now)
                    if it.call.state not in OVER:
                        role = ParticipantRole.DISPATCHER
                        calls.invite(it, who, role, who.name, now, person=who.id)
                if it.call.state is CallState.RINGING:
                    calls.answer(it.call)
                    evidence.append(it.log, who, "call.answered", now, call=it.call.id)
                    calls.turn_to(it, now)
                calls.accept_transfer(it, who, now)
                return
            free = it.unattended_at is not None or calls.away_since(it) is not None
            if not free and who.role.value != "SUPERVISOR":
                raise Refused(TAKEN, name=it.dispatcher_name, state=str(it.state))
            it.state = step(INCIDENT, it.state, "take_over")
            what = "incident.taken_over"
            for one in it.call.participants if it.call.state not in OVER else ():
                if one.person is not None and one.person == it.dispatcher:
                    calls.remove(it, who, one, now)
        else:
            if it.state is IncidentState.ABANDONED:
                it.calls.append(calls.new_call(now))
                it.called_back_at = None if it.silent else now
                invite_stations(it, who, now)
            it.state = step(INCIDENT, it.state, "answer")
            if at_work(it.responders):
                it.state = step(INCIDENT, it.state, "dispatch")
            it.answered_at = it.answered_at or now
            what = "incident.answered"
        it.dispatcher, it.dispatcher_name, it.unattended_at = who.id, who.name, None
        evidence.append(it.log, who, what, now, waited_ms=elapsed(it.waiting_since, now))
        if it.call.state is CallState.RINGING:
            calls.answer(it.call)
        if it.call.state not in OVER:
            role = ParticipantRole.DISPATCHER
            calls.invite(it, who, role, who.name, now, person=who.id).turned_at = now

    return await amend(store, id, change)


async def abandon(store: Store, id: str, now: int, why: HangUp | None = None) -> Incident:
    """The caller hung up, and perhaps said why. Lowers, never deletes: the desk calls back.

    Always done; written into the log within ``bounds.RETURNING`` and ``bounds.HUNG_UP``.
    """
    return await amend(store, id, lambda it: give_up(it, now, why))


def give_up(it: Incident, now: int, why: HangUp | None = None) -> bool:
    """``abandon`` for a document in hand; whether it changed."""
    reason: dict[str, Any] = {} if why is None else {"reason": str(why)}
    news = it.hung_up_at is None or (why is not None and why is not it.hung_up)
    if it.state is IncidentState.RAISED:
        it.state = step(INCIDENT, it.state, "abandon")
        told = _tell_returning(it, "incident.abandoned", now, **reason)
        calls.end(it, CALLER, now, "abandoned", told=told)
        news = True
    elif it.state not in LIVE or (it.state is IncidentState.ABANDONED and not news):
        return False
    else:
        # One that was ringing again rings no more; the incident stays with whoever has it.
        rang = it.state in OPEN and it.call.state is CallState.RINGING
        if rang:
            calls.end(it, CALLER, now, "abandoned", told=False)
        if (reason and news) or _last(it, "caller.hung_up", now) is None:
            more = bounds.allowance(it.log, ("caller.hung_up",), now, bounds.HUNG_UP)
            if more is not None:
                evidence.append(it.log, CALLER, "caller.hung_up", now, **reason, **more)
        news = news or rang
    if news:
        it.hung_up_at, it.hung_up = now, why or it.hung_up
    return news


async def come_back(store: Store, id: str, now: int, changed: bool = False) -> Incident:
    """The caller is here again: an abandoned incident rings again, however often.

    With ``changed`` (情况有变) a closed incident is raised again, with a new call, on the same log. A
    station that was still at work stays so, and is rung.
    """

    def change(it: Incident) -> bool:
        if it.state is IncidentState.ABANDONED:
            it.state = step(INCIDENT, it.state, "return")
            it.returns += 1
            _tell_returning(it, "incident.returned", now)
        elif it.state is IncidentState.CLOSED and changed:
            it.state = step(INCIDENT, it.state, "reopen")
            it.dispatcher, it.dispatcher_name = None, ""
            it.closed_at, it.disposition = None, None
            it.reopened_at, it.priority, it.handed_at = now, None, None
            evidence.append(it.log, CALLER, "incident.reopened", now)
            for one in at_work(it.responders):
                one.changed_at = now
                evidence.append(
                    it.log, CALLER, "station.changed", now, station=one.station, name=one.name
                )
        else:
            return _is_back(it)
        _is_back(it)
        often = len(it.calls) >= bounds.CALLS and it.call.state is CallState.ABANDONED
        if often:
            calls.ring_again(it.call)
        else:
            it.calls.append(calls.new_call(now))
        it.waiting_since, it.answered_at, it.unattended_at = now, None, None
        # Whoever comes and goes stays as urgent as he was: each step up is an entry, too.
        it.escalation = it.escalation if often else 0
        if not often:
            invite_stations(it, CALLER, now)
        return True

    return await amend(store, id, change)


def _is_back(it: Incident) -> bool:
    """Whether he had hung up; what he said then is over."""
    was, it.hung_up_at, it.hung_up, it.called_back_at = it.hung_up_at, None, None, None
    return was is not None


def _tell_returning(it: Incident, what: str, now: int, **data: Any) -> bool:
    """Into the log, if there is room for it; whether it was."""
    names = ("incident.abandoned", "incident.returned")
    more = bounds.allowance(it.log, names, now, bounds.RETURNING)
    if more is None:
        return False
    if more:
        more["times"] = it.returns
    evidence.append(it.log, CALLER, what, now, **data, **more)
    return True


def _last(it: Incident, what: str, now: int) -> evidence.Entry | None:
    """The newest entry of this name in the last 10 s."""
    for entry in reversed(it.log.entries):
        if not within(entry.at, now, HANG_UP_EVERY_MS):
            return None
        if entry.what == what:
            return entry
    return None


def invite_stations(it: Incident, who: Who, now: int) -> None:
    """Whoever is at work on the case belongs into its new call."""
    for one in at_work(it.responders):
        calls.invite(it, who, ParticipantRole.STATION, one.name, now, station=one.station)


def require_mine(it: Incident, who: Who) -> None:
    """Only the dispatcher who has the incident, or a supervisor, acts on it."""
    if who.role.value == "SUPERVISOR" or it.dispatcher == who.id:
        return
    if it.dispatcher is None:
        step(INCIDENT, it.state, "dispatch")
    raise Refused(FORBIDDEN if it.dispatcher is None else TAKEN, name=it.dispatcher_name)


def watchers(it: Incident) -> list[str]:
    """Names of those who are in the call now, besides the caller: shown to the caller."""
    if not it.calls:
        return []
    return [
        one.name
        for one in it.call.participants
        if one.state is ParticipantState.JOINED and one.role is not ParticipantRole.CALLER
    ]


def system_entry(it: Incident, what: str, now: int, **data: Any) -> None:
    """A log entry nobody pressed a button for."""
    evidence.append(it.log, SYSTEM, what, now, **data)
