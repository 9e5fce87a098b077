"""A callback's body as fields: XML or JSON, read without trusting it.

XML: no DOCTYPE and so no entities, at most eight levels. JSON: no name twice in an object. Values are
texts (numbers as they were written), mappings and, for what comes several times, lists.

A platform may put what somebody wrote into its XML without escaping it (silenceper/wechat 750). Such
a document is no XML and is not lost: ``bot/salvage.py``.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn
from xml.parsers import expat

from bot.salvage import WORDS, salvaged
from domain.errors import BAD_REQUEST, TOO_LARGE, Refused
from domain.json_limits import check_json

LIMIT = 64 * 1024
DEPTH = 8
DIGITS = 40
FieldValue = (
    Any  # str | dict[str, FieldValue] | list[FieldValue]; mypy has no use for the recursion
)
Fields = dict[str, FieldValue]

# What XML cannot hold must not cost a resident the message it is in.
_UNWRITABLE = {
    number: None for number in [*range(32), 0xFFFE, 0xFFFF] if chr(number) not in "\t\n\r"
}


def read(data: bytes) -> Fields:
    """The fields of a body; raises ``Refused`` bad_request or too_large, and nothing else."""
    if len(data) > LIMIT:
        raise Refused(TOO_LARGE, "a callback has at most 64 KiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse("the body is not UTF-8")
    return _json(text) if text.lstrip().startswith("{") else _xml(text)


def _refuse(why: str) -> NoReturn:
    raise Refused(BAD_REQUEST, why) from None


# ---- XML


class _Node:
    __slots__ = ("children", "name", "texts")

    def __init__(self, name: str) -> None:
        self.name = name
        self.texts: list[str] = []
        self.children: Fields = {}

    def put(self, name: str, value: FieldValue) -> None:
        """A second value of a name makes a list: whether it may be one is for the reader to say."""
        if name not in self.children:
            self.children[name] = value
        elif isinstance(self.children[name], list):
            self.children[name].append(value)
        else:
            self.children[name] = [self.children[name], value]

    def value(self) -> FieldValue:
        return self.children or "".join(self.texts)


def _xml(text: str) -> Fields:
    stack = [_Node("")]

    def start(name: str, attributes: object) -> None:
        if len(stack) > DEPTH:
            _refuse("too many levels")
        if len(stack) == 1 and name != "xml":
            _refuse("the root is not <xml>")
        stack.append(_Node(name))

    def end(name: str) -> None:
        node = stack.pop()
        stack[-1].put(node.name, node.value())

    def characters(data: str) -> None:
        stack[-1].texts.append(data)

    def doctype(*declaration: object) -> None:
        _refuse("a DOCTYPE is not accepted")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = doctype
    text = text.translate(_UNWRITABLE)
    try:
        parser.Parse(text, True)
        found = stack[0].children.get("xml")
    except (expat.ExpatError, UnicodeError, ValueError, LookupError):
        found = salvaged(text)
        if found is None:
            _refuse("the body is not XML")
    if isinstance(found, dict) and any(isinstance(found.get(one), dict) for one in WORDS):
        found = salvaged(text) or found  # what somebody wrote was read as fields
    if not isinstance(found, dict):
        _refuse("the body has no fields")
    return found


# ---- JSON


def _json(text: str) -> Fields:
    check_json(text, LIMIT)
    try:
        found = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_whole
        )
    except ValueError:
        _refuse("the body is not JSON")
    fields = _plain(found, 0)
    if not isinstance(fields, dict):
        _refuse("the body is not a JSON object")
    return fields


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        _refuse("a name comes twice")
    return found


def _whole(digits: str) -> int:
    # How long a number the interpreter takes is its own setting; the platforms' have 64 bits.
    if len(digits) > DIGITS:
        _refuse("too long a number")
    return int(digits)


def _constant(name: str) -> NoReturn:
    _refuse(f"{name} is no number of JSON")


def _plain(value: Any, depth: int) -> FieldValue:
    if depth > DEPTH:
        _refuse("too many levels")
    if isinstance(value, dict):
        return {_text(name): _plain(one, depth + 1) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one, depth + 1) for one in value]
    if value is None:
        return ""
    return _text(value if isinstance(value, str) else json.dumps(value))


def _text(value: str) -> str:
    # A lone surrogate can be written in JSON and nowhere else.
    return value.translate(_UNWRITABLE).encode("utf-8", "replace").decode()
