"""A refusal as RFC 9457 problem details, and the id that names a request in the log."""

from __future__ import annotations

import secrets

import msgspec
from aiohttp import web

from api.shapes import Problem
from domain.errors import Fault, Refused

HEADER = "X-Request-Id"
REQUEST_ID = web.RequestKey("request_id", str)


def id_of(request: web.Request) -> str:
    """The id of this request: the server's own, so that nothing a client says stands in the log."""
    found = request.get(REQUEST_ID)
    if found is None:
        found = request[REQUEST_ID] = secrets.token_hex(6)
    return found


async def stamp(request: web.Request, response: web.StreamResponse) -> None:
    """Every answer says which request it belongs to; a signal of the application."""
    response.headers[HEADER] = id_of(request)


def of_fault(
    fault: Fault, detail: str = "", facts: dict[str, object] | None = None, request_id: str = ""
) -> Problem:
    """The body of a refusal."""
    return Problem(
        f"about:blank#{fault.code}",
        fault.en,
        fault.status,
        fault.code,
        fault.zh,
        fault.en,
        detail,
        facts or {},
        request_id,
    )


def problem(request: web.Request, refused: Refused) -> web.Response:
    """The refusal of this request."""
    fault = refused.fault
    body = of_fault(fault, refused.detail, dict(refused.facts), id_of(request))
    headers = {"Cache-Control": "no-store"}
    seconds = refused.facts.get("seconds")
    if isinstance(seconds, int | float):
        headers["Retry-After"] = str(max(1, int(seconds)))
    return web.Response(
        body=msgspec.json.encode(body),
        status=fault.status,
        content_type="application/problem+json",
        headers=headers,
    )
