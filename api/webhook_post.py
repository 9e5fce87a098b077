"""One request to a receiver that an administrator named: to the public network alone, and nowhere else.

The name is resolved once, every address is judged, and the connection goes to what was judged. Redirects
are not followed; ten seconds are the end; of the answer the status and a little of its text are read.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from domain.errors import INVALID, Refused
from domain.public_network import is_number, is_public, is_refused, resolve
from domain.webhook import sign

PATIENCE_S = 10.0
LONGEST_URL = 500
READ = 500  # bytes of the answer
AGENT = "Jingmin-Webhook/1"


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
    if not private and is_number(host) and not is_public(host):
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
        return Answer(0, "address" if is_refused(error) else "unreachable")


class _Resolver(AbstractResolver):
    """The system's, of which every answer is judged."""

    def __init__(self, private: bool) -> None:
        self._private = private

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [ResolveResult(**one) for one in await resolve(host, port, self._private)]

    async def close(self) -> None:
        """Nothing is kept."""


def _fault(status: int) -> str:
    return "" if 200 <= status < 300 else "refused"
