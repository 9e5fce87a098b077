"""A notice from a template to its correction: two write on it, another approves it, the platform refuses it
for a while, and who got the mistake gets what is right."""

from __future__ import annotations

import aiohttp
from playwright.async_api import Browser, Page, expect

from tests.journeys.conftest import Demo, read, staff
from tests.journeys.test_notice_to_the_groups import approves, confirms, publishes, shows
from tests.journeys.wechat import control, eventually

OWNER, COLLEAGUE = "officer-5", "officer-6"
TITLE, RIGHT = "换水表通知", "换水表改为周日"
TASKS = "externalcontact/add_msg_template"


async def test_a_notice_from_its_template_to_its_correction(demo: Demo, browser: Browser) -> None:
    writer = await staff(browser, demo, OWNER, "community")
    colleague = await staff(browser, demo, COLLEAGUE, "community", width=390, height=844)
    chief = await staff(browser, demo, "chief", "community")
    place = await bound(writer)

    await keeps_template(writer)
    await begins_with_it(writer, place)
    await expect(writer.get_by_test_id("notice-detail")).to_contain_text("周六换水表")
    await both_write(demo, writer, colleague)
    await writer.get_by_test_id("submit").click()
    await expect(writer.get_by_test_id("submitted")).to_be_visible()
    # Both wrote on it: neither of them is the second person.
    await colleague.goto(writer.url)
    await expect(colleague.get_by_test_id("submitted")).to_be_visible()
    await expect(colleague.get_by_test_id("approve")).to_have_count(0)
    await approves(chief, TITLE)

    await control(demo, "faults", {"path": TASKS, "action": "error", "code": 48002})
    await publishes(writer)
    refused = writer.get_by_test_id("deliveries")
    await expect(refused).to_contain_text("企业微信没有给应用这个权限")
    await expect(refused).to_contain_text("还没有通知群主")
    await shows(writer, 已送达=0, 还没有通知群主=1)
    async with aiohttp.ClientSession() as client:
        await client.delete(f"{demo.wechat}/sim/faults")
    await confirms(demo, OWNER, TITLE)
    await shows(writer, 已送达=1, 等群主确认=0)
    await expect(refused).not_to_contain_text("没有给应用这个权限")

    await corrects(writer)
    await writer.get_by_test_id("submit").click()
    await approves(chief, RIGHT)
    # Another rule for groups at the corp: or it could not get a second one today.
    await control(demo, "settings", {"mass_cap_day": 0})
    await publishes(writer)
    await confirms(demo, OWNER, RIGHT)
    await shows(writer, 已送达=1, 等群主确认=0)
    await control(demo, "settings", {"mass_cap_day": 1})
    for page in (writer, colleague, chief):
        assert page.errors == [], page.url  # type: ignore[attr-defined]


async def bound(page: Page) -> str:
    """The community of the writer's own group, once it is known."""

    def mine(found: dict[str, list[dict[str, str]]]) -> list[str]:
        return [
            one["community"]
            for one in found["groups"]
            if one["owner"] == OWNER and one["community"]
        ]

    return mine(await eventually(lambda: read(page, "/groups", "community"), mine, 90))[0]


async def keeps_template(page: Page) -> None:
    await page.get_by_test_id("nav-notices").click()
    await page.get_by_test_id("to-templates").click()
    await page.get_by_test_id("t-name").last.fill("换水表")
    await page.get_by_test_id("t-title").last.fill(TITLE)
    await page.get_by_test_id("t-text").last.fill("周六换水表。")
    await page.get_by_test_id("t-days").last.select_option("2")
    await page.get_by_test_id("t-save").last.click()
    await expect(page.get_by_test_id("template-card").filter(has_text="换水表")).to_be_visible()


async def begins_with_it(page: Page, place: str) -> None:
    await page.get_by_test_id("notice-new").click()
    await page.get_by_test_id("template").select_option(label="换水表")
    await expect(page.get_by_test_id("f-title")).to_have_value(TITLE)
    await page.get_by_test_id("f-urgent").check()
    await page.locator(f'[data-community="{place}"]').check()
    await expect(page.get_by_test_id("sum")).to_contain_text("1 个群")
    await page.get_by_test_id("save").click()


async def both_write(demo: Demo, writer: Page, colleague: Page) -> None:
    """The second to save sees both, side by side, and takes both."""
    await writer.get_by_test_id("edit").click()
    await writer.get_by_test_id("f-text").fill("周六换水表，请留人在家。")
    await colleague.goto(writer.url)
    await colleague.get_by_test_id("edit").click()
    await colleague.get_by_test_id("f-text").fill("周六上午换水表。")
    await colleague.get_by_test_id("save").click()
    await expect(colleague.get_by_test_id("notice-detail")).to_contain_text("周六上午换水表")
    await expect(writer.get_by_test_id("conflict")).to_be_visible()
    await writer.get_by_test_id("compare-open").click()
    row = writer.get_by_test_id("compare-text")
    await expect(row).to_contain_text("周六换水表，请留人在家。")
    await expect(row).to_contain_text("周六上午换水表。")
    await writer.get_by_test_id("compare-text-both").check()
    await writer.get_by_test_id("compare-take").click()
    await writer.get_by_test_id("save").click()
    for words in ("请留人在家", "周六上午换水表"):
        await expect(writer.get_by_test_id("notice-detail")).to_contain_text(words)


async def corrects(page: Page) -> None:
    await page.get_by_test_id("correct").click()
    await page.get_by_test_id("c-title").fill(RIGHT)
    await page.get_by_test_id("c-text").fill("换水表改为周日上午。")
    await page.get_by_test_id("c-save").click()
    # To the group that got the mistake, and to no other.
    await expect(page.get_by_test_id("plan-sum")).to_contain_text("1 个群")
    await expect(page.get_by_test_id("notice-detail")).to_contain_text("更正 N-")
