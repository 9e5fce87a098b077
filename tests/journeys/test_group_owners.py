"""A group whose owner leaves and one that changes hands, seen on the community page; its welcome text."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Browser, expect

from tests.journeys.conftest import Demo, read, staff
from tests.journeys.wechat import control, eventually

CHIEF, OWNER = "chief", "officer-1"


async def test_a_group_gets_another_owner_and_words_for_newcomers(
    demo: Demo, browser: Browser
) -> None:
    page = await staff(browser, demo, CHIEF, "community")
    await eventually(lambda: read(page, "/groups", "community"), lambda all: bool(owned(all)), 90)
    group = owned(await read(page, "/groups", "community"))[0]
    await page.goto(f"{demo.url}/community/#/groups/{group['community']}")
    card = page.get_by_test_id("group").filter(has_text=group["name"])
    await card.get_by_test_id("change-owner").click()
    dialog = page.get_by_role("dialog")
    options = dialog.get_by_test_id("next-owner").locator("option")
    await expect(options.nth(1)).to_be_attached()

    # Refused by the platform: said in words, and the owner stays.
    heir = (await read(page, f"/groups/{group['id']}/owners", "community"))["owners"][0]
    heir_account = await account_of(demo, heir["name"])
    await control(demo, f"members/{heir_account}", {"verified": False})
    await dialog.get_by_test_id("next-owner").select_option(heir["id"])
    await dialog.get_by_test_id("hand-over").click()
    await expect(card.locator(".advice")).to_contain_text("实名")
    assert owned(await read(page, "/groups", "community"), group["id"])[0]["owner"] == OWNER

    # Once he may own it, it is his, and belongs where it did.
    await control(demo, f"members/{heir_account}", {"verified": True})
    await card.get_by_test_id("change-owner").click()
    await dialog.get_by_test_id("next-owner").select_option(heir["id"])
    await dialog.get_by_test_id("hand-over").click()
    await expect(card.locator(".advice")).to_have_count(0)
    found = (await read(page, "/groups", "community"))["groups"]
    now = next(one for one in found if one["id"] == group["id"])
    assert (now["owner"], now["community"]) == (heir_account, group["community"])

    welcome = page.get_by_test_id("welcome")
    await welcome.get_by_test_id("welcome-text").fill("欢迎 %NICKNAME% 来到本社区")
    await welcome.get_by_test_id("welcome-save").click()
    await expect(welcome).to_contain_text("企业微信已有这段话")
    await welcome.get_by_test_id("welcome-default").click()
    await expect(welcome.get_by_test_id("welcome-text")).to_have_value("")
    assert page.errors == []  # type: ignore[attr-defined]


def owned(all: dict[str, Any], id: str = "") -> list[dict[str, Any]]:
    return [
        one
        for one in all["groups"]
        if one["owner"] == OWNER and one["community"] and id in ("", one["id"])
    ]


async def account_of(demo: Demo, name: str) -> str:
    """The demo's officers are named after their accounts."""
    members = (await control(demo, "members"))["members"]
    number = int(name.split()[-1])
    return str(next(one["userid"] for one in members if one["userid"] == f"officer-{number}"))
