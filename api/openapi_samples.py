"""Examples for the OpenAPI document: of every type that goes in or out, and valid as it."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from msgspec import inspect

from api.bodies import FixIn, HangUpIn, LineIn, ReportIn
from api.shapes import JoinView, Receipt

AT = 1_767_225_600_000
ID = "5f0c2a9e7d3b41c68a1e0f9d4b7c2e35"
KEY = "b7f1c2d3-8a4e-4f60-9c11-2d3e4f5a6b7c"
TOKEN = "eyJpbmNpZGVudCI6IuKApiJ9.c2lnbmVkLWJ5LXRoZS1zZXJ2ZXI"  # noqa: S105 (an example)
NUMBER = "0110-260101-0000042"

# Told as one story: somebody on a mountain path reports, and is answered.
TOLD: dict[type[msgspec.Struct], dict[str, Any]] = {
    ReportIn: {
        "key": KEY,
        "words": "我在古塔公园北门附近摔伤了，走不动",
        "position": {"lon": 121.13, "lat": 41.11, "datum": "WGS84", "accuracy": 25},
        "lang": "zh-CN",
        "device_at": AT,
    },
    FixIn: {"lon": 121.13, "lat": 41.11, "datum": "WGS84", "accuracy": 25, "at": AT},
    LineIn: {"key": KEY, "text": "我在台阶下面，穿红色上衣", "device_at": AT},
    HangUpIn: {"reason": "MISTAKE"},
    Receipt: {
        "id": ID,
        "number": NUMBER,
        "token": TOKEN,
        "raised_at": AT,
        "missing": [],
        "journaled": False,
        "silent": False,
    },
    JoinView: {
        "media_url": "wss://110.example.cn/rtc",
        "ticket": TOKEN,
        "participant": ID,
        "call": ID,
    },
}
# By the member's name, where its type allows the value.
NAMED: dict[str, Any] = {
    "lon": 121.13,
    "lat": 41.11,
    "accuracy": 25.0,
    "key": KEY,
    "id": ID,
    "number": NUMBER,
    "token": TOKEN,
    "ticket": TOKEN,
    "login": "desk1",
    "code": "123456",
    "password": "correct horse battery staple",
    "old": "correct horse battery staple",
    "new": "another horse, another staple",
    "name": "张警官",
    "text": "请注意防范电信诈骗",
    "words": "我在古塔公园北门附近摔伤了",
    "title": "防诈骗提醒",
    "contact": "13800000000",
    "station": "210702-12",
    "community": "210702-12-3",
    "type": "image/jpeg",
    "kind": "picture",
    "url": "https://110.example.cn/110/",
    "link": "https://110.example.cn/n/1",
    "path": "/110/#back=…",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c0f0a00c9a8",
}
DEEPEST = 8


def sample(kind: Any) -> Any:
    """A JSON value of this type. Of a request only what it needs, unless its story is told here."""
    return _sample(inspect.type_info(kind), "", 0)


def _sample(kind: inspect.Type, name: str, depth: int) -> Any:
    match kind:
        case inspect.Metadata():
            return _sample(kind.type, name, depth)
        case inspect.StructType():
            return _struct(kind, depth)
        case inspect.UnionType():
            return _sample(_first(kind), name, depth)
        case inspect.EnumType():
            return next(iter(kind.cls)).value
        case inspect.LiteralType():
            return kind.values[0]
        case inspect.ListType() | inspect.VarTupleType():
            return [] if depth > DEEPEST else [_sample(kind.item_type, name, depth + 1)]
        case inspect.DictType():
            return {}
        case inspect.BoolType():
            return False
        case inspect.IntType():
            moment = name == "at" or name.endswith("_at") or (kind.le or 0) > AT
            return AT if moment else max(1, kind.ge or 0)
        case inspect.FloatType():
            return float(NAMED.get(name, 0.5)) if name in ("lon", "lat", "accuracy") else 0.5
        case inspect.StrType():
            return _text(kind, name)
        case _:
            return None


def _first(kind: inspect.UnionType) -> inspect.Type:
    """What stands beside null, if anything does."""
    others = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
    return others[0] if others else kind.types[0]


def _struct(kind: inspect.StructType, depth: int) -> dict[str, Any]:
    if kind.cls in TOLD:
        return dict(TOLD[kind.cls])
    if depth > DEEPEST:
        return {}
    asked = kind.cls.__struct_config__.omit_defaults
    needed = [one for one in kind.fields if one.required] if asked else list(kind.fields)
    found = {} if kind.tag is None else {str(kind.tag_field): kind.tag}
    for one in needed or kind.fields:
        found[one.encode_name] = _sample(one.type, one.name, depth + 1)
    return found


def _text(kind: inspect.StrType, name: str) -> str:
    named = NAMED.get(name, "")
    if isinstance(named, str) and named and _fits(kind, named):
        return named
    if kind.pattern and (word := re.match(r"\^\((\w+)", kind.pattern)):
        return word[1]
    for one in ("210702-12", "123456", KEY):
        if _fits(kind, one) and (kind.pattern or kind.min_length):
            return one
    return ""


def _fits(kind: inspect.StrType, text: str) -> bool:
    shortest, longest = kind.min_length or 0, kind.max_length or len(text)
    return shortest <= len(text) <= longest and (
        kind.pattern is None or re.search(kind.pattern, text) is not None
    )
