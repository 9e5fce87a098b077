"""Tap → durable receipt, and receipt → desk rings, at 35 reports a second on the embedded store.

The whole product runs as a person starts it (``jingmin demo``); the load comes from this process.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp

from bench.product import Product
from domain.ticket import random_id

PER_SECOND = 35
SECONDS = 20
GUTA = {"lon": 121.13, "lat": 41.11, "datum": "WGS84", "accuracy": 25}


def run() -> list[dict[str, Any]]:
    """Rows: what, figure, unit, peer."""
    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder))
        product.start()
        try:
            return asyncio.run(_measure(product))
        finally:
            product.stop()


async def _measure(product: Product) -> list[dict[str, Any]]:
    await product.ready()
    receipts: list[float] = []
    sent: dict[str, float] = {}
    rings: list[float] = []
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(headers={"Origin": product.url}, cookie_jar=jar) as desk:
        await desk.post(
            f"{product.url}/api/v1/session/demo",
            json={"login": "desk1"},
            headers={"Jingmin-Face": "console"},
        )
        screen = await desk.ws_connect(f"{product.url}/api/v1/live?face=console", max_msg_size=0)
        listening = asyncio.create_task(_listen(screen, sent, rings))
        async with asyncio.TaskGroup() as group:
            start = time.perf_counter()
            for number in range(PER_SECOND * SECONDS):
                await asyncio.sleep(max(0, start + number / PER_SECOND - time.perf_counter()))
                group.create_task(_tap(desk, product.url, receipts, sent))
        await asyncio.sleep(2)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    rate = f"{PER_SECOND} reports/s for {SECONDS} s"
    return [
        row(f"tap → durable receipt p50, {rate}", percentile(receipts, 0.5), "ms", ""),
        row(f"tap → durable receipt p99, {rate}", percentile(receipts, 0.99), "ms", "goal ≤ 300"),
        row(f"receipt → desk rings p50, {rate}", percentile(rings, 0.5), "ms", ""),
        row(f"receipt → desk rings p95, {rate}", percentile(rings, 0.95), "ms", "goal ≤ 200"),
        row("reports acknowledged / rung", f"{len(receipts)} / {len(rings)}", "", "all"),
    ]


async def _tap(
    client: aiohttp.ClientSession, url: str, receipts: list[float], sent: dict[str, float]
) -> None:
    key = random_id()
    started = time.perf_counter()
    async with client.post(
        f"{url}/api/v1/incidents", json={"key": key, "position": GUTA}
    ) as response:
        receipt = await response.json()
    ended = time.perf_counter()
    receipts.append((ended - started) * 1000)
    sent.setdefault(receipt["id"], ended)


async def _listen(
    screen: aiohttp.ClientWebSocketResponse, sent: dict[str, float], rings: list[float]
) -> None:
    rung: set[str] = set()
    early: dict[str, float] = {}
    while True:
        message = await screen.receive_json()
        now = time.perf_counter()
        if message["type"] == "incident" and message["incident"]["id"] not in rung:
            id = message["incident"]["id"]
            rung.add(id)
            early[id] = now
        # A ring may come before its receipt: then the wait for it was nothing.
        for id in [one for one in early if one in sent]:
            rings.append(max(0.0, (early.pop(id) - sent[id]) * 1000))


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of all lies."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1) if ordered else -1.0


def row(what: str, figure: Any, unit: str, peer: str) -> dict[str, Any]:
    return {"what": what, "figure": figure, "unit": unit, "peer": peer}
