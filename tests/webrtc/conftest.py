"""Media processes with a store in memory, on real sockets of 127.0.0.1, and a real Chromium."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from playwright.async_api import Browser, async_playwright

from tests.webrtc.media_process import SECRET, Process
from tests.webrtc.memory_store import MemoryStore
from webrtc.app import MediaServer, create_app

CHROMIUM = [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream=fps=30",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    "--no-sandbox",
]
Start = Callable[..., Awaitable[Process]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Starts media processes; all are stopped at the end."""
    running: list[tuple[MediaServer, web.AppRunner, ClientSession]] = []

    async def begin(store: MemoryStore | None = None, **other: Any) -> Process:
        store = store or MemoryStore()
        settings: dict[str, Any] = {
            "store": store,
            "secret": SECRET,
            "media_id": "media-1",
            "public_url": "ws://127.0.0.1/rtc",
            "addresses": ["127.0.0.1"],
            "origins": [],
            "spool": tmp_path / "spool",
        }
        server = MediaServer(**{**settings, **other})
        app = create_app(server)
        page = Path(__file__).with_name("page.html")

        async def show(request: web.Request) -> web.StreamResponse:
            return web.FileResponse(page)

        app.router.add_get("/page", show)
        runner = web.AppRunner(app)
        await server.start()
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        server.origins = frozenset([*server.origins, url])
        session = ClientSession()
        running.append((server, runner, session))
        return Process(server, store, url, settings["spool"], session)

    yield begin
    for server, runner, session in running:
        await session.close()
        await server.stop(3.0)
        await runner.cleanup()


@pytest.fixture
async def process(start: Start) -> Process:
    return await start()


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=CHROMIUM
        )
        yield browser
        await browser.close()
