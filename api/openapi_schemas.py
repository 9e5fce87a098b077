"""The types of the OpenAPI document: what a client must send, and what it may count on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import inspect

REF = "#/components/schemas/{name}"


def schemas(bodies: list[Any], answers: list[Any], queries: list[Any]) -> dict[str, Any]:
    """Every type that a body, an answer or a parameter refers to, by its name.

    Of a body only what has no default is required. Of an answer everything is that is always in it. Neither
    has ``default``: generators take a member with one as one that is always there, which in a body would
    make whoever sends it name every member; the description says it instead.
    """
    named: dict[str, type[msgspec.Struct]] = {}
    for kind in structs([*bodies, *answers, *queries]):
        if named.setdefault(kind.__name__, kind) is not kind:
            raise ValueError(f"two types are called {kind.__name__}")
    _, found = msgspec.json.schema_components([*bodies, *answers, *queries], ref_template=REF)
    # The members of a query are parameters each; only what they refer to is a schema.
    for query in queries:
        found.pop(query.__name__, None)
    for shape in found.values():
        if "description" in shape:
            shape["description"] = " ".join(shape["description"].replace("``", "`").split())
    sent = {kind.__name__ for kind in structs(bodies)}
    for kind in structs([*bodies, *answers]):
        shape = found[kind.__name__]
        for member in shape["properties"].values():
            _say_default(member)
        if kind.__name__ not in sent and not kind.__struct_config__.omit_defaults:
            shape["required"] = list(shape["properties"])
    return dict(found)


def structs(kinds: Iterable[Any]) -> list[type[msgspec.Struct]]:
    """Every struct among these types and inside them."""
    found: dict[type[msgspec.Struct], None] = {}
    for info in inspect.multi_type_info(list(kinds)):
        _collect(info, found)
    return list(found)


def _collect(info: inspect.Type, found: dict[type[msgspec.Struct], None]) -> None:
    if isinstance(info, inspect.StructType):
        if info.cls in found:
            return
        found[info.cls] = None
    for inner in _inside(info):
        _collect(inner, found)


def _inside(info: inspect.Type) -> Iterator[inspect.Type]:
    if isinstance(info, inspect.StructType):
        yield from (one.type for one in info.fields)
    for name in ("type", "item_type", "value_type"):
        inner = getattr(info, name, None)
        if isinstance(inner, inspect.Type):
            yield inner
    yield from getattr(info, "types", ())


def _say_default(member: dict[str, Any]) -> None:
    if "default" not in member:
        return
    value = member.pop("default")
    if "$ref" in member or value in (None, "", [], {}):
        return
    said = f"Left out: {json.dumps(value, ensure_ascii=False)}."
    member["description"] = f"{member.get('description', '')} {said}".strip()
