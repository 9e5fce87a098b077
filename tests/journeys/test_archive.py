"""A past case is found by what was said in it, opens with map and words, and goes on paper."""

from __future__ import annotations

import re

from playwright.async_api import Browser, expect

from tests.journeys.conftest import Demo, resident, staff


async def test_a_past_case_is_found_by_its_words_and_printed(demo: Demo, browser: Browser) -> None:
    desk, phone = await staff(browser, demo, "desk1", "console"), await resident(browser, demo)
    await phone.get_by_test_id("report").click()
    await expect(phone.get_by_test_id("number")).to_have_text(re.compile("^0110-"))
    number = await phone.get_by_test_id("number").inner_text()
    await phone.get_by_test_id("text-input").fill("他往菜市场跑了，穿红衣服")
    await phone.get_by_test_id("text-send").click()
    await desk.get_by_test_id(f"answer-{number}").first.click()
    await expect(desk.get_by_test_id("thread")).to_contain_text("红衣服")
    await desk.get_by_test_id("close").click()
    await desk.get_by_test_id("disposition-RESOLVED").check(force=True)
    await desk.get_by_test_id("confirm-close").click()

    await desk.get_by_role("button", name="历史警情").click()
    await desk.get_by_test_id("archive-search").fill("紅衣服")
    row = desk.get_by_test_id(f"past-{number}")
    await expect(row.get_by_test_id("found")).to_contain_text("穿红衣服")
    await row.click()
    past = desk.get_by_test_id("past")
    await expect(past.get_by_test_id("map").locator("canvas")).to_be_visible()
    await expect(past.get_by_test_id("map-foot")).to_contain_text("41.11")
    await expect(past.locator(".log .row").first).to_be_visible()
    rows = await past.locator(".log .row").count()

    await desk.emulate_media(media="print")
    await expect(desk.get_by_test_id("archive")).to_be_hidden()
    await expect(past.get_by_test_id("map")).to_be_hidden()
    await expect(past.get_by_test_id("print")).to_be_hidden()
    await expect(past.get_by_text("打印于")).to_be_visible()
    await expect(past).to_contain_text("WGS-84")
    for n in range(rows):
        await expect(past.locator(".log .row").nth(n)).to_be_visible()
    light = "getComputedStyle(document.querySelector('.log .row')).color"
    assert await desk.evaluate(light) == "rgb(0, 0, 0)"
