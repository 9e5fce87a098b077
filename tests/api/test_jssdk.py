"""Pages inside WeChat: signed with the kept ticket, our own pages only."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from aiohttp import web

from api.house import ApiSettings
from api.pages import add_pages
from domain.arrival import Token
from storage.seal import KeySeal
from tests.api.conftest import SECRET, Site
from tests.ports import free_port

SCRIPT = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js"


async def with_account(site: Site, ticket: str = "the ticket", lasts: int = 3_600_000) -> None:
    site.house.settings = dataclasses.replace(
        site.house.settings, wechat_appid="wx0001", wechat_script=SCRIPT
    )
    sealed = KeySeal(SECRET, "tokens").close(ticket)
    await site.house.store.tokens.add(Token("official:jsapi", sealed, site.house.clock() + lasts))


async def sign(site: Site, url: str, status: int = 200) -> Any:
    path = f"/wechat/jssdk?url={quote(url, safe='')}"
    return await site.ask(site.anybody(), "GET", path, status=status)


async def test_the_signature_is_that_of_the_page(site: Site) -> None:
    await with_account(site)
    page = f"{site.url}/110/?a=1&b=%E4%B8%AD"
    signed = await sign(site, page + "#wx=kept-from-servers")
    text = (
        f"jsapi_ticket=the ticket&noncestr={signed['nonce']}"
        f"&timestamp={signed['timestamp']}&url={page}"
    )
    assert signed["signature"] == hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    assert (signed["appid"], signed["script"]) == ("wx0001", SCRIPT)
    assert "the ticket" not in str(signed)
    assert (await sign(site, page))["nonce"] != signed["nonce"]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/110/",
        "{site}.evil.example/",
        "https://evil.example/{site}",
        "{site}@evil.example/",
        "javascript:alert(1)",
        "http://[broken/110/",
    ],
)
async def test_only_our_own_pages_are_signed(site: Site, url: str) -> None:
    await with_account(site)
    refused = await sign(site, url.format(site=site.url), 403)
    assert refused["code"] == "origin_refused"


async def test_without_a_good_ticket_the_page_is_told_so(site: Site) -> None:
    page = f"{site.url}/110/"
    assert (await sign(site, page, 404))["code"] == "not_found"
    await with_account(site, lasts=-1)
    assert (await sign(site, page, 404))["code"] == "not_found"
    token = await site.house.store.tokens.get("official:jsapi")
    token.expires_at = site.house.clock() + 3_600_000
    token.value = KeySeal(SECRET, "identity").close("sealed for another purpose")
    await site.house.store.tokens.save(token)
    assert (await sign(site, page, 404))["code"] == "not_found"


async def test_only_the_pages_that_need_it_may_load_something_foreign(tmp_path: Path) -> None:
    for name in ("resident", "console", "station", "community"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text("<!doctype html>")
    settings = ApiSettings(
        origins=(), city="测试市", wechat_script=SCRIPT, join_codes="https://wework.qpic.cn"
    )
    app, port = web.Application(), free_port()
    add_pages(app, tmp_path, settings)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    found = {}
    async with aiohttp.ClientSession() as session:
        for face in ("110", "console", "station", "community"):
            async with session.get(f"http://127.0.0.1:{port}/{face}/") as response:
                assert response.status == 200
                policy = response.headers["Content-Security-Policy"]
                found[face] = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    await runner.cleanup()
    assert found["110"]["script-src"] == "'self' https://res.wx.qq.com"
    assert found["community"]["img-src"] == "'self' blob: data: https://wework.qpic.cn"
    for face in ("console", "station", "community"):
        assert found[face]["script-src"] == "'self'"
        assert "http" not in found["110" if face == "console" else "console"]["img-src"]
