"""Dataclass ⇄ document. A document is the dataclass with ``id`` written as ``_id``."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


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
