"""Whose X-Forwarded-For is believed: that of the proxies in front of us that are named."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from aiohttp import web

HEADER = "X-Forwarded-For"
Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]


def networks(texts: Sequence[str]) -> Networks:
    """Parse proxy networks like ``10.0.0.0/8``; raises ``ValueError``."""
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def address_of(request: web.Request, proxies: Networks) -> str:
    """The client's address, as far as proxies that are named tell it."""
    peer = request.remote or "unknown"
    # A proxy may add a line of its own (HAProxy does): several are one list (RFC 9110, 5.3).
    for hop in reversed(",".join(request.headers.getall(HEADER, [])).split(",")):
        if not hop.strip() or not is_proxy(peer, proxies):
            break
        peer = hop.strip()
    return peer


def unnamed(request: web.Request, proxies: Networks) -> str | None:
    """Who speaks as a proxy and is none: an address of a private network, most likely the operator's
    own. Anybody on the Internet may send the header."""
    if HEADER not in request.headers or is_proxy(request.remote or "", proxies):
        return None
    try:
        peer = ipaddress.ip_address(request.remote or "")
    except ValueError:
        return None
    return str(peer) if peer.is_private else None


def is_proxy(address: str, proxies: Networks) -> bool:
    """Whether ``X-Forwarded-For`` is believed when it comes from there."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in proxies)
