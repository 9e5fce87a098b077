"""Officers' hands and what happens in groups, over HTTP."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from simulator.control.desk import answer, body
from simulator.control.residents import file, opened
from simulator.gathering import Gathering
from simulator.groups import Group, Mass
from simulator.officer import Officer
from simulator.people import Member
from simulator.phone import Sent
from simulator.refusal import Refusal
from simulator.work.chats import find
from simulator.world import World


class MemberDesk:
    """Handlers under /sim/members."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._gathering = Gathering(world)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/sim/members", self.every),
            web.post("/sim/members", self.create),
            web.get("/sim/members/{id}", self.one),
            web.post("/sim/members/{id}", self.change),
            web.get("/sim/members/{id}/screen", self.screen),
            web.get("/sim/members/{id}/tasks", self.tasks),
            web.post("/sim/members/{id}/tasks/{msgid}/{act}", self.task),
            web.post("/sim/members/{id}/{act}", self.act),
        ]

    def _who(self, request: web.Request) -> Member:
        one = self._world.state.members.get(request.match_info["id"].lower())
        if one is None:
            raise Refusal(60111)
        return one

    async def every(self, request: web.Request) -> web.Response:
        limit = int(request.query.get("limit", 500))
        everyone = list(self._world.state.members.values())[:limit]
        return answer({"members": [self._shown(one) for one in everyone]})

    def _shown(self, one: Member) -> dict[str, Any]:
        whole: dict[str, Any] = msgspec.to_builtins(one)
        del whole["screen"], whole["sent_at"]
        whole["groups"] = len(self._world.owned.get(one.userid, {}))
        return whole

    async def create(self, request: web.Request) -> web.Response:
        wanted = await body(request)
        one = self._world.add_member(
            wanted["userid"], wanted.get("name", ""), wanted.get("department")
        )
        return answer(self._shown(one))

    async def one(self, request: web.Request) -> web.Response:
        return answer(self._shown(self._who(request)))

    async def change(self, request: web.Request) -> web.Response:
        """{"left", "visible", "contact_right", "verified", "active", "name"}."""
        one, wanted = self._who(request), await body(request)
        for name in ("left", "visible", "contact_right", "verified", "active"):
            if name in wanted:
                setattr(one, name, bool(wanted[name]))
        one.name = wanted.get("name", one.name)
        if wanted.get("left"):
            for group in self._world.groups_of(one.userid):
                group.status = 1
        self._world.changed()
        return answer(self._shown(one))

    async def screen(self, request: web.Request) -> web.Response:
        since = int(request.query.get("since", 0))
        one = self._who(request)
        groups = [
            {"chat_id": group.chat_id, "name": group.name, "members": group.size()}
            for group in self._world.groups_of(one.userid)
            if not group.dismissed
        ]
        return answer(
            {"lines": [line for line in one.screen if line.seq > since], "groups": groups}
        )

    async def tasks(self, request: web.Request) -> web.Response:
        officer = Officer(self._world, self._who(request))
        return answer({"tasks": [task_shown(one) for one in officer.tasks()]})

    async def task(self, request: web.Request) -> web.Response:
        """confirm {"chats"?: […]} (old clients pick themselves) or ignore."""
        wanted = await body(request)
        officer = Officer(self._world, self._who(request))
        msgid, act = request.match_info["msgid"], request.match_info["act"]
        if act == "confirm":
            return answer(task_shown(officer.confirm(msgid, wanted.get("chats"))))
        if act == "ignore":
            return answer(task_shown(officer.ignore(msgid)))
        raise ValueError(f"unknown act {act}")

    async def act(self, request: web.Request) -> web.Response:
        wanted = await body(request)
        who, name = self._who(request), request.match_info["act"]
        if name == "open":
            return answer(opened(self._world, wanted["url"], {"userid": who.userid}))
        if name == "unfriend":
            resident = self._world.resident(wanted["resident"])
            self._gathering.unfriend(who.userid, resident, by_member=True)
            return answer({"ok": True})
        sent = self._app_act(Officer(self._world, who), name, wanted, request.host)
        if wanted.get("wait"):
            return answer({"ok": True, "outcome": await sent})
        return answer({"ok": True})

    def _app_act(self, officer: Officer, name: str, wanted: dict[str, Any], host: str) -> Sent:
        if name == "press":
            return officer.press(wanted["msgid"], wanted["key"], wanted.get("selected"))
        agentid = int(wanted.get("agentid") or next(iter(self._world.apps)))
        if name == "text":
            return officer.text(agentid, wanted["content"])
        if name == "location":
            place = float(wanted["latitude"]), float(wanted["longitude"])
            return officer.location(agentid, *place, wanted.get("label", ""))
        if name in ("image", "voice", "video"):
            return officer.media(agentid, name, *file(name, wanted), host)
        if name == "event":
            return officer.event(agentid, wanted["event"], wanted.get("key", ""))
        raise ValueError(f"unknown act {name}")


