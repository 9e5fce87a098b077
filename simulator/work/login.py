"""Officers log in: a code says which member of the corp it is, or that it is none."""

from __future__ import annotations

from typing import Any

from simulator.calls import Answer, Call, Registry, caller
from simulator.refusal import Refusal
from simulator.world import World


def register(api: Registry) -> None:
    api.add("GET", "/cgi-bin/auth/getuserinfo", getuserinfo)
    api.add("GET", "/cgi-bin/user/getuserinfo", older)
    api.add("POST", "/cgi-bin/auth/getuserdetail", getuserdetail)


def older(world: World, call: Call) -> Answer:
    """The call of private WeCom and of old texts: other names for the same."""
    names = {"userid": "UserId", "openid": "OpenId"}
    found = getuserinfo(world, call)
    assert isinstance(found, dict)
    return {names.get(name, name): value for name, value in found.items()}


def getuserinfo(world: World, call: Call) -> Answer:
    app = caller(call)
    code = world.memory.codes.get(call.query.get("code", ""))
    if code is None or code["kind"] != "corp" or code["used"] or world.clock.now() > code["until"]:
        raise Refusal(40029)
    if code["agentid"] not in (None, app.agentid):
        raise Refusal(40029)
    code["used"] = True
    answer: dict[str, Any] = {"errcode": 0, "errmsg": "ok"}
    if "userid" not in code:
        answer["openid"] = code["openid"]
        if "external_userid" in code:
            answer["external_userid"] = code["external_userid"]
        return answer
    answer["userid"] = code["userid"]
    if code["scope"] in ("snsapi_privateinfo", "snsapi_userinfo"):
        ticket = world.make.text(86)
        world.memory.user_tickets[ticket] = (code["userid"], world.clock.now() + 1800)
        answer.update(user_ticket=ticket, expires_in=1800)
    return answer


def getuserdetail(world: World, call: Call) -> Answer:
    userid, until = world.memory.user_tickets.get(call.text("user_ticket"), ("", 0.0))
    if not userid or world.clock.now() > until:
        raise Refusal(40063, "invalid user_ticket")
    one = world.member(userid)
    return {
        "errcode": 0,
        "errmsg": "ok",
        "userid": one.userid,
        "gender": "0",
        "avatar": "",
        "qr_code": "",
        "mobile": "",
        "email": "",
    }
