"""The page on which a resident asks to be told of an answer: WeChat's own button, and nothing else.

It knows nobody and keeps nothing: what was chosen comes to the bot as an event.
Source: developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_Open_Tag.html, wx-open-subscribe.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from html import escape
from urllib.parse import urlsplit

from aiohttp import web

from bot.errors import CallFailed
from bot.house import BotHouse
from bot.official import PageConfig
from bot.texts import say
from domain.errors import Refused
from domain.resident import Language

SIGN_S = 2.0
READY_MS = 6_000  # outside WeChat the script says neither yes nor no
PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>警民110</title>
<style>body{{margin:0;font:17px/1.6 "PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;
background:#f3f5f9;color:#0e1726}}main{{max-width:26rem;margin:12vh auto;padding:0 20px}}
h1{{font-size:1.6rem;line-height:1.3}}p{{color:#465366;min-height:4.8em}}a{{display:grid;place-items:center;
min-height:56px;border-radius:14px;margin-top:14px;text-decoration:none;font-weight:600;
background:#d01f26;color:#fff}}a:focus-visible{{outline:3px solid #1f5be0;outline-offset:2px}}
wx-open-subscribe{{display:block;min-height:56px}}[hidden]{{display:none}}</style></head>
<body><main><h1>{title}</h1><p id="said" role="status">{text}</p>{button}
<a href="tel:110">{call}</a></main>{script}</body></html>"""
BUTTON = """<wx-open-subscribe id="ask" template="{template}"><template slot="style"><style>
.ask{{width:100%;min-height:56px;border:0;border-radius:14px;font-size:17px;font-weight:600;
background:#1f5be0;color:#fff}}</style></template>
<template><button class="ask">{ask}</button></template></wx-open-subscribe>"""
SCRIPT = """<script src="{source}"></script><script nonce="{nonce}">
var words = {words}, said = document.getElementById('said');
function tell(text) {{ said.textContent = text; }}
var ask = document.getElementById('ask'), ready = false, barred = false;
function show(can) {{ ask.hidden = !can; tell(can ? words.text : words.failed); }}
function cannot() {{ show(false); }}
ask.addEventListener('success', function (event) {{
  var found = String(event.detail && event.detail.subscribeDetails || '');
  tell(found.indexOf('accept') >= 0 ? words.done : words.not_done);
}});
ask.addEventListener('error', function () {{ tell(words.failed); }});
document.addEventListener('WeixinOpenTagsError', function () {{ barred = true; cannot(); }});
if (window.wx) {{
  wx.error(cannot);
  wx.ready(function () {{ ready = true; if (ask.hidden && !barred) show(true); }});
  setTimeout(function () {{ if (!ready) cannot(); }}, {patience});
  wx.config({config});
}} else cannot();
</script>"""


async def subscribe_page(house: BotHouse, account: str, request: web.Request) -> web.Response:
    """Asks followers of this account for one message about a tip or a report; without a template for it
    there is no page."""
    purpose = request.query.get("for", "")
    official = house.officials.named(account)
    if official is None or not official.settings.subscriptions.get(purpose):
        raise web.HTTPNotFound
    language = Language.EN if request.query.get("lang") == Language.EN else Language.ZH
    words = {
        name: say(f"subscribe_{name}", language)
        for name in ("title", "text", "ask", "done", "not_done", "failed", "call")
    }
    try:
        async with asyncio.timeout(SIGN_S):
            signed = await official.jsapi_signature(house.settings.url + request.path_qs)
    except (CallFailed, Refused, TimeoutError):
        return _answer(words, language, "", "", "")
    template = official.settings.subscriptions[purpose]
    button = BUTTON.format(template=escape(template), ask=escape(words["ask"]))
    nonce, source = secrets.token_hex(16), official.settings.script
    script = SCRIPT.format(
        source=escape(source),
        nonce=nonce,
        words=_script(words),
        config=_script(_config(signed)),
        patience=READY_MS,
    )
    parts = urlsplit(source)
    return _answer(
        words, language, button, script, f"{parts.scheme}://{parts.netloc} 'nonce-{nonce}'"
    )


def _config(signed: PageConfig) -> dict[str, object]:
    return {
        "appId": signed.appid,
        "timestamp": signed.timestamp,
        "nonceStr": signed.nonce,
        "signature": signed.signature,
        "jsApiList": ["checkJsApi"],  # with none WeChat draws no button
        "openTagList": ["wx-open-subscribe"],
    }


def _script(value: object) -> str:
    """As a literal within a script."""
    return json.dumps(value, ensure_ascii=True).replace("<", "\\u003c")


def _answer(
    words: dict[str, str], language: Language, button: str, script: str, sources: str
) -> web.Response:
    text = words["text"] if button else words["failed"]
    html = PAGE.format(
        lang=language,
        title=escape(words["title"]),
        text=escape(text),
        button=button,
        call=escape(words["call"]),
        script=script,
    )
    # WeChat draws its button itself, in a frame of its own (webcompt:) and from its own hosts.
    sources = sources or "'none'"
    origin = sources.partition(" ")[0] if script else ""
    policy = (
        f"default-src 'none'; script-src {sources}; style-src 'unsafe-inline'; "
        f"img-src data: https:; connect-src https://*.qq.com {origin}; frame-src https://*.qq.com webcompt:; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    return web.Response(
        text=html,
        content_type="text/html",
        headers={"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff"},
    )
