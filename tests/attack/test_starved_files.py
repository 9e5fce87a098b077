"""An api process that may have few files open, a stranger who takes all he gets, and a report of another.

The whole process, as an operator starts it, on a machine whose limit is low: what it says of itself, and
whether a report is still taken whatever the stranger does with his connections.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
import uvloop
from aiohttp import web

import serving
from domain.ticket import random_id
from storage.embedded import EmbeddedStore
from tests.attack.served import raw, served
from tests.city import small_city
from tests.ports import free_port

FILES, SOCKETS = 256, 600
STRANGER = "127.0.0.9"
HEAD = b"POST /api/v1/incidents HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
HOLDS = {
    "says nothing": b"",
    "half a head": HEAD,
    "an answer, and then nothing": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    "a head without its body": HEAD + b"Content-Length: 900\r\n\r\n{",
    "reads nothing": b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 40,
    "a body without an end": HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
}


@pytest.fixture(scope="module")
def url(
    embedded: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[int, Path]]:
    folder = tmp_path_factory.mktemp("starved")
    (folder / "city.geojson").write_text(json.dumps(small_city()))
    port = free_port()
    environment = {
        **os.environ,
        "JINGMIN_PORT": str(port),
        "JINGMIN_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "JINGMIN_BOUNDARIES": str(folder / "city.geojson"),
        "JINGMIN_DATA": str(folder / "data"),
        "JINGMIN_STORE_URI": embedded.uri,
        "JINGMIN_STORE_DATABASE": f"test_{random_id()[:12]}",
    }
    log = folder / "api.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "main", "api"],
            env=environment,
            stdout=said,
            stderr=said,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (FILES // 2, FILES)),
        )
    yield port, log
    process.terminate()
    process.wait(30)


@pytest.fixture
async def client(url: tuple[int, Path]) -> AsyncIterator[aiohttp.ClientSession]:
    port, log = url
    timeout = aiohttp.ClientTimeout(30)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", timeout=timeout) as one:
        try:
            async with asyncio.timeout(60):
                while not await healthy(one):
                    await asyncio.sleep(0.1)
        except TimeoutError:
            pytest.fail(log.read_text()[-3000:])
    # Connections of its own for each request: whoever comes new is kept out first.
    fresh = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(
        f"http://127.0.0.1:{port}", timeout=timeout, connector=fresh
    ) as one:
        yield one


async def healthy(client: aiohttp.ClientSession) -> bool:
    with contextlib.suppress(aiohttp.ClientError):
        async with client.get("/healthz") as response:
            return response.status == 200
    return False


async def hold(port: int, sent: bytes) -> asyncio.StreamWriter | None:
    """One connection of the stranger, open as long as he is let."""
    with contextlib.suppress(OSError):
        _, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(STRANGER, 0))
        writer.write(sent)
        return writer
    return None


async def metrics(client: aiohttp.ClientSession) -> dict[str, float]:
    async with client.get("/metrics") as response:
        found = re.findall(r"^(jingmin_connections\w*) (\S+)$", await response.text(), re.M)
    return {name: float(value) for name, value in found}


async def test_what_the_process_says_of_itself(
    url: tuple[int, Path], client: aiohttp.ClientSession
) -> None:
    assert f"{FILES} files, 192 connections, 144 of them lasting" in url[1].read_text()
    assert (await metrics(client))["jingmin_connections_capacity"] == 192


@pytest.mark.parametrize("kind", HOLDS)
async def test_a_report_of_another_is_taken(
    url: tuple[int, Path], client: aiohttp.ClientSession, kind: str
) -> None:
    port, log = url
    held = await asyncio.gather(*(hold(port, HOLDS[kind]) for _ in range(SOCKETS)))
    try:
        for _ in range(10):
            body = {"key": random_id()}
            async with client.post("/api/v1/incidents", json=body) as response:
                assert response.status == 201, await response.text()
        now = await metrics(client)
        assert now["jingmin_connections"] <= now["jingmin_connections_capacity"] == 192
        if HOLDS[kind]:
            assert now["jingmin_connections_refused_total"] > 0
    finally:
        for one in held:
            if one is not None:
                one.transport.abort()
    assert "Too many open files" not in log.read_text()
    assert "Traceback" not in log.read_text()


def test_what_is_to_be_ended_is_ended_in_the_loop_of_the_product(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its transports are none of asyncio's: nothing was ended there, neither late heads nor idle ones."""
    monkeypatch.setattr(serving, "HEAD_S", 0.3)

    async def late() -> bytes:
        async with served(web.Application()) as port:
            return await raw(port, b"GET / HTTP/1.1\r\nX-")

    with contextlib.suppress(ConnectionResetError):
        assert uvloop.run(late()) == b""
