"""From a callback's fields to a message or event of ours, and to its mark of sameness."""

from __future__ import annotations

import math
import re
from typing import Any

import msgspec

from bot.document import Fields, FieldValue
from bot.parcel import Incoming, Kind, Place, pack
from bot.wechat import message_parts
from domain.arrival import Platform, arrival_id
from domain.errors import BAD_REQUEST, Refused

_KINDS = {
    "text": Kind.TEXT,
    "image": Kind.IMAGE,
    "voice": Kind.VOICE,
    "video": Kind.VIDEO,
    "shortvideo": Kind.VIDEO,
    "location": Kind.LOCATION,
    "link": Kind.LINK,
    "event": Kind.EVENT,
}
_COMMON = {
    "MsgId": "id",
    "AgentID": "agent",
    "bizmsgmenuid": "menu_id",
    "Event": "event",
    "EventKey": "key",
    "Ticket": "ticket",
    "MsgID": "message",
    "Status": "status",
    "TaskId": "task",
    "CardType": "card",
    "ResponseCode": "response_code",
    "ChatId": "chat",
    "ChangeType": "change",
    "UpdateDetail": "detail",
    "UserID": "user",
    "ExternalUserID": "customer",
    "State": "state",
    "WelcomeCode": "welcome_code",
}
_MESSAGE = (
    *("Content", "MediaId", "ThumbMediaId", "Format", "Recognition", "PicUrl", "Title"),
    *("Description", "Url", "Location_X", "Location_Y", "Label"),
)
_HEAD = ("ToUserName", "FromUserName", "CreateTime", "MsgType")
_NUMBER = re.compile(r"\s*[+-]?\d{1,10}(\.\d{1,20})?([eE][+-]?\d{1,2})?\s*", re.ASCII)
LONGEST_NAME = 128
# Sent by the platform's own service about the person in OpenID.
REVOKED = ("user_authorization_revoke", "user_authorization_cancellation")
LATEST_S = 1 << 36  # far beyond any clock, and its milliseconds still fit the store


def incoming(platform: Platform, fields: Fields) -> Incoming:
    """Raises ``Refused`` bad_request when a field is missing, doubled, or not what it should be."""
    kind = _name(fields, "MsgType").lower()
    common: dict[str, Any] = {
        ours: _text(fields, theirs) for theirs, ours in _COMMON.items() if theirs in fields
    }
    head: dict[str, Any] = {
        "platform": platform,
        "kind": _KINDS.get(kind, Kind.OTHER),
        "sender": _name(fields, "FromUserName"),
        "receiver": _name(fields, "ToUserName"),
        "sent_at": _seconds(fields) * 1000,
    }
    used = {*_HEAD, *_COMMON}
    if kind == "event":
        if not common.get("event"):
            raise Refused(BAD_REQUEST, "Event is missing")
        if common["event"].lower() in REVOKED:
            head["sender"] = _concerned(fields) or head["sender"]
        used |= {"SelectedItems"}
        body: dict[str, Any] = {
            "place": _event_place(fields),
            "selected": _selected(fields.get("SelectedItems")),
        }
        if body["place"] is not None:
            used |= {"Latitude", "Longitude", "Precision", "SendLocationInfo"}
    else:
        body = _message(kind, fields)
        used |= set(_MESSAGE) if body else set()
    extra = {name: value for name, value in fields.items() if name not in used}
    if kind not in _KINDS:
        extra["MsgType"] = kind
    return Incoming(**head, **common, **body, extra=extra)


def mark(one: Incoming) -> str:
    """The id of its arrival: the same for every delivery of it, another for everything else.

    Messages go by MsgId. Events have none: sender and second, and whatever tells two events of one
    second apart."""
    if one.id:
        return arrival_id(one.platform, one.sender, one.agent, one.id)
    second = str(one.sent_at)
    if one.kind is not Kind.EVENT:
        return arrival_id(one.platform, one.sender, second, pack(one))
    marks = [one.sender, second, one.event, one.key, one.agent]
    marks += [one.chat, one.change, one.detail, one.user, one.customer]
    marks += [one.task, one.response_code, one.message]
    if one.platform is Platform.CONTACT:
        # All of these come from "sys": two people may join one group in one second.
        marks.append(msgspec.json.encode(one.extra, order="sorted").decode())
    return arrival_id(one.platform, *marks)


