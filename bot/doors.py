"""Doors: the way from WeChat and WeCom into our pages. Who comes in is learnt from the platform.

A door sends its visitor to the platform with a ``state`` that is also in a cookie of this browser; who
comes back without it did not begin here. A code is good once, so a page that is loaded again goes
round once more. What goes on to the page is an entry ticket in the address's fragment, which browsers
send to no server.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from html import escape

from aiohttp import web

from bot.cards import officer
from bot.errors import CallFailed, PlatformError
from bot.house import BotHouse
from domain.errors import Conflict, Refused
from domain.people import COMMUNITY_PAGE, Person
from domain.resident import Resident, resident_id
from domain.revise import revise
from domain.ticket import EntryKind, issue_entry

COOKIE = "jingmin_door"
STATE_S = 600
TICKET_S = 1.5
TIP = re.compile("[0-9a-f]{32}")
log = logging.getLogger("jingmin.bot.doors")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>警民110</title>
<style>body{{margin:0;font:17px/1.6 "PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;
background:#f3f5f9;color:#0e1726}}main{{max-width:26rem;margin:12vh auto;padding:0 20px}}
h1{{font-size:1.6rem;line-height:1.3}}p{{color:#465366}}a{{display:grid;place-items:center;
min-height:56px;border-radius:14px;margin-top:14px;text-decoration:none;font-weight:600;
border:1.5px solid #b4c0d0;color:#0e1726;background:#fff}}
a.main{{background:#1f5be0;color:#fff;border-color:transparent}}
a.call{{background:#d01f26;color:#fff;border-color:transparent}}
a:focus-visible{{outline:3px solid #1f5be0;outline-offset:2px}}</style></head>
<body><main><h1>{title}</h1><p>{text}</p>{links}</main></body></html>"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


def add_doors(app: web.Application, house: BotHouse) -> None:
    """``/wechat/enter`` for residents (inside WeChat) and ``/wechat/officer`` for members of the corp."""
    app.router.add_get("/wechat/enter", _door(house, _enter))
    app.router.add_get("/wechat/officer", _door(house, _officer))


def _door(
    house: BotHouse, step: Callable[[BotHouse, web.Request], Awaitable[web.StreamResponse]]
) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            response = await step(house, request)
        except (CallFailed, Refused) as error:
            code = error.fault.code if isinstance(error, Refused) else type(error).__name__
            log.warning("%s: %s", request.path, code)
            response = _failed(house, request)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return handle


# ---- residents


async def _enter(house: BotHouse, request: web.Request) -> web.StreamResponse:
    if house.official is None:
        raise web.HTTPNotFound
    here = f"{house.settings.url}/wechat/enter"
    if "code" not in request.query:
        return _sent_to(house, lambda state: _oauth_url(house, here, state))
    if not _began_here(request):
        return _again(house, here)
    try:
        visitor = await house.official.oauth(request.query["code"])
    except PlatformError:
        return _again(house, here)
    if visitor.snapshot:
        return _snapshot(house)
    resident = await _known(house, visitor.openid)
    await _ready(house)
    ticket = issue_entry(house.secret, EntryKind.RESIDENT, resident, house.clock())
    return _on(house, f"/110/#wx={ticket}")


async def _ready(house: BotHouse) -> None:
    """The page is about to ask for a signature, which needs the ticket in the store; it does without
    when the platform is slow."""
    assert house.official is not None
    with suppress(CallFailed, Refused, TimeoutError):
        async with asyncio.timeout(TICKET_S):
            await house.official.jsapi_ticket()


def _oauth_url(house: BotHouse, here: str, state: str) -> str:
    assert house.official is not None
    return house.official.oauth_url(here, state)


async def _known(house: BotHouse, openid: str) -> str:
    """The resident's id; a row is made for whoever comes for the first time."""
    id = resident_id(house.secret, openid)

    def heard(row: Resident) -> None:
        row.heard_at = house.clock()

    with suppress(Conflict):  # others write to the row: then it is there
        await revise(
            house.store.residents, id, heard, lambda: Resident(id, house.identity.close(openid))
        )
    return id


