"""The resident's page over a bad mobile network: tap-ready time, and the receipt on a cold connection.

The button is usable when the page has drawn it: its handler is attached before it is drawn. Two
networks: the one that Chromium itself pretends (every request waits; the handshake is not in it), and a
relay that delays the bytes, with the handshake of TCP, and of TLS 1.3 as it is behind the proxy.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from playwright.async_api import Browser, async_playwright

from bench.intake import percentile, row
from bench.journey import ARGUMENTS, CHROMIUM
from bench.product import Product, measured
from bench.slow_link import SlowLink

ROUNDS = 12
REPORTS = 60
TAPS = 20
BITS = 400_000
PAGE_RTT_S = 0.4
REPORT_RTT_S = 0.2
USABLE = """
new MutationObserver((_, observer) => {
  if (!document.querySelector('[data-testid=report]')) return;
  observer.disconnect();
  window.__usable = performance.now();
}).observe(document, { childList: true, subtree: true });
"""
# From the tap to the number on the screen, and whether it took a connection that was there.
TAPPED = """
() => new Promise((done) => {
  const began = performance.now();
  new MutationObserver((_, observer) => {
    const number = document.querySelector('[data-testid=number]');
    if (!number || number.textContent.indexOf('0110-') < 0) return;
    observer.disconnect();
    const took = performance.now() - began;
    const sent = performance.getEntriesByType('resource').find((e) => e.name.endsWith('/api/v1/incidents'));
    done([took, sent.connectEnd - sent.connectStart]);
  }).observe(document, { childList: true, subtree: true, characterData: true });
  document.querySelector('[data-testid=report]').click();
})
"""


def run() -> list[dict[str, Any]]:
    """Rows: what, figure, unit, peer."""
    return measured(_measure)


async def _measure(product: Product) -> list[dict[str, Any]]:
    await product.ready()
    rows = []
    network = "400 kbit/s, 400 ms RTT"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        pretended = [await _usable(browser, product.url, pretend=True) for _ in range(ROUNDS)]
        rows.append(_page_row(f"page → button usable p95, {network}, as Chromium", pretended))
        for handshakes, name in ((1, "TCP"), (2, "TCP and TLS 1.3")):
            found = []
            for _ in range(ROUNDS):
                async with SlowLink(product.port, PAGE_RTT_S, BITS, handshakes) as link:
                    found.append(await _usable(browser, f"http://127.0.0.1:{link.port}"))
            rows.append(_page_row(f"page → button usable p95, {network}, cold {name}", found))
        warm = [await _tapped(browser, product.port, n) for n in range(TAPS)]
        rows.append(
            row(
                "tap → receipt p95, 200 ms RTT, on the page's connection, TLS 1.3",
                percentile(warm, 0.95),
                "ms",
                "goal: ≤ 500",
            )
        )
        await browser.close()
    for handshakes, name in ((1, "TCP"), (2, "TCP and TLS 1.3")):
        async with SlowLink(product.port, REPORT_RTT_S, handshakes=handshakes) as link:
            receipts = [await _receipt(link.port, f"{name} {n}") for n in range(REPORTS)]
        what = f"tap → receipt p95, 200 ms RTT, cold {name}"
        rows.append(row(what, percentile(receipts, 0.95), "ms", "goal: ≤ 500"))
    return rows


def _page_row(what: str, found: list[float]) -> dict[str, Any]:
    return row(what, percentile(found, 0.95), "ms", "goal: ≤ 1,500")


async def _usable(browser: Browser, url: str, *, pretend: bool = False) -> float:
    """Ms from the navigation until the button is there, with nothing cached."""
    context = await browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True)
    page = await context.new_page()
    if pretend:
        devtools = await context.new_cdp_session(page)
        await devtools.send("Network.enable")
        slow = {
            "offline": False,
            "latency": PAGE_RTT_S * 1000,
            "downloadThroughput": BITS / 8,
            "uploadThroughput": BITS / 8,
        }
        await devtools.send("Network.emulateNetworkConditions", slow)
    await page.add_init_script(USABLE)
    await page.goto(f"{url}/110/", wait_until="commit")
    await page.get_by_test_id("report").wait_for()
    usable: float = await page.evaluate("window.__usable")
    await context.close()
    return usable


async def _tapped(browser: Browser, port: int, number: int) -> float:
    """Ms from the tap on a page that is there until its receipt is read."""
    async with SlowLink(port, REPORT_RTT_S, handshakes=2) as link:
        context = await browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True)
        page = await context.new_page()
        await page.goto(f"http://127.0.0.1:{link.port}/110/", wait_until="networkidle")
        took, connecting = await page.evaluate(TAPPED)
        await context.close()
    if connecting:
        raise AssertionError(f"tap {number} opened a connection of its own: {connecting} ms")
    return float(took)


async def _receipt(port: int, key: str) -> float:
    """Ms from opening a connection until the receipt is read."""
    body = json.dumps({"key": f"cold connection {key}"}).encode()
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"POST /api/v1/incidents HTTP/1.1\r\nHost: link\r\nContent-Type: application/json\r\n"
        + f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
        + body
    )
    answer = await reader.read()
    took = (time.perf_counter() - began) * 1000
    if b" 201 " not in answer[:20]:
        raise AssertionError(answer[:300])
    writer.close()
    return took
