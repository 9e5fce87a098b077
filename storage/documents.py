"""Dataclass ⇄ document. A document is the dataclass with ``id`` written as ``_id``."""

from __future__ import annotations

import contextlib
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


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
