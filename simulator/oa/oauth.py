"""OAuth of web pages inside WeChat: a code becomes an openid, once."""

from __future__ import annotations

from typing import Any

from simulator.calls import Answer, Call, Registry
from simulator.refusal import Refusal
from simulator.world import World


def register(api: Registry) -> None:
    api.add("*", "/sns/oauth2/access_token", access_token, token=False)
    api.add("*", "/sns/oauth2/refresh_token", refresh, token=False)
    api.add("*", "/sns/userinfo", userinfo, token=False)
    api.add("GET", "/cgi-bin/ticket/getticket", getticket)


def access_token(world: World, call: Call) -> Answer:
    get = call.query.get
    if get("appid") != world.config.oa.appid:
        raise Refusal(40013)
    if get("secret") != world.config.oa.secret:
        raise Refusal(world.settings.wrong_secret)
    if get("grant_type") != "authorization_code":
        raise Refusal(40002, "invalid grant_type")
    if not get("code"):
        raise Refusal(41008)
    code = world.memory.codes.get(get("code", ""))
    if code is None or code["kind"] != "oa":
        raise Refusal(40029)
    if code["used"]:
        raise Refusal(40163)
    if world.clock.now() > code["until"]:
        raise Refusal(42003)
    code["used"] = True
    return _granted(world, code["openid"], code["scope"])


def _granted(world: World, openid: str, scope: str) -> dict[str, Any]:
    resident = world.resident(openid)
    token, fresh = world.make.text(89), world.make.text(89)
    shown_id = "oV" + openid[2:] if resident.snapshot else openid
    facts = {"openid": shown_id, "real": openid, "scope": scope}
    tokens = world.memory.page_tokens
    tokens[token] = {**facts, "until": world.clock.now() + 7200, "kind": "access"}
    tokens[fresh] = {**facts, "until": world.clock.now() + 30 * 86400, "kind": "refresh"}
    while len(tokens) > 20_000:
        tokens.pop(next(iter(tokens)))
    answer: dict[str, Any] = {
        "access_token": token,
        "expires_in": 7200,
        "refresh_token": fresh,
        "openid": shown_id,
        "scope": scope,
    }
    if resident.snapshot:
        answer["is_snapshotuser"] = 1
    elif scope == "snsapi_userinfo" and world.settings.unionid_bound:
        answer["unionid"] = resident.unionid
    return answer


def _known(world: World, text: str, kind: str) -> dict[str, Any]:
    one = world.memory.page_tokens.get(text)
    if one is None or one["kind"] != kind:
        raise Refusal(40001 if kind == "access" else 40030)
    if world.clock.now() > one["until"]:
        raise Refusal(42001 if kind == "access" else 42002)
    return one


def refresh(world: World, call: Call) -> Answer:
    if call.query.get("appid") != world.config.oa.appid:
        raise Refusal(40013)
    one = _known(world, call.query.get("refresh_token", ""), "refresh")
    return _granted(world, one["real"], one["scope"])


def userinfo(world: World, call: Call) -> Answer:
    one = _known(world, call.query.get("access_token", ""), "access")
    if one["openid"] != call.query.get("openid"):
        raise Refusal(40003)
    if one["scope"] != "snsapi_userinfo":
        raise Refusal(48001)
    resident = world.resident(one["real"])
    answer: dict[str, Any] = {
        "openid": one["openid"],
        "nickname": "微信用户" if resident.snapshot else resident.name,
        "sex": 0,
        "language": "",
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": "https://thirdwx.qlogo.cn/mmopen/vi_32/0/132",
        "privilege": [],
    }
    if world.settings.unionid_bound and not resident.snapshot:
        answer["unionid"] = resident.unionid
    return answer


def getticket(world: World, call: Call) -> Answer:
    if call.query.get("type") != "jsapi":
        raise Refusal(40097, "invalid args")
    ticket, until = world.memory.jsapi.get("oa", ("", 0.0))
    left = until - world.clock.now()
    if left < 300:
        world.memory.jsapi["before"] = (ticket, until)
        ticket, left = world.make.text(86), 7200.0
        world.memory.jsapi["oa"] = (ticket, world.clock.now() + left)
    return {"errcode": 0, "errmsg": "ok", "ticket": ticket, "expires_in": int(left)}
