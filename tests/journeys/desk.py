"""What a dispatcher does at the desk and a caller on the telephone, as the journeys press it."""

from __future__ import annotations

import re
from typing import Any

import aiohttp
from playwright.async_api import Browser, Page, expect

from tests.journeys.conftest import GUTA, Demo, heard_only, read, resident

AT = {"lon": GUTA["longitude"], "lat": GUTA["latitude"], "datum": "WGS84", "accuracy": 20}
AWAY = "接警员正在接另一起，请稍候"
THROUGH = "正在为您转接其他接警员"
CARDS = """() => [...document.querySelectorAll('[data-testid=queue] [data-testid^="card-"]')]
    .map((one) => one.dataset.testid.slice(5))"""


async def post(client: aiohttp.ClientSession, path: str, body: Any, **headers: str) -> Any:
    """A report, or what its caller does, without a page."""
    async with client.post(path, json=body, headers=headers) as response:
        assert response.ok, await response.text()
        return await response.json()


async def act(desk: Page, demo: Demo, path: str, body: Any) -> Any:
    """What the desk's session does to an incident, without its page."""
    answer = await desk.context.request.post(
        f"{demo.url}/api/v1/incidents/{path}",
        data=body,
        headers={"Origin": demo.url, "Jingmin-Face": "console"},
    )
    assert answer.ok, await answer.text()
    return await answer.json()


async def reports(page: Page) -> str:
    """A tap on 报警; the number of the receipt."""
    await page.get_by_test_id("report").click()
    number = page.get_by_test_id("number")
    await expect(number).to_have_text(re.compile(r"^0110-"))
    return await number.inner_text()


async def reported(browser: Browser, demo: Demo) -> tuple[Page, str]:
    """A caller who is heard, not seen, and the number of the report."""
    phone = await heard_only(await resident(browser, demo))
    return phone, await reports(phone)


async def write(page: Page, text: str) -> None:
    await page.get_by_test_id("text-input").first.fill(text)
    await page.get_by_test_id("text-send").first.click()


async def look(desk: Page, lane: str, number: str) -> None:
    await desk.get_by_test_id(f"lane-{lane}").click()
    await desk.get_by_test_id(f"card-{number}").locator(".whole").click()
    await expect(desk.get_by_test_id("case")).to_contain_text(number)


async def answer(desk: Page, number: str) -> None:
    await desk.get_by_test_id("lane-waiting").click()
    await desk.get_by_test_id(f"answer-{number}").first.click()


async def closes(desk: Page, disposition: str, going: str = "") -> None:
    """Closes the case that is open; ``going``, on or back, is what becomes of who is on the way."""
    await desk.get_by_test_id("close").click()
    await desk.get_by_test_id(f"disposition-{disposition}").check(force=True)
    if going:
        await desk.get_by_test_id(f"going-{going}").check(force=True)
    await desk.get_by_test_id("confirm-close").click()
    await expect(desk.get_by_role("dialog")).to_have_count(0)


async def stands(desk: Page, lane: str, *numbers: str) -> None:
    """The lane shows these cards in this order, and no other."""
    await desk.get_by_test_id(f"lane-{lane}").click()
    shown: list[str] = []
    for _ in range(150):
        shown = await desk.evaluate(CARDS)
        if shown == list(numbers):
            return
        await desk.wait_for_timeout(200)
    assert shown == list(numbers)


async def hears_on(phone: Page) -> None:
    """The caller still receives sound from the desk: packets go on coming."""

    async def packets() -> int:
        stats: list[Any] = await phone.evaluate("async () => window.__call.stats()")
        return sum(one["audioPackets"] for one in stats)

    before = await packets()
    for _ in range(200):
        if await packets() > before + 25:
            return
        await phone.wait_for_timeout(100)
    raise AssertionError("the caller hears nothing any more")


async def found(desk: Page, number: str) -> dict[str, Any]:
    """The case as the desk's list has it; a report whose store is slow comes there a moment later."""
    for _ in range(150):
        those: list[dict[str, Any]] = (await read(desk, f"/incidents?q={number}"))["incidents"]
        if those:
            return those[0]
        await desk.wait_for_timeout(200)
    raise AssertionError(f"{number} is in no list")


async def dispatcher(desk: Page, number: str) -> dict[str, Any]:
    """The participant of whoever has the case, with his name."""
    one = await found(desk, number)
    here = [
        each
        for each in one["calls"][-1]["participants"]
        if each["role"] == "DISPATCHER" and each["person"] == one["dispatcher"]
    ]
    return dict(here[-1], dispatcher=one["dispatcher_name"])
