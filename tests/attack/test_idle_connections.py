"""Who connects and says nothing takes nobody's place; as many pages may listen as there are files."""

from __future__ import annotations

import asyncio
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator

import aiohttp
import pytest

from tests.ports import free_port

FILES, IDLE = 128, 400
SERVER = """
import asyncio, resource, sys
from aiohttp import web
from processes import _served

async def main(port):
    resource.setrlimit(resource.RLIMIT_NOFILE, ({files}, {files}))
    app = web.Application()
    app.router.add_get("/", lambda request: asyncio.sleep(0, web.Response(text="here")))
    async with _served(app, "127.0.0.1", port):
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
            "from processes import _raise_limits\n"
            "_raise_limits()\n"
            "print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "2048\n"
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > IDLE
