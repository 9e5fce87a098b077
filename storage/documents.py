"""Dataclass ⇄ document. A document is the dataclass with ``id`` written as ``_id``."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import dataclasses
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

T = TypeVar("T")
PIECE = 1_000  # items of a list converted before others get their turn; some 5 ms
Path = tuple[str, ...]


def learn(kind: type[Any]) -> None:
    """Let msgspec learn a dataclass, and all that it holds, before threads use it: it does so at the first
    conversion, and two threads that do at once end the process (a segmentation fault)."""
    with contextlib.suppress(msgspec.ValidationError):
        msgspec.convert({}, kind)


def to_document(item: Any) -> dict[str, Any]:
    """The document of a dataclass: strings, numbers, lists and maps only."""
    document: dict[str, Any] = msgspec.to_builtins(item)
    document["_id"] = document.pop("id")
    return document


def from_document(kind: type[T], document: dict[str, Any]) -> T:
    """The dataclass of a document; raises ``ValueError`` when the document has another shape."""
    fields = dict(document)
    fields["id"] = fields.pop("_id")
    try:
        return msgspec.convert(fields, kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"{kind.__name__} {fields['id']}: {error}") from error


async def decoded(kind: type[T], document: dict[str, Any]) -> T:
    """As ``from_document``; others get their turn while a long list is converted. A thread would not do:
    the conversion keeps the interpreter's lock to its end."""
    short, long = _without_long(kind, document)
    whole = from_document(kind, short)
    for path, element, items in long:
        target: list[Any] = _at(whole, path)
        for start in range(0, len(items), PIECE):
            await asyncio.sleep(0)
            try:
                target += msgspec.convert(items[start : start + PIECE], element)
            except msgspec.ValidationError as error:
                raise ValueError(f"{kind.__name__} {document['_id']}: {error}") from error
    return whole


async def encoded(item: Any) -> dict[str, Any]:
    """As ``to_document``, of the item as it was when this began; others get their turn meanwhile."""
    short, long = _without_long(type(item), item)
    document = to_document(short)
    for path, _, items in long:
        target: list[Any] = _at(document, path)
        for start in range(0, len(items), PIECE):
            await asyncio.sleep(0)
            target += msgspec.to_builtins(items[start : start + PIECE])
    return document


def _without_long(kind: Any, holder: Any) -> tuple[Any, list[tuple[Path, Any, list[Any]]]]:
    """A dataclass or its document without its long lists, and these: where, of which type, what."""
    long = []
    for path, element in _lists(kind).items():
        items = _at(holder, path)
        if isinstance(items, list) and len(items) > PIECE:
            holder = _with(holder, path, [])
            long.append((path, element, list(items)))
    return holder, long


@cache
def _lists(kind: Any) -> dict[Path, Any]:
    """Where a dataclass, or one that it holds, has a list of dataclasses, and its type."""
    return dict(_listed(kind, ()))


def _listed(kind: type[Any], path: Path) -> Iterator[tuple[Path, Any]]:
    hints = get_type_hints(kind)
    for name in (one.name for one in dataclasses.fields(kind)):
        hint = hints[name]
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            yield from _listed(hint, (*path, name))
        elif get_origin(hint) is list and dataclasses.is_dataclass(get_args(hint)[0]):
            yield (*path, name), hint


def _at(holder: Any, path: Path) -> Any:
    """What a dataclass or document has there; None when it has not."""
    for name in path:
        holder = holder.get(name) if isinstance(holder, dict) else getattr(holder, name, None)
    return holder


def _with(holder: Any, path: Path, value: Any) -> Any:
    """A copy that has another value there."""
    changed = copy.copy(holder)
    if len(path) > 1:
        value = _with(_at(holder, path[:1]), path[1:], value)
    if isinstance(changed, dict):
        changed[path[0]] = value
    else:
        object.__setattr__(changed, path[0], value)
    return changed
