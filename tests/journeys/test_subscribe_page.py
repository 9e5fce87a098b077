"""The page that asks to be told of an answer, on a phone: WeChat's button, and what is said without it."""

from __future__ import annotations

import asyncio
import os
from urllib.parse import quote

import pytest
from playwright.async_api import Browser, Dialog, Page, expect

from tests.journeys.axe import violations
from tests.journeys.conftest import Demo, _page
from tests.journeys.wechat import control

# A folder that pictures go to, for whoever wants to look.
PICTURES = os.environ.get("TEST_PICTURES")
INERT = "window.wx = {config: function () {}, ready: function () {}, error: function () {}};"


async def phone(browser: Browser, accept: bool) -> Page:
    page = await _page(
        await browser.new_context(
            viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="zh-CN"
        )
    )

    async def chosen(popup: Dialog) -> None:
        await (popup.accept() if accept else popup.dismiss())

    page.on("dialog", chosen)
    return page


async def asks(page: Page, demo: Demo, openid: str, language: str) -> None:
    url = f"http://127.0.0.1:{demo.bot_port}/wechat/subscribe?for=tip&lang={language}"
    await page.goto(f"{demo.wechat}/sim/open?openid={openid}&url={quote(url, safe='')}")


async def fits(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=f"{PICTURES}/subscribe-{name}.png")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await violations(page, f"subscribe {name}") == []
    call = await page.locator("a[href='tel:110']").bounding_box()
    assert call is not None
    assert call["height"] >= 48


async def follower(demo: Demo) -> str:
    return str((await control(demo, "residents", {"follow": True, "wait": True}))["openid"])


@pytest.mark.parametrize(
    ("language", "accept", "ask", "said"),
    [
        ("zh", True, "提醒我", "微信会提醒您一次"),
        ("en", False, "Tell me", "No message was allowed"),
    ],
)
async def test_the_button_asks_and_says_what_became_of_it(
    demo: Demo, browser: Browser, language: str, accept: bool, ask: str, said: str
) -> None:
    openid = await follower(demo)
    page = await phone(browser, accept)
    await asks(page, demo, openid, language)
    button = page.get_by_role("button", name=ask)
    await expect(button).to_be_visible()
    await fits(page, language)
    box = await button.bounding_box()
    await button.tap()
    await expect(page.get_by_role("status")).to_contain_text(said)
    assert await button.bounding_box() == box, "it moves from under nobody's finger"
    allowed = (await control(demo, f"residents/{openid}"))["allowed"]
    assert allowed.get("tip-reminder", 0) == accept
    await fits(page, f"{language}-after")
    assert page.errors == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("why", ["too old", "no WeChat", "no script"])
async def test_where_there_is_no_button_it_is_said(demo: Demo, browser: Browser, why: str) -> None:
    openid = await follower(demo)
    page = await phone(browser, True)
    if why == "no WeChat":
        await page.route("**/jweixin-*.js", lambda route: route.fulfill(body=INERT))
    elif why == "no script":
        await page.route("**/jweixin-*.js", lambda route: route.abort())
    await control(demo, "settings", {"open_tags": why != "too old"})
    try:
        await asks(page, demo, openid, "zh")
        await expect(page.get_by_role("status")).to_contain_text("提醒现在开不了")
        await expect(page.locator("wx-open-subscribe")).to_be_hidden()
        await asyncio.sleep(0.5)
        await expect(page.get_by_role("status")).to_contain_text("提醒现在开不了")
        await fits(page, why.replace(" ", "-"))
    finally:
        await control(demo, "settings", {"open_tags": True})
