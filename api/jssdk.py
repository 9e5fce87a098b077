"""The JS-SDK of pages inside WeChat: signed with the ticket that the bot keeps in the store."""

from __future__ import annotations

import hashlib
import secrets
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from api.routes import PUBLIC, Ask, Routes
from api.shapes_tips import JsSdkView
from domain.arrival import is_good
from domain.errors import NOT_FOUND, ORIGIN_REFUSED, NotFound, Refused

TICKET = "official:jsapi"
routes = Routes()


class PageQuery(Struct, forbid_unknown_fields=True):
    """``url``: the page's address as the browser shows it; what follows # does not count."""

    url: Annotated[str, Meta(min_length=8, max_length=2000)]


@routes.add("GET", "/wechat/jssdk", PUBLIC, faults=(NOT_FOUND, ORIGIN_REFUSED))
async def sign_page(ask: Ask, query: PageQuery) -> JsSdkView:
    """What ``wx.config`` needs on one of our own pages; ``not_found`` when there is no ticket: then the
    page asks the browser."""
    settings = ask.house.settings
    page = query.url.partition("#")[0]
    if _origin(page) not in settings.origins:
        raise Refused(ORIGIN_REFUSED, "only our own pages are signed")
    if not settings.wechat_appid or not settings.wechat_script:
        raise NotFound("no official account")
    ticket = await _ticket(ask)
    nonce, timestamp = secrets.token_hex(8), ask.now // 1000
    # Raw values in this order, unescaped (developers.weixin.qq.com, JS-SDK appendix 1).
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={page}"
    signature = hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
    return JsSdkView(settings.wechat_appid, timestamp, nonce, signature, settings.wechat_script)


async def _ticket(ask: Ask) -> str:
    kept = await ask.house.store.tokens.get(TICKET)
    if not kept.value or not is_good(kept.expires_at, ask.now):
        raise NotFound("no ticket at present")
    try:
        return ask.house.tokens.open(kept.value)
    except Refused:
        raise NotFound("no ticket that can be opened") from None


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"
