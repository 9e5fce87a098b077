"""Messages of the account to its followers: customer service, template, subscription."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from simulator.calls import Answer, Call, Registry
from simulator.people import Credit, Resident
from simulator.refusal import Refusal
from simulator.world import World

ESCAPED = re.compile(rb"\\u[0-9a-fA-F]{4}")
KINDS = {
    "text": ("content",),
    "image": ("media_id",),
    "voice": ("media_id",),
    "video": ("media_id",),
    "music": ("musicurl", "thumb_media_id"),
    "news": ("articles",),
    "link": ("title", "url"),
    "mpnews": ("media_id",),
    "mpnewsarticle": ("article_id",),
    "msgmenu": ("list",),
    "wxcard": ("card_id",),
    "miniprogrampage": ("appid", "pagepath"),
}
# What each act of a follower lets the account send, and for how long.
MINUTE = 60.0
WINDOW = 48 * 3600.0
CREDITS = {
    "message": (0, WINDOW),
    "click": (3, MINUTE),
    "subscribe": (3, MINUTE),
    "scan": (3, MINUTE),
}


def register(api: Registry) -> None:
    api.add("POST", "/cgi-bin/message/custom/send", custom_send)
    api.add("POST", "/cgi-bin/message/custom/typing", typing)
    api.add("POST", "/cgi-bin/message/template/send", template_send)
    api.add("GET", "/cgi-bin/template/get_all_private_template", templates)
    api.add("POST", "/cgi-bin/message/subscribe/bizsend", bizsend)


def grant(world: World, resident: Resident, trigger: str) -> None:
    """A follower did something: a new credit replaces the old one of the same kind."""
    count, seconds = CREDITS[trigger]
    count = count or world.settings.message_credits
    until = world.clock.now() + seconds
    resident.credits = [one for one in resident.credits if one.trigger != trigger]
    resident.credits.append(Credit(trigger=trigger, left=count, until=until))


def spend(world: World, resident: Resident) -> None:
    """Use the credit that ends first; 45047 when all are used up, 45015 when none is in time."""
    now = world.clock.now()
    open_ = [one for one in resident.credits if one.until > now]
    if not open_:
        raise Refusal(45015)
    usable = [one for one in open_ if one.left > 0]
    if not usable:
        raise Refusal(45047)
    min(usable, key=lambda one: one.until).left -= 1


def _reachable(world: World, call: Call) -> Resident:
    touser = call.data.get("touser")
    resident = world.state.residents.get(touser) if isinstance(touser, str) else None
    if resident is None:
        raise Refusal(40003)
    if resident.blacklisted:
        raise Refusal(43019)
    if not resident.following:
        raise Refusal(43004)
    return resident


def custom_send(world: World, call: Call) -> Answer:
    # A person's text may hold such a sequence too, written \\uXXXX in JSON; that one is fine.
    if ESCAPED.search(call.body.replace(b"\\\\", b"")):
        raise Refusal(40033)
    resident = _reachable(world, call)
    if resident.refuses:
        raise Refusal(48002)
    kind = call.data.get("msgtype")
    if kind not in KINDS:
        raise Refusal(40008)
    part = call.data.get(kind)
    if not isinstance(part, dict):
        raise Refusal(40035)
    for name in KINDS[kind]:
        if not part.get(name):
            raise Refusal(44004 if name == "content" else 40035, "empty content")
    if kind == "text" and len(str(part["content"]).encode()) > 2048:
        raise Refusal(45002)
    if kind == "news" and len(part["articles"]) != 1:
        raise Refusal(45008, "article size out of limit")
    if kind in ("image", "voice", "video"):
        world.shelf.find("oa", part["media_id"])
    if kind == "video" and part.get("thumb_media_id"):
        world.shelf.find("oa", part["thumb_media_id"])
    spend(world, resident)
    world.show(resident.chat, "account", kind, part, "custom")
    return {"errcode": 0, "errmsg": "ok"}


def typing(world: World, call: Call) -> Answer:
    _reachable(world, call)
    return {"errcode": 0, "errmsg": "ok"}


def _template_data(world: World, call: Call) -> tuple[str, dict[str, Any]]:
    template = call.data.get("template_id")
    known = world.config.oa.templates
    if not isinstance(template, str) or not template or (known and template not in known):
        raise Refusal(40037)
    data = call.data.get("data")
    if not isinstance(data, dict) or not data:
        raise Refusal(47003, "argument invalid! data is empty")
    for name, value in data.items():
        if not isinstance(value, dict) or not isinstance(value.get("value"), str):
            raise Refusal(47003, f"argument invalid! data.{name}.value invalid")
    return template, data


def templates(world: World, call: Call) -> Answer:
    oa = world.config.oa
    content = "\n".join(f"{{{{{name}.DATA}}}}" for name in oa.template_fields)
    return {
        "template_list": [
            {"template_id": id, "title": id, "content": content, "example": ""}
            for id in oa.templates
        ]
    }


def template_send(world: World, call: Call) -> Answer:
    resident = _reachable(world, call)
    template, data = _template_data(world, call)
    mark = call.data.get("client_msg_id")
    if mark and world.settings.dedupe_client_msg_id and mark in world.memory.client_msg_ids:
        return {"errcode": 0, "errmsg": "ok", "msgid": world.memory.client_msg_ids[mark]}
    world.quotas.day("template", world.settings.template_daily)
    msgid = world.make.number()
    if mark:
        world.memory.client_msg_ids[str(mark)] = msgid
    status = "failed:user block" if resident.refuses else "success"
    fault = world.faults.call("template-result")
    if fault:
        status = "failed: system failed"
    if status == "success":
        shown = {
            "template_id": template,
            "data": data,
            "url": "" if call.data.get("miniprogram") else call.data.get("url", ""),
            "miniprogram": call.data.get("miniprogram"),
        }
        world.show(resident.chat, "account", "template", shown, "template")
    world.courier.start(_finish(world, resident, msgid, status))
    return {"errcode": 0, "errmsg": "ok", "msgid": msgid}


async def _finish(world: World, resident: Resident, msgid: int, status: str) -> None:
    await asyncio.sleep(world.settings.template_result_after_s)
    world.courier.send(
        "oa",
        {
            "ToUserName": world.config.oa.original_id,
            "FromUserName": resident.openid,
            "CreateTime": world.clock.seconds(),
            "MsgType": "event",
            "Event": "TEMPLATESENDJOBFINISH",
            "MsgID": msgid,
            "Status": status,
        },
    )


def bizsend(world: World, call: Call) -> Answer:
    resident = _reachable(world, call)
    template, data = _template_data(world, call)
    left = resident.allowed.get(template, 0)
    if left < 1 or resident.refuses:
        raise Refusal(43101)
    resident.allowed[template] = left - 1
    shown = {"template_id": template, "data": data, "page": call.data.get("page", "")}
    world.show(resident.chat, "account", "subscribe", shown, "subscribe")
    answer: dict[str, Any] = {"errcode": 0, "errmsg": "ok"}
    if world.settings.bizsend_returns_msgid:
        answer["msgid"] = world.make.number()
    return answer
