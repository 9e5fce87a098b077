"""Tip: something a resident tells the police that is not urgent. It names nobody.

Rule 1: the state of a tip changes in this file, in ``tip_moves.py`` where it goes elsewhere and in
``succession.py`` where somebody else has it; nowhere else. What was said is sealed with the content key
before it comes here, so the log chain covers what the store holds. What the resident does is timed
to five minutes when the tip is anonymous: to the second, it could be matched with what else is
known of that second.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from domain import evidence
from domain.clock import in_china, within
from domain.errors import (
    FORBIDDEN,
    INVALID,
    TAKEN,
    TOO_MANY,
    Duplicate,
    NotFound,
    Refused,
)
from domain.evidence import Entry, Log
from domain.inbox import arrange, said
from domain.incident import Incident
from domain.message import Attachment
from domain.people import DESK, SYSTEM, Role, Who, require_visible
from domain.place import Fix
from domain.ports import Store
from domain.revise import revise
from domain.tip_label import Category
from domain.workflow import Table, step

TELLER = Who("teller", Role.RESIDENT, "线索提供人")
COARSE_MS = 300_000
NUMBERS = 9  # tried for one tip
MAX_ENTRIES = 500
LOOK_EVERY_MS = 600_000


class TipState(StrEnum):
    SUBMITTED = "SUBMITTED"
    ASSIGNED = "ASSIGNED"
    ANSWERED = "ANSWERED"
    CLOSED = "CLOSED"
    REJECTED = "REJECTED"


# ``not_solved`` is the resident's word after an answer or a result; it always reopens.
TIP: Table[TipState] = {
    TipState.SUBMITTED: {"assign": TipState.ASSIGNED},
    TipState.ASSIGNED: {
        "take": TipState.ASSIGNED,
        "ask": TipState.ASSIGNED,
        "add": TipState.ASSIGNED,
        "hand_over": TipState.ASSIGNED,
        "answer": TipState.ANSWERED,
        "close": TipState.CLOSED,
        "reject": TipState.REJECTED,
    },
    TipState.ANSWERED: {
        "take": TipState.ANSWERED,
        "ask": TipState.ASSIGNED,
        "add": TipState.ASSIGNED,
        "answer": TipState.ANSWERED,
        "not_solved": TipState.ASSIGNED,
        "solved": TipState.CLOSED,
        "hand_over": TipState.ASSIGNED,
        "close": TipState.CLOSED,
    },
    TipState.CLOSED: {
        "not_solved": TipState.ASSIGNED,
        "solved": TipState.CLOSED,
        "reopen": TipState.ASSIGNED,
        "supplement": TipState.CLOSED,
    },
    TipState.REJECTED: {
        "not_solved": TipState.ASSIGNED,
        "reopen": TipState.ASSIGNED,
        "supplement": TipState.REJECTED,
    },
}
MARKED = "tip.marked"
# What an officer says, and what the log calls it.
SAYS = {
    "ask": "tip.asked",
    "answer": "tip.answered",
    "close": "tip.closed",
    "reject": "tip.rejected",
    "supplement": "tip.supplemented",
    "reopen": "tip.reopened",
}


@dataclass(slots=True)
class Handed:
    """Who handed a tip over to another station, and whose it was until then."""

    by: str
    at: int
    station: str
    station_name: str
    community: str | None
    community_name: str
    officer: str | None
    officer_name: str
    called: list[str]


@dataclass(slots=True)
class Tip:
    """One tip. Its owner is the incident it became, else the officer who took it, else the station.

    ``called`` are the officers (ids) whose cards offer it; ``named`` is what the resident chose to say
    about himself, sealed, empty when anonymous. Texts in the log are sealed with the content key.
    ``urgent``: words in it, or an officer, say that somebody may be in danger (``tip_urgency.py``).
    ``waiting_since`` and what follows it say where it stands in lists (``inbox.py``). ``reminded`` is how
    often somebody was reminded of this wait (``tip_deadline.py``), None for never.
    """

    id: str
    number: str
    station: str
    station_name: str
    opened_at: int
    updated_at: int
    state: TipState = TipState.SUBMITTED
    community: str | None = None
    community_name: str = ""
    officer: str | None = None
    officer_name: str = ""
    taken_at: int | None = None
    answered_at: int | None = None
    closed_at: int | None = None
    incident: str | None = None
    anonymous: bool = True
    named: str = ""
    position: Fix | None = None
    called: list[str] = field(default_factory=list)
    handed: Handed | None = None  # while nobody there took it
    reopened: int = 0
    urgent: bool = False
    event: str | None = None  # of the tips that tell of the same (``tip_event.py``)
    waiting_since: int | None = None
    turn: int | None = None
    listed_for: list[str] = field(default_factory=list)
    unread_for: list[str] = field(default_factory=list)
    reminded: int | None = None
    category: Category = Category.NONE
    tags: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)  # both, to be found by (``tip_label.py``)
    log: Log = field(default_factory=lambda: Log(""))
    version: int = 0

    @property
    def owner(self) -> tuple[str, str]:
        """Kind (incident, officer or station) and id of whoever has it now: exactly one."""
        if self.incident is not None:
            return "incident", self.incident
        if self.officer is not None:
            return "officer", self.officer
        return "station", self.station


def tip_number(id: str, now: int, again: int = 0) -> str:
    """``T-YYMMDD-XXXXXX`` in China's time, the same for the same id; ``again`` makes others of it."""
    day = in_china(now, "%y%m%d")
    mark = base64.b32encode(bytes.fromhex(id[again * 2 : again * 2 + 8])).decode()[:6]
    return f"T-{day}-{mark}"


