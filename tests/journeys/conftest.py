"""The demo as a person starts it, and real Chromium with a fake camera."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.ports import free_port

CHROMIUM = shutil.which("chromium")
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
    "--enable-unsafe-swiftshader",
]
GUTA = {"longitude": 121.13, "latitude": 41.11, "accuracy": 25}
STATION_LOGIN = "station-210702-12"


# A shared machine may be slow; nothing here measures speed.
expect.set_options(timeout=30_000)


class Site(Protocol):
    """Where the pages are served."""

    @property
    def url(self) -> str: ...


@dataclass(frozen=True)
class OtherApi:
    """A second api process on the store of a demo."""

    url: str


class Demo:
    """A running ``jingmin demo`` with its own data."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.log = data / "processes.log"
        self.port, self.media_port, self.store_port, self.bot_port, self.simulator_port = (
            free_port() for _ in range(5)
        )
        self.url = f"http://127.0.0.1:{self.port}"
        self.wechat = f"http://127.0.0.1:{self.simulator_port}"
        self._other_port = free_port()
        self.host_port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> dict[str, str]:
        return {
            "JINGMIN_DATA": str(self.data),
            "JINGMIN_PORT": str(self.port),
            "JINGMIN_MEDIA_PORT": str(self.media_port),
            "JINGMIN_STORE_PORT": str(self.store_port),
            "JINGMIN_BOT_PORT": str(self.bot_port),
            "JINGMIN_SIMULATOR_PORT": str(self.simulator_port),
            "JINGMIN_ORIGINS": f"http://127.0.0.1:{self._other_port}",
            "JINGMIN_EMBED_ORIGINS": f"http://127.0.0.1:{self.host_port}",
            "JINGMIN_LOG_LEVEL": "INFO",
        }

    def start(self) -> None:
        self._process = self._run("demo")

    def _run(self, command: str, **more: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "main", command],
                env={**os.environ, **self.settings, **more},
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )

    @contextlib.asynccontextmanager
    async def another_api(self) -> AsyncIterator[OtherApi]:
        """A second api process, until the end of the block."""
        port = self._other_port
        more = {"JINGMIN_PORT": str(port), "JINGMIN_ORIGINS": self.url, "JINGMIN_DEMO": "true"}
        process = self._run("api", **more)
        try:
            other = OtherApi(f"http://127.0.0.1:{port}")
            await self.ready(url=other.url)
            yield other
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)

    async def ready(self, seconds: float = 90, url: str = "") -> None:
        end = time.monotonic() + seconds
        async with aiohttp.ClientSession() as client:
            while time.monotonic() < end:
                try:
                    async with client.get(f"{url or self.url}/api/v1/demo") as response:
                        people = (await response.json())["people"]
                        if any(one["login"] == STATION_LOGIN for one in people):
                            return
                except (aiohttp.ClientError, KeyError):
                    pass
                await asyncio.sleep(0.2)
        pytest.fail(f"the demo did not start:\n{self.log.read_text()[-4000:]}")

    @property
    def supervisor(self) -> int:
        """The process id of what keeps the others."""
        assert self._process is not None
        return self._process.pid

    def child(self, name: str) -> int:
        """The process id of ``api`` or ``media``."""
        assert self._process is not None
        found = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(self._process.pid)],
            capture_output=True,
            text=True,
            check=True,
        )
        for line in found.stdout.splitlines():
            if line.rstrip().endswith(f"-m main {name}"):
                return int(line.split()[0])
        raise LookupError(f"no {name} process in: {found.stdout}")

    def verify(self, incident: str) -> tuple[int, str]:
        """``jingmin verify`` as an operator runs it."""
        found = subprocess.run(
            [sys.executable, "-m", "main", "verify", incident],
            env={**os.environ, **self.settings},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return found.returncode, found.stdout + found.stderr

    def stop(self) -> None:
        """Ctrl-C, which a terminal sends to the whole group; everything must end with it."""
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGINT)
        self._process.wait(30)
        self._process = None


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    pages = Path(__file__).parents[2] / "api" / "static" / "index.html"
    assert pages.exists(), "the pages are not built: make pages"
    one = Demo(tmp_path_factory.mktemp("demo"))
    one.start()
    try:
        asyncio.run(one.ready())
        yield one
    finally:  # also when it was not ready in time: it would go on beside every other test
        one.stop()


