"""The JS-SDK of web pages inside WeChat: a real script and the check behind wx.config."""

from __future__ import annotations

import hmac
from pathlib import Path

import msgspec
from aiohttp import web

from simulator.crypto import page_signature
from simulator.datum import gcj02
from simulator.doors import identity
from simulator.phone import Phone
from simulator.world import World

SCRIPT = Path(__file__).parent / "jweixin.js"


def check(world: World, config: dict[str, str]) -> str:
    """ "ok", or the errMsg of wx.error, for the page address the browser reports."""
    if config.get("appId") != world.config.oa.appid:
        return "config:fail, the param appId is invalid"
    nonce, stamp = str(config.get("nonceStr")), str(config.get("timestamp"))
    for ticket, until in world.memory.jsapi.values():
        wanted = page_signature(ticket, nonce, stamp, config.get("url", ""))
        alive = ticket and world.clock.now() <= until
        if alive and hmac.compare_digest(wanted, str(config.get("signature"))):
            return "ok"
    return "config:fail, invalid signature"


def add_routes(app: web.Application, world: World) -> None:
    text = SCRIPT.read_text("utf-8")

    async def script(request: web.Request) -> web.Response:
        return web.Response(text=text, content_type="application/javascript")

    async def config(request: web.Request) -> web.Response:
        wanted = msgspec.json.decode(await request.read(), type=dict[str, str])
        answer = {"errMsg": check(world, wanted), "openTags": world.settings.open_tags}
        return _answer(answer, request)

    async def place(request: web.Request) -> web.Response:
        who = identity(request.cookies).get("openid") or request.query.get("openid", "")
        residents = world.state.residents
        one = residents.get(who)
        if one is None and len(residents) == 1:
            one = next(iter(residents.values()))
        if one is None:
            # Somebody else's position would be worse than none.
            return _answer({"errMsg": "getLocation:fail"}, request)
        latitude, longitude = one.latitude, one.longitude
        if request.query.get("type", "wgs84") == "gcj02":
            latitude, longitude = gcj02(latitude, longitude)
        found = {"latitude": latitude, "longitude": longitude, "speed": -1.0, "accuracy": 30.0}
        return _answer({**found, "errMsg": "getLocation:ok"}, request)

    async def subscribe(request: web.Request) -> web.Response:
        """The popup of wx-open-subscribe was answered on the phone this browser plays."""
        wanted = msgspec.json.decode(await request.read(), type=dict[str, str])
        one = world.state.residents.get(identity(request.cookies).get("openid", ""))
        if one is None:
            return _answer({"errMsg": "subscribe:fail"}, request)
        accept = wanted.get("accept") == "accept"
        for template in wanted.get("template", "").split(","):
            Phone(world, one).permit(template, accept)
        chosen = {id: {"status": wanted["accept"]} for id in wanted.get("template", "").split(",")}
        details = msgspec.json.encode(chosen).decode()
        return _answer({"errMsg": "subscribe:ok", "subscribeDetails": details}, request)

    for path in (
        "/res.wx.qq.com/open/js/jweixin-1.6.0.js",
        "/res2.wx.qq.com/open/js/jweixin-1.6.0.js",
    ):
        app.router.add_get(path, script)
    app.router.add_post("/res.wx.qq.com/check", config)
    app.router.add_post("/res.wx.qq.com/subscribe", subscribe)
    app.router.add_get("/res.wx.qq.com/location", place)


def _answer(value: object, request: web.Request) -> web.Response:
    # The page that asks lives on another origin, and the phone's owner is known by a cookie.
    headers = {
        "Access-Control-Allow-Origin": request.headers.get("Origin", "*"),
        "Access-Control-Allow-Credentials": "true",
    }
    return web.Response(
        body=msgspec.json.encode(value), content_type="application/json", headers=headers
    )
