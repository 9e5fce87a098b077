"""One real report under a flood of 10,000 empty ones from one address: is it taken, rung and seen?"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp

from bench.intake import GUTA, Ears, log_in, post, row
from bench.product import Product, measured

FLOOD = 10_000
AT_ONCE = 64
FOLDED_S = 15.0


def run() -> list[dict[str, Any]]:
    """Rows: what, figure, unit, peer."""
    return measured(_measure)


async def _measure(product: Product) -> list[dict[str, Any]]:
    await product.ready()
    jar = aiohttp.CookieJar(unsafe=True)
    connector = aiohttp.TCPConnector(limit=AT_ONCE + 8)
    async with aiohttp.ClientSession(
        headers={"Origin": product.url}, cookie_jar=jar, connector=connector
    ) as client:
        await log_in(client, product.url)
        ears = Ears()
        await ears.open(client, product.url, 1)
        started = time.perf_counter()
        left = iter(range(FLOOD))
        halfway = asyncio.Event()

        async def flood() -> None:
            for number in left:
                await post(client, product.url, {})
                if number == FLOOD // 2:
                    halfway.set()

        attack = [asyncio.create_task(flood()) for _ in range(AT_ONCE)]
        await halfway.wait()
        tapped = time.perf_counter()
        real = await post(client, product.url, {"position": GUTA, "words": "有人被困在山上"})
        acknowledged = time.perf_counter()
        rung = await ears.heard(real["id"])
        await asyncio.gather(*attack)
        took = time.perf_counter() - started
        await asyncio.sleep(FOLDED_S)
        asked = time.perf_counter()
        cards = await snapshot(client, product.url)
        answered = time.perf_counter()
        await ears.close()
    waiting = [one for one in cards if one["state"] == "RAISED"]
    counted = sum(one["stands_for"] + 1 for one in waiting)
    seen = any(one["id"] == real["id"] for one in waiting)
    rate = f"flood of {FLOOD:,} empty reports, {FLOOD / took:.0f}/s"
    return [
        row(f"real report: tap → receipt, {rate}", round((acknowledged - tapped) * 1000), "ms", ""),
        row("real report: receipt → desk rings", round((rung - acknowledged) * 1000), "ms", ""),
        row("real report on a desk opened afterwards", "yes" if seen else "NO", "", "yes"),
        row(
            "cards that wait afterwards / reports they stand for",
            f"{len(waiting)} / {counted:,}",
            "",
            f"2 / {FLOOD + 1:,}",
        ),
        row("that desk's first snapshot", round((answered - asked) * 1000), "ms", ""),
    ]


async def snapshot(client: aiohttp.ClientSession, url: str) -> list[dict[str, Any]]:
    """The incidents a desk is shown when it comes."""
    async with client.ws_connect(f"{url}/api/v1/live?face=console", max_msg_size=0) as screen:
        found: list[dict[str, Any]] = []
        more = True
        while more:
            part = await screen.receive_json()
            found, more = [*found, *part["incidents"]], part["more"]
        return found
