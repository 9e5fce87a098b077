"""Who connects and says nothing takes nobody's place; as many pages may listen as there are files."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import aiohttp
import pytest
from aiohttp import web

import serving
from domain.open_files import OPEN_FILES
from tests.attack.served import served
from tests.ports import free_port

FILES, IDLE = 128, 400
SERVER = """
import asyncio, resource, sys
from aiohttp import web
from domain.open_files import OPEN_FILES
from jingmin.processes.listening import served

async def main(port):
    resource.setrlimit(resource.RLIMIT_NOFILE, ({files}, {files}))
    OPEN_FILES.measure()
    app = web.Application()
    app.router.add_get("/", lambda request: asyncio.sleep(0, web.Response(text="here")))
    async with served(app, "127.0.0.1", port):
        print("ready", flush=True)
        await asyncio.Event().wait()

asyncio.run(main(int(sys.argv[1])))
"""


@pytest.fixture
def port() -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER.format(files=FILES), str(port)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield port
    process.kill()
    process.wait()
    process.stdout.close()


async def test_idle_connections_keep_nobody_out(port: int) -> None:
    """1,100 connections that sent nothing shut out every report, call and health check."""
    idle = []
    try:
        for _ in range(IDLE):
            one = socket.socket()
            one.setblocking(False)
            idle.append(one)
            await asyncio.get_running_loop().sock_connect(one, ("127.0.0.1", port))
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(10)) as client:
            for _ in range(20):
                async with client.get(f"http://127.0.0.1:{port}/") as response:
                    assert await response.text() == "here"
    finally:
        for one in idle:
            one.close()


def test_a_process_may_have_as_many_files_open_as_the_machine_allows() -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import resource\n"
            "resource.setrlimit(resource.RLIMIT_NOFILE, (256, 2048))\n"
            "from domain.open_files import raise_limit\n"
            "raise_limit()\n"
            "print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "2048\n"
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > IDLE


def short(monkeypatch: pytest.MonkeyPatch, connections: int) -> None:
    """As if this process might have few files open."""
    monkeypatch.setattr(OPEN_FILES, "connections", connections)
    monkeypatch.setattr(OPEN_FILES, "lasting", connections * 3 // 4)


async def feed(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for _ in socket:
        pass
    return socket


async def flood(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(10_000):
        await response.write(bytes(65_536))
    return response


async def here(request: web.Request) -> web.Response:
    return web.Response(text="here")


def application() -> web.Application:
    app = web.Application()
    app.router.add_get("/", here)
    app.router.add_get("/feed", feed)
    app.router.add_get("/flood", flood)
    return app


async def ends(reader: asyncio.StreamReader) -> None:
    """It was ended from the other side."""
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(30):
            assert await reader.read() == b""


async def drip(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"a")
        await asyncio.sleep(0.05)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("first", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"])
async def test_a_head_that_does_not_come_to_its_end_is_ended(
    monkeypatch: pytest.MonkeyPatch, first: bytes
) -> None:
    """2,000 of 2,000 were alive after 42 s."""
    monkeypatch.setattr(serving, "HEAD_S", 0.3)
    async with served(application()) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        if first:
            writer.write(first)
            assert (await reader.readuntil(b"here")).startswith(b"HTTP/1.1 200")
        writer.write(b"GET / HTTP/1.1\r\nX-")
        dripping = asyncio.create_task(drip(writer))
        await ends(reader)
        dripping.cancel()
        writer.close()


async def test_a_whole_head_has_all_the_time_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "HEAD_S", 0.2)
    async with served(application()) as port, aiohttp.ClientSession() as client:
        async with client.ws_connect(f"http://127.0.0.1:{port}/feed") as one:
            await one.ping()
            await asyncio.sleep(0.5)
            await one.ping()
            assert not one.closed
        for _ in range(2):
            async with client.get(f"http://127.0.0.1:{port}/") as response:
                assert await response.text() == "here"
            await asyncio.sleep(0.3)  # between two requests there is none that could be late
            assert OPEN_FILES.now == 1


async def test_who_does_not_read_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "READS_S", 0.3)
    async with served(application()) as port:
        one = socket.create_connection(("127.0.0.1", port))
        one.sendall(b"GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
        await until(lambda: OPEN_FILES.now == 1)
        await until(lambda: OPEN_FILES.now == 0)
        one.close()


async def test_a_report_is_taken_when_pages_hold_all_that_is_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short(monkeypatch, 12)
    async with served(application()) as port, aiohttp.ClientSession() as client:
        url, feeds, refused = f"http://127.0.0.1:{port}", [], 0
        for _ in range(20):
            try:
                feeds.append(await client.ws_connect(f"{url}/feed"))
            except aiohttp.WSServerHandshakeError as error:
                refused += error.status == 503
        assert (len(feeds), refused) == (9, 11)
        async with client.get(f"{url}/", headers={"Connection": "close"}) as response:
            assert await response.text() == "here"
        assert all(not one.closed for one in feeds)
        for one in feeds:
            await one.close()
        async with client.ws_connect(f"{url}/feed"):
            pass


async def test_the_oldest_that_is_idle_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    short(monkeypatch, 4)
    before = OPEN_FILES.refused
    async with served(application()) as port:
        found = []
        for _ in range(6):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"200 OK" in await reader.readuntil(b"here")
            found.append((reader, writer))
        for reader, _ in found[:2]:
            await ends(reader)
        assert (OPEN_FILES.now, OPEN_FILES.refused - before) == (4, 2)
        said = OPEN_FILES.text().decode()
        assert "\njingmin_connections 4\n" in said
        assert "\njingmin_connections_capacity 4\n" in said
        for _, writer in found:
            writer.close()


def test_of_the_files_a_quarter_is_kept_for_other_work() -> None:
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    OPEN_FILES.measure()
    assert OPEN_FILES.most == (files * 3 // 4, files * 3 // 4 * 3 // 4)
