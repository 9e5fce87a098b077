"""Passes with which the operator's own command asks the product's processes what they see.

A pass is a name that says until when it is good, and a password that only this installation's secret
makes. It opens nothing but answers about the asking itself; strangers get none. Name and password are
also an ICE user name fragment and password (RFC 8445: letters, digits, ``+`` and ``/``).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum

from domain.ticket import derive_key

LONGEST_S = 600


class ProbeKind(StrEnum):
    """What a pass is for: no other kind is taken in its place."""

    FRONT = "front"  # how a request looks when it has come through the proxy
    MEDIA = "media"  # whether datagrams reach a media process
    PAGE = "page"  # the page with which a phone outside tries the same


@dataclass(frozen=True, slots=True)
class ProbePass:
    """What is shown to who is asked."""

    name: str
    password: str

    def text(self) -> str:
        """As a request carries it."""
        return f"{self.name}:{self.password}"


@dataclass(frozen=True, slots=True)
class ProbeRelay:
    """A TURN address with credentials as a call gets them."""

    url: str
    username: str
    credential: str


@dataclass(frozen=True, slots=True)
class ProbeTargets:
    """What a phone outside is to try: announced addresses with the UDP port of the media process (none
    without a port of its own), and relays."""

    media: tuple[tuple[str, int], ...] = ()
    relays: tuple[ProbeRelay, ...] = ()


def issue_probe(secret: bytes, kind: ProbeKind, now: int, lasts_s: int = 60) -> ProbePass:
    """A pass that is good for ``lasts_s`` seconds (600 at most) from ``now`` (Unix ms)."""
    name = f"{kind}/{now // 1000 + min(lasts_s, LONGEST_S)}"
    return ProbePass(name, _password(secret, kind, name))


def probe_password(secret: bytes, kind: ProbeKind, name: str, now: int) -> str | None:
    """The password that belongs to this name; None when there is none, or not any more, at ``now`` (Unix
    ms)."""
    found, _, until = name.partition("/")
    if found != kind or not until.isascii() or not until.isdecimal() or len(until) > 12:
        return None
    if not now < int(until) * 1000 <= now + 2 * LONGEST_S * 1000:
        return None
    return _password(secret, kind, name)


def is_probe(secret: bytes, kind: ProbeKind, text: str, now: int) -> bool:
    """Whether ``text`` is a pass of this kind that is good at ``now`` (Unix ms)."""
    return probe_end(secret, kind, text, now) is not None


def probe_end(secret: bytes, kind: ProbeKind, text: str, now: int) -> int | None:
    """Until when ``text``, a pass of this kind, is good (Unix ms); None when it is not at ``now``."""
    name, _, given = text.partition(":")
    password = probe_password(secret, kind, name, now)
    if password is None or not hmac.compare_digest(
        given.encode("utf-8", "replace"), password.encode()
    ):
        return None
    return int(name.partition("/")[2]) * 1000


def _password(secret: bytes, kind: ProbeKind, name: str) -> str:
    key = derive_key(secret, f"probe {kind}")
    return base64.b64encode(hmac.new(key, name.encode(), hashlib.sha256).digest())[:32].decode()
