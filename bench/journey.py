"""Answer → first decoded frame, and call station → three-way, in real Chromium on the whole product.

Times are read in the pages themselves, from the press (the browser's time of the click) to the first
decoded frame of ``getStats``: what the driver takes to find and hit a button is nobody's wait.
"""

from __future__ import annotations

import asyncio
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from bench.intake import percentile, row
from bench.product import Product, measured

ROUNDS = 12
CHROMIUM = "/usr/bin/chromium"
# No WebGL: without a graphics card the desk's map would be drawn by the processor the call needs.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream=fps=30",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-3d-apis",
]
FIRST_FRAME = """
(others) => new Promise((done) => {
  const look = async () => {
    const call = window.__call;
    const stats = call ? await call.stats() : [];
    if (stats.length >= others && stats.every((one) => one.framesDecoded > 0)) done(Date.now());
    else setTimeout(look, 10);
  };
  look();
})
"""
PRESSES = """
addEventListener('click', (event) => {
  window.__pressed = performance.timeOrigin + event.timeStamp;
}, true);
"""
CONNECTED = """
() => new Promise((done) => {
  const look = () => {
    if (window.__call && window.__call.state === 'connected') done(true);
    else setTimeout(look, 50);
  };
  look();
})
"""


def run() -> list[dict[str, Any]]:
    """Rows: what, figure, unit, peer."""
    return measured(_measure)


async def _measure(product: Product) -> list[dict[str, Any]]:
    await product.ready()
    first: list[float] = []
    three: list[float] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        desk = await _staff(browser, product, "desk1", "console")
        station = await _staff(browser, product, "station-210702-12", "station")
        for _ in range(ROUNDS):
            await _round(browser, product, desk, station, first, three)
        await browser.close()
    note = f"{ROUNDS} rounds, three browsers and product on this machine, no WebGL"
    return [
        row(f"answer → first decoded frame p50, {note}", percentile(first, 0.5), "ms", ""),
        row(
            f"answer → first decoded frame p95, {note}",
            percentile(first, 0.95),
            "ms",
            "goal ≤ 1000",
        ),
        row(f"station joins → three-way p50, {note}", percentile(three, 0.5), "ms", ""),
        row(f"station joins → three-way p95, {note}", percentile(three, 0.95), "ms", "goal ≤ 1000"),
    ]


async def _round(
    browser: Browser,
    product: Product,
    desk: Page,
    station: Page,
    first: list[float],
    three: list[float],
) -> None:
    context = await browser.new_context(
        viewport={"width": 390, "height": 844},
        geolocation={"longitude": 121.13, "latitude": 41.11, "accuracy": 25},
        permissions=["geolocation", "camera", "microphone"],
        locale="zh-CN",
    )
    phone = await context.new_page()
    await phone.goto(f"{product.url}/110/")
    await phone.get_by_test_id("report").click()
    await phone.evaluate(CONNECTED)
    number = await phone.get_by_test_id("number").inner_text()
    await asyncio.sleep(1)
    answer = desk.get_by_test_id(f"answer-{number}").first
    await answer.wait_for()
    await answer.click()
    first.append(await desk.evaluate(FIRST_FRAME, 1) - await desk.evaluate("window.__pressed"))

    call = desk.get_by_test_id("call-station")
    await call.click()
    join = station.get_by_test_id("join")
    await join.wait_for()
    await join.click()
    seen = await asyncio.gather(*(page.evaluate(FIRST_FRAME, 2) for page in (station, desk, phone)))
    three.append(max(seen) - await station.evaluate("window.__pressed"))
    await desk.get_by_test_id("close").click()
    await desk.get_by_test_id("disposition-RESOLVED").check(force=True)
    await desk.get_by_test_id("confirm-close").click()
    await phone.get_by_test_id("over").wait_for()
    await context.close()
    await station.goto(f"{product.url}/station/")


async def _staff(browser: Browser, product: Product, login: str, face: str) -> Page:
    context = await browser.new_context(
        permissions=["camera", "microphone"],
        viewport={"width": 1440, "height": 900},
        locale="zh-CN",
    )
    await context.request.post(
        f"{product.url}/api/v1/session/demo",
        data={"login": login},
        headers={"Origin": product.url, "Jingmin-Face": face},
    )
    page = await context.new_page()
    await page.add_init_script(PRESSES)
    await page.goto(f"{product.url}/{face}/")
    return page
