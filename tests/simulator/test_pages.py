"""OAuth inside WeChat and the JS-SDK's signature."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote, urlencode

from tests.simulator.conftest import APP, OA, Stage

APPID = "wx0123456789abcdef"


def link(scope: str = "snsapi_base", **more: str) -> str:
    query = {
        "appid": APPID,
        "redirect_uri": "http://pages.example/me?x=1",
        "response_type": "code",
        "scope": scope,
        "state": "abc123",
        **more,
    }
    pairs = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    return f"https://open.weixin.qq.com/connect/oauth2/authorize?{pairs}#wechat_redirect"


async def swap(stage: Stage, code: str, **more: str) -> dict[str, Any]:
    query = {"appid": APPID, "secret": "oa-secret", "grant_type": "authorization_code"}
    return await stage.get(OA + "/sns/oauth2/access_token", **{**query, "code": code, **more})


async def opened(stage: Stage, openid: str, url: str) -> dict[str, Any]:
    return await stage.sim(f"residents/{openid}/open", url=url)


async def test_a_code_becomes_an_openid_once(stage: Stage) -> None:
    openid = await stage.resident()
    went = await opened(stage, openid, link())
    assert went["location"] == f"http://pages.example/me?x=1&code={went['code']}&state=abc123"
    assert (await swap(stage, went["code"], secret="x"))["errcode"] == 40125
    who = await swap(stage, went["code"])
    assert (who["openid"], who["scope"]) == (openid, "snsapi_base")
    assert "unionid" not in who
    assert "is_snapshotuser" not in who
    assert (await swap(stage, went["code"]))["errcode"] == 40163
    assert (await swap(stage, "garbage"))["errcode"] == 40029
    query = {"access_token": who["access_token"], "openid": openid}
    assert (await stage.get(OA + "/sns/userinfo", **query))["errcode"] == 48001


async def test_a_code_lasts_five_minutes(stage: Stage) -> None:
    openid = await stage.resident()
    went = await opened(stage, openid, link())
    await stage.advance(301)
    assert (await swap(stage, went["code"]))["errcode"] == 42003


async def test_userinfo_tells_the_unionid(stage: Stage) -> None:
    openid = await stage.resident(name="王小明")
    who = await swap(stage, (await opened(stage, openid, link("snsapi_userinfo")))["code"])
    info = await stage.oa_get("user/info", openid=openid)
    assert who["unionid"] == info["unionid"]
    query = {"access_token": who["access_token"], "openid": openid}
    assert (await stage.get(OA + "/sns/userinfo", **query))["nickname"] == "王小明"


async def test_a_snapshot_page_has_a_virtual_account(stage: Stage) -> None:
    openid = await stage.resident()
    await stage.sim(f"residents/{openid}", snapshot=True)
    who = await swap(stage, (await opened(stage, openid, link()))["code"])
    assert who["is_snapshotuser"] == 1
    assert who["openid"] != openid


async def test_what_the_authorization_page_refuses(stage: Stage) -> None:
    await stage.sim("accounts", oa={"oauth_domain": "pages.example"})
    openid = await stage.resident()
    assert "code" in await opened(stage, openid, link())
    for wrong in (
        {"redirect_uri": "http://other.example/me"},
        {"scope": "snsapi_all"},
        {"appid": "wx1"},
        {"response_type": "token"},
        {"state": "not allowed!"},
    ):
        assert "denied" in await opened(stage, openid, link(**wrong)), wrong


async def test_a_browser_is_the_phone_it_was_opened_as(stage: Stage) -> None:
    openid = await stage.resident()
    path = link().replace("https:/", "").partition("#")[0]
    response = await stage.client.get(path, allow_redirects=False)
    assert "请在微信客户端打开链接" in await response.text()
    # A link to the platform itself leads to the simulated one.
    query = {"openid": openid, "url": link()}
    response = await stage.client.get("/sim/open", params=query, allow_redirects=False)
    assert response.headers["Location"] == path + "#wechat_redirect"
    response = await stage.client.get(path, allow_redirects=False)
    assert response.status == 302
    code = response.headers["Location"].split("code=")[1].split("&")[0]
    assert (await swap(stage, code))["openid"] == openid


async def test_two_tabs_of_one_browser_are_two_phones(stage: Stage) -> None:
    openid, other = await stage.resident(), await stage.resident()
    corp = "/open.weixin.qq.com/connect/oauth2/authorize?" + urlencode(
        {
            "appid": "ww0123456789abcdef",
            "redirect_uri": "https://desk.example/in",
            "response_type": "code",
            "scope": "snsapi_base",
            "agentid": str(APP),
        }
    )
    account = link().replace("https:/", "").partition("#")[0]

    async def code(path: str) -> str:
        response = await stage.client.get(path, allow_redirects=False)
        return response.headers["Location"].split("code=")[1].split("&")[0]

    async def open_as(**who: str) -> None:
        query = {**who, "url": "/"}
        await stage.client.get("/sim/open", params=query, allow_redirects=False)

    await open_as(openid=openid)
    await open_as(userid="li")
    assert (await stage.work_get("auth/getuserinfo", code=await code(corp)))["userid"] == "li"
    # The resident's tab is still his.
    assert (await swap(stage, await code(account)))["openid"] == openid
    assert (await stage.get("/res.wx.qq.com/location"))["errMsg"] == "getLocation:ok"
    # But no resident walks in on the officer's name.
    await open_as(openid=other)
    assert "userid" not in await stage.work_get("auth/getuserinfo", code=await code(corp))


async def check(stage: Stage, **facts: str) -> str:
    return str((await stage.post("/res.wx.qq.com/check", facts))["errMsg"])


async def test_the_page_signature_is_checked_against_the_address(stage: Stage) -> None:
    first = await stage.oa_get("ticket/getticket", type="jsapi")
    assert (first["errcode"], first["expires_in"]) == (0, 7200)
    assert (await stage.oa_get("ticket/getticket", type="jsapi"))["ticket"] == first["ticket"]

    def signed(ticket: str, url: str) -> dict[str, str]:
        text = f"jsapi_ticket={ticket}&noncestr=N&timestamp=1&url={url}"
        return {
            "appId": APPID,
            "nonceStr": "N",
            "timestamp": "1",
            "signature": hashlib.sha1(text.encode()).hexdigest(),
        }

    facts = signed(first["ticket"], "http://p/x?a=1")
    assert await check(stage, **facts, url="http://p/x?a=1#part") == "ok"
    assert "invalid signature" in await check(stage, **facts, url="http://p/x")
    assert "appId" in await check(stage, **{**facts, "appId": "wx1"}, url="http://p/x?a=1")
    await stage.advance(7201)
    assert "invalid signature" in await check(stage, **facts, url="http://p/x?a=1")
    second = await stage.oa_get("ticket/getticket", type="jsapi")
    assert second["ticket"] != first["ticket"]
    assert await check(stage, **signed(second["ticket"], "http://p/"), url="http://p/") == "ok"


async def test_the_phone_tells_its_position_in_the_datum_asked_for(stage: Stage) -> None:
    openid = await stage.resident(latitude=41.1, longitude=121.1)
    await stage.resident()
    path = "/res.wx.qq.com/location"
    true = await stage.get(path, openid=openid)
    assert (true["latitude"], true["longitude"]) == (41.1, 121.1)
    assert (await stage.get(path))["errMsg"] == "getLocation:fail"
    shifted = await stage.get(path, openid=openid, type="gcj02")
    assert 0.001 < abs(shifted["longitude"] - 121.1) < 0.01
    script = await stage.client.get("/res.wx.qq.com/open/js/jweixin-1.6.0.js")
    assert "getLocation" in await script.text()
