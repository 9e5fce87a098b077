"""Messages of an app to members of the corp, and taking them back."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import msgspec

from simulator.accounts import App
from simulator.calls import Answer, Call, Registry, caller
from simulator.groups import AppMessage, ResponseCode
from simulator.people import Member
from simulator.refusal import Refusal
from simulator.world import World

KINDS = (
    "text",
    "image",
    "voice",
    "video",
    "file",
    "textcard",
    "news",
    "mpnews",
    "markdown",
    "miniprogram_notice",
    "template_card",
)
CARDS = (
    "text_notice",
    "news_notice",
    "button_interaction",
    "vote_interaction",
    "multiple_interaction",
)
TASK = re.compile(r"[0-9A-Za-z_@-]{1,128}")
CARD_LIFE = 72 * 3600.0
KEPT = 20_000


def register(api: Registry) -> None:
    api.add("POST", "/cgi-bin/message/send", send)
    api.add("POST", "/cgi-bin/message/recall", recall)


def own_app(world: World, call: Call) -> App:
    """The app named in the body; raises 301002 when the token is another's."""
    app = world.app(call.data.get("agentid"))
    if app is not caller(call):
        raise Refusal(301002)
    return app


def receivers(world: World, call: Call) -> tuple[list[Member], list[str], list[str]]:
    """Members that can be reached, users that cannot, parties that do not exist."""
    touser = str(call.data.get("touser") or "")
    members = world.state.members
    if touser == "@all":
        return [one for one in members.values() if not one.left and one.visible], [], []
    names = [name for name in touser.split("|") if name]
    parties = [name for name in str(call.data.get("toparty") or "").split("|") if name]
    if len(names) > 1000 or len(parties) > 100:
        raise Refusal(81017)
    if not names and not parties and not call.data.get("totag"):
        raise Refusal(40063)
    found: dict[str, Member] = {}
    wrong: list[str] = []
    for name in names:
        one = members.get(name.lower())
        if one is None or one.left or not one.visible:
            wrong.append(name.lower())
        else:
            found[one.userid] = one
    wrong_parties = []
    for party in parties:
        inside = [
            one for one in members.values() if party in map(str, one.department) and not one.left
        ]
        found.update({one.userid: one for one in inside})
        if not inside:
            wrong_parties.append(party)
    return list(found.values()), wrong, wrong_parties


def send(world: World, call: Call) -> Answer:
    app = own_app(world, call)
    kind = call.data.get("msgtype")
    if kind not in KINDS:
        raise Refusal(40008)
    part = call.data.get(kind)
    if not isinstance(part, dict):
        raise Refusal(40063)
    part = _checked(world, kind, part)
    found, wrong, wrong_parties = receivers(world, call)
    if not found:
        raise Refusal(81013)
    task_id = _task(world, app, kind, part)
    answer: dict[str, Any] = {
        "errcode": 0,
        "errmsg": "ok",
        "invaliduser": "|".join(wrong),
        "invalidparty": "|".join(wrong_parties),
        "invalidtag": "",
        "unlicenseduser": "",
    }
    duplicate = _duplicate(world, call, app)
    if duplicate:
        return {**answer, "msgid": duplicate}
    msgid = world.make.text(43)
    message = AppMessage(
        msgid=msgid,
        agentid=app.agentid,
        at=world.clock.now(),
        users=[one.userid for one in found],
        body={"msgtype": kind, kind: part},
        task_id=task_id,
    )
    messages = world.state.messages
    messages[msgid] = message
    if len(messages) > KEPT:
        messages.pop(next(iter(messages)))
    for one in found:
        if _within_rate(world, app, one):
            shown = {**part, "msgid": msgid, "agentid": app.agentid}
            world.show(one.screen, f"app:{app.agentid}", kind, shown, "app")
    answer["msgid"] = msgid
    if kind == "template_card" and str(part["card_type"]).endswith("_interaction"):
        answer["response_code"] = response_code(world, app.agentid, msgid)
    if call.data.get("enable_duplicate_check"):
        _remember(world, call, app, msgid)
    world.changed()
    return answer


