"""A resident's hands, over HTTP."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
from aiohttp import web

from simulator import doors
from simulator.control.desk import answer, body
from simulator.gathering import Gathering
from simulator.people import Resident
from simulator.phone import Phone, Sent
from simulator.refusal import Refusal
from simulator.samples import SAMPLES
from simulator.world import World

PERSONAL = (
    "user_info_modified",
    "user_authorization_revoke",
    "user_authorization_cancellation",
)
CHANGEABLE = ("name", "refuses", "blacklisted", "snapshot", "latitude", "longitude", "allowed")


def shown(one: Resident) -> dict[str, Any]:
    whole: dict[str, Any] = msgspec.to_builtins(one)
    del whole["chat"]
    return whole


def file(kind: str, wanted: dict[str, Any]) -> tuple[bytes, str, str]:
    """The file of a body ("data" in base64, "filename", "content_type"), or a sample."""
    sample, name, content_type = SAMPLES[kind]
    data = base64.b64decode(wanted["data"]) if wanted.get("data") else sample
    return data, wanted.get("filename", name), wanted.get("content_type", content_type)


class ResidentDesk:
    """Handlers under /sim/residents."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._gathering = Gathering(world)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/sim/residents", self.every),
            web.post("/sim/residents", self.create),
            web.get("/sim/residents/{id}", self.one),
            web.post("/sim/residents/{id}", self.change),
            web.get("/sim/residents/{id}/chat", self.chat),
            web.post("/sim/residents/{id}/open", self.open),
            web.post("/sim/residents/{id}/forward", self.forward),
            web.post("/sim/residents/{id}/{act}", self.act),
        ]

    def _who(self, request: web.Request) -> Resident:
        return self._world.resident(request.match_info["id"])

    async def every(self, request: web.Request) -> web.Response:
        limit = int(request.query.get("limit", 200))
        everyone = list(self._world.state.residents.values())[:limit]
        return answer({"residents": [shown(one) for one in everyone]})

    async def create(self, request: web.Request) -> web.Response:
        """{"name", "openid", "latitude", "longitude", "follow": true, "scene"}."""
        wanted = await body(request)
        one = self._world.add_resident(wanted.get("name", ""), wanted.get("openid", ""))
        self._change(one, wanted)
        sent = None
        if wanted.get("follow"):
            sent = Phone(self._world, one, request.host).follow(str(wanted.get("scene", "")))
        return await self._after(sent, wanted, shown(one))

    def _change(self, one: Resident, wanted: dict[str, Any]) -> None:
        known = {name: wanted[name] for name in CHANGEABLE if name in wanted}
        checked = msgspec.convert({**msgspec.to_builtins(one), **known}, Resident)
        for name in known:
            setattr(one, name, getattr(checked, name))
        self._world.changed()

    async def one(self, request: web.Request) -> web.Response:
        return answer(shown(self._who(request)))

    async def change(self, request: web.Request) -> web.Response:
        one = self._who(request)
        self._change(one, await body(request))
        return answer(shown(one))

    async def chat(self, request: web.Request) -> web.Response:
        """Bubbles after ``since``, and the groups this resident sits in."""
        since = int(request.query.get("since", 0))
        one = self._who(request)
        groups = [
            {"chat_id": group.chat_id, "name": group.name, "members": group.size()}
            for group in self._world.state.groups.values()
            if one.external_userid in group.seats and not group.dismissed
        ]
        lines = [line for line in one.chat if line.seq > since]
        return answer({"lines": lines, "groups": groups, "following": one.following})

    async def open(self, request: web.Request) -> web.Response:
        """Open a link as WeChat's web view: where it is redirected, with code and state."""
        url = (await body(request))["url"]
        return answer(opened(self._world, url, {"openid": self._who(request).openid}))

    async def forward(self, request: web.Request) -> web.Response:
        """Send a bubble he has seen on: {"seq", "to": openid, chat_id or "account"}."""
        wanted = await body(request)
        one = self._who(request)
        line = next((line for line in one.chat if line.seq == wanted["seq"]), None)
        if line is None:
            raise Refusal(40058, "no such bubble")
        target = wanted["to"]
        if target == "account":
            phone = Phone(self._world, one, request.host)
            return await self._after(phone.text(str(line.data.get("content", ""))), wanted, {})
        if target in self._world.state.groups:
            self._gathering.say(target, one.external_userid, line.kind, line.data)
        else:
            other = self._world.resident(target)
            self._world.show(other.chat, one.openid, line.kind, line.data, "forward")
        return answer({"ok": True})

    async def act(self, request: web.Request) -> web.Response:
        wanted = await body(request)
        one = self._who(request)
        name = request.match_info["act"]
        phone = Phone(self._world, one, request.host)
        if name in SAMPLES:
            more = {key: wanted[key] for key in ("format", "recognition") if key in wanted}
            return await self._after(phone.media(name, *file(name, wanted), **more), wanted, {})
        if name == "join":
            way = self._world.state.joinways.get(wanted["config_id"])
            if way is None:
                raise Refusal(40058, "invalid config_id")
            group = self._gathering.scan(way, one)
            return answer({"chat_id": group.chat_id})
        if name == "befriend":
            code = self._gathering.befriend(wanted["userid"], one, wanted.get("state", ""))
            return answer({"welcome_code": code})
        if name == "unfriend":
            self._gathering.unfriend(wanted["userid"], one, by_member=False)
            return answer({"ok": True})
        if name == "report":
            many, every = int(wanted.get("count", 1)), float(wanted.get("every_s", 5))
            self._world.courier.start(phone.report_often(many, every))
            return answer({"ok": True})
        return await self._after(self._chat_act(phone, name, wanted), wanted, {})

    def _chat_act(self, phone: Phone, name: str, wanted: dict[str, Any]) -> Sent:
        get = wanted.get
        if name == "follow":
            return phone.follow(str(get("scene", "")), get("ticket", ""))
        if name == "unfollow":
            return phone.unfollow()
        if name == "scan":
            return phone.scan(wanted["ticket"])
        if name == "text":
            return phone.text(wanted["content"], get("menu_id", ""))
        if name == "location":
            return phone.location(wanted)
        if name == "link":
            return phone.link(get("title", ""), get("description", ""), wanted["url"])
        if name == "click":
            return phone.click(wanted["key"])
        if name == "view":
            return phone.view(wanted["url"])
        if name in ("scancode_push", "scancode_waitmsg"):
            return phone.scancode(name, wanted["key"], wanted["result"])
        if name in ("pic_sysphoto", "pic_photo_or_album", "pic_weixin"):
            data, file_name, kind = file("image", wanted)
            return phone.pictures(
                name, wanted["key"], [(file_name, data, kind)] * int(get("count", 1))
            )
        if name == "location_select":
            return phone.location_select(wanted["key"], wanted)
        if name == "permit":
            popup = get("event", "subscribe_msg_popup_event")
            return phone.permit(wanted["template_id"], bool(get("accept", True)), popup)
        if name in PERSONAL:
            return phone.personal(name, **(get("fields") or {}))
        raise ValueError(f"unknown act {name}")

    async def _after(
        self, sent: Sent | None, wanted: dict[str, Any], more: dict[str, Any]
    ) -> web.Response:
        """With "wait": true the answer tells what became of the callback."""
        if sent and wanted.get("wait"):
            return answer({**more, "outcome": await sent})
        return answer({**more, "ok": True})


def opened(world: World, url: str, who: dict[str, str]) -> dict[str, Any]:
    """What a web view makes of a link: OAuth pages redirect, others are just opened."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    step = None
    if parts.path.endswith("/connect/oauth2/authorize"):
        step = doors.authorize
    elif parts.path.endswith("/wwlogin/sso/login"):
        step = doors.login
    if step is None:
        return {"location": url}
    try:
        location = step(world, query, who)
    except doors.Denied as error:
        return {"location": "", "denied": str(error)}
    except Refusal as error:
        return {"location": "", "denied": error.text, "errcode": error.code}
    result = dict(parse_qsl(urlsplit(location).query, keep_blank_values=True))
    return {"location": location, "code": result["code"], "state": result["state"]}
