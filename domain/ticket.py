"""Signed tokens: media tickets, entry tickets and resume tokens.

A ticket lets one participant connect once to one room of one media process; it is short-lived.
An entry ticket carries a log-in at one of WeChat's doors to the page behind it.
A resume token names an incident and lets its caller come back to it. Both are
``base64url(payload) . base64url(HMAC-SHA256)``; keys are derived from the one secret of the
installation, one for each purpose, so that a token of one kind is never good for another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, astuple, dataclass
from enum import StrEnum

from domain.clock import within
from domain.errors import TICKET_BAD, TOKEN_BAD, Fault, Refused

TICKET_SECONDS = 60
ENTRY_MS = 120_000
DEVICE_MS = 180 * 86_400_000


class EntryKind(StrEnum):
    """Whose log-in an entry ticket carries."""

    RESIDENT = "resident"
    OFFICER = "officer"


def derive_key(secret: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose (HKDF-expand of RFC 5869 with one block)."""
    return hmac.new(secret, purpose.encode() + b"\x01", hashlib.sha256).digest()


def random_id() -> str:
    """128 random bits as 32 hex digits: an id nobody can guess."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Ticket:
    """Right to join one call once. ``expires`` is Unix ms; ``media`` the id of the media process.

    ``participant`` is the id within the call, ``role`` CALLER, DISPATCHER, STATION or GUEST, ``name``
    what the others are shown. ``silent`` forbids any sound on the caller's side. With ``standby`` it only
    makes the connection ready: nothing is seen or heard before a second ticket comes on it.
    """

    incident: str
    call: str
    participant: str
    role: str
    name: str
    media: str
    expires: int
    nonce: str
    silent: bool = False
    standby: bool = False


def issue_ticket(secret: bytes, ticket: Ticket) -> str:
    """The ticket as a signed token."""
    return _sign(derive_key(secret, "media-ticket"), asdict(ticket))


def read_ticket(secret: bytes, token: str, now: int, media: str) -> Ticket:
    """The ticket in ``token``; raises ``ticket_bad`` when forged, expired or of another process."""
    payload = _open(derive_key(secret, "media-ticket"), token, TICKET_BAD)
    try:
        ticket = Ticket(**payload)  # type: ignore[arg-type]  # wrong types fail below
    except TypeError:
        raise Refused(TICKET_BAD, "ticket has other fields") from None
    if not isinstance(ticket.expires, int) or ticket.expires < now:
        raise Refused(TICKET_BAD, "ticket has expired")
    if ticket.media != media:
        raise Refused(TICKET_BAD, "ticket is for another media process")
    return ticket


def incident_id_for(secret: bytes, key: str) -> str:
    """The incident id that belongs to an idempotency key.

    The same in every process without asking the store, so that a report repeated while the store
    is down gets the same receipt; not to be guessed without the secret.
    """
    return hmac.new(derive_key(secret, "incident-id"), key.encode(), hashlib.sha256).hexdigest()[
        :32
    ]


def issue_resume(secret: bytes, incident: str) -> str:
    """The caller's token for this incident; the same each time it is asked for."""
    return _sign(derive_key(secret, "resume"), {"incident": incident})


def read_resume(secret: bytes, token: str) -> str:
    """The incident id in a resume token; raises ``token_bad``."""
    payload = _open(derive_key(secret, "resume"), token, TOKEN_BAD)
    incident = payload.get("incident")
    if not isinstance(incident, str):
        raise Refused(TOKEN_BAD)
    return incident


def issue_link(secret: bytes, incident: str, expires: int) -> str:
    """What a link carries that brings the caller back into his report until ``expires`` (Unix ms)."""
    payload: dict[str, object] = {"incident": incident, "expires": expires}
    return _sign(derive_key(secret, "caller-link"), payload)


def read_link(secret: bytes, token: str, now: int) -> str:
    """The incident id in a link; raises ``ticket_bad`` when it is forged or expired."""
    payload = _open(derive_key(secret, "caller-link"), token, TICKET_BAD)
    incident, expires = payload.get("incident"), payload.get("expires")
    if not isinstance(incident, str) or not isinstance(expires, int) or expires < now:
        raise Refused(TICKET_BAD, "link has expired")
    return incident


