"""The OpenAPI 3.1 document, made from the routes and the types that validate."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Any

import msgspec

from api.routes import CALLER, PUBLIC, Route
from api.shapes import Problem
from domain.errors import (
    BAD_REQUEST,
    FORBIDDEN,
    INVALID,
    LOGIN_NEEDED,
    NOT_FOUND,
    ORIGIN_REFUSED,
    STORE_DOWN,
    TOKEN_BAD,
    TOO_LARGE,
    TOO_MANY,
    Fault,
)

PREFIX = "/api/v1"
REF = "#/components/schemas/{name}"
COMMON = (TOO_MANY, STORE_DOWN)


def document(routes: Iterable[Route], version: str) -> dict[str, Any]:
    """The whole document for these routes."""
    routes = list(routes)
    kinds: list[Any] = [Problem]
    for route in routes:
        bodies = (route.body, route.lenient, _answer(route))
        kinds += [kind for kind in bodies if kind is not None]
    _, schemas = msgspec.json.schema_components(kinds, ref_template=REF)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(PREFIX + route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Jingmin 110 (警民110)",
            "version": version,
            "description": "Online 110: report, answer, call the station, record, close. "
            "Times are Unix milliseconds, positions in answers WGS-84 degrees.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "jingmin_console",
                    "description": "Staff session; one cookie a face (console, station, admin), "
                    "chosen by the header Jingmin-Face.",
                },
                "resume": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The resume token of the caller's receipt.",
                },
            },
        },
    }


def _answer(route: Route) -> Any:
    return None if route.raw_answer else route.answer


def _schema(kind: Any) -> Any:
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=REF)
    return schema


def _operation(route: Route) -> dict[str, Any]:
    first, _, rest = route.summary.partition("\n")
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": first,
        "description": rest.strip() or first,
        "parameters": _parameters(route),
        "responses": _responses(route),
    }
    if route.access == CALLER:
        operation["security"] = [{"resume": []}]
    elif route.access != PUBLIC:
        operation["security"] = [{"session": []}]
        operation["x-roles"] = [str(role) for role in route.access]
    body = route.body or route.lenient
    if body is not None:
        operation["requestBody"] = {
            "required": route.lenient is None,
            "content": {"application/json": {"schema": _schema(body)}},
        }
    elif route.raw_body:
        operation["requestBody"] = {
            "required": True,
            "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
        }
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    if route.query is not None:
        _, schemas = msgspec.json.schema_components([route.query], ref_template=REF)
        schema = schemas[route.query.__name__]
        for name, shape in schema["properties"].items():
            required = name in schema.get("required", [])
            parameters.append({"name": name, "in": "query", "required": required, "schema": shape})
    if isinstance(route.access, tuple):
        parameters.append(
            {
                "name": "Jingmin-Face",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "enum": ["console", "station", "admin"]},
            }
        )
    return parameters


def _responses(route: Route) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    if route.raw_answer:
        is_json = route.raw_answer.endswith("json")
        shape = {"type": "object"} if is_json else {"type": "string", "format": "binary"}
        content: Any = {route.raw_answer: {"schema": shape}}
    else:
        content = {"application/json": {"schema": _schema(route.answer)}}
    responses[str(route.status)] = {"description": "as asked", "content": content}
    if route.raw_answer == "*/*":
        responses["206"] = {"description": "the range asked for", "content": content}
    faults: list[Fault] = [*route.faults, *COMMON]
    if route.access != PUBLIC:
        faults += [LOGIN_NEEDED, FORBIDDEN, NOT_FOUND, TOKEN_BAD]
    if route.method != "GET":
        faults.append(ORIGIN_REFUSED)
    if route.body is not None:
        faults += [BAD_REQUEST, INVALID, TOO_LARGE]
    if route.query is not None:
        faults.append(INVALID)
    for status in sorted({fault.status for fault in faults}):
        codes = sorted({fault.code for fault in faults if fault.status == status})
        responses[str(status)] = {
            "description": ", ".join(codes),
            "content": {"application/problem+json": {"schema": _schema(Problem)}},
        }
    return responses


def page(routes: Iterable[Route], version: str) -> str:
    """The document as a page to read: no scripts, nothing fetched."""
    rows = []
    for route in routes:
        access = route.access if isinstance(route.access, str) else ", ".join(route.access)
        shape = route.body or route.lenient
        body = shape.__name__ if shape else ("bytes" if route.raw_body else "")
        answer = str(route.raw_answer or getattr(route.answer, "__name__", ""))
        rows.append(
            f"<tr><td><b>{route.method}</b></td><td><code>{escape(PREFIX + route.path)}</code></td>"
            f"<td>{escape(access)}</td><td><code>{escape(body)}</code></td>"
            f"<td><code>{escape(answer)}</code></td><td>{escape(route.summary)}</td></tr>"
        )
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<title>Jingmin 110 API {escape(version)}</title><style>body{{font:16px/1.5 system-ui,"
        "sans-serif;margin:2rem auto;max-width:80rem;padding:0 1rem}table{border-collapse:collapse;"
        "width:100%}td,th{border-bottom:1px solid #ccc;padding:.4rem;text-align:left;"
        "vertical-align:top;white-space:pre-line}</style>"
        f"<h1>Jingmin 110 (警民110) API {escape(version)}</h1>"
        f"<p>The document for machines: <a href='{PREFIX}/openapi.json'>{PREFIX}/openapi.json</a></p>"
        "<table><tr><th>Method<th>Path<th>Who<th>Body<th>Answer<th>Promise</tr>"
        + "".join(rows)
        + "</table></html>"
    )