def coarse(tip: Tip, now: int) -> int:
    """When the resident did something, as far as anybody may know."""
    return now - now % COARSE_MS if tip.anonymous else now


async def submit(
    store: Store, tip: Tip, lines: Sequence[tuple[str, dict[str, Any]]], now: int
) -> Tip:
    """Keep a new tip with its first lines (``message`` or ``upload`` with sealed data), assigned to its
    station. The same id again gives the first tip."""
    at = coarse(tip, now)
    tip.opened_at = tip.updated_at = at
    tip.log = Log(tip.id)
    evidence.append(tip.log, TELLER, "tip.submitted", at, anonymous=tip.anonymous)
    for what, data in lines:
        evidence.append(tip.log, TELLER, what, at, **data)
    tip.state = step(TIP, tip.state, "assign")
    evidence.append(
        tip.log,
        SYSTEM,
        "tip.assigned",
        at,
        station=tip.station,
        community=tip.community,
        officers=list(tip.called),
    )
    if tip.urgent:
        evidence.append(tip.log, SYSTEM, MARKED, at, urgent=True)
    arrange(tip)
    for again in range(1, NUMBERS):
        try:
            await store.tips.add(tip)
            return tip
        except Duplicate:
            with suppress(NotFound):
                return await store.tips.get(tip.id)
        tip.number = tip_number(tip.id, now, again)  # another has it
    raise Duplicate("no free number")


async def add(
    store: Store,
    id: str,
    key: str,
    what: str,
    data: dict[str, Any],
    now: int,
    event: str = "add",
    urgent: bool = False,
) -> Tip:
    """The resident adds a line (``message``, ``upload`` or ``position``), or says with ``event``
    ``not_solved`` or ``solved`` how it went, which then names the entry: ``tip.not_solved`` or
    ``tip.solved``. ``urgent``: these words say that somebody may be in danger. The same key again changes
    nothing."""

    def change(it: Tip) -> None:
        if known(it, TELLER, key):
            return
        if len(it.log.entries) >= MAX_ENTRIES:
            raise Refused(TOO_MANY, "this tip holds as much as it can")
        at = coarse(it, now)
        if it.incident is None:
            it.state = step(TIP, it.state, event)
        if event == "not_solved":
            it.reopened += 1
            it.closed_at = None
        if event == "solved" and it.closed_at is None:
            it.closed_at = at
        name = what if event == "add" else f"tip.{event}"
        evidence.append(it.log, TELLER, name, at, key=key, **data)
        if urgent and not it.urgent:
            it.urgent = True
            evidence.append(it.log, SYSTEM, MARKED, at, urgent=True)

    return await amend(store, id, change)


async def take(store: Store, who: Who, id: str, now: int) -> Tip:
    """The first officer to press has it; the second gets ``taken`` with the name of who has it."""

    def change(it: Tip) -> None:
        require_tip(who, it)
        if it.officer == who.id:
            return
        if it.officer is not None:
            raise Refused(TAKEN, name=it.officer_name)
        it.state = step(TIP, it.state, "take")
        it.officer, it.officer_name, it.taken_at = who.id, who.name, now
        evidence.append(it.log, who, "tip.taken", now)

    return await amend(store, id, change)


