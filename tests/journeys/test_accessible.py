"""axe-core finds nothing wrong on any page in its main states."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.axe import violations
from tests.journeys.conftest import Demo, opened, read, resident, staff

# A folder that pictures of every state go to, for whoever wants to look.
PICTURES = os.environ.get("TEST_PICTURES")


class Looked:
    """What was found wrong in all states of a journey."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    async def at(self, page: Page, state: str) -> None:
        if PICTURES:
            await page.screenshot(path=f"{PICTURES}/{state.replace(' ', '-')}.png")
        self.wrong += await violations(page, state)

    def well(self) -> None:
        assert not self.wrong, "\n".join(self.wrong)


async def reported(phone: Page) -> str:
    await phone.get_by_test_id("report").click()
    await expect(phone.get_by_test_id("hang-up")).to_be_visible()
    await expect(phone.get_by_test_id("number")).to_contain_text("0110-")
    return await phone.get_by_test_id("number").inner_text()


async def located(desk: Page, number: str) -> dict[str, Any]:
    for _ in range(150):
        found: list[dict[str, Any]] = (await read(desk, f"/incidents?q={number}"))["incidents"]
        if found and found[0]["located"] and found[0]["located"]["candidates"]:
            return found[0]
        await asyncio.sleep(0.2)
    pytest.fail(f"{number} was never located")


async def test_the_residents_page(demo: Demo, browser: Browser) -> None:
    looked = Looked()
    phone = await resident(browser, demo)
    await expect(phone.get_by_test_id("report")).to_be_visible()
    await looked.at(phone, "start")
    await phone.locator("details").first.click()
    await looked.at(phone, "start privacy")
    desk = await staff(browser, demo, "desk1", "console")
    number = await reported(phone)
    await looked.at(phone, "waiting")
    await phone.get_by_test_id("hang-up").click()
    await looked.at(phone, "hang up sheet")
    await phone.keyboard.press("Escape")
    await desk.get_by_test_id(f"answer-{number}").first.click()
    await expect(phone.get_by_test_id("tile").first).to_be_visible()
    await phone.get_by_test_id("text-input").fill("我在塔下面")
    await phone.get_by_test_id("text-send").click()
    await expect(phone.get_by_test_id("thread")).to_contain_text("我在塔下面")
    await looked.at(phone, "call")
    await phone.get_by_test_id("contact-open").click()
    await looked.at(phone, "call contact")
    await phone.get_by_test_id("hang-up").click()
    await phone.get_by_test_id("hang-up-sure").click()
    await expect(phone.get_by_test_id("over")).to_be_visible()
    await looked.at(phone, "hung up")
    await phone.get_by_test_id("anew").click()
    await looked.at(phone, "leave sheet")
    await phone.keyboard.press("Escape")
    await phone.get_by_test_id("changed").click()
    await expect(phone.get_by_test_id("hang-up")).to_be_visible()
    await desk.get_by_test_id("close").click()
    await desk.get_by_test_id("disposition-RESOLVED").check(force=True)
    await desk.get_by_test_id("confirm-close").click()
    await expect(phone.get_by_test_id("over")).to_contain_text("警情已结束")
    await looked.at(phone, "over")
    await phone.context.close()

    phone = await resident(browser, demo, permissions=())
    await reported(phone)
    await expect(phone.get_by_test_id("missed-position")).to_be_visible()
    await looked.at(phone, "call without anything")
    await phone.context.close()

    phone = await resident(browser, demo, permissions=())
    await phone.get_by_test_id("report-silent").click()
    await expect(phone.get_by_test_id("silent")).to_be_visible()
    await phone.get_by_test_id("silent-hurt").click()
    await expect(phone.get_by_test_id("thread")).to_contain_text("我受伤了")
    await looked.at(phone, "silent")
    await phone.get_by_test_id("hide").click()
    await looked.at(phone, "silent hidden")
    looked.well()


