"""What a slow link multiplies, counted: times there and back, files and bytes until the button works and
until the receipt is there. How long that takes is measured by ``python -m bench link``."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from api.house import ApiSettings
from api.pages import add_pages
from bench.slow_link import SlowLink
from tests.api.conftest import Site
from tests.conftest import free_port

BUILT = Path(__file__).parents[2] / "api" / "static"
# Ten packets leave a new connection at once (RFC 6928): more costs another time there and back.
ONE_FLIGHT = 10 * 1460
FIRST_PART = 15_000
SECOND_PART = 60_000


async def exchange(port: int, request: bytes) -> tuple[bytes, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


async def fetch(port: int, path: str) -> tuple[bytes, int]:
    """The file, and what it took on the wire."""
    head, body = await exchange(
        port,
        f"GET {path} HTTP/1.1\r\nHost: link\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n".encode(),
    )
    assert b" 200 " in head[:20], head
    packed = b"content-encoding: gzip" in head.lower()
    return gzip.decompress(body) if packed else body, len(head) + 4 + len(body)


@pytest.fixture
async def pages() -> AsyncIterator[int]:
    app, port = web.Application(), free_port()
    add_pages(app, BUILT, ApiSettings(origins=(), city="测试市"))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield port
    await runner.cleanup()


async def test_the_button_works_after_two_files_of_one_flight_each(pages: int) -> None:
    async with SlowLink(pages) as link:
        html, page = await fetch(link.port, "/110/")
        text = html.decode()
        (script,) = re.findall(r'<script[^>]*src="([^"]+)"', text)
        assert not re.findall(r'<link[^>]*rel="(?:stylesheet|preload)"', text)
        # Last in the page: met earlier, a browser opens another connection for it.
        assert text.index(script) > text.index("tel:110")
        code, weight = await fetch(link.port, script)
        # One script, which waits for no other.
        assert not re.search(rb"""(?:^|[;}])import\s*(?:[\w{*]|["'])""", code)
        assert page < ONE_FLIGHT
        assert weight < ONE_FLIGHT
        assert page + weight < FIRST_PART
        assert [one.turns for one in link.connections] == [1, 1]
        assert sum(one.down for one in link.connections) == page + weight
        (rest,) = re.findall(r'data-rest="([^"]+)"', text)
        second, weight = await fetch(link.port, rest)
        assert weight < SECOND_PART
        # Behind the first part it is one file, and not the first part again.
        assert set(re.findall(rb'from"\./([\w.-]+)"', second)) == {
            script.rpartition("/")[2].encode()
        }


async def test_a_cold_report_is_one_question_and_one_answer(site: Site) -> None:
    body = json.dumps({"key": "a cold connection", "lang": "zh-CN", "silent": False}).encode()
    port = int(site.url.rpartition(":")[2])
    async with SlowLink(port) as link:
        head, answer = await exchange(
            link.port,
            b"POST /api/v1/incidents HTTP/1.1\r\nHost: link\r\nContent-Type: application/json\r\n"
            + f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
            + body,
        )
        assert b" 201 " in head[:20]
        assert json.loads(answer)["token"]
        (connection,) = link.connections
        assert connection.turns == 1
        assert connection.down < ONE_FLIGHT


async def test_the_link_delays_what_passes(pages: int) -> None:
    """The yardstick itself, by its own clock: a slow machine can only be later."""
    clock = asyncio.get_running_loop().time
    async with SlowLink(pages, rtt_s=0.05, bits=400_000, handshakes=2) as link:
        began = clock()
        _, weight = await fetch(link.port, "/110/")
        assert clock() - began >= 3 * 0.05 + weight * 8 / 400_000 - 0.01
