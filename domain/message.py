"""The thread: text, pictures and clips of caller, desk and station, in the incident's log."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain import evidence
from domain.errors import FORBIDDEN, TOO_MANY, NotFound, Refused
from domain.evidence import Entry
from domain.incident import Incident, IncidentState, Kind, amend
from domain.marks import DESK_SIDE, ChatState, advance, side_of, tell
from domain.people import CALLER, Who, require_visible
from domain.ports import Store
from domain.stood_down import seen_until
from domain.triage import hear
from domain.unattended import has_read

# What the caller may see of the log; the rest is the desk's.
CALLER_SEES = frozenset(
    {
        "incident.raised",
        "incident.answered",
        "incident.taken_over",
        "incident.resumed",
        "incident.transferred",
        "incident.abandoned",
        "incident.returned",
        "incident.reopened",
        "incident.closed",
        "caller.hung_up",
        "caller.called_back",
        "caller.silent",
        "caller.contact",
        "message",
        "upload",
        "station.called",
        "station.acknowledge",
        "station.depart",
        "station.arrive",
        "station.clear",
        "station.stand_down",
        "station.changed",
        "station.seen",
        "incident.handed",
        "incident.taken_back",
        "call.again",
        "call.answered",
        "participant.joined",
        "participant.left",
        "participant.away",
        "participant.back",
        "call.ended",
    }
)
CALLER_ENTRIES = 5_000
CALLER_TEXT = 400_000


class FileKind(StrEnum):
    PICTURE = "picture"
    VOICE = "voice"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in the store. ``sha256`` is of what is shown under ``file``; ``original_sha256`` of what
    came in, kept sealed under ``file + ".original"`` when something was stripped from it.
    ``length_ms`` is known of voice and video that were made anew to be played; without it, what came
    in is what there is."""

    file: str
    kind: FileKind
    type: str
    bytes: int
    sha256: str
    original_sha256: str
    width: int | None = None
    height: int | None = None
    length_ms: int | None = None


async def say(
    store: Store,
    who: Who,
    id: str,
    key: str,
    text: str,
    now: int,
    device_at: int | None = None,
    kind: Kind | None = None,
    *,
    ask: str | None = None,
    answers: int | None = None,
) -> Entry:
    """Put a line on the thread; the same key of the same person again gives the first entry.

    ``ask`` is what the line asks for (``yes_no``), ``answers`` the entry of a question it answers; one
    that asked nothing is left out. Allowed in every state: what somebody sends after closing is kept
    and shown.
    """

    def change(it: Incident) -> None:
        require_may_write(it, who)
        if sent(it, who, key, "message") is not None:
            return
        if kind is not None and it.kind is Kind.UNKNOWN:
            evidence.append(
                it.log, who, "incident.categorised", now, kind=str(kind), before=str(it.kind)
            )
            it.kind = kind
        more: dict[str, Any] = {} if ask is None else {"ask": ask}
        if answers is not None and _asked(it, answers):
            more["answers"] = answers
        evidence.append(it.log, who, "message", now, device_at, key=key, text=text, **more)
        _said(it, who, now)
        if who is CALLER:
            hear(it, text, now)

    return _entry(await amend(store, id, change), who, key, "message")


async def attach(
    store: Store,
    who: Who,
    id: str,
    key: str,
    file: Attachment,
    now: int,
    device_at: int | None = None,
) -> Entry:
    """Put a stored file on the thread; the same key again gives the first entry."""
    data: dict[str, Any] = {
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

    def change(it: Incident) -> None:
        require_may_write(it, who)
        if sent(it, who, key, "upload") is None:
            evidence.append(it.log, who, "upload", now, device_at, key=key, **data)
            _said(it, who, now)

    return _entry(await amend(store, id, change), who, key, "upload")


async def read_thread(store: Store, who: Who, id: str, received: int, read: int, now: int) -> None:
    """This side's page has the thread up to ``received``, and up to ``read`` on its screen.

    For the desk reads who has the incident; once it is closed, whoever opens it. What others look at
    there is no mark. What waited too long for being read (``unattended``) then waits no more.
    """

    def change(it: Incident) -> bool:
        if who is not CALLER:
            require_visible(who, it.stations())
        side = side_of(who)
        if side == DESK_SIDE and who.id != it.dispatcher and it.state is not IncidentState.CLOSED:
            return False
        moved = advance(it.marks, it.log.entries, side, received, read)
        if side == DESK_SIDE:
            has_read(it, who, now)
        return moved

    await amend(store, id, change)


async def in_chat(store: Store, id: str, seq: int, state: ChatState, reason: str = "") -> None:
    """What became of a line of the thread that goes to the caller's chat; steps have no such mark."""

    def change(it: Incident) -> bool:
        entry = next((one for one in it.log.entries if one.seq == seq), None)
        if entry is None or entry.what != "message":
            return False
        return tell(it.chat, seq, state, reason)

    await amend(store, id, change)


def find_file(it: Incident, file: str) -> dict[str, Any]:
    """Type and size of a file that belongs to this incident; raises ``NotFound``."""
    for entry in it.log.entries:
        if entry.what == "upload" and entry.data.get("file") == file:
            return entry.data
    for call in it.calls:
        for recording in call.recordings:
            if recording.file == file:
                return {"type": "video/x-matroska", "bytes": recording.bytes, "kind": "recording"}
    raise NotFound("no such file in this incident")


def _said(it: Incident, who: Who, now: int) -> None:
    if side_of(who) != DESK_SIDE:
        it.said_at = now


def _asked(it: Incident, seq: int) -> bool:
    return any(entry.seq == seq and "ask" in entry.data for entry in it.log.entries)


def require_may_write(it: Incident, who: Who) -> None:
    """Raises ``not_found``, ``forbidden`` or ``too_many``."""
    if who is not CALLER:
        require_visible(who, it.stations())
        if seen_until(it, who) is not None:
            raise Refused(FORBIDDEN, "this station was stood down")
        return
    # A document has a size; what is left beyond this belongs to the desk and the record.
    written = [entry for entry in it.log.entries if entry.who.id == CALLER.id]
    size = sum(len(str(entry.data.get("text", ""))) for entry in written)
    if len(written) >= CALLER_ENTRIES or size >= CALLER_TEXT:
        raise Refused(TOO_MANY, "this incident holds as much from its caller as it can")


def sent(it: Incident, who: Who, key: str, what: str) -> Entry | None:
    """What this person put on the thread with this key before."""
    for entry in it.log.entries:
        if entry.what == what and entry.data.get("key") == key and entry.who.id == who.id:
            return entry
    return None


def _entry(it: Incident, who: Who, key: str, what: str) -> Entry:
    found = sent(it, who, key, what)
    if found is None:
        raise NotFound("the entry was not written")
    return found