async def reply(
    store: Store, who: Who, id: str, key: str, event: str, sealed: str, now: int
) -> Tip:
    """The officer who has it says something: ``ask`` back, ``answer``, ``close`` with a result, or
    ``reject`` with a reason. When it is over any officer of its station may ``supplement`` what was said,
    or ``reopen`` it with a reason and have it. The same key again changes nothing."""

    def change(it: Tip) -> None:
        require_tip(who, it)
        if event not in SAYS:
            raise Refused(INVALID, ", ".join(SAYS), field="event")
        if known(it, who, key):
            return
        if event not in ("supplement", "reopen"):
            _require_mine(it, who)
        it.state = step(TIP, it.state, event)
        if event == "reopen":
            it.closed_at = None
            if who.role is not Role.SUPERVISOR:
                it.officer, it.officer_name, it.taken_at = who.id, who.name, now
        if event == "answer" and it.answered_at is None:
            it.answered_at = now
        if event in ("close", "reject"):
            it.closed_at = now
        evidence.append(it.log, who, SAYS[event], now, key=key, text=sealed)

    return await amend(store, id, change)


async def opened(
    store: Store,
    who: Who,
    id: str,
    now: int,
    file: str | None = None,
    through: Incident | None = None,
) -> Tip:
    """The tip, when ``who`` may know of it; the log says who looked at it or at one of its files, once
    in ten minutes, and again when the resident said more. Looking does not make it newer. ``through``
    the incident that it became, whoever is sent there may look, too."""

    def known(entry: Entry, what: str) -> bool:
        about = (entry.what, entry.who.id, entry.data.get("file"))
        return about == (what, who.id, file) and within(entry.at, now, LOOK_EVERY_MS)

    def change(it: Tip) -> None:
        if through is not None and it.incident == through.id:
            require_visible(who, through.stations())
        else:
            require_tip(who, it)
        what = "tip.opened"
        if file is not None:
            find_upload(it, file)
            what = "file.opened"
        newest = max((one.seq for one in said(it.log.entries)), default=-1)
        if not any(entry.seq > newest and known(entry, what) for entry in it.log.entries):
            about: dict[str, Any] = {} if file is None else {"file": file}
            evidence.append(it.log, who, what, now, **about)

    return await amend(store, id, change, newer=False)


def require_tip(who: Who, it: Tip) -> None:
    """Raises ``NotFound`` unless ``who`` may know of this tip."""
    if not may_see(who, it):
        raise NotFound()


def may_see(who: Who, it: Tip) -> bool:
    """A supervisor, officers of its station, and the desk once it is an incident."""
    if who.role in (Role.STATION_OFFICER, Role.COMMUNITY_OFFICER):
        return who.station == it.station
    return who.role is Role.SUPERVISOR or (who.role in DESK and it.incident is not None)


def find_upload(it: Tip, file: str) -> dict[str, Any]:
    """Type and size of a file that belongs to this tip; raises ``NotFound``."""
    for entry in it.log.entries:
        if entry.what == "upload" and entry.data.get("file") == file:
            return entry.data
    raise NotFound("no such file in this tip")


def upload(file: Attachment) -> dict[str, Any]:
    """What the log says of a file."""
    return {
        "file": file.file,
        "kind": str(file.kind),
        "type": file.type,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "original_sha256": file.original_sha256,
        "width": file.width,
        "height": file.height,
        "length_ms": file.length_ms,
    }


async def amend(store: Store, id: str, change: Callable[[Tip], None], *, newer: bool = True) -> Tip:
    """Load, change, save; again when somebody else was faster. A change without a log entry is none."""

    def logged(it: Tip) -> bool:
        length = it.log.length
        change(it)
        if it.log.length == length:
            return False
        if it.officer is not None or it.incident is not None or it.state is not TipState.ASSIGNED:
            it.handed = None
        if newer:
            it.updated_at = max(it.updated_at, it.log.entries[-1].at)
        arrange(it)
        return True

    return await revise(store.tips, id, logged)


def _require_mine(it: Tip, who: Who) -> None:
    if it.incident is not None:
        raise Refused(TAKEN, "110 has it", name="110")
    if who.role is Role.SUPERVISOR or it.officer == who.id:
        return
    if it.officer is None:
        raise Refused(FORBIDDEN, "take it first")
    raise Refused(TAKEN, name=it.officer_name)


def known(it: Tip, who: Who, key: str) -> bool:
    """Whether ``who`` wrote the line with this key already."""
    return any(one.data.get("key") == key and one.who.id == who.id for one in it.log.entries)
