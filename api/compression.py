"""Answers made for one request, compressed with gzip where that gives nothing away.

The length of a compressed answer tells how much two parts of it resemble each other. Where one part is
secret and the other chosen by a stranger, lengths betray the secret piece by piece (BREACH). Plain stay
therefore: whatever carries a token, ticket or key (receipt, session, a second factor, the JS-SDK), found by
the names of its fields; every answer to a change, most of which carry one or echo what was sent; and lists,
declared ``mixed``, in which one stranger's words stand beside what is known of other people.
"""

from __future__ import annotations

import asyncio
import gzip
from typing import Any, get_args, get_type_hints

import msgspec
from aiohttp import hdrs, web

from api.encoding import GZIP, coding
from api.routes import Route

SECRET_WORDS = (
    "token",
    "ticket",
    "secret",
    "signature",
    "password",
    "nonce",
    "cookie",
    "recovery_codes",
)
KINDS = ("application/json", "application/geo+json", "text/html")
LEAST = 1024
LEVEL = 4  # a tenth larger than 9 makes it, in a third of the time
ON_THE_LOOP = 16_384  # a tenth of a millisecond


def may_compress(route: Route) -> bool:
    """Whether the answers of ``route`` hold nothing that their length could betray."""
    return route.method == "GET" and not route.mixed and not carries_secret(route.answer)


def carries_secret(kind: Any, seen: frozenset[Any] = frozenset()) -> bool:
    """Whether a field of an answer of this type, at any depth, is named as a secret."""
    if kind in seen:
        return False
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return any(
            any(word in name for word in SECRET_WORDS) or carries_secret(of, seen | {kind})
            for name, of in get_type_hints(kind).items()
        )
    return any(carries_secret(one, seen) for one in get_args(kind))


async def compress(request: web.Request, response: web.StreamResponse) -> None:
    """Compress the body of ``response`` when the client takes gzip and it is long enough to matter."""
    if not isinstance(response, web.Response) or response.content_type not in KINDS:
        return
    vary(response)
    body = response.body
    if response.status != 200 or not isinstance(body, bytes) or len(body) < LEAST:
        return
    if hdrs.CONTENT_ENCODING in response.headers or not takes_gzip(request):
        return
    if len(body) > ON_THE_LOOP:
        body = await asyncio.to_thread(gzip.compress, body, LEVEL, mtime=0)
    else:
        body = gzip.compress(body, LEVEL, mtime=0)
    response.body = body
    response.headers[hdrs.CONTENT_ENCODING] = GZIP


def takes_gzip(request: web.Request) -> bool:
    """Whether gzip is what the client would rather have."""
    accepted = ",".join(request.headers.getall(hdrs.ACCEPT_ENCODING, []))
    return coding(accepted, (GZIP,)) == GZIP


def vary(response: web.StreamResponse) -> None:
    """Say that the answer depends on what the client accepts, whichever it got."""
    named = response.headers.get(hdrs.VARY, "")
    if hdrs.ACCEPT_ENCODING.lower() not in named.lower():
        response.headers[hdrs.VARY] = f"{named}, {hdrs.ACCEPT_ENCODING}".lstrip(", ")
