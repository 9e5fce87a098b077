"""A desk whose server has frozen says so, and nothing on its screen says otherwise."""

from __future__ import annotations

import os
import signal

from playwright.async_api import Browser, expect

from tests.journeys.conftest import Demo, staff


async def test_a_frozen_server_is_said_everywhere_and_taken_back(
    demo: Demo, browser: Browser
) -> None:
    desk = await staff(browser, demo, "desk1", "console")
    await expect(desk.get_by_role("status").filter(has_text="在线").first).to_be_visible()
    child, supervisor = demo.child("api"), demo.supervisor
    # One that stands still is ended within seconds; a supervisor that stands still itself ends nobody.
    os.kill(supervisor, signal.SIGSTOP)
    os.kill(child, signal.SIGSTOP)
    try:
        await expect(desk.get_by_test_id("banner-lost")).to_be_visible()
        await expect(desk.get_by_role("status").filter(has_text="离线").first).to_be_visible()
        assert await desk.get_by_text("在线", exact=True).count() == 0
        queue = desk.get_by_test_id("queue")
        await expect(queue).not_to_contain_text("没有等待的报警")
        if await queue.locator("li").count() == 0:
            await expect(desk.get_by_test_id("queue-lost")).to_be_visible()
    finally:
        os.kill(child, signal.SIGCONT)
        os.kill(supervisor, signal.SIGCONT)
    await demo.ready()
    await expect(desk.get_by_test_id("banner-lost")).to_have_count(0)
    await expect(desk.get_by_role("status").filter(has_text="在线").first).to_be_visible()
