"""Outgoing messages: everything the bot will say is a document before it is sent.

A message is claimed by version, sent once, and never repeated when its outcome is unknown unless
the platform drops duplicates, or it is urgent: a call for help answered twice is better than not at all.
Messages to one person go out in their order within their rank.

A message about a tip must not link the tip to its resident for whoever reads the store: its id and
``about`` are keyed digests, and once it was sent it forgets whom it went to and, to five minutes, when.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from domain.clock import ahead, within
from domain.ticket import derive_key
from domain.workflow import Table, step

CLAIM_MS = 60_000
URGENT_CLAIM_MS = 20_000
URGENT_MS = 48 * 3_600_000  # an urgent message that is older helps nobody any more
MAX_ATTEMPTS = 5
RETRY_MS = (1_000, 5_000, 30_000, 120_000, 600_000)
COARSE_MS = 300_000
TOGETHER_MS = 2_000  # so long a status line waits for what may be said with it
NEVER = 2**53  # due when the person is heard of again


class Channel(StrEnum):
    """Which platform a message goes through."""

    OFFICIAL = "OFFICIAL"  # Official Account → resident
    WORK = "WORK"  # WeCom app → officer


class Rank(IntEnum):
    """What a message waits for: nothing of a later rank."""

    URGENT = 0  # answers a call for help, or calls a station
    SAID = 1
    STATUS = 2  # how a matter stands: said with the next thing that is said, if there is one
    NOTICE = 3  # told to many


class MessageState(StrEnum):
    QUEUED = "QUEUED"
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"


# ``release``: it may be tried again; ``hold``: waits for the next contact.
MESSAGE: Table[MessageState] = {
    MessageState.QUEUED: {"claim": MessageState.SENDING, "fail": MessageState.FAILED},
    MessageState.SENDING: {
        "sent": MessageState.SENT,
        "release": MessageState.QUEUED,
        "hold": MessageState.QUEUED,
        "fail": MessageState.FAILED,
    },
    MessageState.SENT: {},
    MessageState.FAILED: {},
}


@dataclass(slots=True)
class Message:
    """One message to one person. ``id`` is its idempotency key: the same key is one message.

    ``to`` is a resident's id or a WeCom userid; ``body`` the platform's JSON without the receiver,
    sealed; ``template`` a template message that announces it when there is no credit (sealed JSON,
    empty: none, or sent); ``seq`` orders the messages of one person within their ``rank``; a status line
    that goes by itself leaves so many credits (``leaves``) for what is said; ``about`` is what
    ``about()`` makes of a tip's id, or a notice's or incident's id; ``private`` ones forget their
    receiver.
    ``reason`` says why it waits or failed: ``no_credit``, ``unreachable``, ``quota``, ``unknown`` (the
    answer was lost; only an urgent one is repeated), or the platform's code.
    """

    id: str
    to: str
    channel: Channel
    body: str
    seq: int
    created_at: int
    template: str = ""
    about: str = ""
    private: bool = False
    rank: Rank = Rank.SAID
    leaves: int = 0
    state: MessageState = MessageState.QUEUED
    attempts: int = 0
    due_at: int = 0
    claimed_by: str = ""
    claimed_until: int = 0
    reason: str = ""
    by: str = ""  # how it went: custom, template, work
    platform_id: str = ""  # msgid
    response_code: str = ""  # of a template card
    sent_at: int | None = None
    version: int = 0

    @property
    def urgent(self) -> bool:
        """Whether it is about a life, and so waits for nothing else."""
        return self.rank is Rank.URGENT


def about(secret: bytes, tip: str) -> str:
    """What ``Message.about`` holds for a tip: to be found by who knows tip and secret, not turned back."""
    return _digest(secret, "about", tip)


def telling_id(secret: bytes, tip: str, seq: int) -> str:
    """The id of the message that tells a tip's resident of one entry of its log."""
    return _digest(secret, "telling", f"{tip}:{seq}")


def mark(secret: bytes, arrival: str, purpose: str) -> str:
    """An id for what follows from an arrival that does not lead back to it: an arrival has a person."""
    return _digest(secret, f"mark:{purpose}", arrival)


def _digest(secret: bytes, purpose: str, text: str) -> str:
    key = derive_key(secret, f"outgoing:{purpose}")
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]


def claim(message: Message, process: str, now: int, by: str = "") -> None:
    """This process sends it now, ``by`` this way; raises ``WrongState`` when it is not waiting."""
    message.state = step(MESSAGE, message.state, "claim")
    held = URGENT_CLAIM_MS if message.urgent else CLAIM_MS
    message.claimed_by, message.claimed_until, message.by = process, now + held, by
    message.attempts += 1
    message.reason = ""


def sent(message: Message, now: int, by: str, platform_id: str = "") -> None:
    message.state = step(MESSAGE, message.state, "sent")
    message.by, message.platform_id, message.sent_at = by, platform_id, now
    if message.private:
        message.sent_at = now - now % COARSE_MS
    _forget(message)


def release(message: Message, now: int, reason: str, until: int = NEVER) -> None:
    """Once more after a pause. After the last attempt it has failed; an urgent one to a resident waits
    ``until`` then or for the next contact, and fails when it helps nobody any more."""
    if message.attempts >= MAX_ATTEMPTS:
        if message.urgent and message.channel is Channel.OFFICIAL and not outdated(message, now):
            hold(message, reason, until)
        else:
            fail(message, reason)
        return
    message.state = step(MESSAGE, message.state, "release")
    message.due_at = now + RETRY_MS[min(message.attempts, len(RETRY_MS)) - 1]
    message.reason = reason


def hold(message: Message, reason: str, until: int) -> None:
    """Waits for the person's next contact (``reason`` no_credit) or for a quota, not for a retry."""
    message.state = step(MESSAGE, message.state, "hold")
    message.attempts -= 1
    message.due_at, message.reason = until, reason


def fail(message: Message, reason: str) -> None:
    message.state = step(MESSAGE, message.state, "fail")
    message.reason = reason
    _forget(message)


def _forget(message: Message) -> None:
    """It is over: what was said is in its tip or notice, and to whom, if that is private, nowhere."""
    message.body = message.template = ""
    if message.private:
        message.to = ""
        message.created_at -= message.created_at % COARSE_MS
        message.seq = message.claimed_until = message.due_at = 0


def outdated(message: Message, now: int) -> bool:
    """Whether it was urgent so long ago that it helps nobody any more."""
    return message.urgent and not within(message.created_at, now, URGENT_MS)


def abandoned(message: Message, now: int) -> bool:
    """Claimed by a process that did not come back: whether it was sent is unknown."""
    held = ahead(message.claimed_until, now, CLAIM_MS)
    return message.state is MessageState.SENDING and not held