def response_code(world: World, agentid: int, msgid: str) -> str:
    code = world.make.text(43)
    codes = world.state.response_codes
    world.changed()
    codes[code] = ResponseCode(agentid=agentid, msgid=msgid, until=world.clock.now() + CARD_LIFE)
    if len(codes) > KEPT:
        codes.pop(next(iter(codes)))
    return code


def _checked(world: World, kind: str, part: dict[str, Any]) -> dict[str, Any]:
    if kind in ("text", "markdown"):
        content = part.get("content")
        if not isinstance(content, str) or not content:
            raise Refusal(44004, "text content is empty")
        return {**part, "content": content.encode()[:2048].decode("utf-8", "ignore")}
    if kind in ("image", "voice", "video", "file"):
        world.shelf.find("corp", part.get("media_id"))
    if kind == "textcard" and not all(part.get(name) for name in ("title", "description", "url")):
        raise Refusal(40063)
    if kind == "template_card":
        check_card(part)
    return part


def check_card(card: dict[str, Any]) -> None:
    if card.get("card_type") not in CARDS:
        raise Refusal(40058, "invalid card_type")
    if card["card_type"] == "button_interaction":
        buttons = card.get("button_list")
        if not isinstance(buttons, list) or not 1 <= len(buttons) <= 6:
            raise Refusal(40058, "button_list size invalid")
        keys = [one.get("key") for one in buttons if one.get("type", 0) == 0]
        if any(not one.get("text") for one in buttons) or not all(keys):
            raise Refusal(42017)
        if len(set(keys)) != len(keys):
            raise Refusal(42017)
        if not (card.get("main_title") or {}).get("title") and not card.get("sub_title_text"):
            raise Refusal(40063, "main_title is empty")


def _task(world: World, app: App, kind: str, part: dict[str, Any]) -> str:
    if kind != "template_card":
        return ""
    task_id = part.get("task_id")
    if task_id is None and not part["card_type"].endswith("_interaction"):
        return ""
    if not isinstance(task_id, str) or not TASK.fullmatch(task_id):
        raise Refusal(42014)
    used = world.memory.task_ids
    if not used:
        used.update((one.agentid, one.task_id) for one in world.state.messages.values())
    if (app.agentid, task_id) in used:
        raise Refusal(42014)
    used.add((app.agentid, task_id))
    return task_id


def _mark(call: Call, app: App) -> tuple[int, str]:
    content = {name: value for name, value in call.data.items() if not name.startswith("enable_")}
    return app.agentid, hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def _duplicate(world: World, call: Call, app: App) -> str:
    if not call.data.get("enable_duplicate_check"):
        return ""
    until, msgid = world.memory.duplicates.get(_mark(call, app), (0.0, ""))
    return msgid if world.clock.now() < until else ""


def _remember(world: World, call: Call, app: App, msgid: str) -> None:
    seconds = min(int(call.data.get("duplicate_check_interval", 1800)), 4 * 3600)
    known = world.memory.duplicates
    known[_mark(call, app)] = (world.clock.now() + seconds, msgid)
    if len(known) > KEPT:
        known.pop(next(iter(known)))


def _within_rate(world: World, app: App, one: Member) -> bool:
    """Beyond 30 a minute or 1000 an hour a member gets nothing, and nobody is told."""
    now = world.clock.now()
    sent = one.sent_at.setdefault(str(app.agentid), [])
    while sent and sent[0] <= now - 3600:
        sent.pop(0)
    limits = world.settings
    recent = 0
    for at in reversed(sent):
        if at <= now - 60:
            break
        recent += 1
    if recent >= limits.member_minute or len(sent) >= limits.member_hour:
        return False
    sent.append(now)
    return True


def recall(world: World, call: Call) -> Answer:
    message = world.state.messages.get(call.text("msgid", 41046))
    if message is None or message.agentid != caller(call).agentid:
        raise Refusal(41047)
    if world.clock.now() > message.at + 86400:
        raise Refusal(41047, "msgid is out of the time a message can be recalled")
    message.recalled = True
    for userid in message.users:
        screen = world.state.members[userid].screen
        screen[:] = [line for line in screen if line.data.get("msgid") != message.msgid]
        world.show(screen, "notice", "recall", {"msgid": message.msgid})
    return {"errcode": 0, "errmsg": "ok"}
