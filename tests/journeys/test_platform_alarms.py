"""WeChat refuses what only the operator can mend: the administrator's page says it, until it is over."""

from __future__ import annotations

import asyncio
import os

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from tests.journeys.axe import violations
from tests.journeys.conftest import Demo, staff
from tests.journeys.wechat import control

# A folder that pictures go to, for whoever wants to look.
PICTURES = os.environ.get("TEST_PICTURES")


@pytest.mark.parametrize("width", [390, 1440])
async def test_the_administrator_sees_what_is_refused_and_what_to_do(
    demo: Demo, browser: Browser, width: int
) -> None:
    page = await staff(browser, demo, "admin", "console", width=width, height=844)
    await expect(page.get_by_text("desk1").first).to_be_visible()
    shown = page.get_by_test_id("platform-alarms")
    await expect(shown).to_have_count(0)
    resident = (await control(demo, "residents", {"follow": True, "wait": True}))["openid"]
    await control(demo, "faults", {"path": "custom/send", "action": "error", "code": 48001})

    async def until(count: int) -> None:
        async with asyncio.timeout(60):
            while await shown.count() != count:
                await control(demo, f"residents/{resident}/text", {"content": "你好"})
                await asyncio.sleep(2)
                await page.reload()
                await expect(page.get_by_text("desk1").first).to_be_visible()
                await asyncio.sleep(0.5)

    await until(1)
    await expect(shown).to_contain_text("公众号没有这个接口的权限")
    await expect(shown).to_contain_text("居民在公众号里收不到警情进展")
    await expect(shown).to_contain_text("需要已认证的服务号")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if PICTURES:
        await page.screenshot(path=f"{PICTURES}/alarms-{width}.png")
    assert await violations(page, "alarms") == []
    async with (
        aiohttp.ClientSession() as client,
        client.delete(f"{demo.wechat}/sim/faults") as response,
    ):
        assert response.status == 200
    await until(0)
