"""What a door answers with: the way round by the platform, our pages, or a page that says why not."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from html import escape

from aiohttp import web

from bot.house import BotHouse

COOKIE = "jingmin_door"
STATE_S = 600
# Put behind the state when its visitor came back; the platform delivers some visitors twice.
BACK = "back"

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


# ---- going round


def sent_to(house: BotHouse, address: Callable[[str], str]) -> web.Response:
    """To the platform, with a fresh state that this browser keeps."""
    state = secrets.token_hex(16)
    response = web.Response(status=302, headers={"Location": address(state)})
    _keep(house, response, f"{state}.{house.clock()}")
    return response


def began_here(request: web.Request) -> bool:
    """Whether this browser was sent round with the state that came back."""
    kept, state = _kept(request)[0], request.query.get("state", "")
    return bool(kept) and hmac.compare_digest(
        kept.encode("utf-8", "replace"), state.encode("utf-8", "replace")
    )


def out_since(request: web.Request) -> int | None:
    """When (Unix ms) this browser was sent round by the platform, if it has not come back."""
    state, mark = _kept(request)
    return int(mark) if state and mark.isascii() and mark.isdigit() and len(mark) < 16 else None


def on(house: BotHouse, path: str) -> web.Response:
    """To one of our pages; this browser keeps nothing."""
    response = web.Response(status=302, headers={"Location": house.settings.site + path})
    response.del_cookie(COOKIE, path="/wechat")
    return response


def came_back(house: BotHouse, response: web.Response, request: web.Request) -> None:
    """This browser keeps its state: it may be delivered once more."""
    if began_here(request):
        _keep(house, response, f"{request.query['state']}.{BACK}")


def _kept(request: web.Request) -> tuple[str, str]:
    state, _, mark = request.cookies.get(COOKIE, "").partition(".")
    return state, mark


def _keep(house: BotHouse, response: web.Response, value: str) -> None:
    # Lax: the platform sends the browser back with a top-level GET, which brings the cookie along.
    response.set_cookie(
        COOKIE,
        value,
        path="/wechat",
        httponly=True,
        samesite="Lax",
        secure=house.settings.url.startswith("https://"),
        max_age=STATE_S,
    )


# ---- pages that say why not


def again(house: BotHouse, here: str) -> web.Response:
    return _page(
        house,
        403,
        "请再打开一次",
        "这次进入没有完成，可能是链接用过或已过期。没有任何内容丢失。",
        [(here, "重新进入", "main")],
    )


def snapshot(house: BotHouse) -> web.Response:
    return _page(
        house,
        403,
        "请使用完整服务",
        "您现在看到的是微信的快照页，微信给的是临时身份，我们无法据此答复您。请点页面右下角的"
        "「使用完整服务」，再进入一次。紧急情况请直接拨打 110。",
        [],
    )


def stranger(house: BotHouse) -> web.Response:
    return _page(
        house,
        403,
        "这个入口只供民警使用",
        "您的企业微信账号没有绑定到本系统的民警账号。请联系管理员在人员管理里填写您的企业微信账号。",
        [(f"{house.settings.site}/community/", "用账号密码登录", "main")],
    )


def choice(house: BotHouse, doors: list[tuple[str, str]]) -> web.Response:
    """Which of these, by address and name."""
    links = [(address, name, "main") for address, name in doors]
    return _page(house, 200, "请选择您的单位", "用所在单位的企业微信登录。", links)


def failed(house: BotHouse, request: web.Request) -> web.Response:
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
