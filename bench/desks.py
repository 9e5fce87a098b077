"""The way back after the api was killed, for 200 desks behind one address; 60 log-ins at once."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
from argon2 import PasswordHasher

from bench.intake import log_in, percentile, row
from bench.product import Product, measured

DESKS = 200
SHIFT = 60
PASSWORD = "correct horse battery"
THREADS = 2
PATIENCE_S = 120.0


def run() -> list[dict[str, Any]]:
    """Rows: what, figure, unit, peer."""
    return measured(_measure)


async def _measure(product: Product) -> list[dict[str, Any]]:
    await product.ready()
    return [*await _restart(product), *await _shift(product)]


def comeback(tried: int) -> float:
    """Seconds until a desk's next try, as ``comeback`` of pages/shared/live.ts has it."""
    step = min(tried, 3) if tried < 12 else tried - 9
    full = min(15.0, 0.5 * 2 ** min(step - 1, 8))
    return full / 2 + full / 2 * random.random()


class Desk:
    """A page of the desk with cookies of its own; ``back`` is when it was shown everything again."""

    def __init__(self, product: Product) -> None:
        self._url = product.url
        self._client = aiohttp.ClientSession(
            headers={"Origin": product.url}, cookie_jar=aiohttp.CookieJar(unsafe=True)
        )
        self.back: float | None = None
        self.ready = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        await log_in(self._client, self._url)
        self.task = asyncio.create_task(self._stay())
        await self.ready.wait()

    async def _stay(self) -> None:
        tried = 0
        while True:
            code = None
            try:
                async with self._client.ws_connect(
                    f"{self._url}/api/v1/live?face=console", max_msg_size=0
                ) as screen:
                    async for message in screen:
                        if message.json()["type"] == "snapshot":
                            tried, self.back = 0, time.perf_counter()
                            self.ready.set()
                    code = screen.close_code
            except (aiohttp.ClientError, OSError, TimeoutError):
                pass
            tried += 1
            await asyncio.sleep(random.random() * 2 if code == 1012 else comeback(tried))

    async def close(self) -> None:
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
        await self._client.close()


async def _restart(product: Product) -> list[dict[str, Any]]:
    desks = [Desk(product) for _ in range(DESKS)]
    try:
        for first in range(0, DESKS, 20):
            await asyncio.gather(*(one.open() for one in desks[first : first + 20]))
        for one in desks:
            one.ready.clear()
        killed = time.perf_counter()
        os.kill(product.child("api"), signal.SIGKILL)
        up = asyncio.create_task(_answers(product))
        waiting = [asyncio.create_task(one.ready.wait()) for one in desks]
        done, late = await asyncio.wait(waiting, timeout=PATIENCE_S)
        for task in late:
            task.cancel()
        took = [
            ((one.back or killed) - killed) if one.ready.is_set() else PATIENCE_S for one in desks
        ]
        answered = (await up) - killed
    finally:
        await asyncio.gather(*(one.close() for one in desks))
    what = f"api killed → snapshot, {DESKS} desks behind one address"
    return [
        row("api killed → it answers again", round(answered, 1), "s", ""),
        row(f"{what}, p50", percentile(took, 0.5), "s", ""),
        row(f"{what}, p95", percentile(took, 0.95), "s", "goal ≤ 10"),
        row(f"{what}, back within {PATIENCE_S:.0f} s", f"{len(done)} of {DESKS}", "", "all"),
    ]


async def _answers(product: Product) -> float:
    async with aiohttp.ClientSession() as client:
        while True:
            try:
                async with client.get(f"{product.url}/healthz") as response:
                    if response.status == 200:
                        return time.perf_counter()
            except (aiohttp.ClientError, OSError):
                pass
            await asyncio.sleep(0.1)


async def _shift(product: Product) -> list[dict[str, Any]]:
    async with aiohttp.ClientSession(
        headers={"Origin": product.url}, cookie_jar=aiohttp.CookieJar(unsafe=True)
    ) as admin:
        await log_in(admin, product.url, "admin")
        for number in range(SHIFT):
            person = {"login": f"shift{number}", "name": "换班", "role": "DISPATCHER"}
            async with admin.post(
                f"{product.url}/api/v1/people", json={**person, "password": PASSWORD}
            ) as response:
                response.raise_for_status()
    floor = await asyncio.to_thread(_hashes_alone)
    refused = 0
    took: list[float] = []

    async with aiohttp.ClientSession(
        headers={"Origin": product.url},
        cookie_jar=aiohttp.DummyCookieJar(),
        connector=aiohttp.TCPConnector(limit=0),
    ) as client:
        started = time.perf_counter()

        async def enter(number: int) -> None:
            nonlocal refused
            body = {"login": f"shift{number}", "password": PASSWORD}
            async with client.post(f"{product.url}/api/v1/session", json=body) as response:
                refused += response.status != 200
            took.append(time.perf_counter() - started)

        await asyncio.gather(*(enter(number) for number in range(SHIFT)))
    what = f"{SHIFT} right log-ins at once from one address"
    return [
        row(f"{what}: the last is in", round(max(took), 1), "s", f"{floor:.1f}: hashes alone"),
        row(f"{what}: refused", refused, "", "0"),
    ]


def _hashes_alone() -> float:
    """Seconds for as many hashes, two at a time, on this machine now."""
    hasher = PasswordHasher()
    hashed = hasher.hash(PASSWORD)
    with ThreadPoolExecutor(THREADS) as threads:
        started = time.perf_counter()
        list(threads.map(lambda _: hasher.verify(hashed, PASSWORD), range(SHIFT)))
        return time.perf_counter() - started