def _message(kind: str, fields: Fields) -> dict[str, Any]:
    for name in _MESSAGE:
        _text(fields, name)
    parts = message_parts(kind, fields)
    if parts is None or kind not in _KINDS:
        return {}
    body: dict[str, Any] = dict(parts)
    if kind == "location":
        for name in ("latitude", "longitude", "label"):
            body.pop(name)
        place = _place(parts["latitude"], parts["longitude"], label=parts["label"])
        body["place"] = place
    elif kind == "image" and not parts["media_id"]:
        raise Refused(BAD_REQUEST, "MediaId is missing")
    elif kind == "text" and "Content" not in fields:
        raise Refused(BAD_REQUEST, "Content is missing")
    return body


def _event_place(fields: Fields) -> Place | None:
    picked = fields.get("SendLocationInfo")
    if isinstance(picked, dict):
        return _place(
            _text(picked, "Location_X"),
            _text(picked, "Location_Y"),
            label=_text(picked, "Label"),
            name=_text(picked, "Poiname"),
        )
    if "Latitude" not in fields and "Longitude" not in fields:
        return None
    precision = _text(fields, "Precision")
    return _place(
        _text(fields, "Latitude"),
        _text(fields, "Longitude"),
        precision=_number(precision) if precision else None,
    )


def _place(
    latitude: str,
    longitude: str,
    *,
    precision: float | None = None,
    label: str = "",
    name: str = "",
) -> Place:
    place = Place(
        latitude=_number(latitude),
        longitude=_number(longitude),
        precision=precision,
        label=label,
        name=name,
    )
    if abs(place.latitude) > 90 or abs(place.longitude) > 180:
        raise Refused(BAD_REQUEST, "a coordinate is out of range")
    return place


def _selected(items: FieldValue) -> dict[str, list[str]]:
    """SelectedItems/SelectedItem{QuestionKey, OptionIds/OptionId}: each one or many."""
    found: dict[str, list[str]] = {}
    for one in _many(items, "SelectedItem"):
        if not isinstance(one, dict):
            raise Refused(BAD_REQUEST, "SelectedItem is not what it should be")
        options = _many(one.get("OptionIds"), "OptionId")
        if not all(isinstance(option, str) for option in options):
            raise Refused(BAD_REQUEST, "OptionId is not what it should be")
        found[_text(one, "QuestionKey")] = options
    return found


def _many(holder: FieldValue, name: str) -> list[FieldValue]:
    if holder is None or holder == "":
        return []
    if not isinstance(holder, dict):
        raise Refused(BAD_REQUEST, f"what holds {name} is not what it should be")
    inside = holder.get(name, [])
    return inside if isinstance(inside, list) else [inside]


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise Refused(BAD_REQUEST, f"{name} comes twice or holds fields")
    return value


def _concerned(fields: Fields) -> str:
    """Whom it is about; the platform's JSON has names with a blank before them."""
    found = [value for name, value in fields.items() if name.strip() == "OpenID"]
    return found[0] if len(found) == 1 and isinstance(found[0], str) else ""


def _name(fields: Fields, name: str) -> str:
    value = _text(fields, name).strip()
    if not 1 <= len(value) <= LONGEST_NAME:
        raise Refused(BAD_REQUEST, f"{name} is missing or too long")
    return value


def _seconds(fields: Fields) -> int:
    text = _text(fields, "CreateTime").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and int(text) < LATEST_S):
        raise Refused(BAD_REQUEST, "CreateTime is missing or not a time")
    return int(text)


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise Refused(BAD_REQUEST, "a number is missing or none")
    return float(text)
