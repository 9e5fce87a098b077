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
from tests.ports import free_port

BUILT = Path(__file__).parents[2] / "api" / "static"
# Ten packets leave a new connection at once (RFC 6928): more costs another time there and back.
ONE_FLIGHT = 10 * 1460
FIRST_PART = 15_000
# An import that is there before anything runs, or an export of somebody else's.
WAITS = re.compile(r"""(?:^|[;}\n])\s*(?:import\s*[\w{*"'`]|export\s*[{*][^;]*?\bfrom\s*["'`])""")
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


async def test_the_button_works_after_one_file_of_one_flight(pages: int) -> None:
    async with SlowLink(pages) as link:
        html, weight = await fetch(link.port, "/110/")
        text = html.decode()
        assert not re.findall(r'<link[^>]*rel="(?:stylesheet|preload|modulepreload)"', text)
        # The one script is within, behind what can be painted before it, and waits for no other.
        ((attributes, code),) = re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL)
        assert attributes == ' type="module"'
        assert text.index(code) > text.index("tel:110")
        assert not WAITS.search(code)
        assert weight < ONE_FLIGHT
        assert weight < FIRST_PART
        (connection,) = link.connections
        assert connection.turns == 1
        assert connection.down == weight
        (rest,) = re.findall(r'<div id="page" data-rest="([^"]+)">', text)
        second, weight = await fetch(link.port, rest)
        assert weight < SECOND_PART
        # Behind the first part it is one file: what is within the HTML has no address to import from.
        assert not WAITS.search(second.decode())


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


async def asked(port: int, *requests: bytes) -> list[bytes]:
    """The heads of the answers to several requests of one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    heads = []
    for request in requests:
        writer.write(request)
        heads.append((await reader.readuntil(b"\r\n\r\n")).lower())
        (length,) = re.findall(rb"content-length: (\d+)", heads[-1])
        await reader.readexactly(int(length))
    writer.close()
    return heads


async def test_the_report_goes_over_the_connection_that_is_open(pages: int, site: Site) -> None:
    """What brought the page and its settings stays: one time there and back to the receipt."""
    page = b"GET /110/ HTTP/1.1\r\nHost: link\r\nAccept-Encoding: gzip\r\n\r\n"
    config = b"GET /api/v1/config HTTP/1.1\r\nHost: link\r\n\r\n"
    body = json.dumps({"key": "an open connection", "lang": "zh-CN", "silent": False}).encode()
    report = (
        b"POST /api/v1/incidents HTTP/1.1\r\nHost: link\r\nContent-Type: application/json\r\n"
        + f"Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    for port, requests, status in (
        (pages, (page, page), b" 200 "),
        (int(site.url.rpartition(":")[2]), (config, report), b" 201 "),
    ):
        async with SlowLink(port) as link:
            heads = await asked(link.port, *requests)
            assert status in heads[-1][:20]
            assert not [one for one in heads if b"connection: close" in one]
            assert [one.turns for one in link.connections] == [2]


async def test_the_link_delays_what_passes(pages: int) -> None:
    """The yardstick itself, by its own clock: a slow machine can only be later."""
    clock = asyncio.get_running_loop().time
    async with SlowLink(pages, rtt_s=0.05, bits=400_000, handshakes=2) as link:
        began = clock()
        _, weight = await fetch(link.port, "/110/")
        assert clock() - began >= 3 * 0.05 + weight * 8 / 400_000 - 0.01
