"""Addresses the media process offers, and relays its clients may use.

The server never contacts an address a client merely names: clients check the server's addresses
and are answered where they really are (peer-reflexive candidates, RFC 8445). Behind a NAT the
address to announce differs from the one to bind: ``"10.0.0.5=203.0.113.7"``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
from dataclasses import dataclass

from webrtc.messages import IceServer

CREDENTIAL_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Relay:
    """TURN servers that share ``secret`` with us (``use-auth-secret`` of coturn)."""

    urls: list[str]
    secret: str


def parse_address(text: str) -> tuple[str, str]:
    """``bind`` or ``bind=announce`` → (bind, announce); raises ``ValueError`` for anything else."""
    bind, _, announce = text.partition("=")
    announce = announce or bind
    if ipaddress.ip_address(bind).version != ipaddress.ip_address(announce).version:
        raise ValueError(f"{text}: both addresses must be of one kind")
    return str(ipaddress.ip_address(bind)), str(ipaddress.ip_address(announce))


def relay_servers(relay: Relay | None, participant: str, now: int) -> list[IceServer]:
    """What a client is told: credentials good for ten minutes from ``now`` (Unix ms).

    Time-limited credentials as in draft-uberti-behave-turn-rest-00: base64 of HMAC-SHA1.
    """
    if relay is None:
        return []
    username = f"{now // 1000 + CREDENTIAL_SECONDS}:{participant}"
    mac = hmac.new(relay.secret.encode(), username.encode(), hashlib.sha1).digest()
    return [IceServer(list(relay.urls), username, base64.b64encode(mac).decode())]
