"""Webhooks: an integrator's server is told how the incidents go that came through its app.

Only that something happened and to which incident: what it says its caller reads with his own token.
``sequence`` is the place in the incident's log: events may come in any order, and more than once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from domain.clock import DAY_MS, within
from domain.incident import Incident
from domain.people import CALLER
from domain.workflow import Table

SECRET_PREFIX = "whsec_"  # noqa: S105 (what secrets of Standard Webhooks begin with)
CLAIM_MS = 60_000
# Eight tries in a day.
PAUSES_MS = (5_000, 60_000, 300_000, 1_800_000, 7_200_000, 21_600_000, 54_000_000)
TRIES = len(PAUSES_MS) + 1
OLDEST_MS = DAY_MS  # what is older is no news
KEPT_MS = 7 * DAY_MS
GIVE_UP_MS = 3 * DAY_MS
GONE = 410

KINDS = {
    "incident.raised": "received",
    "incident.answered": "answered",
    "incident.taken_over": "answered",
    "station.called": "dispatched",
    "incident.abandoned": "abandoned",
    "incident.returned": "received",
    "incident.reopened": "received",
    "incident.closed": "closed",
    "message": "message",
}


class EventState(StrEnum):
    """What became of telling it."""

    WAITING = "WAITING"
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"


EVENT: Table[EventState] = {
    EventState.WAITING: {"claim": EventState.SENDING, "fail": EventState.FAILED},
    EventState.SENDING: {
        "sent": EventState.SENT,
        "release": EventState.WAITING,
        "fail": EventState.FAILED,
    },
    EventState.SENT: {"again": EventState.WAITING},
    EventState.FAILED: {"again": EventState.WAITING},
}


@dataclass(slots=True)
class Webhook:
    """Where an integrator is told: ``secret`` is sealed, ``failing_since`` set while nothing went through,
    ``disabled_at`` since nothing is sent any more."""

    url: str
    secret: str
    since: int
    failing_since: int | None = None
    disabled_at: int | None = None


@dataclass(slots=True)
class WebhookEvent:
    """One event for one integrator; ``id`` is the same whoever finds it. ``answer`` is the receiver's last
    status, 0 without one, ``reason`` why it failed."""

    id: str
    integrator: str
    kind: str
    incident: str
    number: str
    external: str
    sequence: int
    at: int
    state: EventState = EventState.WAITING
    tries: int = 0
    due_at: int = 0
    claimed_until: int = 0
    answer: int = 0
    reason: str = ""
    sent_at: int | None = None
    sandbox: bool = False
    version: int = 0


def events_of(it: Incident, since: int, now: int, after: int = 0) -> Iterator[WebhookEvent]:
    """What its integrator is to be told of an incident that came through an app: of entries after ``after``
    that were written since ``since`` and are no older than a day."""
    if it.channel is None:
        return
    for entry in it.log.entries[after:]:
        kind = KINDS.get(entry.what)
        if kind is None or entry.at < since or not within(entry.at, now, OLDEST_MS):
            continue
        if entry.what == "message" and entry.who.id == CALLER.id:
            continue
        yield WebhookEvent(
            f"{it.id}.{entry.seq}",
            it.channel.integrator,
            kind,
            it.id,
            it.number,
            it.channel.external,
            entry.seq,
            entry.at,
            due_at=now,
            sandbox=it.sandbox,
        )


def new_secret() -> str:
    """A secret of Standard Webhooks: 32 random bytes."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, id: str, seconds: int, body: bytes) -> str:
    """The header ``webhook-signature`` of Standard Webhooks, version 1."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    digest = hmac.new(key, f"{id}.{seconds}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def put_off(event: WebhookEvent, now: int) -> EventState:
    """Counts a try that failed; what is to become of the event, with ``due_at`` when it is tried again."""
    event.tries += 1
    if event.tries >= TRIES:
        return EventState.FAILED
    event.due_at = now + PAUSES_MS[event.tries - 1]
    return EventState.WAITING


def latest(event: WebhookEvent, now: int) -> int:
    """When it is its turn at the latest (Unix ms): no pause is longer, unless a clock was set back since."""
    return now + (PAUSES_MS[min(event.tries, len(PAUSES_MS)) - 1] if event.tries else 0)


def went(hook: Webhook, well: bool, now: int, gone: bool = False) -> bool:
    """Notes how a try went; whether the hook changed. After three days without one that went through, or
    when the receiver says that it is gone, nothing more is sent."""
    if well:
        was, hook.failing_since = hook.failing_since, None
        return was is not None
    if hook.failing_since is None:
        hook.failing_since = now
        changed = True
    else:
        changed = False
    if hook.disabled_at is None and (gone or not within(hook.failing_since, now, GIVE_UP_MS)):
        hook.disabled_at = now
        changed = True
    return changed
