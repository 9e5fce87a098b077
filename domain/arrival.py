"""What the platforms told us: one document for each callback, durable before it is answered.

Its id is the platform's own mark of sameness (message id, or sender + time + event), so that a
re-delivery is the same document. It is handled later, in the order of its person, exactly once in
effect: everything that follows from an arrival has an id made of the arrival's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from domain.workflow import Table

KEEP_MS = 3 * 24 * 3_600_000
KEEP_BROKEN_MS = 30 * 24 * 3_600_000  # somebody may want to know how many, and when
HANDLE_TRIES = 8
TOKEN_MS = 7_200_000  # the longest life of an access token or ticket


class Platform(StrEnum):
    OFFICIAL = "OFFICIAL"
    WORK = "WORK"
    CONTACT = "CONTACT"  # WeCom's customer contact callbacks: groups


class ArrivalState(StrEnum):
    RECEIVED = "RECEIVED"
    HANDLED = "HANDLED"
    BROKEN = "BROKEN"  # could not be handled after all tries


ARRIVAL: Table[ArrivalState] = {
    ArrivalState.RECEIVED: {"handle": ArrivalState.HANDLED, "give_up": ArrivalState.BROKEN},
    ArrivalState.HANDLED: {},
    ArrivalState.BROKEN: {"retry": ArrivalState.RECEIVED},
}


class Lane(IntEnum):
    """How long something may take, and may wait for what came before it from the same person."""

    URGENT = 0  # calls for help: waits for nothing
    QUICK = 1
    FILE = 2  # a file has to be fetched: in an emergency nothing waits for it
    GROUP = 3  # of groups and customers


@dataclass(slots=True)
class Arrival:
    """One callback. ``person`` is a resident's id, a WeCom userid, or ``groups``; ``body`` the
    message as JSON, sealed under the identity key, empty once handled; ``told`` the sentence that the
    webhook answered it with. Times are Unix ms: ``sent_at`` the platform's, ``at`` ours."""

    id: str
    platform: Platform
    person: str
    body: str
    sent_at: int
    at: int
    seq: int  # nanoseconds of our clock: the order in which one person's arrivals are handled
    state: ArrivalState = ArrivalState.RECEIVED
    attempts: int = 0
    due_at: int = 0
    told: str = ""
    lane: Lane = Lane.QUICK
    version: int = 0


def arrival_id(platform: Platform, *marks: str) -> str:
    """The id of an arrival from what makes it the same: digested, for it may hold an openid."""
    text = "\x1f".join((str(platform), *marks))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]


@dataclass(slots=True)
class Token:
    """An access token or ticket shared by all processes; ``id`` like ``official`` or ``work:1000002``.

    ``value`` is sealed. One process renews it while it holds ``renewing_until``.
    """

    id: str
    value: str = ""
    expires_at: int = 0
    renewing_by: str = ""
    renewing_until: int = 0
    version: int = 0


def is_good(expires_at: int, now: int) -> bool:
    """Whether a token that ends then (both Unix ms) may be used. No platform gives one for longer than two
    hours: what ends later was written before the clock was set back, and may have ended."""
    return now < expires_at <= now + TOKEN_MS
