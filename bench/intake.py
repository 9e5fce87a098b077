"""Tap → durable receipt, and receipt → desk rings, on the embedded store.

The whole product runs as a person starts it (``jingmin demo``); the load comes from this process.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp

from bench.product import Product, measured
from domain.ticket import random_id

SETTLED_S = 60.0  # the demo furnishes its city, its map and its groups after it has started
DESKS = 100
GUTA = {"lon": 121.13, "lat": 41.11, "datum": "WGS84", "accuracy": 25}
# Reports a second, for so many seconds, with the goals for the receipt's p99 (ms).
RATES = ((35, 20, 12), (300, 10, 40), (100, 10, None))


def run() -> list[dict[str, Any]]:
    """Rows: what, figure, unit, peer."""
    return measured(_measure)


async def _measure(product: Product) -> list[dict[str, Any]]:
    await product.ready()
    await asyncio.sleep(SETTLED_S)
    rows = []
    jar = aiohttp.CookieJar(unsafe=True)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(
        headers={"Origin": product.url}, cookie_jar=jar, connector=connector
    ) as client:
        await log_in(client, product.url)
        for per_second, seconds, goal in RATES:
            ears = Ears()
            await ears.open(client, product.url, 1)
            receipts, sent = await _load(client, product.url, per_second, seconds)
            rings = await ears.rings(sent)
            await ears.close()
            rate = f"{per_second} reports/s for {seconds} s"
            wanted = f"goal ≤ {goal}" if goal else ""
            rows += [
                row(f"tap → durable receipt p50, {rate}", percentile(receipts, 0.5), "ms", ""),
                row(f"tap → durable receipt p99, {rate}", percentile(receipts, 0.99), "ms", wanted),
                row(f"receipt → desk rings p95, {rate}", percentile(rings, 0.95), "ms", ""),
                row(
                    f"reports sent / acknowledged / rung, {rate}",
                    f"{per_second * seconds} / {len(sent)} / {len(rings)}",
                    "",
                    "none lost",
                ),
            ]
        ears = Ears()
        await ears.open(client, product.url, DESKS)
        _, sent = await _load(client, product.url, 5, 10)
        rings = await ears.rings(sent)
        await ears.close()
        rows.append(
            row(
                f"receipt → desk rings p95, {DESKS} desks, 5 reports/s",
                percentile(rings, 0.95),
                "ms",
                "goal ≤ 15",
            )
        )
    return rows


async def log_in(client: aiohttp.ClientSession, url: str, login: str = "desk1") -> None:
    """A dispatcher of the demo."""
    async with client.post(
        f"{url}/api/v1/session/demo",
        json={"login": login},
        headers={"Jingmin-Face": "console"},
    ) as response:
        response.raise_for_status()


async def post(client: aiohttp.ClientSession, url: str, members: dict[str, Any]) -> dict[str, Any]:
    """A report with a key of its own; its receipt."""
    async with client.post(
        f"{url}/api/v1/incidents", json={"key": random_id(), **members}
    ) as response:
        response.raise_for_status()
        receipt: dict[str, Any] = await response.json()
        return receipt


async def _load(
    client: aiohttp.ClientSession, url: str, per_second: int, seconds: int
) -> tuple[list[float], dict[str, float]]:
    receipts: list[float] = []
    sent: dict[str, float] = {}

    async def tap() -> None:
        started = time.perf_counter()
        receipt = await post(client, url, {"position": GUTA})
        ended = time.perf_counter()
        receipts.append((ended - started) * 1000)
        sent[receipt["id"]] = ended

    async with asyncio.TaskGroup() as group:
        start = time.perf_counter()
        for number in range(per_second * seconds):
            await asyncio.sleep(max(0, start + number / per_second - time.perf_counter()))
            group.create_task(tap())
    return receipts, sent


class Ears:
    """Desks that listen: when each first heard of which incident."""

    def __init__(self) -> None:
        self._screens: list[aiohttp.ClientWebSocketResponse] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._heard: list[dict[str, float]] = []
        self._news = asyncio.Event()

    async def open(self, client: aiohttp.ClientSession, url: str, count: int) -> None:
        for _ in range(count):
            screen = await client.ws_connect(f"{url}/api/v1/live?face=console", max_msg_size=0)
            await screen.receive()
            heard: dict[str, float] = {}
            self._screens.append(screen)
            self._heard.append(heard)
            self._tasks.append(asyncio.create_task(self._listen(screen, heard)))

    async def _listen(
        self, screen: aiohttp.ClientWebSocketResponse, heard: dict[str, float]
    ) -> None:
        async for message in screen:
            now = time.perf_counter()
            news = message.json()
            if news["type"] == "incident" and not news["incident"]["journaled"]:
                heard.setdefault(news["incident"]["id"], now)
                self._news.set()

    async def heard(self, id: str, seconds: float = 60) -> float:
        """When the first desk heard of it."""
        async with asyncio.timeout(seconds):
            while id not in self._heard[0]:
                self._news.clear()
                await self._news.wait()
        return self._heard[0][id]

    async def rings(self, sent: dict[str, float], seconds: float = 10) -> list[float]:
        """Milliseconds from each receipt to each desk; a ring before its receipt came counts 0."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end and any(sent.keys() - one.keys() for one in self._heard):
            await asyncio.sleep(0.1)
        return [
            max(0.0, (heard[id] - at) * 1000)
            for id, at in sent.items()
            for heard in self._heard
            if id in heard
        ]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for screen in self._screens:
            await screen.close()


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of all lies."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1) if ordered else -1.0


def row(what: str, figure: Any, unit: str, peer: str) -> dict[str, Any]:
    return {"what": what, "figure": figure, "unit": unit, "peer": peer}
