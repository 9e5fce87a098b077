"""What somebody sends while the desk looks elsewhere is marked, and both sides see what was read."""

from __future__ import annotations

import re

from playwright.async_api import Browser, expect

from tests.journeys.conftest import STATION_LOGIN, Demo, staff
from tests.journeys.desk import reported, write


async def test_a_message_to_a_case_that_is_not_open_is_marked_until_it_is_read(
    demo: Demo, browser: Browser
) -> None:
    desk = await staff(browser, demo, "desk1", "console")
    (one, first), (_, second) = [await reported(browser, demo) for _ in range(2)]
    await desk.get_by_test_id(f"answer-{first}").click()
    await expect(desk.get_by_test_id("case")).to_contain_text(first)
    await desk.get_by_test_id("lane-waiting").click()
    await desk.get_by_test_id(f"answer-{second}").click()
    await desk.get_by_test_id("second-hold").click()
    await expect(desk.get_by_test_id("case")).to_contain_text(second)
    await expect(desk.get_by_test_id("lane-mine")).to_have_attribute("aria-selected", "true")

    await write(one, "他又回来了")
    mine = one.locator(".said.mine").filter(has_text="他又回来了")
    await expect(mine.get_by_test_id("arrived")).to_contain_text("已送达")
    card = desk.get_by_test_id(f"card-{first}")
    await expect(card.get_by_test_id("unread")).to_have_text(re.compile("1 条新消息|1"))
    await expect(desk.get_by_test_id("unread-mine")).to_contain_text("1")
    await expect(desk).to_have_title(re.compile("1 起有新消息"))
    await expect(desk.get_by_test_id("unread-waiting")).to_have_count(0)

    await card.locator(".whole").click()
    await expect(card.get_by_test_id("unread")).to_have_count(0)
    await expect(desk).not_to_have_title(re.compile("新消息"))
    await expect(mine.get_by_test_id("arrived")).to_contain_text("已读")

    await write(desk, "请锁好门")
    line = desk.get_by_test_id("thread").locator(".entry").filter(has_text="请锁好门")
    await expect(line.get_by_test_id("arrived")).to_have_text("报警人已读")

    await one.close()
    await expect(card).to_be_visible()
    await write(desk, "民警快到了")
    line = desk.get_by_test_id("thread").locator(".entry").filter(has_text="民警快到了")
    await expect(line.get_by_test_id("arrived")).to_have_text("报警人没有打开页面，打开后送达")


async def test_what_comes_to_a_case_that_is_not_open_at_the_station_is_marked_there(
    demo: Demo, browser: Browser
) -> None:
    desk = await staff(browser, demo, "desk1", "console")
    station = await staff(browser, demo, STATION_LOGIN, "station", width=390, height=844)
    phone, number = await reported(browser, demo)
    await desk.get_by_test_id(f"answer-{number}").first.click()
    await expect(desk.get_by_test_id("case")).to_contain_text(number)
    await desk.keyboard.press("s")
    await expect(station.get_by_test_id("ring")).to_be_visible()
    await station.get_by_test_id("join").click()
    await expect(station.get_by_test_id("incident")).to_be_visible()

    # While the pictures are in sight, the thread is not: what comes is marked, and nobody has read it.
    await write(phone, "他往南跑了")
    await expect(station.get_by_test_id("tab-unread")).to_have_text("1")
    await station.get_by_test_id("tab-thread").click()
    await expect(station.get_by_test_id("tab-unread")).to_have_count(0)

    await station.get_by_test_id("back").click()
    card = station.get_by_test_id("card").filter(has_text=number)
    await expect(card).to_be_visible()
    await expect(card.get_by_test_id("unread")).to_have_count(0)
    await write(phone, "穿黑衣服")
    await expect(card.get_by_test_id("unread")).to_contain_text("1 条新消息")
    await expect(station).to_have_title(re.compile("1 起有新消息"))
    await card.click()
    await station.get_by_test_id("tab-thread").click()
    await expect(station.get_by_test_id("thread")).to_contain_text("穿黑衣服")
    await expect(station.get_by_test_id("tab-unread")).to_have_count(0)
    await expect(station).not_to_have_title(re.compile("新消息"))
    await station.get_by_test_id("back").click()
    await expect(card.get_by_test_id("unread")).to_have_count(0)