@pytest.fixture(autouse=True)
async def cleared(request: pytest.FixtureRequest) -> None:
    """Before each journey every case of the demo is closed and read: whatever the journey before left,
    and however it ended, this one finds an empty desk."""
    if "demo" not in request.fixturenames:
        return
    await clear(request.getfixturevalue("demo").url)


async def clear(url: str) -> None:
    """Every case of the demo there is closed and read."""
    headers = {"Origin": url, "Jingmin-Face": "console"}
    jar = aiohttp.CookieJar(unsafe=True)  # an address keeps no cookie otherwise
    async with aiohttp.ClientSession(
        f"{url}/api/v1/", headers=headers, cookie_jar=jar, raise_for_status=True
    ) as desk:
        await desk.post("session/demo", json={"login": "chief"})
        async with desk.get("incidents", params={"limit": "200"}) as response:
            found = (await response.json())["incidents"]
        for one in found:
            path = f"incidents/{one['id']}"
            if one["state"] in ("RAISED", "ABANDONED"):
                await desk.post(f"{path}/answer", json={})
            if one["state"] != "CLOSED":
                await desk.post(f"{path}/close", json={"disposition": "RESOLVED"})
            if one["unread"]:
                seq = one["said"]
                await desk.post(f"{path}/read", json={"received": seq, "read": seq})


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    assert CHROMIUM, "Chromium is missing: apt-get install chromium"
    async with async_playwright() as playwright:
        one = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield one
        await one.close()


async def resident(
    browser: Browser,
    demo: Site,
    *,
    permissions: tuple[str, ...] = ("geolocation", "camera", "microphone"),
) -> Page:
    context = await browser.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
        geolocation=GUTA,
        permissions=list(permissions),
    )
    page = await _page(context)
    await page.goto(f"{demo.url}/110/")
    return page


# A camera costs a processor what a microphone does not: where many talk, most of them are only heard.
NO_CAMERA = """() => {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (wanted) => (wanted.video
        ? Promise.reject(new DOMException('no', 'NotAllowedError')) : open(wanted));
}"""


async def heard_only(page: Page) -> Page:
    """The same page, whose camera is refused from now on."""
    await page.context.add_init_script(f"({NO_CAMERA})()")
    await page.reload()
    return page


async def staff(browser: Browser, demo: Site, login: str, face: str, **size: int) -> Page:
    context = await browser.new_context(
        viewport={"width": size.get("width", 1440), "height": size.get("height", 900)},
        device_scale_factor=size.get("scale", 1),
        locale="zh-CN",
        permissions=["camera", "microphone"],
    )
    response = await context.request.post(
        f"{demo.url}/api/v1/session/demo",
        data={"login": login},
        headers={"Origin": demo.url, "Jingmin-Face": face},
    )
    assert response.ok, await response.text()
    page = await _page(context)
    await page.goto(f"{demo.url}/{face}/")
    return page


async def opened(browser: Browser, url: str) -> Page:
    """A page that nobody has logged in to."""
    context = await browser.new_context(
        viewport={"width": 1280, "height": 900},
        locale="zh-CN",
        permissions=["camera", "microphone"],
    )
    page = await _page(context)
    await page.goto(url)
    return page


async def _page(context: BrowserContext) -> Page:
    page = await context.new_page()
    page.set_default_timeout(30_000)
    page.errors = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined]
    return page


async def sees(page: Page, others: int, *, video: bool = True, seconds: float = 40) -> list[Any]:
    """Wait until the page receives sound, and decodes pictures, of so many others; their counters."""
    end = time.monotonic() + seconds
    stats: list[Any] = []
    while time.monotonic() < end:
        stats = await page.evaluate("async () => window.__call ? await window.__call.stats() : []")
        good = [
            one
            for one in stats
            if one["audioPackets"] > 25 and (not video or one["framesDecoded"] > 15)
        ]
        if len(good) == others:
            return stats
        await asyncio.sleep(0.2)
    pytest.fail(f"{page.url} should see {others}, has {stats}")


async def read(page: Page, path: str, face: str = "console") -> Any:
    """A GET of the API with the page's own session."""
    response = await page.context.request.get(
        f"{page.url.split('/', 3)[0]}//{page.url.split('/', 3)[2]}/api/v1{path}",
        headers={"Jingmin-Face": face},
    )
    assert response.ok, await response.text()
    return await response.json()
