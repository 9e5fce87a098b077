"""Doors into groups (join_way) and welcome texts."""

from __future__ import annotations

from typing import Any

from simulator.calls import Answer, Call, Registry, caller
from simulator.groups import JoinWay, Welcome
from simulator.refusal import Refusal
from simulator.work.chats import ROOT, find
from simulator.world import World


def register(api: Registry) -> None:
    for verb, handler in (
        ("add", add),
        ("get", get),
        ("update", update),
        ("del", delete),
    ):
        api.add("POST", f"{ROOT}groupchat/{verb}_join_way", handler, contact=True)
    for verb, handler in (
        ("add", add_welcome),
        ("edit", edit_welcome),
        ("get", get_welcome),
        ("del", delete_welcome),
    ):
        api.add("POST", f"{ROOT}group_welcome_template/{verb}", handler, contact=True)
    api.add("POST", ROOT + "send_welcome_msg", send_welcome, contact=True)


def _settings(world: World, call: Call, one: JoinWay) -> None:
    data = call.data
    scene = data.get("scene")
    if scene not in (1, 2):
        raise Refusal(40058, "invalid scene")
    chats = data.get("chat_id_list")
    if not isinstance(chats, list) or not 1 <= len(chats) <= 5:
        raise Refusal(40058, "chat_id_list must have 1 to 5 entries")
    for chat_id in chats:
        find(world, chat_id)
    for name, most in (("remark", 30), ("room_base_name", 40), ("state", 30)):
        if len(str(data.get(name) or "")) > most:
            raise Refusal(40058, f"{name} is too long")
    one.scene = scene
    one.chat_id_list = list(chats)
    one.remark = str(data.get("remark") or "")
    one.state = str(data.get("state") or "")
    one.auto_create_room = int(data.get("auto_create_room", 1))
    one.room_base_name = str(data.get("room_base_name") or "")
    one.room_base_id = int(data.get("room_base_id") or 0)
    world.changed()


def add(world: World, call: Call) -> Answer:
    mark = world.make.text(32)
    one = JoinWay(
        config_id=mark,
        scene=2,
        remark="",
        auto_create_room=1,
        room_base_name="",
        room_base_id=0,
        chat_id_list=[],
        state="",
        qr_code=f"/wework.qpic.cn/wwpic/{mark}/0",
    )
    _settings(world, call, one)
    if len(world.state.joinways) >= 500_000:
        raise Refusal(45009)
    world.state.joinways[mark] = one
    return {"errcode": 0, "errmsg": "ok", "config_id": mark}


def _find(world: World, call: Call) -> JoinWay:
    one = world.state.joinways.get(call.text("config_id"))
    if one is None:
        raise Refusal(40058, "invalid config_id")
    return one


def get(world: World, call: Call) -> Answer:
    one = _find(world, call)
    shown: dict[str, Any] = {name: getattr(one, name) for name in one.__struct_fields__}
    # The picture is where the simulator is now, not where it was when the code was made.
    shown["qr_code"] = f"http://{call.host}{one.qr_code}"
    return {"errcode": 0, "errmsg": "ok", "join_way": shown}


def update(world: World, call: Call) -> Answer:
    _settings(world, call, _find(world, call))
    return {"errcode": 0, "errmsg": "ok"}


def delete(world: World, call: Call) -> Answer:
    del world.state.joinways[_find(world, call).config_id]
    world.changed()
    return {"errcode": 0, "errmsg": "ok"}


WELCOMES = ("image", "link", "miniprogram", "file", "video")


def _welcome(call: Call) -> dict[str, Any]:
    text = call.data.get("text") or {}
    content = {name: call.data[name] for name in ("text", *WELCOMES) if call.data.get(name)}
    if not content:
        raise Refusal(40063)
    if len(str(text.get("content", "")).encode()) > 3000:
        raise Refusal(45002)
    return content


def add_welcome(world: World, call: Call) -> Answer:
    content = _welcome(call)
    if len(world.state.welcomes) >= 100:
        raise Refusal(41055)
    one = Welcome(
        template_id="msg" + world.make.text(29),
        agentid=caller(call).agentid,
        content=content,
        notify=int(call.data.get("notify", 1)),
    )
    world.state.welcomes[one.template_id] = one
    if one.notify:
        for member in world.state.members.values():
            if world.owned.get(member.userid):
                shown = {"template_id": one.template_id, **content}
                world.show(member.screen, "notice", "group_welcome", shown)
    world.changed()
    return {"errcode": 0, "errmsg": "ok", "template_id": one.template_id}


def _own(world: World, call: Call) -> Welcome:
    one = world.state.welcomes.get(call.text("template_id"))
    if one is None:
        raise Refusal(40058, "invalid template_id")
    return one


def _mine(world: World, call: Call) -> Welcome:
    one = _own(world, call)
    if one.agentid != caller(call).agentid:
        raise Refusal(60011)
    return one


def edit_welcome(world: World, call: Call) -> Answer:
    _mine(world, call).content = _welcome(call)
    world.changed()
    return {"errcode": 0, "errmsg": "ok"}


def get_welcome(world: World, call: Call) -> Answer:
    return {"errcode": 0, "errmsg": "ok", **_own(world, call).content}


def delete_welcome(world: World, call: Call) -> Answer:
    del world.state.welcomes[_mine(world, call).template_id]
    world.changed()
    return {"errcode": 0, "errmsg": "ok"}


def send_welcome(world: World, call: Call) -> Answer:
    """Greet a new customer: within 20 s, once, the first app wins."""
    known = world.memory.welcome_codes.get(call.text("welcome_code"))
    if known is None or world.clock.now() > known["until"]:
        raise Refusal(41050)
    if known["used"]:
        raise Refusal(41051)
    content = {**_welcome_part(call)}
    known["used"] = True
    resident = world.resident(known["openid"])
    world.show(resident.chat, known["userid"], "welcome", content, "welcome")
    return {"errcode": 0, "errmsg": "ok"}


def _welcome_part(call: Call) -> dict[str, Any]:
    text, attachments = call.data.get("text"), call.data.get("attachments")
    if not text and not attachments:
        raise Refusal(40063)
    return {"text": text or {}, "attachments": attachments or []}
