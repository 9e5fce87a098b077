"""Many wait at once: the gravest is first and in sight, and what is out of sight is announced."""

from __future__ import annotations

from typing import Any

import aiohttp
from playwright.async_api import Browser, expect

from tests.journeys.conftest import Demo, read, staff
from tests.journeys.desk import AT, act, post
from tests.journeys.wechat import eventually

IN_SIGHT = """
() => {
  const list = document.querySelector('[data-testid=queue] .list').getBoundingClientRect();
  return [...document.querySelectorAll('[data-testid^="card-"]')].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.top >= list.top && box.bottom <= list.bottom;
  }).map((one) => one.dataset.testid.slice(5));
}
"""


async def test_the_gravest_of_sixteen_is_first_and_in_sight(demo: Demo, browser: Browser) -> None:
    desk = await staff(browser, demo, "chief", "console")
    async with aiohttp.ClientSession(f"{demo.url}/api/v1/", headers={"Origin": demo.url}) as client:

        async def report(words: str, **more: Any) -> Any:
            members = {"words": words, "position": AT, **more}
            return await post(client, "incidents", members)

        case = await report("邻居吵架", kind="DISPUTE")
        await act(desk, demo, f"{case['id']}/answer", {})
        located = (await read(desk, f"/incidents/{case['id']}"))["located"]
        station = located["candidates"][0]
        await act(desk, demo, f"{case['id']}/dispatch", {"station": station["station"]})
        await act(desk, demo, f"{case['id']}/close", {"disposition": "RESOLVED"})
        wallets = [await report("钱包丢在公交车上", kind="OTHER") for _ in range(13)]
        bearer = f"Bearer {case['token']}"
        await post(client, "my/return", {"changed": True}, Authorization=bearer)
        silent = await report("", kind="CRIME", silent=True)
        fire = await report("煤氣爆炸 有人被壓", kind="FIRE")

    cards = desk.locator('[data-testid^="card-"]')
    await expect(cards).to_have_count(16)
    first = [fire["number"], silent["number"], case["number"], wallets[0]["number"]]
    for place, number in enumerate(first):
        await expect(cards.nth(place)).to_have_attribute("data-testid", f"card-{number}")
    await expect(cards.first).to_be_in_viewport(ratio=1)
    await expect(cards.first.get_by_test_id("class")).to_have_text("危及生命")
    again = desk.get_by_test_id(f"card-{case['number']}")
    await expect(again).to_contain_text("再次报警")
    await expect(again.get_by_test_id("again")).to_contain_text(station["name"])
    # A dozen cards fit at 1440 by 900.
    await eventually(lambda: desk.evaluate(IN_SIGHT), lambda seen: len(seen) >= 12)

    unseen = desk.get_by_test_id("queue-unseen")
    await expect(unseen).to_contain_text("还有")
    await expect(unseen).not_to_contain_text("最急")
    await cards.last.scroll_into_view_if_needed()
    await expect(unseen).to_contain_text("最急的在上面")
    await desk.keyboard.press("b")
    await expect(cards.first).to_be_in_viewport(ratio=1)
    await expect(unseen).not_to_contain_text("最急")

    last = wallets[-1]["number"]
    await desk.get_by_test_id(f"card-{last}").locator(".whole").click()
    await desk.get_by_test_id("priority").select_option("LIFE")
    # In its class it has waited longer than the fire.
    await expect(cards.first).to_have_attribute("data-testid", f"card-{last}")
    await expect(cards.first.get_by_test_id("class")).to_contain_text("手动")
    await expect(cards.nth(1)).to_have_attribute("data-testid", f"card-{fire['number']}")
    await expect(desk.get_by_test_id("thread")).to_contain_text("优先级：危及生命")
    await desk.keyboard.press("Escape")
    await desk.keyboard.press("u")
    await expect(desk.get_by_test_id("priority")).to_be_focused()
    assert desk.errors == []  # type: ignore[attr-defined]
