"""The AsyncAPI 3 document of the live feed (``LIVE.md``), made from its message types.

The application of the document is the server: what it ``send``s a client hears.
"""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from api import messages as live
from api.openapi_samples import sample
from api.openapi_schemas import schemas
from api.shapes import IncidentView
from domain.errors import FAULTS

# What a caller's socket has; a socket of staff has everything but what is a caller's alone.
TO_CALLER = (live.CallerSnapshot, live.Pong, live.LiveProblem)
FROM_CALLER = (live.Hello, live.Ping)
CALLERS_ALONE = (live.CallerSnapshot, live.Hello)
CLOSES = {
    "1011": "what was sent was not read",
    "1012": "the process restarts: connect again after 0 to 2 s",
    "1013": "later: too many sockets, the store is away, or a newer socket took this one's place",
    "4401": "the session or token is no longer valid",
    "4408": "no hello in time",
}
Channels = dict[str, tuple[str, str, list[Any], list[Any]]]


def live_feed() -> dict[str, Any]:
    """``/api/v1/live`` and ``/api/v1/live/caller``, as api/LIVE.md has them."""
    said, heard = list(get_args(live.LiveOut)), list(get_args(live.LiveIn))
    found = schemas(heard, [*said, IncidentView], [])
    for name in ("Snapshot", "SnapshotPart"):  # encoded a few at a time, hence no type in the code
        found[name]["properties"]["incidents"] = {"type": "array", "items": _ref(IncidentView)}
    staff = [kind for kind in said if kind not in CALLERS_ALONE]
    channels: Channels = {
        "staff": (
            "/api/v1/live",
            "Staff; the query `face` names the session's face.",
            staff,
            [live.Ping],
        ),
        "caller": (
            "/api/v1/live/caller",
            "The caller of one report. `hello` comes first, within 10 s.",
            list(TO_CALLER),
            list(FROM_CALLER),
        ),
    }
    about = "What changes, told as it does. Everything people do goes through the REST API (openapi.json)."
    made = document("Jingmin 110 (警民110): live feed", about, channels, found)
    for channel in made["channels"].values():
        channel["x-close-codes"] = CLOSES
    bindings = {"type": "object", "properties": {"face": {"type": "string"}}}
    made["channels"]["staff"]["bindings"] = {"ws": {"query": bindings}}
    return made


def document(title: str, about: str, channels: Channels, found: dict[str, Any]) -> dict[str, Any]:
    """A whole document. A channel is its address, what it is, what the server says there and what it hears;
    ``found`` are the schemas of all of it."""
    kinds = {
        kind.__name__: kind for _, _, *both in channels.values() for kind in (*both[0], *both[1])
    }
    for name in ("LiveProblem", "Error"):
        if name in found:
            found[name]["properties"]["code"]["examples"] = sorted(FAULTS)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": title,
            "version": "1",
            "description": about,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"installation": {"host": "110.example.cn", "protocol": "wss"}},
        "channels": {
            name: {
                "address": address,
                "description": words,
                "messages": {
                    kind.__name__: {"$ref": f"#/components/messages/{kind.__name__}"}
                    for kind in (*said, *heard)
                },
            }
            for name, (address, words, said, heard) in channels.items()
        },
        "operations": {
            f"{action}{name.capitalize()}": {
                "action": action,
                "channel": {"$ref": f"#/channels/{name}"},
                "messages": [
                    {"$ref": f"#/channels/{name}/messages/{kind.__name__}"} for kind in some
                ],
            }
            for name, (_, _, said, heard) in channels.items()
            for action, some in (("send", said), ("receive", heard))
        },
        "components": {
            "messages": {
                name: {
                    "name": kind.__struct_config__.tag,
                    "title": name,
                    "contentType": "application/json",
                    "payload": _ref(kind),
                    "examples": [{"payload": _example(kind)}],
                }
                for name, kind in kinds.items()
            },
            "schemas": found,
        },
    }


def _example(kind: type[msgspec.Struct]) -> Any:
    value = sample(kind)
    if kind in (live.Snapshot, live.SnapshotPart):
        value["incidents"] = [sample(IncidentView)]
    return value


def _ref(kind: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}
