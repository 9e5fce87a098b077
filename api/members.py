"""The members of a JSON object that somebody in danger sent: whatever can be read of it is used.

Half an emoji, NaN, a byte order mark, a body that was cut or that is too deep cost what they touch,
nothing else.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from domain.errors import Refused
from domain.json_limits import check_json

BODY_LIMIT = 64 * 1024
LENIENT_LIMIT = 1 << 20  # what somebody in danger sends is read farther: "silent" may come last
BODY_S = 30.0
AT_ONCE = 64 * 1024
T = TypeVar("T")
_HALVES = re.compile("[\ud800-\udfff]")
# As JSON writes it, and as others do: True, tru at the end of what was cut, silent=1.
_SILENT = re.compile(r"""(?<!\\)["']?\bsilent["']?\s*[:=]\s*["']?(\w*)""", re.IGNORECASE)
_YES, _NO = ("true", "1", "yes"), ("false", "0", "no", "")


class Members:
    """What came, member by member; ``missing`` names what could not be used."""

    def __init__(self, values: dict[str, Any], missing: list[str]) -> None:
        self.values = values
        self.missing = missing

    def take(self, name: str, read: Callable[[Any], T], otherwise: T) -> T:
        """The member as ``read`` makes it; ``otherwise`` when it is absent, null, or makes ``read`` raise
        ``ValueError``, which is noted."""
        value = self.values.get(name)
        if value is None:
            return otherwise
        try:
            return read(value)
        except ValueError:
            self.missing.append(name)
            return otherwise

    def yes(self, name: str) -> bool:
        """Whether it says yes. What is neither yes nor no is taken as yes and noted: a telephone that
        rings by mistake can cost a life, one that is silent cannot."""
        value = self.values.get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        said = str(value).strip().lower()
        if said not in _YES + _NO:
            self.missing.append(name)
        return said not in _NO


async def read_members(request: web.Request, names: Sequence[str]) -> Members:
    """The members of the request's body, of which the first MiB counts. From what is no JSON object
    those of ``names`` are taken that can be read; ``body`` is named then."""
    body, whole = await _start(request)
    if len(body) > AT_ONCE:  # searched for each name: 0.1 s for the largest
        return await asyncio.to_thread(_members, body, whole, names)
    return _members(body, whole, names)


def text(value: object) -> str:
    """Text or a number as text, halves of surrogate pairs replaced; raises ``ValueError``."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("not text")  # noqa: TRY004 (what a reader of members raises)
    return _HALVES.sub("\ufffd", str(value))


def word(kind: Callable[[str], T]) -> Callable[[object], T]:
    """A reader of one of ``kind``'s words, in any letters; raises ``ValueError``."""
    return lambda value: kind(text(value).strip().upper())


def number(value: object) -> int:
    """A whole number from 1; raises ``ValueError``."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("not a whole number")
    return value


def key(value: object) -> str:
    """An idempotency key of 8 to 128 printable ASCII characters; raises ``ValueError``."""
    found = text(value)
    if not (8 <= len(found) <= 128 and found.isascii() and found.isprintable()):
        raise ValueError("not a key")
    return found


def _members(body: bytes, whole: bool, names: Sequence[str]) -> Members:
    values = _json(body) if whole else None
    if values is None:
        return Members(_salvage(_text(body), names), ["body"])
    return Members(values, [])


async def _start(request: web.Request) -> tuple[bytes, bool]:
    """The body as far as the limit and 30 s go, and whether that is all of it."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for piece in request.content.iter_chunked(16_384):
                body += piece
                if len(body) > LENIENT_LIMIT:
                    return bytes(body[:LENIENT_LIMIT]), False
    except TimeoutError:
        return bytes(body), False
    return bytes(body), True


def _json(body: bytes) -> dict[str, Any] | None:
    if not body.strip():
        return {}
    found: Any = None
    text_of = _text(body)
    try:
        check_json(text_of, 4 * LENIENT_LIMIT)
    except Refused:
        return None
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        try:
            found = json.loads(text_of, strict=False)
        except ValueError:
            return None
    return found if isinstance(found, dict) else None


def _text(body: bytes) -> str:
    return body.decode(json.detect_encoding(body), "replace").removeprefix("\ufeff")


def _salvage(body: str, names: Sequence[str]) -> dict[str, Any]:
    """The values behind these names, wherever in the text they stand outside of other strings."""
    found: dict[str, Any] = {}
    decoder = json.JSONDecoder(strict=False)
    for name in names:
        place = re.search(rf'(?<!\\)"{name}"\s*:\s*', body)
        if place is None:
            continue
        try:
            value, end = decoder.raw_decode(body, place.end())
            check_json(body[place.end() : end], 4 * LENIENT_LIMIT)
            found[name] = value
        except (ValueError, RecursionError):
            found[name] = _cut(body, place.end())
        except Refused:
            continue
    if "silent" in names and (said := _SILENT.findall(body)):
        # Of several the one that says yes, and one that cannot be read is one that may.
        no = all(one.lower() in _NO for one in said)
        found["silent"] = (
            False if no else (True if any(one.lower() in _YES for one in said) else "?")
        )
    return {name: value for name, value in found.items() if value is not None}


def _cut(body: str, start: int) -> str | None:
    """A string that the end of the body cut off: what there is of it."""
    if body[start : start + 1] != '"' or re.search(r'(?<!\\)"', body[start + 1 :]):
        return None
    for end in range(len(body), max(start, len(body) - 12), -1):  # an escape may be cut, too
        try:
            return str(json.loads(body[start:end] + '"', strict=False))
        except ValueError:
            continue
    return None
