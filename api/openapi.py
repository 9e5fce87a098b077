"""The OpenAPI 3.1 document, made from the routes and the types that validate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from api.catalogue import catalogue
from api.house import FACES
from api.openapi_operations import operation
from api.openapi_samples import sample
from api.openapi_schemas import schemas
from api.openapi_tags import TAGS
from api.problems import of_fault
from api.routes import Route
from api.shapes import Problem

PREFIX = "/api/v1"
ABOUT = """\
Online 110: report, answer, call the station, record, close. Times are Unix milliseconds, positions in \
answers WGS-84 degrees.

**Errors** are `application/problem+json` (RFC 9457) with a `code` that never changes; the examples of this \
document name every one. A client decides by `code` and shows `title_zh` or `title_en`.

**Request id**: every answer has the header `X-Request-Id`, every problem the member `request_id`. The \
server's log has the same: quote it in a report of an error.

**Versions**: within `/api/v1` members, operations, codes and values of an enumeration are added and never \
taken away or given another meaning: a client ignores members it does not know and takes an unknown value \
as one of no meaning to it. What will go is marked `deprecated` here and named in the changelog at least \
one release and 180 days before the version that no longer has it. `operationId` stays.

Limits, lifetimes of tokens and how they are revoked: docs/clients.md of the source."""


def document(routes: Iterable[Route], version: str) -> dict[str, Any]:
    """The whole document for these routes."""
    routes = list(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(PREFIX + route.path, {})[route.method.lower()] = operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Jingmin 110 (警民110)",
            "version": version,
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": about} for name, about in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": _schemas(routes),
            "headers": _HEADERS,
            "examples": _examples(routes),
            "securitySchemes": _security(),
        },
    }


_HEADERS: dict[str, Any] = {
    "RequestId": {
        "description": "Names this request in the server's log.",
        "schema": {"type": "string"},
        "example": "6b1f3c9a40d2",
    },
    "RetryAfter": {
        "description": "Seconds to wait before the same is sent again.",
        "schema": {"type": "integer"},
        "example": 2,
    },
}


def _examples(routes: list[Route]) -> dict[str, Any]:
    """Of every type that goes in or out, by its name, and of every refusal, by its code."""
    kinds = [kind for route in routes for kind in _typed(route)]
    found: dict[str, Any] = {kind.__name__: {"value": sample(kind)} for kind in kinds}
    for fault, advice in catalogue():
        value = msgspec.to_builtins(of_fault(fault, request_id="6b1f3c9a40d2"))
        found[fault.code] = {"summary": fault.en, "description": advice, "value": value}
    return found


def _typed(route: Route) -> list[Any]:
    answer = None if route.raw_answer else route.answer
    return [kind for kind in (route.body, route.lenient, answer) if kind is not None]


def _schemas(routes: list[Route]) -> dict[str, Any]:
    sent = [kind for route in routes for kind in (route.body, route.lenient) if kind is not None]
    answered = [route.answer for route in routes if not route.raw_answer]
    asked = [route.query for route in routes if route.query is not None]
    face = {"type": "string", "enum": list(FACES)}
    return {**schemas(sent, [Problem, *answered], asked), "Face": face}


def _security() -> dict[str, Any]:
    found: dict[str, Any] = {
        face: {
            "type": "apiKey",
            "in": "cookie",
            "name": f"jingmin_{face}",
            "description": f"Session of staff at the face {face}; the header Jingmin-Face chooses it.",
        }
        for face in FACES
    }
    about = "The token of the caller's receipt. It belongs to one report and has no end of its own."
    found["resume"] = {"type": "http", "scheme": "bearer", "description": about}
    return found
