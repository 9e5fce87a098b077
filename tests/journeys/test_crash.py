"""kill -9 in mid-call: of the api process, of the media process, of the dispatcher's browser.

Everything acknowledged is there afterwards and the call goes on.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import subprocess

from playwright.async_api import Browser, async_playwright, expect

from tests.journeys.conftest import ARGUMENTS, CHROMIUM, Demo, read, resident, sees, staff


async def test_a_call_survives_what_dies(demo: Demo, browser: Browser) -> None:
    phone = await resident(browser, demo)
    desk = await staff(browser, demo, "desk2", "console")
    await phone.get_by_test_id("report").click()
    await expect(phone.get_by_test_id("number")).to_contain_text("0110-")
    number = await phone.get_by_test_id("number").inner_text()
    await desk.get_by_test_id(f"answer-{number}").first.click()
    await sees(phone, 1)
    await say(phone, "第一句, 崩溃之前")
    await expect(desk.get_by_test_id("thread")).to_contain_text("第一句")

    # The api process: the call does not notice, the thread goes on after it is back.
    media = demo.child("media")
    os.kill(demo.child("api"), signal.SIGKILL)
    await say(phone, "第二句, 服务重启时发出")
    await expect(desk.get_by_test_id("thread")).to_contain_text("第二句", timeout=40_000)
    await sees(desk, 1)
    assert demo.child("media") == media

    # The media process: both come back into the same call by themselves.
    os.kill(demo.child("media"), signal.SIGKILL)
    await asyncio.sleep(1)
    for page in (desk, phone):
        await fresh(page)

    # The dispatcher's own browser: a new one finds the incident and the call as they were.
    await desk.close()
    async with async_playwright() as playwright:
        # Known by an argument of its own: the highest process id need not be the newest process's.
        mark = f"--window-name={secrets.token_hex(8)}"
        other = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, mark])
        again = await staff(other, demo, "desk2", "console")
        await expect(again.get_by_test_id("thread")).to_contain_text("第一句")
        await sees(again, 1)
        found = subprocess.run(
            ["pgrep", "-f", "--", mark], capture_output=True, text=True, check=True
        ).stdout
        killed = [int(pid) for pid in found.split() if _is_browser(int(pid))]
        assert killed
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
    third = await staff(browser, demo, "desk2", "console")
    await expect(third.get_by_test_id("thread")).to_contain_text("第一句")
    await expect(third.get_by_test_id("thread")).to_contain_text("第二句")
    await sees(third, 1)
    await sees(phone, 1)

    await third.get_by_test_id("close").click()
    await third.get_by_test_id("disposition-RESOLVED").check(force=True)
    await third.get_by_test_id("confirm-close").click()
    await expect(phone.get_by_test_id("over")).to_be_visible()
    (incident,) = (await read(third, f"/incidents?q={number}"))["incidents"]
    log = (await read(third, f"/incidents/{incident['id']}"))["entries"]
    said = [entry["data"]["text"] for entry in log if entry["what"] == "message"]
    assert said == ["第一句, 崩溃之前", "第二句, 服务重启时发出"]
    code, told = await asyncio.to_thread(demo.verify, number)
    assert code == 0, told


async def fresh(page) -> None:  # type: ignore[no-untyped-def]
    """The page has a new connection in which frames arrive."""
    for _ in range(300):
        stats = await page.evaluate(
            "async () => window.__call && window.__call.state === 'connected'"
            " ? await window.__call.stats() : []"
        )
        if stats and all(one["framesDecoded"] > 15 for one in stats):
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"{page.url} did not come back: {stats}")


async def say(phone, text: str) -> None:  # type: ignore[no-untyped-def]
    await phone.get_by_test_id("text-input").first.fill(text)
    await phone.get_by_test_id("text-send").first.click()


def _is_browser(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return b"--type=" not in file.read()
    except OSError:
        return False
