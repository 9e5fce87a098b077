"""Where a file lies that a platform's answer names: what we follow, and over which connections.

An answer may have been written by who stands between, and a link to 127.0.0.1 would be asked by us.
"""

from __future__ import annotations

import socket
from urllib.parse import SplitResult, urlsplit, urlunsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from domain.errors import FORBIDDEN, Refused
from domain.public_network import resolve

# Where WeChat and WeCom keep files; it names them with http, and has them with https.
HOSTS = ("qq.com", "qpic.cn", "weixinbridge.com")
LONGEST = 2_000


def link_to(link: object, called: str) -> tuple[str, bool]:
    """The address to ask, and whether it is the very server that was ``called``, which a setting names.
    Another has to be one of the platforms' and is asked over https; raises ``Refused``, forbidden."""
    try:
        if not isinstance(link, str) or len(link) > LONGEST or not link.isascii():
            raise ValueError
        parts = urlsplit(link)
        if parts.username is not None or parts.scheme not in ("http", "https"):
            raise ValueError
        if _origin(parts) == _origin(urlsplit(called)):
            return link, True
        if _is_of_a_platform(parts.hostname or "") and parts.port in (None, 80, 443):
            return urlunsplit(("https", parts.hostname or "", parts.path, parts.query, "")), False
    except ValueError:
        pass
    raise Refused(FORBIDDEN, "a link that leads elsewhere")


def connector() -> aiohttp.TCPConnector:
    """For what is not named by a setting: to the public network, whatever the name says."""
    return aiohttp.TCPConnector(resolver=Names(), use_dns_cache=False, force_close=True)


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port


def _is_of_a_platform(host: str) -> bool:
    return any(host == one or host.endswith("." + one) for one in HOSTS)


class Names(AbstractResolver):
    """The system's resolver, of which every answer is judged unless ``private`` ones are allowed."""

    def __init__(self, private: bool = False) -> None:
        self._private = private

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [ResolveResult(**one) for one in await resolve(host, port, self._private)]

    async def close(self) -> None:
        """Nothing is kept."""
