"""What the platform makes of an answer to a callback."""

from __future__ import annotations

import hmac
from typing import Any
from xml.etree import ElementTree

import msgspec

from simulator.crypto import BadEnvelope, Envelope, signature
from simulator.parcel import Route

REPLIES = ("text", "image", "voice", "video", "music", "news", "transfer_customer_service")


class Verdict(msgspec.Struct, kw_only=True):
    """silence, reply (with what to show) or bad (with why)."""

    kind: str
    why: str = ""
    type: str = ""
    data: dict[str, Any] = {}


def judge(route: Route, keys: list[Envelope], body: bytes, sent: dict[str, Any]) -> Verdict:
    """Read the body of a 200; ``keys`` are the envelopes a reply may be sealed with."""
    text = body.decode("utf-8", "replace")
    if text.strip() in ("", "success"):
        return Verdict(kind="silence")
    try:
        fields = _fields(text)
        if "Encrypt" in fields:
            fields = _fields(_opened(route, keys, fields))
        elif route.work or route.mode == "safe":
            return Verdict(kind="bad", why="reply is not encrypted")
    except (ElementTree.ParseError, msgspec.DecodeError, BadEnvelope, KeyError) as error:
        return Verdict(kind="bad", why=f"{type(error).__name__}: {error}")
    if (fields.get("ToUserName"), fields.get("FromUserName")) != (
        sent["FromUserName"],
        sent["ToUserName"],
    ):
        return Verdict(kind="bad", why="ToUserName and FromUserName are not swapped")
    kind = fields.get("MsgType", "")
    if not str(fields.get("CreateTime", "")).isdigit():
        return Verdict(kind="bad", why="CreateTime is missing")
    if route.work and kind in ("update_button", "update_template_card"):
        return Verdict(kind="reply", type=kind, data=fields)
    if kind not in REPLIES:
        return Verdict(kind="bad", why=f"MsgType {kind!r}")
    wanted = {
        "text": "Content",
        "image": "Image",
        "voice": "Voice",
        "video": "Video",
        "news": "Articles",
    }
    part = wanted.get(kind)
    if part and not fields.get(part):
        return Verdict(kind="bad", why=f"{part} is missing")
    # A text as on the other ways: pages and tests read one shape.
    data = {"content": fields["Content"]} if kind == "text" else fields
    return Verdict(kind="reply", type=kind, data=data)


def _opened(route: Route, keys: list[Envelope], fields: dict[str, Any]) -> str:
    sealed = fields["Encrypt"]
    stamp, nonce = str(fields["TimeStamp"]), str(fields["Nonce"])
    wanted = signature(route.token, stamp, nonce, sealed)
    if not hmac.compare_digest(wanted, str(fields["MsgSignature"])):
        raise BadEnvelope("signature of the reply")
    failure = BadEnvelope("no key")
    for key in keys:
        try:
            return key.open(sealed)
        except BadEnvelope as error:
            failure = error
    raise failure


def _fields(text: str) -> dict[str, Any]:
    if text.lstrip().startswith("{"):
        found = msgspec.json.decode(text, type=dict[str, Any])
        # The platform takes JSON only in an envelope.
        if "Encrypt" in found:
            return {"MsgSignature": "", "TimeStamp": "", "Nonce": "", **found}
        return found
    # Only our own software answers here, and ElementTree fetches no external entity.
    root = ElementTree.fromstring(text)  # noqa: S314
    if root.tag != "xml":
        raise BadEnvelope("root is not <xml>")
    return _tree(root)


def _tree(node: ElementTree.Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in node:
        value: Any = _tree(child) if len(child) else (child.text or "")
        if child.tag in found:
            before = found[child.tag]
            found[child.tag] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            found[child.tag] = value
    return found
