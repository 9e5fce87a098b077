"""Hands on the simulator's page: a resident's phone, and the WeCom of a group owner and of an officer.

``control`` is for what no page does: setting up, and looking at what the platforms hold.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import aiohttp
from playwright.async_api import Browser, Error, Locator, Page, Response, WebSocket, expect

from tests.journeys.conftest import Demo, _page

SEATS = ("resident", "owner", "officer")


async def control(demo: Demo, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """A call of ``/sim`` (CONTROL.md): a POST with a body, a GET without."""
    method = "GET" if body is None else "POST"
    async with (
        aiohttp.ClientSession() as client,
        client.request(method, f"{demo.wechat}/sim/{path}", json=body) as response,
    ):
        answer: dict[str, Any] = await response.json()
        assert response.status == 200, answer
        return answer


async def phones(browser: Browser, demo: Demo, agent: str | None = None) -> Page:
    """The simulator's page with its three seats; ``agent`` is the browser that opens its links."""
    context = await browser.new_context(
        user_agent=agent,
        viewport={"width": 1440, "height": 900},
        locale="zh-CN",
        geolocation={"longitude": 121.13, "latitude": 41.11, "accuracy": 25},
        permissions=["geolocation", "camera", "microphone"],
    )
    page = await _page(context)
    await page.goto(demo.wechat)
    return page


def seat(page: Page, name: str) -> Locator:
    assert name in SEATS
    return page.locator(f"section.seat.{name}")


async def sit(page: Page, name: str, id: str) -> Locator:
    """Be this resident (openid) or this member (userid) in a seat."""
    await seat(page, name).locator("h3 select").select_option(id)
    return seat(page, name)


async def tab(at: Locator, name: str) -> None:
    await at.locator("nav.tabs button").filter(has_text=name).click()


async def write(at: Locator, text: str) -> None:
    await at.get_by_label("输入消息").fill(text)
    await at.get_by_role("button", name="发送").click()
    await hears(at, text)


async def choose(at: Locator, *names: str) -> None:
    """Press through the account's menu, and back to the keyboard."""
    await at.get_by_role("button", name="菜单").click()
    for name in names:
        await at.locator(".menubar").get_by_role("button", name=name).click()
    await at.get_by_role("button", name="键盘").click()


async def give(at: Locator, what: str) -> None:
    """Send what is behind the + of the keyboard: 位置, 语音, 视频."""
    await at.get_by_role("button", name="+", exact=True).click()
    await at.locator(".panel").get_by_role("button", name=what).click()


async def show(at: Locator, name: str, picture: bytes) -> None:
    await at.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "image/jpeg", "buffer": picture}
    )


async def hears(at: Locator, text: str) -> None:
    """The newest lines of a chat hold this text, or will."""
    await expect(at.locator(".chat")).to_contain_text(text)


async def opens(page: Page, link: Locator) -> Page:
    """The page that a link in a chat opens, with the eyes of whoever holds the phone."""
    async with page.context.expect_page() as opened:
        await link.click()
    found = await opened.value
    found.set_default_timeout(30_000)
    found.errors = []  # type: ignore[attr-defined]
    found.on("pageerror", lambda error: found.errors.append(str(error)))  # type: ignore[attr-defined]
    return found


async def eventually(
    ask: Callable[[], Awaitable[Any]], good: Callable[[Any], bool], seconds: float = 30
) -> Any:
    """What ``ask`` gives once it is good."""
    end = time.monotonic() + seconds
    while not good(found := await ask()):
        assert time.monotonic() < end, found
        await asyncio.sleep(0.3)
    return found


class Overheard:
    """Everything that pages get from the server: answers of the API, and the live feed."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._reading: set[asyncio.Task[None]] = set()

    async def on(self, page: Page) -> Page:
        """Listen to this page, from its first request on."""
        page.on("response", self._response)
        page.on("websocket", self._socket)
        await page.reload()
        return page

    async def all(self) -> str:
        await asyncio.gather(*self._reading)
        return "\n".join(self.texts)

    def _response(self, response: Response) -> None:
        if "/api/" not in response.url:
            return
        task = asyncio.create_task(self._read(response))
        self._reading.add(task)

    async def _read(self, response: Response) -> None:
        self.texts.append(response.url)
        if "json" in response.headers.get("content-type", ""):
            with suppress(Error):  # the page went on to somewhere else meanwhile
                self.texts.append(await response.text())

    def _socket(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.texts.append(str(frame)))
