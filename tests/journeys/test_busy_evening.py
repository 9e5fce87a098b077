"""A busy evening of a community officer with a telephone: five residents tell, three of them of one noise;
the gravest goes to 110 first, one text answers the three, a colleague sees who writes."""

from __future__ import annotations

import asyncio
from typing import Any

from playwright.async_api import Browser, Page, expect

from tests.journeys.axe import STILL
from tests.journeys.conftest import Demo, staff
from tests.journeys.test_small_screens import LAPS
from tests.journeys.test_tip_from_a_poster import somebody_who_lives_there
from tests.journeys.wechat import control, eventually

NOISE = ("楼上装修到半夜，孩子睡不着", "12 号楼夜里一直有电钻声", "装修太吵，已经第三天了")
GRAVE = "对门男的长期家暴，想请你们管管"
LATE = "刚才又响了，比昨天还吵"
ANSWER = "已责令停工，今晚十点后不再施工"
RESULT = "施工方写了保证书，如再犯请告诉我们"


async def does(demo: Demo, openid: str, act: str, **more: object) -> None:
    """Something a resident does, who reads what comes back before he goes on."""
    before = len(await heard(demo, openid))
    await control(demo, f"residents/{openid}/{act}", {"wait": True, **more})
    await eventually(lambda: heard(demo, openid), lambda all: len(all) > before)


async def says(demo: Demo, openid: str, *lines: str) -> None:
    for line in lines:
        await does(demo, openid, "text", content=line)


async def heard(demo: Demo, openid: str) -> list[str]:
    lines: list[dict[str, Any]] = (await control(demo, f"residents/{openid}/chat"))["lines"]
    return [str(one["data"]) for one in lines if one["who"] != "me"]


async def hears_once(demo: Demo, openid: str, text: str) -> None:
    found = await eventually(
        lambda: heard(demo, openid), lambda all: any(text in one for one in all)
    )
    assert sum(text in one for one in found) == 1


async def tells(demo: Demo, keeper: Page, words: str) -> str:
    """A resident of the community tells it to the account, where he lives, without a name."""
    openid = (await somebody_who_lives_there(demo, keeper))["openid"]
    await does(demo, openid, "follow")
    await says(demo, openid, "提供线索", words)
    await does(demo, openid, "location")
    await says(demo, openid, "1")
    return openid


async def fits(page: Page) -> None:
    """In letters twice as large nothing lies on another or leaves the window sideways."""
    for size in ("200%", "100%"):
        await page.evaluate(
            "(size) => { document.documentElement.style.fontSize = size;"
            "dispatchEvent(new Event('resize')); }",
            size,
        )
        await page.evaluate(STILL)
        assert await page.evaluate(LAPS) == []
        wide = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], (size, wide)


async def test_a_busy_evening_on_a_phone(demo: Demo, browser: Browser) -> None:
    phone = await staff(browser, demo, "officer-2", "community", width=390, height=844)
    colleague = await staff(browser, demo, "officer-3", "community", width=390, height=844)
    noise = [await tells(demo, phone, words) for words in NOISE]
    child = await tells(demo, phone, GRAVE)
    rows = phone.get_by_test_id("tip")
    await expect(rows.filter(has_text=GRAVE)).to_be_visible()
    await fits(phone)
    await phone.get_by_test_id("select").click()
    await expect(phone.get_by_test_id("many-close")).to_be_visible()
    await fits(phone)
    await phone.get_by_test_id("select").click()

    # The gravest is above those that wait longer, and goes to 110 with one press and one more.
    await expect(rows.first).to_contain_text("紧急")
    await expect(rows.first).to_contain_text(GRAVE)
    await rows.first.click()
    await expect(phone.get_by_test_id("urgent")).to_be_visible()
    await fits(phone)
    await phone.get_by_test_id("to-110").click()
    await phone.get_by_test_id("to-110-now").click()
    await expect(phone.get_by_test_id("followed")).to_contain_text("0110-")
    await phone.locator(".back").click()

    # Three tell of one noise.
    await rows.filter(has_text=NOISE[0]).click()
    await phone.get_by_test_id("take").click()
    await phone.get_by_test_id("link-tips").click()
    for words in NOISE[1:]:
        found = phone.get_by_test_id("found-tip").filter(has_text=words)
        await found.get_by_test_id("link-this").click()
        await expect(found).to_contain_text("已关联")
    await phone.keyboard.press("Escape")
    await expect(phone.get_by_test_id("same-tip")).to_have_count(2)
    await fits(phone)

    # A colleague opens it, too, and sees that the answer is being written.
    await colleague.goto(phone.url)
    await expect(phone.get_by_test_id("viewers")).to_contain_text("也在看")
    await phone.get_by_test_id("reply-text").fill("我")
    await expect(colleague.get_by_test_id("viewers")).to_contain_text("正在写")
    await phone.get_by_test_id("reply-text").fill("")

    await phone.get_by_test_id("to-all").click()
    await phone.get_by_test_id("many-text").fill(ANSWER)
    await phone.get_by_test_id("many-now").click()
    await expect(phone.get_by_test_id("many-row").filter(has_text="已发出")).to_have_count(3)
    await phone.keyboard.press("Escape")
    await asyncio.gather(*(hears_once(demo, one, ANSWER) for one in noise))
    assert not any(ANSWER in one for one in await heard(demo, child))

    # One of them says more: his row is unread, and the first that waits.
    await phone.locator(".back").click()
    await says(demo, noise[1], "我的")
    mine = await heard(demo, noise[1])
    assert any("您的线索" in one for one in mine)
    await says(demo, noise[1], "1", LATE)
    row = rows.filter(has_text=NOISE[1])
    await expect(row.get_by_test_id("unread")).to_be_visible()
    await expect(row).to_contain_text("待答复")
    await row.click()
    await expect(phone.get_by_test_id("thread")).to_contain_text(LATE)

    # One result closes all three, after it was asked; nobody is told twice.
    await phone.get_by_test_id("close-all").click()
    await phone.get_by_test_id("many-text").fill(RESULT)
    await phone.get_by_test_id("many-now").click()
    await expect(phone.get_by_test_id("many-now")).to_contain_text("确定结案 3 条")
    await phone.get_by_test_id("many-now").click()
    await expect(phone.get_by_test_id("many-row").filter(has_text="已发出")).to_have_count(3)
    await asyncio.gather(*(hears_once(demo, one, RESULT) for one in noise))
    await phone.keyboard.press("Escape")
    await phone.locator(".back").click()
    for words in NOISE:
        await expect(rows.filter(has_text=words)).to_have_count(0)
    for page in (phone, colleague):
        assert page.errors == []  # type: ignore[attr-defined]
