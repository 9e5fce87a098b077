"""What of a thread reached each side, and what was read there.

Marks are no part of the sealed log: they say how far somebody is, and change with every line. A mark
only ever points at something that another side said, so that one line moves it once at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.evidence import Entry
from domain.people import CALLER, DESK, Who

CALLER_SIDE, DESK_SIDE = "caller", "desk"
SAID = ("message", "upload")
CHAT_LINES = 100


@dataclass(slots=True)
class Mark:
    """How far one side is: ``side`` is ``caller``, ``desk`` or a station's id; ``received`` and ``read``
    are the ``seq`` of the last thing another side said that its page has, and that was on its screen."""

    side: str
    received: int = 0
    read: int = 0


class ChatState(StrEnum):
    """What became of a line of the thread that goes to the caller's chat; without one it is on its way."""

    SENT = "SENT"
    WAITING = "WAITING"  # until the reader writes again, follows again, or there is quota
    REFUSED = "REFUSED"
    UNKNOWN = "UNKNOWN"  # the platform's answer was lost, and it is not sent twice


@dataclass(slots=True)
class ChatLine:
    """One line on its way to the chat; ``reason`` as in ``outgoing.Message``."""

    seq: int
    state: ChatState
    reason: str = ""


def side_of(who: Who) -> str:
    """The side on which somebody reads."""
    if who.id == CALLER.id:
        return CALLER_SIDE
    return DESK_SIDE if who.role in DESK else str(who.station)


def said_to(entries: Sequence[Entry], side: str, upto: int | None = None) -> int:
    """The ``seq`` of the last thing that others said to a side, up to ``upto``; 0 for nothing."""
    for entry in reversed(entries if upto is None else entries[: max(0, upto)]):
        if entry.what in SAID and side_of(entry.who) != side:
            return entry.seq
    return 0


def read_by(marks: Sequence[Mark], side: str) -> int:
    return next((one.read for one in marks if one.side == side), 0)


def advance(
    marks: list[Mark], entries: Sequence[Entry], side: str, received: int, read: int
) -> bool:
    """Move a side's mark forward; whether that said anything new."""
    one = next((mark for mark in marks if mark.side == side), None) or Mark(side)
    before = (one.received, one.read)
    now_read = max(one.read, said_to(entries, side, read))
    now_received = max(one.received, now_read, said_to(entries, side, received))
    if (now_received, now_read) == before:
        return False
    one.received, one.read = now_received, now_read
    if one not in marks:
        marks.append(one)
    return True


def tell(lines: list[ChatLine], seq: int, state: ChatState, reason: str) -> bool:
    """Keep what became of a line in the chat, the newest ``CHAT_LINES`` of them; whether it is new."""
    one = next((line for line in lines if line.seq == seq), None)
    if one is None:
        lines.append(ChatLine(seq, state, reason))
        lines.sort(key=lambda line: line.seq)
        del lines[:-CHAT_LINES]
        return True
    if (one.state, one.reason) == (state, reason):
        return False
    one.state, one.reason = state, reason
    return True