def task_shown(one: Mass) -> dict[str, Any]:
    whole: dict[str, Any] = msgspec.to_builtins(one)
    whole["deliveries"] = list(whole["deliveries"].values())
    return whole


class GroupDesk:
    """Handlers under /sim/groups."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._gathering = Gathering(world)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/sim/groups", self.every),
            web.post("/sim/groups", self.create),
            web.get("/sim/groups/{id}", self.one),
            web.get("/sim/groups/{id}/chat", self.chat),
            web.post("/sim/groups/{id}/{act}", self.act),
        ]

    async def every(self, request: web.Request) -> web.Response:
        owner = request.query.get("owner", "").lower()
        groups = self._world.groups_of(owner) if owner else list(self._world.state.groups.values())
        limit, start = int(request.query.get("limit", 500)), int(request.query.get("start", 0))
        return answer(
            {
                "total": len(groups),
                "groups": [self._shown(one) for one in groups[start : start + limit]],
            }
        )

    def _shown(self, one: Group) -> dict[str, Any]:
        return {
            "chat_id": one.chat_id,
            "name": one.name,
            "owner": one.owner,
            "notice": one.notice,
            "members": one.size(),
            "dismissed": one.dismissed,
            "reached": one.reached,
        }

    async def create(self, request: web.Request) -> web.Response:
        """{"owner", "name", "residents": [openid], "seeded": 0}."""
        wanted = await body(request)
        residents = [self._world.resident(one) for one in wanted.get("residents", [])]
        group = self._gathering.create(
            wanted["owner"], wanted.get("name", ""), residents, int(wanted.get("seeded", 0))
        )
        return answer(self._shown(group))

    async def one(self, request: web.Request) -> web.Response:
        group = find(self._world, request.match_info["id"])
        return answer({**self._shown(group), "seats": group.everybody()})

    async def chat(self, request: web.Request) -> web.Response:
        since = int(request.query.get("since", 0))
        group = find(self._world, request.match_info["id"])
        return answer(
            {**self._shown(group), "lines": [one for one in group.chat if one.seq > since]}
        )

    async def act(self, request: web.Request) -> web.Response:
        wanted = await body(request)
        hands, name = self._gathering, request.match_info["act"]
        group = find(self._world, request.match_info["id"])
        if name == "rename":
            hands.rename(group.chat_id, wanted["name"])
        elif name == "notice":
            hands.announce(group.chat_id, wanted["notice"])
        elif name == "owner":
            hands.hand_over(group.chat_id, wanted["owner"])
        elif name == "dismiss":
            hands.dismiss(group.chat_id)
        elif name == "join":
            people = [self._world.resident(one) for one in wanted["residents"]]
            scene = int(wanted.get("scene", 1))
            invitor = wanted.get("invitor", group.owner if scene == 1 else "")
            hands.join(group, people, scene=scene, state=wanted.get("state", ""), invitor=invitor)
        elif name == "invite":
            hands.invite_members(group, wanted["userids"])
        elif name in ("leave", "remove"):
            marks = [self._mark(one) for one in wanted["people"]]
            hands.leave(group, marks, removed=name == "remove")
        elif name == "say":
            hands.say(
                group.chat_id, self._mark(wanted["who"]), wanted.get("kind", "text"), wanted["data"]
            )
        else:
            raise ValueError(f"unknown act {name}")
        return answer(self._shown(group))

    def _mark(self, name: str) -> str:
        """An openid means the external_userid of the same person."""
        known = self._world.state.residents.get(name)
        return known.external_userid if known else name