@dataclass(frozen=True, slots=True)
class EntryTicket:
    """Who came in through a platform's door: a resident (his id) or an officer (the person's id).
    ``expires`` is Unix ms."""

    kind: EntryKind
    subject: str
    expires: int
    nonce: str


def issue_entry(secret: bytes, kind: EntryKind, subject: str, now: int) -> str:
    """A ticket that carries a log-in from the bot's door to the page; good for two minutes, once."""
    ticket = EntryTicket(kind, subject, now + ENTRY_MS, random_id())
    return _sign(derive_key(secret, "entry"), asdict(ticket))


def read_entry(secret: bytes, token: str, kind: EntryKind, now: int) -> EntryTicket:
    """The entry in ``token``; raises ``ticket_bad`` when forged, expired or of another kind. Whether it
    was used before only ``domain.entry.spend`` knows."""
    payload = _open(derive_key(secret, "entry"), token, TICKET_BAD)
    try:
        ticket = EntryTicket(**payload)  # type: ignore[arg-type]  # wrong types fail below
    except TypeError:
        raise Refused(TICKET_BAD, "ticket has other fields") from None
    if not isinstance(ticket.expires, int) or ticket.expires < now:
        raise Refused(TICKET_BAD, "ticket has expired")
    if ticket.kind != kind:
        raise Refused(TICKET_BAD, "ticket is of another kind")
    return ticket


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who logged in with a browser: the person's id, the state of ``Person.devices`` then, a
    name for this browser's errors, Unix ms."""

    person: str
    devices: int
    nonce: str
    at: int


def issue_device(secret: bytes, known: list[Known]) -> str:
    """What a browser keeps of those who logged in with it."""
    return _sign(derive_key(secret, "device"), {"known": [list(astuple(one)) for one in known]})


def read_device(secret: bytes, token: str, now: int) -> list[Known]:
    """Those in ``token`` who logged in within 180 days; nobody when it is forged or nothing at all."""
    try:
        payload = _open(derive_key(secret, "device"), token, TOKEN_BAD)
        known = [Known(*one) for one in payload["known"]]  # type: ignore[attr-defined]
    except (Refused, KeyError, TypeError):
        return []
    return [one for one in known if within(one.at, now, DEVICE_MS)]


def issue_session(secret: bytes) -> str:
    """A random token that can be told from a forged one without asking the store."""
    token = secrets.token_urlsafe(32)
    return f"{token}.{_session_mac(secret, token)}"


def is_session(secret: bytes, token: str) -> bool:
    """Whether ``issue_session`` made it; the session may be over all the same."""
    body, _, mac = token.partition(".")
    return hmac.compare_digest(
        mac.encode("utf-8", "replace"), _session_mac(secret, body).encode("ascii")
    )


def _session_mac(secret: bytes, token: str) -> str:
    key = derive_key(secret, "session")
    mac = hmac.new(key, token.encode("utf-8", "replace"), hashlib.sha256).digest()
    return _b64(mac[:16])


def _sign(key: bytes, payload: dict[str, object]) -> str:
    body = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
    mac = hmac.new(key, body, hashlib.sha256).digest()
    return f"{_b64(body)}.{_b64(mac)}"


def _open(key: bytes, token: str, fault: Fault) -> dict[str, object]:
    if len(token) > 4096:
        raise Refused(fault, "token too long")
    try:
        body64, mac64 = token.split(".")
        body, mac = _unb64(body64), _unb64(mac64)
    except (ValueError, binascii.Error, UnicodeEncodeError):
        raise Refused(fault, "not a token") from None
    if not hmac.compare_digest(hmac.new(key, body, hashlib.sha256).digest(), mac):
        raise Refused(fault, "signature does not match")
    payload = json.loads(body)
    return payload if isinstance(payload, dict) else {}


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True)
