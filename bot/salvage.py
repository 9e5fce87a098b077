"""Fields of a document that would be XML, had its writer escaped what somebody wrote.

What people write is taken from the first opening to the last closing tag of its field, whatever is in
between; what the platform itself writes ends with its first closing tag. So a text cannot end its
field before the platform does, and a field that a text brings along comes twice at worst.
"""

from __future__ import annotations

import html
import re
from typing import Any

DEPTH = 8
_OPENING = re.compile(r"<(\w{1,64})>", re.ASCII)
_START, _END, _SPLIT = "<![CDATA[", "]]>", "]]]]><![CDATA[>"
# Fields that hold what somebody wrote, and what holds such fields.
WORDS = frozenset(
    {
        *("Content", "Recognition", "Title", "Description", "Url"),
        *("Label", "Poiname", "EventKey", "ScanResult"),
    }
)
_WRITTEN = WORDS | {"ScanCodeInfo", "SendLocationInfo"}


def salvaged(text: str) -> dict[str, Any] | None:
    """The fields of ``<xml>…</xml>``; a field that comes twice is a list. None when there is no such
    frame, or it holds no fields."""
    text = text.strip()
    if not (text.startswith("<xml>") and text.endswith("</xml>")):
        return None
    return _fields(text.removeprefix("<xml>").removesuffix("</xml>"), 1)


def _fields(text: str, depth: int) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    at = 0
    while (opening := _OPENING.search(text, at)) is not None:
        name, closing = opening[1], f"</{opening[1]}>"
        start = opening.end()
        end = text.rfind(closing, start) if name in _WRITTEN else text.find(closing, start)
        if end < 0 or depth >= DEPTH:
            return None
        _put(found, name, _value(text[start:end], depth))
        at = end + len(closing)
    return found or None


def _put(found: dict[str, Any], name: str, value: Any) -> None:
    if name not in found:
        found[name] = value
    elif isinstance(found[name], list):
        found[name].append(value)
    else:
        found[name] = [found[name], value]


def _value(raw: str, depth: int) -> Any:
    bare = raw.strip()
    if bare.startswith(_START):
        return bare.removeprefix(_START).removesuffix(_END).replace(_SPLIT, _END)
    inside = _fields(raw, depth + 1) if bare.startswith("<") else None
    # What XML cannot hold is dropped, as where it stands for itself.
    return html.unescape(raw) if inside is None else inside
