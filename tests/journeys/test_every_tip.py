"""A station with 250 open tips: the longest wait is on the first row, and each is reached by scrolling."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from config import Settings
from domain.ticket import random_id
from domain.tip import Tip, submit, tip_number
from storage.embedded import EmbeddedStore
from storage.seal import KeySeal
from storage.store import MongoStore
from tests.journeys.conftest import STATION_LOGIN, Demo, read, staff

MANY = 250
LONG_AGO = 1_700_000_100_000
STEP = 300_000
# What keeps it off the paper: itself not seen, or a box around it that is cut.
OFF_PAPER = """one => {
    if (getComputedStyle(one).visibility !== 'visible' || !one.getClientRects().length) return 'not seen';
    for (let up = one.parentElement; up && up !== document.body; up = up.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(up);
        if (overflowX !== 'visible' || overflowY !== 'visible') return up.className + ' is cut';
    }
    return '';
}"""
WHOLE = "one => one.scrollHeight <= one.clientHeight + 1 && one.clientHeight > 60"


@pytest.fixture
async def store(demo: Demo) -> AsyncIterator[MongoStore]:
    """The demo's store, without the tips that a journey put there."""
    one = MongoStore(EmbeddedStore(demo.data / "store", demo.store_port).uri, follow=())
    before = {tip.id async for tip in one.tips.every()}
    yield one
    async for tip in one.tips.every():
        if tip.id not in before:
            await one.tips.remove(tip.id)
    await one.close()


async def told(demo: Demo, store: MongoStore, at: int, words: str, called: list[str]) -> Tip:
    content = KeySeal(Settings(data=demo.data).secret_bytes(), "tip-content")
    id, station = random_id(), STATION_LOGIN.removeprefix("station-")
    tip = Tip(id, tip_number(id, at), station, "派出所", at, at, called=called)
    return await submit(store, tip, [("message", {"text": content.close(words)})], at)


async def printed(page: Page, one: Locator) -> None:
    """All of it comes on paper."""
    await page.emulate_media(media="print")
    assert await one.evaluate(OFF_PAPER) == ""
    await page.emulate_media(media="screen")


async def by_keys(page: Page) -> None:
    """Through the list, into a tip and its answer, and back, without a mouse."""
    rows, answer, keys = (page.get_by_test_id(one) for one in ("tip", "reply-text", "keys"))
    await page.keyboard.press("?")
    await expect(keys).to_be_visible()
    await expect(keys).to_contain_text("写答复")
    await page.keyboard.press("j")
    await page.keyboard.press("Escape")
    await expect(keys).to_have_count(0)
    for key, row in (("j", 0), ("j", 1), ("k", 0)):
        await page.keyboard.press(key)
        await expect(rows.nth(row)).to_have_attribute("aria-current", "true")
        await expect(rows.nth(row)).to_be_focused()
    await expect(page.get_by_test_id("take")).to_be_visible()
    await printed(page, page.locator(".thread .said").first)
    await page.keyboard.press("t")
    await expect(answer).to_be_visible()
    await page.keyboard.press("e")
    await expect(page.locator("[data-value=close]")).to_have_attribute("aria-pressed", "true")
    await page.keyboard.press("r")
    await expect(answer).to_be_focused()
    await page.keyboard.type("jk?")
    await expect(answer).to_have_value("jk?")
    await page.keyboard.press("Escape")
    await expect(answer).not_to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("thread")).to_have_count(0)
    await page.keyboard.press("2")
    await expect(page.get_by_test_id("notice-new")).to_be_visible()
    await page.keyboard.press("n")
    await expect(page).to_have_url(re.compile(r"#/notices/new$"))
    # Where there is room the map with its names stands beside the list, and beside what is chosen.
    await page.keyboard.press("3")
    beside = page.get_by_test_id("map-beside")
    await expect(beside).to_be_visible()
    await page.keyboard.press("j")
    chosen = page.locator("[data-testid=community][aria-current=true] .row-name")
    await expect(beside).to_contain_text(await chosen.inner_text())
    await expect(page.get_by_test_id("cover-map")).to_have_count(1)
    await page.keyboard.press("4")
    table = page.locator(".numbers .table").first
    await expect(table).to_be_visible()
    assert await table.evaluate(WHOLE), "the table is cut to its edge"
    await printed(page, table.locator("td").last)
    await page.keyboard.press("1")
    await page.locator("[data-value=station]").click()
    await page.keyboard.press("/")
    await expect(page.get_by_test_id("search")).to_be_focused()


async def test_each_of_250_tips_is_reached_and_what_is_new_is_said(
    demo: Demo, browser: Browser, store: MongoStore
) -> None:
    first = await told(demo, store, LONG_AGO, "等得最久的一条", [])
    for n in range(1, MANY):
        await told(demo, store, LONG_AGO + n * STEP, f"第 {n} 条线索", [])
    page = await staff(browser, demo, STATION_LOGIN, "community")
    me = (await read(page, "/session", "community"))["id"]
    await page.locator("[data-value=station]").click()
    rows, scrolled = page.get_by_test_id("tip"), page.locator(".list .scroll")
    await expect(rows.first).to_have_attribute("data-number", first.number)
    counts = await read(page, "/tips/counts?box=station", "community")
    assert counts["longest"] == LONG_AGO
    assert counts["open"] >= MANY
    await expect(page.get_by_test_id("tips-sum")).to_contain_text(f"{counts['open']} 条处理中")
    await expect(rows).to_have_count(50)
    for shown in (*range(100, counts["open"], 50), counts["open"]):
        await scrolled.evaluate("list => list.scrollTo(0, list.scrollHeight)")
        await expect(rows.nth(shown - 1)).to_be_attached()
    await expect(page.get_by_test_id("more")).to_have_count(0)
    await expect(rows).to_have_count(counts["open"])

    await by_keys(page)
    await page.get_by_test_id("search").fill("第 249 条")
    await page.get_by_test_id("search").press("Enter")
    await expect(rows).to_have_count(1)
    await expect(page).not_to_have_title("(1) 线索 · 警民110")
    new = await told(demo, store, LONG_AGO, "刚刚说的", [me])
    await expect(page).to_have_title("(1) 线索 · 警民110")
    await expect(page.get_by_test_id("nav-unread")).to_have_text("1")
    await page.goto(f"{demo.url}/community/#/tips/{new.id}")
    await expect(page).to_have_title("线索 · 警民110")
    await expect(page.get_by_test_id("thread")).to_contain_text("民警看不到是谁说的")
    assert page.errors == []  # type: ignore[attr-defined]
