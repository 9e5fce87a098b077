"""One request to a receiver that an administrator named: to the public network alone, and nowhere else.

The name is resolved once, every address is judged, and the connection goes to what was judged. Redirects
are not followed; ten seconds are the end; of the answer the status and a little of its text are read.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from domain.errors import INVALID, Refused
from domain.webhook import sign

PATIENCE_S = 10.0
LONGEST_URL = 500
READ = 500  # bytes of the answer
AGENT = "Jingmin-Webhook/1"
# Addresses that lead to another one, which is not judged: NAT64, 6to4, Teredo.
_LEADING = tuple(
    ipaddress.ip_network(one)
    for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` is the receiver's, 0 when there was none; then ``reason`` says why: ``address`` (not a
    public one), ``timeout``, ``unreachable``. ``redirect``: it sent on, which is not followed."""

    status: int
    reason: str = ""
    said: str = ""

    @property
    def well(self) -> bool:
        return 200 <= self.status < 300


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


def check_url(url: str, private: bool) -> str:
    """The address as it is used; raises ``invalid``. ``private`` allows http and addresses that are not
    public, for whoever develops on one machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise Refused(INVALID, "no address", field="url") from None
    schemes = ("https", "http") if private else ("https",)
    if parts.scheme not in schemes or not host or len(url) > LONGEST_URL or not url.isascii():
        raise Refused(INVALID, "like https://app.example.cn/path", field="url")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Refused(INVALID, "without a user and without a fragment", field="url")
    if not private and _is_number(host) and not is_public(host):
        raise Refused(INVALID, "not an address of the public network", field="url")
    return url


async def post(
    url: str, secret: str, id: str, body: bytes, now: int, private: bool = False
) -> Answer:
    """Send one event, signed by Standard Webhooks; never raises for what the receiver does."""
    try:
        check_url(url, private)
    except Refused:
        return Answer(0, "address")
    seconds = now // 1000
    headers = {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "webhook-id": id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": sign(secret, id, seconds, body),
    }
    connector = aiohttp.TCPConnector(
        resolver=_Resolver(private), use_dns_cache=False, force_close=True
    )
    limit = aiohttp.ClientTimeout(total=PATIENCE_S)
    try:
        async with (
            aiohttp.ClientSession(
                connector=connector, timeout=limit, cookie_jar=aiohttp.DummyCookieJar()
            ) as client,
            client.post(url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            said = (await answer.content.read(READ)).decode("utf-8", "replace")
            reason = "redirect" if 300 <= answer.status < 400 else ""
            return Answer(answer.status, reason or _fault(answer.status), said)
    except TimeoutError:
        return Answer(0, "timeout")
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return Answer(0, "address" if _is_refused(error) else "unreachable")


class _Resolver(AbstractResolver):
    """The system's, of which every answer is judged."""

    def __init__(self, private: bool) -> None:
        self._private = private

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found: list[Any] = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )
        if not self._private and not all(is_public(one[4][0]) for one in found):
            raise AddressRefused(host)
        return [
            ResolveResult(
                hostname=host,
                host=one[4][0],
                port=port,
                family=one[0],
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for one in found
        ]

    async def close(self) -> None:
        """Nothing is kept."""


def _fault(status: int) -> str:
    return "" if 200 <= status < 300 else "refused"


def _is_number(host: str) -> bool:
    """Whether it is an address and not a name, in whatever spelling: 127.1, 2130706433, 0x7f000001. Such a
    host is not asked of the resolver, and so not judged there."""
    last = host.rstrip(".").rpartition(".")[2]
    return ":" in host or last.isdigit() or last.startswith("0x")


def _is_refused(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, AddressRefused):
            return True
        error = error.__cause__ or error.__context__
    return False
