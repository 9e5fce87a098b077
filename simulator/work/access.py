"""WeCom's access tokens, directory and media."""

from __future__ import annotations

from aiohttp import web

from simulator.calls import Answer, Call, Registry
from simulator.refusal import Refusal
from simulator.shelf import MB
from simulator.world import World

KINDS: dict[str, tuple[tuple[str, ...], int, int]] = {
    "image": (("png", "jpeg", "jpg"), 10 * MB, 40009),
    "voice": (("amr",), 2 * MB, 40010),
    "video": (("mp4",), 10 * MB, 40011),
    "file": ((), 20 * MB, 40006),
}


def register(api: Registry) -> None:
    api.add("GET", "/cgi-bin/gettoken", gettoken, token=False)
    api.add("GET", "/cgi-bin/user/get", user)
    api.add("POST", "/cgi-bin/media/upload", upload)
    api.add("GET", "/cgi-bin/media/get", media)


def gettoken(world: World, call: Call) -> Answer:
    if call.query.get("corpid") != world.config.wecom.corpid:
        raise Refusal(40013)
    secret = call.query.get("corpsecret")
    if not secret:
        raise Refusal(41004)
    for app in world.config.wecom.apps:
        if app.secret == secret:
            token, left = world.tokens.app(app.agentid)
            return {"errcode": 0, "errmsg": "ok", "access_token": token.text, "expires_in": left}
    raise Refusal(40001, "invalid credential")


def user(world: World, call: Call) -> Answer:
    one = world.member(call.query.get("userid", ""))
    if not one.visible:
        raise Refusal(60011)
    return {
        "errcode": 0,
        "errmsg": "ok",
        "userid": one.userid,
        "name": one.name,
        "department": one.department,
        "status": 1,
    }


def upload(world: World, call: Call) -> Answer:
    kind = call.query.get("type", "")
    if kind not in KINDS:
        raise Refusal(40004)
    if call.upload is None:
        raise Refusal(41005)
    extensions, most, code = KINDS[kind]
    if extensions and call.upload.name.rpartition(".")[2].lower() not in extensions:
        raise Refusal(40005)
    if len(call.upload.data) <= 5:
        raise Refusal(40006)
    if len(call.upload.data) > most:
        raise Refusal(code)
    one = world.shelf.put(
        "corp", kind, call.upload.name, call.upload.content_type, call.upload.data
    )
    return {
        "errcode": 0,
        "errmsg": "",
        "type": kind,
        "media_id": one.media_id,
        "created_at": str(one.created_at),
    }


def media(world: World, call: Call) -> Answer:
    one = world.shelf.find("corp", call.query.get("media_id"))
    return web.Response(
        body=world.shelf.read(one),
        content_type=one.content_type,
        headers={"Content-Disposition": f'attachment; filename="{one.name}"'},
    )
