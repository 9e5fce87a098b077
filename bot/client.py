"""HTTP to both platforms: one session, a time-out on every call, and failures sorted by what is known.

Errors of the platforms are HTTP 200 with an ``errcode``, often as text/plain.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

import aiohttp
import msgspec

from bot.errors import PlatformError, Unknown, Unsent
from bot.links import Names, connector, link_to
from domain.errors import FORBIDDEN, TOO_LARGE, Refused
from domain.json_limits import check_json
from domain.public_network import is_refused

T = TypeVar("T")
TIMES = aiohttp.ClientTimeout(total=15, connect=5, sock_connect=4)
LONG_TIMES = aiohttp.ClientTimeout(total=60, connect=5, sock_connect=4)
# Shorter than any server's: a connection the server is about to close would lose a send's answer.
KEEP_ALIVE_S = 4.0
ANSWER_LIMIT = 8 * 1024 * 1024
MEDIA_LIMIT = 20 * 1024 * 1024
BUSY = -1
PAUSES = (0.2, 0.8)  # before the second and third try

# The platforms refuse \\uXXXX, which is how JSON writes control characters; so these are dropped.
_CONTROLS = {number: None for number in range(32) if chr(number) not in "\t\n\r"}


class Repeat(Enum):
    """What the client itself may try again (three times at most)."""

    NEVER = "never"
    BUSY = "busy"  # the platform said -1 and drops duplicates
    READ = "read"  # nothing is changed by it: any trouble


@dataclass(frozen=True, slots=True)
class Upload:
    """A file for the platform's media shelf; ``name`` must end in a kind the platform takes."""

    name: str
    type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Media:
    """A file from the platform's media shelf and its Content-Type."""

    data: bytes
    type: str


def encode(value: Any) -> bytes:
    """JSON as the platforms take it: UTF-8 and never \\uXXXX."""
    return msgspec.json.encode(_clean(value))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.translate(_CONTROLS).encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {str(name): _clean(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    return value


class Client:
    """Calls to the platforms. Close it at the end."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                timeout=TIMES,
                connector=aiohttp.TCPConnector(
                    limit=64, keepalive_timeout=KEEP_ALIVE_S, resolver=Names(private=True)
                ),
                # Each call stands for itself; a cookie of one account must not go with another's.
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def call(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        data: Any = None,
        upload: Upload | None = None,
        repeat: Repeat = Repeat.NEVER,
    ) -> dict[str, Any]:
        """POST of ``data`` as JSON or of ``upload`` as a form, else GET; the JSON answer.

        Raises ``PlatformError``, ``Unsent`` or ``Unknown``; -1 is ``Unsent`` after the last try."""

        async def once() -> dict[str, Any]:
            answer = await self._exchange(url, params, data, upload, ANSWER_LIMIT)
            return _judged(answer.data)

        return await _repeated(once, repeat)

    async def download(self, url: str, *, params: Mapping[str, str] | None = None) -> Media:
        """A file of at most 20 MB. Raises as ``call`` does, and ``Refused`` too_large.

        A JSON answer with a ``video_url`` instead of the file is followed, once, to where ``link_to``
        allows. Redirects are not followed: the address holds a token."""

        async def once() -> Media:
            found = await self._exchange(url, params, None, None, MEDIA_LIMIT)
            if not _is_json(found):
                return found
            link = _judged(found.data).get("video_url")
            if link is None:
                raise Unknown("neither a file nor an error")
            address, named = link_to(link, url)
            if named:
                return await self._exchange(address, None, None, None, MEDIA_LIMIT)
            async with aiohttp.ClientSession(
                timeout=LONG_TIMES, connector=connector(), cookie_jar=aiohttp.DummyCookieJar()
            ) as elsewhere:
                return await self._exchange(address, None, None, None, MEDIA_LIMIT, elsewhere)

        return await _repeated(once, Repeat.READ)

    async def _exchange(
        self,
        url: str,
        params: Mapping[str, str] | None,
        data: Any,
        upload: Upload | None,
        limit: int,
        session: aiohttp.ClientSession | None = None,
    ) -> Media:
        method = "GET" if upload is None and data is None else "POST"
        body: aiohttp.FormData | bytes | None = None
        headers = {}
        if upload is not None:
            # Made anew for each try: a form can be sent once.
            form = aiohttp.FormData(quote_fields=False)
            form.add_field("media", upload.data, filename=upload.name, content_type=upload.type)
            body = form
        elif data is not None:
            body = encode(data)
            headers = {"Content-Type": "application/json; charset=utf-8"}
        long = upload is not None or limit == MEDIA_LIMIT
        try:
            async with (session or self._http()).request(
                method,
                url,
                params=params,
                data=body,
                headers=headers,
                timeout=LONG_TIMES if long else TIMES,
                allow_redirects=False,
            ) as response:
                found = bytearray()
                async for piece in response.content.iter_chunked(1 << 16):
                    found += piece
                    if len(found) > limit:
                        raise Refused(TOO_LARGE, "the platform's answer is too large")
                if response.status >= 500:
                    raise Unknown(f"HTTP {response.status}")
                if response.status != 200:
                    raise PlatformError(-response.status, f"HTTP {response.status}")
                return Media(bytes(found), response.content_type)
        # Their texts may hold the address with its token, hence ``from None``.
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            if is_refused(error):
                raise Refused(FORBIDDEN, "a link that leads to this network") from None
            raise Unsent(type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unknown(type(error).__name__) from None


async def _repeated(once: Callable[[], Awaitable[T]], repeat: Repeat) -> T:
    for pause in PAUSES:
        try:
            return await once()
        except Unsent as error:
            if repeat is Repeat.NEVER or (repeat is Repeat.BUSY and error.code != BUSY):
                raise
        except Unknown:
            if repeat is not Repeat.READ:
                raise
        await asyncio.sleep(pause)
    return await once()


def _is_json(answer: Media) -> bool:
    return answer.type in ("application/json", "text/plain") and answer.data[:1] in (b"{", b"")


def _judged(data: bytes) -> dict[str, Any]:
    try:
        check_json(data, MEDIA_LIMIT)
        answer = msgspec.json.decode(data, type=dict[str, Any])
    except (Refused, msgspec.DecodeError, UnicodeDecodeError):
        raise Unknown("the answer is not JSON") from None
    code = answer.get("errcode", 0)
    if not isinstance(code, int):
        raise Unknown("errcode is not a number")
    if code == BUSY:
        raise Unsent("the platform is busy", BUSY)
    if code:
        raise PlatformError(code, str(answer.get("errmsg", ""))[:100])
    return answer
