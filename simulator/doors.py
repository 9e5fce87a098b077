"""Where browsers go: OAuth's authorization page and the corp's login page."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from aiohttp import web

from simulator.accounts import App
from simulator.refusal import Refusal
from simulator.world import World

OA_SCOPES = ("snsapi_base", "snsapi_userinfo")
CORP_SCOPES = ("snsapi_base", "snsapi_userinfo", "snsapi_privateinfo")
AUTHORIZE = "/open.weixin.qq.com/connect/oauth2/authorize"
LOGIN = "/login.work.weixin.qq.com/wwlogin/sso/login"


class Denied(Exception):
    """The page the platform shows instead of going on."""


def authorize(world: World, query: dict[str, str], who: dict[str, str]) -> str:
    """Where the web view is sent next: the redirect_uri with a fresh code and the state."""
    appid, state = query.get("appid"), query.get("state", "")
    target = query.get("redirect_uri", "")
    if query.get("response_type") != "code":
        raise Denied("response_type 参数错误")
    if not target.startswith(("http://", "https://")):
        raise Denied("redirect_uri 参数错误")
    if len(state) > 128 or not all(one.isascii() and one.isalnum() for one in state):
        raise Denied("state 参数错误")
    scope = query.get("scope", "")
    if appid == world.config.oa.appid:
        if scope not in OA_SCOPES:
            raise Denied("Scope 参数错误或没有 Scope 权限")
        domain = world.config.oa.oauth_domain
        if domain and urlsplit(target).netloc != domain:
            raise Denied("redirect_uri 域名与后台配置不一致，错误码：10003")
        if "openid" not in who:
            raise Denied("请在微信客户端打开链接")
        return with_code(
            target, code(world, "oa", {"openid": who["openid"], "scope": scope}), state
        )
    if appid == world.config.wecom.corpid:
        if scope not in CORP_SCOPES:
            raise Denied("Scope 参数错误或没有 Scope 权限")
        app = trusted(world, query.get("agentid"), target)
        return with_code(target, corp_code(world, app, scope, who), state)
    raise Denied("appid 参数错误")


def login(world: World, query: dict[str, str], who: dict[str, str]) -> str:
    """The corp's login in a browser; whoever holds the phone is the one who scans."""
    if query.get("login_type", "CorpApp") != "CorpApp":
        raise Denied("login_type 参数错误")
    if query.get("appid") != world.config.wecom.corpid:
        raise Denied("appid 参数错误")
    if not query.get("agentid"):
        raise Denied("agentid 参数错误")
    target = query.get("redirect_uri", "")
    app = trusted(world, query.get("agentid"), target)
    if "userid" not in who:
        raise Denied("请使用企业微信扫码登录")
    return with_code(
        target, corp_code(world, app, "snsapi_privateinfo", who), query.get("state", "")
    )


def trusted(world: World, agentid: str | None, target: str) -> App | None:
    """The app, after its trusted domain agreed with the address; raises 50001."""
    if agentid is None:
        apps = world.config.wecom.apps
        domains = [one.trusted_domain for one in apps]
        if all(domains) and urlsplit(target).netloc not in domains:
            raise Refusal(50001)
        return None
    app = world.app(agentid)
    if app.trusted_domain and urlsplit(target).netloc != app.trusted_domain:
        raise Refusal(50001)
    return app


def corp_code(world: World, app: App | None, scope: str, who: dict[str, str]) -> str:
    facts: dict[str, Any] = {"scope": scope, "agentid": app.agentid if app else None}
    member = world.state.members.get(who.get("userid", ""))
    if member and not member.left:
        facts["userid"] = member.userid
    elif member:
        facts["openid"] = "oW" + member.userid
    elif "openid" in who:
        resident = world.resident(who["openid"])
        facts["openid"] = "oW" + resident.unionid[2:]
        if resident.friends:
            facts["external_userid"] = resident.external_userid
    else:
        raise Denied("请在企业微信或微信客户端打开链接")
    return code(world, "corp", facts)


def code(world: World, kind: str, facts: dict[str, Any]) -> str:
    text = world.make.text(32)
    codes = world.memory.codes
    codes[text] = {
        **facts,
        "kind": kind,
        "until": world.clock.now() + world.settings.oauth_code_life_s,
        "used": False,
    }
    if len(codes) > 50_000:
        codes.pop(next(iter(codes)))
    return text


def with_code(target: str, text: str, state: str) -> str:
    parts = urlsplit(target)
    query = [*parse_qsl(parts.query, keep_blank_values=True), ("code", text), ("state", state)]
    return urlunsplit(parts._replace(query=urlencode(query)))


def identity(cookies: Any, corp: bool = False) -> dict[str, str]:
    """Whose phone a browser plays, as /sim/open left it.

    One browser may play a resident and an officer in two tabs. An account's page means the resident;
    at the corp's doors stands whoever opened something last.
    """
    found = {
        name: cookies[f"sim_{name}"] for name in ("openid", "userid") if cookies.get(f"sim_{name}")
    }
    last = cookies.get("sim_last")
    if corp and last in found:
        return {last: found[last]}
    return found


def page(world: World, request: web.Request) -> web.Response:
    """Both pages over HTTP: a redirect, or a sentence that says why not."""
    step = login if request.path == LOGIN else authorize
    try:
        corp = request.query.get("appid") == world.config.wecom.corpid
        location = step(world, dict(request.query), identity(request.cookies, corp))
    except (Denied, Refusal) as error:
        text = f"{error.code} {error.text}" if isinstance(error, Refusal) else str(error)
        html = f"<!doctype html><meta charset=utf-8><title>错误</title><p>{text}</p>"
        return web.Response(text=html, content_type="text/html")
    return web.Response(status=302, headers={"Location": location})