async def test_the_desk(demo: Demo, browser: Browser) -> None:
    looked = Looked()
    out = await opened(browser, f"{demo.url}/console/")
    await expect(out.locator("form").first).to_be_visible()
    await looked.at(out, "desk log-in")
    desk = await staff(browser, demo, "desk1", "console")
    await expect(desk.get_by_test_id("menu")).to_be_visible()
    await looked.at(desk, "desk empty")
    await desk.get_by_test_id("menu").click()
    await looked.at(desk, "desk menu")
    await desk.get_by_test_id("change-password").click()
    await looked.at(desk, "desk password")
    await desk.keyboard.press("Escape")
    phone = await resident(browser, demo)
    number = await reported(phone)
    await expect(desk.get_by_test_id(f"answer-{number}")).to_be_visible()
    await looked.at(desk, "desk ringing")
    await desk.get_by_test_id(f"answer-{number}").first.click()
    await located(desk, number)
    await desk.get_by_test_id("call-station").click()
    await expect(desk.get_by_test_id("responders")).to_be_visible()
    await desk.get_by_test_id("radio").click()
    await looked.at(desk, "desk in a call")
    await desk.get_by_test_id("other-station").click()
    await looked.at(desk, "desk other station")
    await desk.keyboard.press("Escape")
    await desk.get_by_test_id("stand-down").first.click()
    await looked.at(desk, "desk stand down")
    await desk.keyboard.press("Escape")
    await phone.get_by_test_id("hang-up").click()
    await phone.get_by_test_id("hang-up-other").click()
    await phone.get_by_test_id("contact").fill("13800138000")
    await phone.get_by_test_id("contact-send").click()
    await expect(desk.get_by_test_id("dial-caller")).to_be_visible()
    await looked.at(desk, "desk hung up")
    await desk.get_by_test_id("close").click()
    await looked.at(desk, "desk closing")
    await desk.get_by_test_id("disposition-RESOLVED").check(force=True)
    await desk.get_by_test_id("confirm-close").click()
    await expect(desk.get_by_role("dialog")).to_have_count(0)
    await looked.at(desk, "desk closed")
    await desk.keyboard.press("?")
    await looked.at(desk, "desk keys")
    await desk.keyboard.press("Escape")
    await desk.get_by_role("button", name="历史警情").click()
    past = desk.get_by_role("button").filter(has_text=number).first
    await expect(past).to_be_visible()
    await looked.at(desk, "desk archive")
    await past.click()
    await expect(desk.get_by_role("button", name="验证")).to_be_visible()
    await looked.at(desk, "desk archived incident")
    admin = await staff(browser, demo, "admin", "console")
    await expect(admin.get_by_text("desk1").first).to_be_visible()
    await looked.at(admin, "desk people")
    looked.well()


async def test_the_stations_page(demo: Demo, browser: Browser) -> None:
    looked = Looked()
    out = await opened(browser, f"{demo.url}/station/")
    await expect(out.locator("form, button").first).to_be_visible()
    await looked.at(out, "station log-in")
    desk = await staff(browser, demo, "desk1", "console")
    phone = await resident(browser, demo)
    number = await reported(phone)
    await desk.get_by_test_id(f"answer-{number}").first.click()
    it = await located(desk, number)
    login = f"station-{it['located']['candidates'][0]['station']}"
    officer = await staff(browser, demo, login, "station", width=390, height=844)
    await expect(officer.locator("main").first).to_be_visible()
    await looked.at(officer, "station list")
    await desk.get_by_test_id("call-station").click()
    await expect(officer.get_by_test_id("ring")).to_be_visible()
    await looked.at(officer, "station ring")
    await officer.get_by_test_id("join").click()
    await expect(officer.get_by_test_id("incident")).to_be_visible()
    for pane in ("video", "map", "thread"):
        await officer.get_by_test_id(f"tab-{pane}").click()
        await expect(officer.get_by_test_id(f"tab-{pane}")).to_have_attribute(
            "aria-selected", "true"
        )
        await looked.at(officer, f"station {pane}")
    await officer.get_by_test_id("back").click()
    await expect(officer.get_by_test_id("card").first).to_be_visible()
    await looked.at(officer, "station list with a card")
    await officer.get_by_test_id("change-password").click()
    await looked.at(officer, "station password")
    looked.well()


async def test_the_community_pages_and_a_notice(demo: Demo, browser: Browser) -> None:
    looked = Looked()
    out = await opened(browser, f"{demo.url}/community/")
    await expect(out.locator("form, button").first).to_be_visible()
    await looked.at(out, "community log-in")
    officer = await staff(browser, demo, "station-210702-01", "community")
    for name in ("tips", "notices", "groups", "numbers", "settings"):
        await officer.get_by_test_id(f"nav-{name}").click()
        await expect(officer.get_by_test_id(f"nav-{name}")).to_have_attribute(
            "aria-current", "page"
        )
        await officer.wait_for_load_state("networkidle")
        await looked.at(officer, f"community {name}")
    await officer.get_by_test_id("nav-notices").click()
    await officer.get_by_test_id("notice-new").click()
    await officer.get_by_test_id("f-title").fill("停水通知")
    await officer.get_by_test_id("f-text").fill("周六 8 时至 18 时停水，请提前储水。")
    await officer.get_by_role("button", name="全选").click()
    await looked.at(officer, "community writing")
    await officer.get_by_test_id("save").click()
    await expect(officer.get_by_test_id("notice-detail")).to_be_visible()
    await looked.at(officer, "community notice")
    public = await opened(browser, f"{demo.url}/n/none")
    await looked.at(public, "public notice missing")
    start = await opened(browser, demo.url)
    await expect(start.locator("main")).to_be_visible()
    await looked.at(start, "start of the demo")
    looked.well()
