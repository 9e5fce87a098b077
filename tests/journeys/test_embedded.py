"""The resident's page within a city app's: examples/embed as it stands, on an origin of its own."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web
from playwright.async_api import Browser, expect

from tests.journeys.conftest import Demo, read, staff
from tests.ports import free_port

HOST = Path(__file__).parents[2] / "examples/embed/index.html"
POLICE = "https://110.example.cn"
HERE = {"longitude": 121.13, "latitude": 41.11, "accuracy": 14}


@contextlib.asynccontextmanager
async def host(demo: Demo, port: int) -> AsyncIterator[str]:
    text = HOST.read_text("utf-8")
    assert POLICE in text
    text = text.replace(POLICE, demo.url)

    async def page(request: web.Request) -> web.Response:
        return web.Response(text=text, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", page)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


async def test_an_app_shows_the_page_and_hands_the_position_over(
    demo: Demo, browser: Browser
) -> None:
    desk = await staff(browser, demo, "desk1", "console")
    context = await browser.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", geolocation=HERE
    )
    # The app's page has the position, the frame within it has no right to ask for one.
    async with host(demo, demo.host_port) as allowed, host(demo, free_port()) as other:
        await context.grant_permissions(["geolocation"], origin=allowed)
        phone = await context.new_page()
        await phone.goto(other)
        framed = phone.frame_locator("#police")
        await expect(framed.get_by_test_id("report")).to_have_count(0)

        await phone.goto(allowed)
        await framed.get_by_test_id("report").click()
        await expect(framed.get_by_test_id("number")).to_contain_text("0110-")
        number = await framed.get_by_test_id("number").inner_text()
        await desk.get_by_test_id(f"answer-{number}").first.click()
        foot = desk.get_by_test_id("map-foot")
        await expect(foot).to_contain_text("±14 米")
        await expect(foot.get_by_test_id("position-app")).to_have_text("由应用提供")
        # No farther than somebody may have gone by now, however quick this machine is.
        await context.set_geolocation({**HERE, "latitude": 41.1101, "accuracy": 6})
        await expect(foot).to_contain_text("±6 米")
        (found,) = (await read(desk, f"/incidents?q={number}"))["incidents"]
        position = found["position"]
        assert (position["source"], round(position["lat"], 4)) == ("APP", 41.1101)
    await context.close()
