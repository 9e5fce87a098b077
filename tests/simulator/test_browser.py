"""In a real browser: the JS-SDK on a page of another origin, and the simulator's own page."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, async_playwright

from simulator.app import STATIC
from simulator.datum import gcj02
from tests.simulator.conftest import APP, Stage

CHROMIUM = shutil.which("chromium")
PAGE = """<!doctype html><script src="%s/res.wx.qq.com/open/js/jweixin-1.6.0.js"></script><script>
function done(value) { document.title = JSON.stringify(value); }
wx.error(function (answer) { done(answer.errMsg); });
wx.ready(function () {
  wx.hideMenuItems({ menuList: [] });
  wx.checkJsApi({ jsApiList: ['getLocation', 'flyAway'], success: function (checked) {
    wx.getLocation({ type: 'gcj02', success: function (shifted) {
      wx.getLocation({ success: function (exact) {
        done([checked.checkResult, shifted, exact]);
      } });
    } });
  } });
});
wx.config(%s);
</script>"""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    assert CHROMIUM, "Chromium is missing: apt-get install chromium"
    async with async_playwright() as playwright:
        one = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield one
        await one.close()


async def test_a_page_gets_the_position_after_its_signature_was_checked(
    stage: Stage, browser: Browser
) -> None:
    ticket = (await stage.oa_get("ticket/getticket", type="jsapi"))["ticket"]
    base = str(stage.client.make_url("")).rstrip("/")
    openid = await stage.resident(latitude=41.1, longitude=121.1)
    spoil = ""

    async def serve(request: web.Request) -> web.Response:
        url = f"http://{request.host}{request.path_qs}{spoil}"
        text = f"jsapi_ticket={ticket}&noncestr=N&timestamp=5&url={url}"
        config = {
            "appId": "wx0123456789abcdef",
            "timestamp": 5,
            "nonceStr": "N",
            "signature": hashlib.sha1(text.encode()).hexdigest(),
            "jsApiList": ["getLocation"],
        }
        html = PAGE % (base, json.dumps(config))
        return web.Response(text=html, content_type="text/html")

    app = web.Application()
    app.router.add_get("/where", serve)
    server = TestServer(app)
    await server.start_server()
    page = await browser.new_page()
    url = f"http://127.0.0.1:{server.port}/where?a=1#x"
    await page.goto(f"{base}/sim/open?openid={openid}&url={quote(url, safe='')}")
    await page.wait_for_function("document.title !== ''")
    checked, shifted, exact = json.loads(await page.title())
    assert checked == {"getLocation": True, "flyAway": False}
    assert (exact["latitude"], exact["longitude"]) == (41.1, 121.1)
    assert (shifted["latitude"], shifted["longitude"]) == gcj02(41.1, 121.1)
    spoil = "&b=2"
    await page.reload()
    await page.wait_for_function("document.title !== ''")
    assert "invalid signature" in await page.title()
    await page.close()
    await server.close()


async def test_one_person_plays_all_three(stage: Stage, browser: Browser) -> None:
    assert (STATIC / "simulator").is_dir(), "the pages are not built: make pages"
    openid = await stage.resident(name="王小明")
    await stage.sim("groups", owner="zhang", name="凌河一区")
    mass = {"chat_type": "group", "sender": "zhang", "text": {"content": "停水通知"}}
    await stage.work("externalcontact/add_msg_template", mass)
    card = {
        "card_type": "button_interaction",
        "main_title": {"title": "新警情"},
        "task_id": "t1",
        "button_list": [{"text": "接单", "style": 1, "key": "take"}],
    }
    body = {"touser": "li", "msgtype": "template_card", "agentid": APP, "template_card": card}
    await stage.work("message/send", body)
    page = await browser.new_page(viewport={"width": 1440, "height": 900})
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    await page.goto(str(stage.client.make_url("/")))
    phone = page.locator(".resident")
    await phone.get_by_label("输入消息").fill("<b>救命</b>")
    await phone.get_by_label("输入消息").press("Enter")
    await phone.get_by_text("<b>救命</b>").wait_for()
    await stage.say(openid, "马上到")
    await phone.get_by_text("马上到").wait_for()
    await page.get_by_role("button", name="接单").click()
    await page.get_by_role("button", name="确认发送").click()
    await page.locator(".owner .task.sent").wait_for()
    await stage.settle()
    assert stage.bot.oa()[-1]["Content"] == "<b>救命</b>"
    assert stage.bot.app()[-1]["EventKey"] == "take"
    await page.set_viewport_size({"width": 390, "height": 844})
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    assert wrong == []
    await page.close()