# ---- officers


async def _officer(house: BotHouse, request: web.Request) -> web.StreamResponse:
    work = house.work
    if work is None:
        raise web.HTTPNotFound
    tip = request.query.get("tip", "")
    if not TIP.fullmatch(tip):
        tip = ""
    here = f"{house.settings.url}/wechat/officer" + (f"?tip={tip}" if tip else "")
    if "code" not in request.query:
        in_wecom = "wxwork" in request.headers.get("User-Agent", "").lower()
        return _sent_to(house, lambda state: work.login_url(here, state, in_wecom))
    if not _began_here(request):
        return _again(house, here)
    try:
        userid = await work.login(request.query["code"])
    except Refused as refused:
        return _stranger(house) if refused.fault.status == 403 else _again(house, here)
    person = await _member(house, userid)
    if person is None:
        return _stranger(house)
    ticket = issue_entry(house.secret, EntryKind.OFFICER, person.id, house.clock())
    return _on(house, f"/community/#entry={ticket}" + (f"&tip={tip}" if tip else ""))


async def _member(house: BotHouse, userid: str) -> Person | None:
    person = await officer(house, userid)
    return person if person is not None and person.role in COMMUNITY_PAGE else None


# ---- going round


def _sent_to(house: BotHouse, address: Callable[[str], str]) -> web.Response:
    state = secrets.token_hex(16)
    response = web.Response(status=302, headers={"Location": address(state)})
    # Lax: the platform sends the browser back with a top-level GET, which brings the cookie along.
    response.set_cookie(
        COOKIE,
        state,
        path="/wechat",
        httponly=True,
        samesite="Lax",
        secure=house.settings.url.startswith("https://"),
        max_age=STATE_S,
    )
    return response


def _began_here(request: web.Request) -> bool:
    kept, state = request.cookies.get(COOKIE, ""), request.query.get("state", "")
    return bool(kept) and hmac.compare_digest(
        kept.encode("utf-8", "replace"), state.encode("utf-8", "replace")
    )


def _on(house: BotHouse, path: str) -> web.Response:
    response = web.Response(status=302, headers={"Location": house.settings.site + path})
    response.del_cookie(COOKIE, path="/wechat")
    return response


# ---- pages that say why not


def _again(house: BotHouse, here: str) -> web.Response:
    return _page(
        house,
        403,
        "请再打开一次",
        "这次进入没有完成，可能是链接用过或已过期。没有任何内容丢失。",
        [(here, "重新进入", "main")],
    )


def _snapshot(house: BotHouse) -> web.Response:
    return _page(
        house,
        403,
        "请使用完整服务",
        "您现在看到的是微信的快照页，微信给的是临时身份，我们无法据此答复您。请点页面右下角的"
        "「使用完整服务」，再进入一次。紧急情况请直接拨打 110。",
        [],
    )


def _stranger(house: BotHouse) -> web.Response:
    return _page(
        house,
        403,
        "这个入口只供民警使用",
        "您的企业微信账号没有绑定到本系统的民警账号。请联系管理员在人员管理里填写您的企业微信账号。",
        [(f"{house.settings.site}/community/", "用账号密码登录", "main")],
    )


def _failed(house: BotHouse, request: web.Request) -> web.Response:
    return _page(
        house,
        503,
        "微信暂时没有回应",
        "请稍后再试。报警不受影响，可以直接打开报警页面或拨打 110。",
        [(request.path, "再试一次", "main")],
    )


def _page(
    house: BotHouse, status: int, title: str, text: str, links: list[tuple[str, str, str]]
) -> web.Response:
    links = [
        *links,
        (f"{house.settings.site}/110/", "打开报警页面", ""),
        ("tel:110", "拨打 110", "call"),
    ]
    rows = "".join(
        f'<a class="{kind}" href="{escape(address)}">{escape(words)}</a>'
        for address, words, kind in links
    )
    html = PAGE.format(title=escape(title), text=escape(text), links=rows)
    return web.Response(
        text=html,
        status=status,
        content_type="text/html",
        headers={"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"},
    )
