"""A real Firefox, driven by its own protocol (Marionette): no driver program, no further package.

The messages are ``length:[0, id, command, parameters]`` over TCP, answers ``length:[1, id, error, value]``.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.ports import free_port

FIREFOX = "firefox-esr"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
PREFERENCES: dict[str, bool | int | str] = {
    # A camera and a microphone that are always there and need no permission.
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.peerconnection.ice.loopback": True,
    # Without a permission Firefox offers the default route only, and the loopback is none.
    "permissions.default.camera": 1,
    "permissions.default.microphone": 1,
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    # The position is read from a data: address instead of a service.
    "geo.enabled": True,
    "geo.prompt.testing": True,
    "geo.prompt.testing.allow": True,
    "permissions.default.geo": 1,
    "permissions.default.desktop-notification": 1,
    "intl.accept_languages": "zh-CN",
    "intl.locale.requested": "zh-CN",
    # Nothing leaves for anywhere else.
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "media.gmp-manager.url": "data:text/plain,",
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
}


class FirefoxError(Exception):
    """What Firefox answered instead of doing it."""


class Firefox:
    """One browser with its own profile."""

    def __init__(self, folder: Path, width: int, height: int, at: dict[str, float]) -> None:
        self.folder, self.port = folder, free_port()
        self.size = width, height
        position = json.dumps(
            {
                "location": {"lat": at["latitude"], "lng": at["longitude"]},
                "accuracy": at["accuracy"],
            }
        )
        self._preferences = {
            **PREFERENCES,
            "geo.provider.network.url": f"data:application/json,{position}",
            "geo.provider.use_geoclue": False,
            "geo.provider.use_gpsd": False,
            "marionette.port": self.port,
        }
        self.log = folder / "firefox.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter
        self._number = 0

    async def start(self) -> None:
        profile = self.folder / "profile"
        profile.mkdir(parents=True)
        lines = [
            f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in self._preferences.items()
        ]
        (profile / "user.js").write_text("\n".join(lines) + "\n")
        program = shutil.which(FIREFOX)
        assert program, "Firefox is missing: apt-get install firefox-esr"
        width, height = self.size
        command = [program, "--headless", "--marionette", "--remote-allow-system-access"]
        command += ["--no-remote", "--profile", str(profile)]
        command += [f"--width={width}", f"--height={height}"]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        end = time.monotonic() + 60
        while True:
            try:
                self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
                break
            except OSError:
                assert time.monotonic() < end, self.log.read_text()
                assert self._process.poll() is None, self.log.read_text()
                await asyncio.sleep(0.2)
        await self._read()  # its greeting
        await self.command("WebDriver:NewSession", capabilities={})
        await self.command("WebDriver:SetTimeouts", script=30_000, pageLoad=60_000)

    async def stop(self) -> None:
        if self._process is None:
            return
        self._writer.close()
        self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(self._process.wait, 20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)

    async def command(self, name: str, /, **parameters: Any) -> Any:
        self._number += 1
        text = json.dumps([0, self._number, name, parameters]).encode()
        self._writer.write(b"%d:" % len(text) + text)
        async with asyncio.timeout(90):
            await self._writer.drain()
            while True:
                _, number, error, value = await self._read()
                if number == self._number:
                    break
        if error:
            raise FirefoxError(f"{name}: {error['error']}: {error['message']}")
        if isinstance(value, dict) and value.keys() == {"value"}:
            return value["value"]
        return value

    async def _read(self) -> Any:
        size = await self._reader.readuntil(b":")
        return json.loads(await self._reader.readexactly(int(size[:-1])))

    # What a person does.

    async def go(self, url: str) -> None:
        await self.command("WebDriver:Navigate", url=url)

    async def find(self, css: str, seconds: float = 30) -> dict[str, str]:
        """The first element that is there and visible."""
        end = time.monotonic() + seconds
        while True:
            for one in await self.command(
                "WebDriver:FindElements", using="css selector", value=css
            ):
                if await self._visible(one):
                    return dict(one)
            if time.monotonic() > end:
                text = await self.run("return document.body.innerText.slice(0, 800)")
                raise AssertionError(f"no {css} is visible; the page says: {text}")
            await asyncio.sleep(0.2)

    async def _visible(self, element: dict[str, str]) -> bool:
        try:
            return bool(await self.command("WebDriver:IsElementDisplayed", id=element[ELEMENT]))
        except FirefoxError:
            return False  # the page drew it anew meanwhile

    async def click(self, test_id: str) -> None:
        """As with the mouse: it has to be visible and nothing may lie over it."""
        for _ in range(20):
            one = await self.find(f'[data-testid="{test_id}"]')
            try:
                await self.command("WebDriver:ElementClick", id=one[ELEMENT])
                return
            except FirefoxError as error:
                if "stale" not in str(error) and "intercepted" not in str(error):
                    raise
                await asyncio.sleep(0.3)
        raise AssertionError(f"{test_id} cannot be clicked")

    async def type(self, test_id: str, text: str) -> None:
        one = await self.find(f'[data-testid="{test_id}"]')
        await self.command("WebDriver:ElementSendKeys", id=one[ELEMENT], text=text)

    async def text(self, test_id: str) -> str:
        one = await self.find(f'[data-testid="{test_id}"]')
        return str(await self.command("WebDriver:GetElementText", id=one[ELEMENT]))

    async def says(self, test_id: str, part: str, seconds: float = 30) -> None:
        """Wait until the element's text has ``part``."""
        end = time.monotonic() + seconds
        while part not in (found := await self.text(test_id)):
            assert time.monotonic() < end, f"{test_id} says {found!r}, not {part!r}"
            await asyncio.sleep(0.2)

    async def run(self, script: str, *arguments: Any) -> Any:
        """A function body in the page; its value."""
        return await self.command("WebDriver:ExecuteScript", script=script, args=list(arguments))

    async def wait_for(self, script: str, *arguments: Any) -> Any:
        """A function body that calls the last of its arguments with the result."""
        return await self.command(
            "WebDriver:ExecuteAsyncScript", script=script, args=list(arguments)
        )

    async def sees(self, others: int, seconds: float = 40) -> None:
        """Wait until sound comes and pictures are decoded of so many others."""
        script = (
            "const done = arguments[arguments.length - 1];"
            "Promise.resolve(window.__call ? window.__call.stats() : []).then(done, () => done([]))"
        )
        end = time.monotonic() + seconds
        stats: Any = []
        while time.monotonic() < end:
            stats = await self.wait_for(script)
            good = [s for s in stats if s["audioPackets"] > 25 and s["framesDecoded"] > 15]
            if len(good) == others:
                return
            await asyncio.sleep(0.3)
        raise AssertionError(f"should see {others}, has {stats}")
