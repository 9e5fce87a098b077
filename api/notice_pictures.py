"""Pictures in notices: cleaned like all pictures, named by what they hold, public once sent."""

from __future__ import annotations

import asyncio
import hashlib
import re

from aiohttp import web
from msgspec import Struct

from api.house import House
from api.magic import PICTURES, recognise
from api.notice_views import find_public
from api.routes import Ask, Routes, now_ms, read_body
from api.shapes_notices import NoticePicture
from domain.errors import BUSY, INVALID, MEDIA_KIND, TOO_LARGE, NotFound, Refused
from domain.message import FileKind
from domain.people import COMMUNITY_PAGE

LIMIT = 10 * 1024 * 1024
NAME = re.compile(r"notice-[0-9a-f]{32}\.(jpg|png)\Z")
TYPES = {"jpg": "image/jpeg", "png": "image/png"}

routes = Routes()


class PictureQuery(Struct, forbid_unknown_fields=True):
    """``key`` is what the page's uploader sends; the same bytes are the same picture anyway."""

    key: str = ""


@routes.add(
    "POST",
    "/notices/pictures",
    COMMUNITY_PAGE,
    status=201,
    raw_body=PICTURES,
    faults=(MEDIA_KIND, TOO_LARGE, BUSY),
)
async def add_picture(ask: Ask, query: PictureQuery) -> NoticePicture:
    """A JPEG, PNG or WebP of at most 10 MB for a notice; where it was taken is not in it any more."""
    data = await read_body(ask.request, LIMIT)
    media = recognise(data[:512], ask.request.content_type)
    if media is None or media.kind is not FileKind.PICTURE:
        raise Refused(MEDIA_KIND, "not a picture that is known here")
    shown = await ask.house.pictures(data, ask.staff.id, ask.house.origin(ask.request))
    digest = await asyncio.to_thread(lambda: hashlib.sha256(shown.data).hexdigest())
    kind = "png" if shown.type == "image/png" else "jpg"
    file = f"notice-{digest[:32]}.{kind}"
    await ask.house.store.files.put_bytes(file, shown.data, {"notice": True})
    return NoticePicture(file, shown.width, shown.height)


@routes.add("GET", "/notices/pictures/{file}", COMMUNITY_PAGE, raw_answer="image/*")
async def read_picture(ask: Ask, file: str) -> web.Response:
    """The picture, for whoever writes or approves the notice."""
    return await _send(ask.house, file, "private, max-age=3600")


async def public_picture(house: House, request: web.Request) -> web.Response:
    """``/n/{number}/picture``: the picture of a notice that went out; nothing else can be asked for."""
    house.limits.spend(house.origin(request), "public")
    it = await find_public(house, request.match_info["number"], now_ms())
    return await _send(house, it.picture, "public, max-age=30")


async def require_picture(house: House, file: str) -> str:
    """The same name; raises ``invalid`` when there is no such picture."""
    if file:
        try:
            if not NAME.match(file):
                raise NotFound()
            await house.store.files.size(file)
        except NotFound:
            raise Refused(INVALID, "no such picture", field="picture") from None
    return file


async def _send(house: House, file: str, caching: str) -> web.Response:
    found = NAME.match(file)
    if not found:
        raise NotFound("no such picture")
    data = b"".join([piece async for piece in house.store.files.read(file)])
    headers = {"Cache-Control": caching, "X-Content-Type-Options": "nosniff"}
    return web.Response(body=data, content_type=TYPES[found[1]], headers=headers)
