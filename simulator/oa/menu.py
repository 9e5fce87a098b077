"""The custom menu at the foot of the account's chat."""

from __future__ import annotations

from typing import Any

from simulator.calls import Answer, Call, Registry
from simulator.oa.messages import ESCAPED
from simulator.refusal import Refusal
from simulator.world import World

KEYED = (
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
)
OTHERS = {"view": "url", "media_id": "media_id", "view_limited": "media_id", "miniprogram": "appid"}


def register(api: Registry) -> None:
    api.add("POST", "/cgi-bin/menu/create", create)
    api.add("GET", "/cgi-bin/menu/get", get)
    api.add("GET", "/cgi-bin/menu/delete", delete)


def create(world: World, call: Call) -> Answer:
    if ESCAPED.search(call.body.replace(b"\\\\", b"")):
        raise Refusal(40033)
    buttons = call.data.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise Refusal(40016)
    for one in buttons:
        _name(one, 16)
        inner = one.get("sub_button")
        if inner:
            if not isinstance(inner, list) or len(inner) > 5:
                raise Refusal(40023, "invalid sub button size")
            for sub in inner:
                _name(sub, 60)
                _act(sub)
        else:
            _act(one)
    world.state.menu = {"button": buttons}
    world.changed()
    return {"errcode": 0, "errmsg": "ok"}


def _name(button: Any, most: int) -> None:
    if not isinstance(button, dict):
        raise Refusal(40016)
    name = button.get("name")
    if not isinstance(name, str) or not 1 <= len(name.encode()) <= most:
        raise Refusal(40018)


def _act(button: dict[str, Any]) -> None:
    kind = button.get("type")
    if kind in KEYED:
        key = button.get("key")
        if not isinstance(key, str) or not 1 <= len(key.encode()) <= 128:
            raise Refusal(40019)
    elif kind in OTHERS:
        value = button.get(OTHERS[kind])
        if not isinstance(value, str) or not 1 <= len(value.encode()) <= 1024:
            raise Refusal(40020)
    else:
        raise Refusal(40017)


def get(world: World, call: Call) -> Answer:
    if world.state.menu is None:
        raise Refusal(46003)
    return {"menu": world.state.menu}


def delete(world: World, call: Call) -> Answer:
    world.state.menu = None
    world.changed()
    return {"errcode": 0, "errmsg": "ok"}
