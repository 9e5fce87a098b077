"""Whoever builds on the API with a key of his own: a city's app, the server of a mini-programme.

A key asks for what anybody may ask for, under limits of its own instead of those of an address or a
report. Nobody needs one for an emergency report, and none is refused for one. A key of the sandbox says
so itself, and is made under another secret: it is none where reports are real, and theirs is none there.
A report with one that is no good is refused: it was to be a test.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum

from domain.ticket import derive_key
from domain.webhook import Webhook

HEAD = "jk-"
SANDBOX_HEAD = "sandbox-"


class Scope(StrEnum):
    """What a key may be used for."""

    PUBLIC = "public"  # what anybody may ask for
    CALLER = "caller"  # what callers do, each with the token of his report


@dataclass(slots=True)
class Integrator:
    """``id`` is a hash of the key, which is kept nowhere. ``requests_a_second`` and ``uploads_a_second``
    are averages; ten times as many may come at once. Times are Unix ms. Reports with a key of the
    ``sandbox`` ring nowhere."""

    id: str
    name: str
    scopes: list[Scope]
    requests_a_second: float
    uploads_a_second: float
    made_at: int
    made_by: str
    revoked_at: int | None = None
    webhook: Webhook | None = None
    sandbox: bool = False
    version: int = 0


def issue_key(secret: bytes, sandbox: bool = False) -> str:
    """A random key that can be told from a forged one without asking the store."""
    body = (SANDBOX_HEAD if sandbox else HEAD) + secrets.token_urlsafe(32)
    return f"{body}.{_mac(sandbox_secret(secret) if sandbox else secret, body)}"


def means_sandbox(key: str) -> bool:
    """Whether whoever sends it means the sandbox, also when it was copied badly: it is no key then, and must
    ring nowhere all the same."""
    return SANDBOX_HEAD in key.lower()


def sandbox_secret(secret: bytes) -> bytes:
    """What keys, tokens, links and incident ids of the sandbox are made with instead of ``secret``."""
    return derive_key(secret, "sandbox")


def is_key(secret: bytes, key: str) -> bool:
    """Whether ``issue_key`` made it; it may be revoked all the same."""
    body, _, mac = key.partition(".")
    return hmac.compare_digest(mac.encode("utf-8", "replace"), _mac(secret, body).encode())


def key_id(key: str) -> str:
    """Under which id the integrator with this key is kept."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _mac(secret: bytes, body: str) -> str:
    key = derive_key(secret, "integrator-key")
    return hmac.new(key, body.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]
