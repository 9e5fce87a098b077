"""One operation of the OpenAPI document: its parameters, body and answers."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec

from api.house import BARE, FACES
from api.magic import ANSWERED, BYTES, PICTURES, SENT
from api.openapi_samples import ID, KEY
from api.openapi_schemas import REF
from api.openapi_tags import tag_of
from api.routes import CALLER, PUBLIC, Route
from api.shapes import Problem
from domain.errors import (
    BAD_REQUEST,
    FORBIDDEN,
    INTERNAL,
    INVALID,
    LOGIN_NEEDED,
    NOT_FOUND,
    ORIGIN_REFUSED,
    PASSWORD_NEEDED,
    SECOND_FACTOR,
    STORE_DOWN,
    TOKEN_BAD,
    TOO_LARGE,
    TOO_MANY,
    UNREADABLE,
    Fault,
)

BINARY = {"type": "string", "format": "binary"}
# A generator that knows only bytes takes the first; the kind is read off the bytes themselves.
RAW = {"*/*": (*ANSWERED, BYTES), "image/*": (*PICTURES, BYTES)}
PROBLEM = "application/problem+json"
_PATH = {
    "id": "of the incident, tip, notice, group, doorway or person",
    "file": "`file` of what was sent",
    "number": "of the notice",
}


def takes_any_origin(route: Route) -> bool:
    """Whether ``Origin`` does not matter: nothing is changed, or a report is made."""
    return route.method == "GET" or route.name == "report"


def faults_of(route: Route) -> list[Fault]:
    """Every refusal that the operation may answer with."""
    faults = [*route.faults, STORE_DOWN, UNREADABLE, INTERNAL]
    if route.name != "report":
        faults.append(TOO_MANY)
    if route.access != PUBLIC:
        faults += [LOGIN_NEEDED, FORBIDDEN, NOT_FOUND, TOKEN_BAD]
    if route.access == PUBLIC and route.name != "report":
        faults += [TOKEN_BAD, FORBIDDEN]  # an integrator's key
    if isinstance(route.access, tuple) and route.name not in BARE:
        faults += [SECOND_FACTOR, PASSWORD_NEEDED]
    if not takes_any_origin(route):
        faults.append(ORIGIN_REFUSED)
    if route.body is not None:
        faults += [BAD_REQUEST, INVALID, TOO_LARGE]
    if route.raw_body:
        faults.append(BAD_REQUEST)
    if route.query is not None:
        faults.append(INVALID)
    return list(dict.fromkeys(faults))


def operation(route: Route) -> dict[str, Any]:
    """The operation as the document has it."""
    first, _, rest = route.summary.replace("``", "`").partition("\n")
    found: dict[str, Any] = {
        "operationId": route.name,
        "tags": [tag_of(route)],
        "summary": first,
        "description": rest.strip() or first,
        "parameters": _parameters(route),
        "responses": _responses(route),
    }
    if route.access == CALLER:
        found["security"] = [{"resume": []}]
    elif route.access != PUBLIC:
        found["security"] = [{face: []} for face in FACES]
        found["x-roles"] = [str(role) for role in route.access]
    else:
        found["security"] = []
    body = route.body or route.lenient
    if body is not None:
        content = {"application/json": _typed(body)}
        needed = any(field.required for field in msgspec.structs.fields(body))
        found["requestBody"] = {"required": needed and route.lenient is None, "content": content}
    elif route.raw_body:
        kinds = route.raw_body if isinstance(route.raw_body, tuple) else SENT
        found["requestBody"] = {
            "required": True,
            "description": "The bytes of the file. What it is is read off its first bytes; the media type "
            "only says whether WebM or MP4 is a voice (`audio/…`).",
            "content": {one: {"schema": BINARY} for one in (BYTES, *kinds)},
        }
    return found


@cache
def _schema(kind: Any) -> Any:
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=REF)
    return schema


def _typed(kind: Any) -> dict[str, Any]:
    example = {"$ref": f"#/components/examples/{kind.__name__}"}
    return {"schema": _schema(kind), "examples": {"example": example}}


def _header(name: str, about: str, example: str = "") -> dict[str, Any]:
    found = {
        "name": name,
        "in": "header",
        "required": False,
        "description": about,
        "schema": {"type": "string"},
    }
    return {**found, "example": example} if example else found


def _parameters(route: Route) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": _PATH.get(name, name),
            "schema": {"type": "string"},
            "example": "1" if name == "number" else ID,
        }
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    if route.query is not None:
        _, schemas = msgspec.json.schema_components([route.query], ref_template=REF)
        schema = schemas[route.query.__name__]
        for name, shape in schema["properties"].items():
            required = name in schema.get("required", [])
            found.append({"name": name, "in": "query", "required": required, "schema": shape})
    if isinstance(route.access, tuple) or route.path.startswith("/session"):
        about = "Which of the browser's sessions is meant; left out: `console`."
        face = {"$ref": REF.format(name="Face")}
        found.append({**_header("Jingmin-Face", about, "console"), "schema": face})
        if route.raw_answer:
            about = "The same, where no header can be sent: the address of a picture."
            query = {"name": "face", "in": "query", "required": False}
            found.append({**query, "description": about, "schema": face})
    if not takes_any_origin(route):
        about = "The site of the page that asks. Browsers send it by themselves; "
        about += (
            "without a page it may be left out."
            if route.access == CALLER
            else "any other client must send one that the installation allows (`JINGMIN_ORIGINS`)."
        )
        found.append(_header("Origin", about, "https://110.example.cn"))
    if route.access in (PUBLIC, CALLER):
        about = "An integrator's key: limits of its own instead of those of an address or a report."
        if route.name == "report":
            about = "An integrator's key: the report came through its app."
        found.append(_header("Jingmin-Key", about))
    if route.name == "report":
        about = "The same as `key` of the body, which goes before it."
        found.append(_header("Idempotency-Key", about, KEY))
    if route.raw_answer == "*/*":
        found.append(_header("Range", "A part of the file.", "bytes=0-1023"))
    return found


def _headers(status: int) -> dict[str, Any]:
    found = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}
    if status in (TOO_MANY.status,):
        found["Retry-After"] = {"$ref": "#/components/headers/RetryAfter"}
    return found


def _responses(route: Route) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if route.raw_answer is None:
        content: dict[str, Any] = {"application/json": _typed(route.answer)}
    else:
        content = {
            one: {"schema": _raw(one)} for one in RAW.get(route.raw_answer, (route.raw_answer,))
        }
    found[str(route.status)] = {
        "description": "as asked",
        "headers": _headers(route.status),
        "content": content,
    }
    if route.raw_answer == "*/*":
        about = "the range asked for"
        found["206"] = {"description": about, "headers": _headers(206), "content": content}
    faults = faults_of(route)
    for status in sorted({fault.status for fault in faults}):
        codes = sorted({fault.code for fault in faults if fault.status == status})
        examples = {code: {"$ref": f"#/components/examples/{code}"} for code in codes}
        found[str(status)] = {
            "description": ", ".join(codes),
            "headers": _headers(status),
            "content": {PROBLEM: {"schema": _schema(Problem), "examples": examples}},
        }
    return found


def _raw(media_type: str) -> dict[str, Any]:
    if media_type.endswith("json"):
        return {"type": "object"}
    return {"type": "string"} if media_type.startswith("text/") else BINARY
