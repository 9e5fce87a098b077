"""Temporary media of the Official Account: limits of kind and size, three days of life."""

from __future__ import annotations

from aiohttp import web

from simulator.calls import Answer, Call, Registry
from simulator.refusal import Refusal
from simulator.shelf import MB
from simulator.world import World

# kind -> extensions, most bytes, code for a wrong size
KINDS: dict[str, tuple[tuple[str, ...], int, int]] = {
    "image": (("png", "jpeg", "jpg", "gif"), 10 * MB, 40009),
    "voice": (("amr", "mp3"), 2 * MB, 40010),
    "video": (("mp4",), 10 * MB, 40011),
    "thumb": (("jpg", "jpeg"), 64 * 1024, 40012),
}


def register(api: Registry) -> None:
    api.add("POST", "/cgi-bin/media/upload", upload)
    api.add("GET", "/cgi-bin/media/get", get)


def upload(world: World, call: Call) -> Answer:
    kind = call.query.get("type", "")
    if kind not in KINDS:
        raise Refusal(40004)
    if call.upload is None or not call.upload.data:
        raise Refusal(41005)
    extensions, most, code = KINDS[kind]
    if call.upload.name.rpartition(".")[2].lower() not in extensions:
        raise Refusal(40005)
    if len(call.upload.data) > most:
        raise Refusal(code)
    one = world.shelf.put("oa", kind, call.upload.name, call.upload.content_type, call.upload.data)
    return {"type": kind, "media_id": one.media_id, "created_at": one.created_at}


def get(world: World, call: Call) -> Answer:
    one = world.shelf.find("oa", call.query.get("media_id"))
    if one.type == "video":
        return {"video_url": f"http://{call.host}/sim/media/{one.media_id}"}
    return web.Response(
        body=world.shelf.read(one),
        content_type=one.content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{one.media_id}.{one.name.rpartition(".")[2]}"'
        },
    )
