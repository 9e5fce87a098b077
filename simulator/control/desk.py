"""The levers of the world itself: clock, settings, faults, log, accounts, seeding."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from simulator.accounts import OfficialAccount
from simulator.faults import Fault
from simulator.refusal import Refusal
from simulator.settings import Settings
from simulator.work.chats import seat
from simulator.world import World

PLATFORM = ("open.weixin.qq.com", "login.work.weixin.qq.com", "mp.weixin.qq.com")
Act = Callable[[web.Request], Awaitable[web.StreamResponse]]


def answer(value: Any, status: int = 200) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(value), status=status, content_type="application/json"
    )


async def body(request: web.Request) -> dict[str, Any]:
    """The JSON object of a control request; none is an empty one."""
    raw = await request.read()
    return msgspec.json.decode(raw, type=dict[str, Any]) if raw else {}


@web.middleware
async def polite(request: web.Request, handler: Act) -> web.StreamResponse:
    """Control errors are HTTP 400 with {"error", "text"}."""
    try:
        return await handler(request)
    except Refusal as error:
        return answer({"error": error.code, "text": error.text}, 400)
    except (msgspec.MsgspecError, KeyError, ValueError, TypeError) as error:
        return answer({"error": "bad_request", "text": f"{type(error).__name__}: {error}"}, 400)


class WorldDesk:
    """Handlers under /sim that belong to nobody's hands."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/sim/state", self.state),
            web.get("/sim/changes", self.count),
            web.get("/sim/clock", self.clock),
            web.post("/sim/clock", self.clock),
            web.get("/sim/settings", self.settings),
            web.post("/sim/settings", self.settings),
            web.get("/sim/accounts", self.accounts),
            web.post("/sim/accounts", self.accounts),
            web.get("/sim/log", self.log),
            web.get("/sim/faults", self.faults),
            web.post("/sim/faults", self.faults),
            web.delete("/sim/faults", self.faults),
            web.post("/sim/tokens/revoke", self.revoke),
            web.post("/sim/settle", self.settle),
            web.post("/sim/verify", self.verify),
            web.post("/sim/forge", self.forge),
            web.post("/sim/replay", self.replay),
            web.post("/sim/callback", self.callback),
            web.post("/sim/seed", self.seed),
            web.get("/sim/menu", self.menu),
            web.get("/sim/media/{id}", self.media),
            web.get("/sim/open", self.open),
        ]

    async def state(self, request: web.Request) -> web.Response:
        one = self._world.state
        return answer(
            {
                "now": self._world.clock.now(),
                "changes": self._world.changes,
                "callbacks_sent": self._world.courier.sent,
                "residents": len(one.residents),
                "members": len(one.members),
                "groups": len(one.groups),
                "people_in_groups": sum(group.size() for group in one.groups.values()),
                "tasks": len(one.masses),
                "joinways": [msgspec.to_builtins(way) for way in list(one.joinways.values())[:200]],
                "qrcodes": [msgspec.to_builtins(way) for way in list(one.passages.values())[-200:]],
                "accounts": {
                    "oa": {
                        "name": self._world.config.oa.name,
                        "appid": self._world.config.oa.appid,
                    },
                    "apps": [
                        {"agentid": app.agentid, "name": app.name}
                        for app in self._world.apps.values()
                    ],
                },
            }
        )

    async def count(self, request: web.Request) -> web.Response:
        """Cheap to poll: grows with every change."""
        world = self._world
        return answer(
            {"changes": world.changes, "log": world.journal.last, "now": world.clock.now()}
        )

    async def clock(self, request: web.Request) -> web.Response:
        if request.method == "POST":
            self._world.clock.advance(float((await body(request))["advance_s"]))
            self._world.state.offset = self._world.clock.offset
            self._world.changed()
        return answer({"now": self._world.clock.now(), "offset_s": self._world.clock.offset})

    async def settings(self, request: web.Request) -> web.Response:
        world = self._world
        if request.method == "POST":
            wanted = await body(request)
            unknown = set(wanted) - set(Settings.__struct_fields__)
            if unknown:
                raise ValueError(f"unknown settings: {sorted(unknown)}")
            checked = msgspec.convert({**msgspec.to_builtins(world.settings), **wanted}, Settings)
            for name in wanted:
                setattr(world.settings, name, getattr(checked, name))
            world.journal.limit = world.settings.log_entries
            world.journal.most_bytes = world.settings.log_bytes
            world.courier.forget_routes()
            world.changed()
        return answer(world.settings)

    async def accounts(self, request: web.Request) -> web.Response:
        """Change what the consoles were told: {"oa": {…}, "contact": {…}, "apps": {"<agentid>": {…}}}."""
        config = self._world.config
        if request.method == "POST":
            wanted = await body(request)
            if "oa" in wanted:
                whole = {**msgspec.to_builtins(config.oa), **wanted["oa"]}
                config.oa = msgspec.convert(whole, OfficialAccount)
            for name, value in wanted.get("contact", {}).items():
                setattr(config.wecom.contact, name, str(value))
            for agentid, parts in wanted.get("apps", {}).items():
                for name, value in parts.items():
                    setattr(self._world.app(agentid), name, value)
            self._world.courier.forget_routes()
        return answer(config)

    async def log(self, request: web.Request) -> web.Response:
        query = request.query
        return answer(
            self._world.journal.since(
                int(query.get("since", 0)),
                int(query.get("limit", 1000)),
                query.get("path", ""),
                query.get("kind", ""),
            )
        )

    async def faults(self, request: web.Request) -> web.Response:
        faults = self._world.faults
        if request.method == "POST":
            faults.add(msgspec.convert(await body(request), Fault))
        elif request.method == "DELETE":
            number = request.query.get("id")
            faults.clear(int(number) if number else None)
        return answer({"faults": faults.shown()})

    async def revoke(self, request: web.Request) -> web.Response:
        return answer({"revoked": self._world.tokens.revoke((await body(request)).get("token"))})

    async def settle(self, request: web.Request) -> web.Response:
        seconds = float((await body(request)).get("timeout_s", 30))
        return answer({"settled": await self._world.courier.settle(seconds)})

    async def verify(self, request: web.Request) -> web.Response:
        return answer(await self._world.courier.verify((await body(request)).get("to", "oa")))

    async def forge(self, request: web.Request) -> web.Response:
        """A callback with one thing wrong: token, signature, padding, receive_id or timestamp."""
        wanted = await body(request)
        world = self._world
        route = world.courier.route(wanted.get("to", "oa"))
        if route is None:
            raise Refusal(40066, "no such address")
        flaw, fields = wanted["flaw"], wanted.get("fields")
        if fields is None:
            fields = {
                "ToUserName": world.config.wecom.corpid
                if route.work
                else world.config.oa.original_id,
                "FromUserName": wanted.get("from", "forger"),
                "CreateTime": world.clock.seconds(),
                "MsgType": "text",
                "Content": wanted.get("content", "forged"),
                "MsgId": world.make.number(),
            }
        stamp = world.clock.seconds() - int(wanted.get("age_s", 0) or (flaw == "timestamp") * 86400)
        if flaw == "receive_id":
            route = route.addressed("wx0000000000000000")
        query, raw = route.write(fields, world.make, stamp, flaw)
        status, text, seq = await world.courier.post(
            route, query, raw, "callback", 0, 0, world.settings.callback_deadline_s
        )
        return answer({"status": status, "answer": text.decode("utf-8", "replace"), "log": seq})

    async def replay(self, request: web.Request) -> web.Response:
        """The very same bytes of a logged callback again: {"seq"}."""
        world = self._world
        entry = world.journal.find(int((await body(request))["seq"]))
        if entry is None or entry.kind != "callback":
            raise Refusal(40058, "no such callback in the log")
        route = world.courier.route(entry.path.partition(" ")[0])
        if route is None:
            raise Refusal(40066, "no such address")
        query = dict(part.split("=", 1) for part in entry.query.split("&"))
        status, text, seq = await world.courier.post(
            route, query, entry.body, "callback", 0, entry.seq, world.settings.callback_deadline_s
        )
        return answer({"status": status, "answer": text.decode("utf-8", "replace"), "log": seq})

    async def callback(self, request: web.Request) -> web.Response:
        """Any callback at all: {"to", "fields"}; for events nobody's hands make."""
        wanted = await body(request)
        outcome = await self._world.courier.send(wanted["to"], wanted["fields"])
        return answer(outcome)

    async def seed(self, request: web.Request) -> web.Response:
        """Many owners, groups and uncounted members at once; quietly, without callbacks."""
        wanted = await body(request)
        world = self._world
        owners = list(wanted.get("owners") or [])
        prefix = wanted.get("owner_prefix", "owner")
        owners += [f"{prefix}{number:03d}" for number in range(int(wanted.get("owner_count", 0)))]
        for owner in owners:
            if owner.lower() not in world.state.members:
                world.add_member(owner, owner)
        name = wanted.get("name", "警民群")
        made = []
        for number in range(int(wanted.get("groups", 0))):
            owner = owners[number % len(owners)].lower()
            group = world.add_group(owner, f"{name}{number + 1}", int(wanted.get("members", 260)))
            seat(world, group, owner)
            made.append(group.chat_id)
        followers = [world.add_resident() for _ in range(int(wanted.get("followers", 0)))]
        for one in followers:
            one.following, one.followed_at = True, world.clock.seconds()
        return answer(
            {"owners": owners, "chat_ids": made, "openids": [one.openid for one in followers]}
        )

    async def menu(self, request: web.Request) -> web.Response:
        return answer(self._world.state.menu or {"button": []})

    async def media(self, request: web.Request) -> web.Response:
        one = self._world.state.media.get(request.match_info["id"])
        if one is None:
            return answer({"error": 40007, "text": "no such file"}, 404)
        self._world.shelf.find(one.owner, one.media_id)
        return web.Response(body=self._world.shelf.read(one), content_type=one.content_type)

    async def open(self, request: web.Request) -> web.Response:
        """Open a link in a browser as a resident or a member: ?openid=|userid=&url=."""
        url = request.query.get("url", "/")
        # The platforms' own pages are here; their names would lead to the real ones.
        for host in PLATFORM:
            if url.startswith(f"https://{host}/"):
                url = url.removeprefix("https:/")
        scheme = urlsplit(url).scheme
        if scheme not in ("", "http", "https"):
            raise ValueError("only http links")
        response = web.Response(status=302, headers={"Location": url})
        for name in ("openid", "userid"):
            if value := request.query.get(name):
                response.set_cookie(f"sim_{name}", value, path="/", samesite="Lax")
                response.set_cookie("sim_last", name, path="/", samesite="Lax")
        return response
