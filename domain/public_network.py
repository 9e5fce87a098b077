"""Which addresses are of the public network, and of one machine: where the product may be sent by others.

Names are judged by what they lead to, once, and the connection goes to what was judged.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import TypedDict

from domain.lookup import LOOKUPS

# Addresses that lead to another one, which is not judged: NAT64, 6to4, Teredo.
_LEADING = tuple(
    ipaddress.ip_network(one)
    for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)


class AddressRefused(OSError):
    """The name has an address that is not of the public network."""


def is_public(address: str) -> bool:
    """Whether it is an address of the public network, and of one machine."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif any(found in network for network in _LEADING):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def is_number(host: str) -> bool:
    """Whether it is an address and not a name, in whatever spelling: 127.1, 2130706433, 0x7f000001. Such a
    host is not asked of the resolver, and so not judged there."""
    last = host.rstrip(".").rpartition(".")[2]
    return ":" in host or last.isdigit() or last.startswith("0x")


class Resolved(TypedDict):
    """One address as the resolvers of aiohttp name it."""

    hostname: str
    host: str
    port: int
    family: int
    proto: int
    flags: int


async def resolve(host: str, port: int, private: bool) -> list[Resolved]:
    """``addresses`` for a connection, which asks about no name any more."""
    numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return [
        Resolved(hostname=host, host=one, port=port, family=family, proto=0, flags=numeric)
        for family, one in await addresses(host, private)
    ]


async def addresses(host: str, private: bool = False) -> list[tuple[socket.AddressFamily, str]]:
    """What the name leads to; raises ``AddressRefused`` unless all of it is public or ``private`` ones
    are allowed, and ``OSError`` when it leads nowhere or nobody says where in time."""
    found = await LOOKUPS.ask(host)
    if not private and not all(is_public(one[4][0]) for one in found):
        raise AddressRefused(host)
    return [(one[0], one[4][0]) for one in found]


def is_refused(error: BaseException | None) -> bool:
    """Whether an ``AddressRefused`` is behind it."""
    while error is not None:
        if isinstance(error, AddressRefused):
            return True
        error = error.__cause__ or error.__context__
    return False
