"""群发: tasks made by an app that go out only when their owner confirms."""

from __future__ import annotations

import calendar
from datetime import datetime
from typing import Any

from simulator.calls import Answer, Call, Registry, caller
from simulator.clock import BEIJING
from simulator.groups import Delivery, Group, Mass
from simulator.refusal import Refusal
from simulator.work.chats import ROOT
from simulator.world import World

ATTACHMENTS = ("image", "link", "miniprogram", "video", "file")


def register(api: Registry) -> None:
    api.add("POST", ROOT + "add_msg_template", add, contact=True)
    api.add("POST", ROOT + "get_groupmsg_list_v2", list_tasks, contact=True)
    api.add("POST", ROOT + "get_groupmsg_task", task, contact=True)
    api.add("POST", ROOT + "get_groupmsg_send_result", result, contact=True)
    api.add("POST", ROOT + "remind_groupmsg_send", remind, contact=True)
    api.add("POST", ROOT + "cancel_groupmsg_send", cancel, contact=True)


def over_cap(world: World, group: Group) -> bool:
    """Whether the group got all the 群发 it may today or this month."""
    settings, clock = world.settings, world.clock
    group.reached = [at for at in group.reached if clock.month(at) == clock.month()]
    today = sum(clock.day(at) == clock.day() for at in group.reached)
    if settings.mass_cap_day and today >= settings.mass_cap_day:
        return True
    most = settings.mass_cap_month
    if not most:
        day = datetime.fromtimestamp(clock.now(), BEIJING)
        most = calendar.monthrange(day.year, day.month)[1]
    return len(group.reached) >= most


def add(world: World, call: Call) -> Answer:
    app = caller(call)
    kind = call.data.get("chat_type", "single")
    if kind not in ("single", "group"):
        raise Refusal(86214)
    text = call.data.get("text") or {}
    attachments = call.data.get("attachments") or []
    _content(world, text, attachments)
    sender = str(call.data.get("sender") or "").lower()
    if kind == "group" and not sender:
        raise Refusal(40063, "sender is required for chat_type group")
    if sender:
        member = world.member(sender)
        if not member.visible:
            raise Refusal(60011)
        if not member.contact_right:
            raise Refusal(84074)
    failed: list[str] = []
    if kind == "group":
        targets, named = _groups(world, call, sender, failed)
    else:
        targets, named = _customers(world, call, sender, failed), True
    if not targets:
        raise Refusal(41048)
    msgid = "msg" + world.make.text(29)
    world.state.masses[msgid] = Mass(
        msgid=msgid,
        agentid=app.agentid,
        chat_type=kind,
        sender=sender,
        create_time=world.clock.seconds(),
        text=text,
        attachments=attachments,
        named=named,
        deliveries={one: Delivery(target=one, userid=sender) for one in targets},
    )
    world.changed()
    return {"errcode": 0, "errmsg": "ok", "fail_list": failed, "msgid": msgid}


def _content(world: World, text: Any, attachments: Any) -> None:
    if not isinstance(text, dict) or not isinstance(attachments, list):
        raise Refusal(40058)
    content = text.get("content", "")
    if not content and not attachments:
        raise Refusal(40063, "text and attachments are empty")
    if len(content.encode()) > 4000:
        raise Refusal(45002)
    if len(attachments) > 9:
        raise Refusal(40058, "too many attachments")
    for one in attachments:
        kind = one.get("msgtype")
        if kind not in ATTACHMENTS:
            raise Refusal(40008)
        part = one.get(kind) or {}
        if kind == "link":
            sizes = {"title": 128, "picurl": 2048, "desc": 512, "url": 2048}
            if not part.get("title") or not part.get("url"):
                raise Refusal(40063, "link title or url is empty")
            if any(len(str(part.get(name, "")).encode()) > most for name, most in sizes.items()):
                raise Refusal(45002)
        elif kind in ("image", "video", "file") and not part.get("pic_url"):
            world.shelf.find("corp", part.get("media_id"))


def _groups(world: World, call: Call, sender: str, failed: list[str]) -> tuple[list[str], bool]:
    asked = call.data.get("chat_id_list") or []
    if len(asked) > 2000:
        raise Refusal(40058, "too many chat_ids")
    if not asked:
        owned = [one for one in world.groups_of(sender) if not one.dismissed]
        targets = [one.chat_id for one in owned]
    else:
        targets = []
        for chat_id in dict.fromkeys(asked):
            group = world.state.groups.get(chat_id)
            if group is None or group.dismissed or group.owner != sender:
                failed.append(chat_id)
            else:
                targets.append(chat_id)
    if world.settings.mass_refuses_over_cap and all(
        over_cap(world, world.state.groups[one]) for one in targets
    ):
        return [], True
    return targets, bool(asked)


