"""What an officer writes survives the end of his session, and a colleague who saves first."""

from __future__ import annotations

from playwright.async_api import Browser, Page, expect

from tests.journeys.conftest import Demo, staff

LOGIN = "officer-2"


async def test_nothing_that_is_written_is_lost(demo: Demo, browser: Browser) -> None:
    writer = await staff(browser, demo, LOGIN, "community", width=390, height=844)
    chief = await staff(browser, demo, "chief", "community")
    await writer.get_by_test_id("nav-notices").click()
    await writer.get_by_test_id("notice-new").click()
    await writer.get_by_test_id("f-title").fill("停水通知")
    await writer.get_by_test_id("f-text").fill("今晚停水")
    await writer.get_by_test_id("f-urgent").check()
    await writer.locator("[data-community]").first.check()

    await ends_and_logs_in_again(demo, writer)
    await expect(writer.get_by_test_id("kept")).to_be_visible()
    await expect(writer.get_by_test_id("f-text")).to_have_value("今晚停水")
    await expect(writer.get_by_test_id("f-urgent")).to_be_checked()
    await writer.get_by_test_id("save").click()
    await expect(writer.get_by_test_id("notice-detail")).to_contain_text("今晚停水")

    await edits(writer, "今晚停水, 明早恢复")
    await chief.goto(writer.url)
    await edits(chief, "明晚停水")
    await chief.get_by_test_id("save").click()
    await expect(chief.get_by_test_id("notice-detail")).to_contain_text("明晚停水")

    await expect(writer.get_by_test_id("conflict")).to_be_visible()
    await expect(writer.get_by_test_id("f-text")).to_have_value("今晚停水, 明早恢复")
    await writer.get_by_test_id("save").click()
    await expect(writer.get_by_test_id("compare-text")).to_contain_text("明晚停水")
    await expect(writer.get_by_test_id("compare-text")).to_contain_text("今晚停水, 明早恢复")
    await writer.get_by_test_id("compare-text-mine").check()
    await writer.get_by_test_id("compare-take").click()
    await writer.get_by_test_id("save").click()
    await expect(writer.get_by_test_id("notice-detail")).to_contain_text("今晚停水, 明早恢复")
    await expect(chief.get_by_test_id("notice-detail")).to_contain_text("今晚停水, 明早恢复")


async def edits(page: Page, text: str) -> None:
    await page.get_by_test_id("edit").click()
    await page.get_by_test_id("f-text").fill(text)


async def ends_and_logs_in_again(demo: Demo, page: Page) -> None:
    gone = await page.context.request.delete(
        f"{demo.url}/api/v1/session",
        headers={"Origin": demo.url, "Jingmin-Face": "community"},
    )
    assert gone.ok
    await page.get_by_role("button", name="登录已失效").click()
    await page.get_by_test_id("demo-officer").select_option(LOGIN)
    await page.get_by_test_id("demo-login").click()
