"""Doors: the way from WeChat and WeCom into our pages. Who comes in is learnt from the platform.

A door sends its visitor to the platform with a ``state`` that is also in a cookie of this browser; who
comes back without it did not begin here. What goes on to the page is an entry ticket in the address's
fragment, which browsers send to no server.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from functools import partial

from aiohttp import web

from bot.cards import officer
from bot.door_answers import again, began_here, choice, failed, on, sent_to, stranger
from bot.entrance import Entrance
from bot.errors import CallFailed
from bot.house import BotHouse, address
from bot.subscribe_page import subscribe_page
from domain.errors import Refused
from domain.people import COMMUNITY_PAGE, Person
from domain.ticket import EntryKind, issue_entry

ID = re.compile("[0-9a-f]{32}")
log = logging.getLogger("jingmin.bot.doors")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_doors(app: web.Application, house: BotHouse) -> None:
    """``/wechat/enter`` for residents (inside WeChat) and ``/wechat/officer`` for members of the corp,
    ``/wechat/subscribe`` for whoever wants to be told of an answer. Those of any account but the first
    end with its name; of several corps, the address without one asks which."""
    for name in {"", *(one.name for one in house.settings.officials)}:
        entrance = Entrance(house, name)
        app.router.add_get(address("enter", name), _door(house, entrance.answer))
        page = partial(subscribe_page, house, name)
        app.router.add_get(address("subscribe", name), _door(house, page))
    for name in {"", *(one.name for one in house.settings.corps)}:
        app.router.add_get(address("officer", name), _door(house, partial(_officer, house, name)))
    app.router.add_get("/wechat/officers", _door(house, partial(_corps, house)))


def _door(house: BotHouse, step: Handler) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            response = await step(request)
        except (CallFailed, Refused) as error:
            code = error.fault.code if isinstance(error, Refused) else type(error).__name__
            log.warning("%s: %s", request.path, code)
            response = failed(house, request)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return handle


async def _corps(house: BotHouse, request: web.Request) -> web.StreamResponse:
    """Which corp an officer is a member of; with one alone there is nothing to ask."""
    corps = house.settings.corps
    if not corps:
        raise web.HTTPNotFound
    doors = [(house.settings.url + address("officer", one.name), one) for one in corps]
    if len(doors) == 1:
        raise web.HTTPFound(doors[0][0])
    return choice(
        house, [(door, one.title or one.name or house.settings.city) for door, one in doors]
    )


async def _officer(house: BotHouse, corp: str, request: web.Request) -> web.StreamResponse:
    work = house.corps.named(corp)
    if work is None:
        raise web.HTTPNotFound
    asked = _asked(request)
    here = house.settings.url + address("officer", corp) + (f"?{asked}" if asked else "")
    if "code" not in request.query:
        in_wecom = "wxwork" in request.headers.get("User-Agent", "").lower()
        return sent_to(house, lambda state: work.login_url(here, state, in_wecom))
    if not began_here(request):
        return again(house, here)
    try:
        userid = await work.login(request.query["code"])
    except Refused as refused:
        return stranger(house) if refused.fault.status == 403 else again(house, here)
    person = await _member(house, userid)
    if person is None:
        return stranger(house)
    ticket = issue_entry(house.secret, EntryKind.OFFICER, person.id, house.clock())
    return on(house, f"/community/#entry={ticket}" + (f"&{asked}" if asked else ""))


def _asked(request: web.Request) -> str:
    """The tip or the notice whose card led here, as in the address."""
    for kind in ("tip", "notice"):
        if ID.fullmatch(id := request.query.get(kind, "")):
            return f"{kind}={id}"
    return ""


async def _member(house: BotHouse, userid: str) -> Person | None:
    person = await officer(house, userid)
    return person if person is not None and person.role in COMMUNITY_PAGE else None