def _customers(world: World, call: Call, sender: str, failed: list[str]) -> list[str]:
    asked = call.data.get("external_userid") or []
    if len(asked) > 10_000:
        raise Refusal(40058, "too many external_userids")
    targets = []
    for mark in dict.fromkeys(asked):
        openid = world.by_external.get(mark)
        if openid is None:
            raise Refusal(40096)
        friends = world.state.residents[openid].friends
        if sender and sender not in friends:
            if len(asked) == 1:
                raise Refusal(84061)
            failed.append(mark)
        elif not friends:
            failed.append(mark)
        else:
            targets.append(mark)
    return targets


def find(world: World, call: Call) -> Mass:
    """The task a query is about; raises 41063 while it is still being dispatched."""
    mass = world.state.masses.get(call.text("msgid", 41046))
    if mass is None:
        raise Refusal(41047)
    if world.clock.now() < mass.create_time + world.settings.mass_dispatch_s:
        raise Refusal(41063)
    return mass


def list_tasks(world: World, call: Call) -> Answer:
    if call.data.get("chat_type") not in ("single", "group"):
        raise Refusal(86214)
    start, end = call.data.get("start_time"), call.data.get("end_time")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= end - start <= 31 * 86400:
        raise Refusal(40058, "start_time and end_time must be at most a month apart")
    creator = str(call.data.get("creator") or "").lower()
    found = [
        one
        for one in world.state.masses.values()
        if one.chat_type == call.data["chat_type"]
        and start <= one.create_time <= end
        and creator in ("", one.sender)
    ]
    page, cursor = _page(call, found, 50, 100)
    shown = [
        {
            "msgid": one.msgid,
            "creator": one.sender,
            "create_time": str(one.create_time),
            "create_type": 0,
            "text": one.text,
            "attachments": one.attachments,
        }
        for one in page
    ]
    return {"errcode": 0, "errmsg": "ok", "next_cursor": cursor, "group_msg_list": shown}


def _page(call: Call, found: list[Any], usual: int, most: int) -> tuple[list[Any], str]:
    limit = call.data.get("limit") or usual
    cursor = str(call.data.get("cursor") or "0")
    if not isinstance(limit, int) or not 1 <= limit <= most or not cursor.isdigit():
        raise Refusal(40058, f"limit must be 1 to {most}")
    start = int(cursor)
    more = start + limit < len(found)
    return found[start : start + limit], str(start + limit) if more else ""


def task(world: World, call: Call) -> Answer:
    mass = find(world, call)
    senders = {one.userid for one in mass.deliveries.values()}
    tasks = []
    for userid in sorted(senders):
        one: dict[str, Any] = {"userid": userid, "status": 2 if mass.state == "sent" else 0}
        if mass.state == "sent":
            one["send_time"] = mass.send_time
        tasks.append(one)
    page, cursor = _page(call, tasks, 500, 1000)
    return {"errcode": 0, "errmsg": "ok", "next_cursor": cursor, "task_list": page}


def result(world: World, call: Call) -> Answer:
    mass = find(world, call)
    userid = call.text("userid").lower()
    found = [one for one in mass.deliveries.values() if one.userid == userid]
    if not found:
        world.member(userid)
    page, cursor = _page(call, found, 500, 1000)
    name = "chat_id" if mass.chat_type == "group" else "external_userid"
    shown = []
    for one in page:
        line: dict[str, Any] = {name: one.target, "userid": one.userid, "status": one.status}
        if one.send_time:
            line["send_time"] = one.send_time
        shown.append(line)
    return {"errcode": 0, "errmsg": "ok", "next_cursor": cursor, "send_list": shown}


def remind(world: World, call: Call) -> Answer:
    mass = find(world, call)
    now = world.clock.now()
    mass.reminders = [at for at in mass.reminders if at > now - 86400]
    if len(mass.reminders) >= 3:
        raise Refusal(world.settings.remind_refusal, "remind count out of limit")
    mass.reminders.append(now)
    if mass.state in ("open", "ignored") and mass.sender in world.state.members:
        screen = world.state.members[mass.sender].screen
        world.show(screen, "notice", "mass_reminder", {"msgid": mass.msgid})
    world.changed()
    return {"errcode": 0, "errmsg": "ok"}


def cancel(world: World, call: Call) -> Answer:
    mass = find(world, call)
    if mass.state != "sent":
        mass.state = "cancelled"
        world.changed()
    return {"errcode": 0, "errmsg": "ok"}
