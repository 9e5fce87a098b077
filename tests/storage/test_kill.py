"""kill -9 of the api process and of the store under intake load: a few rounds here, hundreds in
``make endurance``.

Every acknowledged report exists exactly once afterwards. The load does what the page does: it asks
again with the same key until it has a receipt.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from domain.ticket import random_id
from storage.embedded import EmbeddedStore
from storage.store import MongoStore
from tests.city import IN_W1, small_city
from tests.ports import free_port

ROUNDS = 6
PER_SECOND = 35


class ApiProcess:
    """A real api process that can be killed."""

    def __init__(self, folder: Path, store_uri: str) -> None:
        self.port = free_port()
        boundaries = folder / "city.geojson"
        boundaries.write_text(json.dumps(small_city()))
        self._environment = {
            **os.environ,
            "JINGMIN_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "JINGMIN_PORT": str(self.port),
            "JINGMIN_DATA": str(folder / "data"),
            "JINGMIN_BOUNDARIES": str(boundaries),
            "JINGMIN_STORE_URI": store_uri,
            "JINGMIN_LOG_LEVEL": "ERROR",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "main", "api"], env=self._environment
        )

    def end(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()


async def load(port: int, acknowledged: dict[str, tuple[str, str]], stop: asyncio.Event) -> None:
    """35 reports a second, each repeated until its receipt is there."""

    async def one(client: aiohttp.ClientSession, key: str) -> None:
        while True:
            try:
                async with client.post(
                    f"http://127.0.0.1:{port}/api/v1/incidents",
                    json={"key": key, "position": IN_W1},
                ) as response:
                    assert response.status == 201, await response.text()
                    receipt = await response.json()
                    acknowledged[key] = (receipt["id"], receipt["number"])
                    return
            except (aiohttp.ClientError, ConnectionError, TimeoutError):
                await asyncio.sleep(0.1)

    timeout = aiohttp.ClientTimeout(10)
    async with aiohttp.ClientSession(timeout=timeout) as client, asyncio.TaskGroup() as group:
        while not stop.is_set():
            group.create_task(one(client, random_id()))
            await asyncio.sleep(1 / PER_SECOND)


async def journal_empty(port: int) -> None:
    """Wait until the store is up and nothing waits on disk."""
    async with aiohttp.ClientSession() as client:
        for _ in range(600):
            try:
                async with client.get(f"http://127.0.0.1:{port}/healthz") as response:
                    health = await response.json()
                    if health["store"] == "up" and health["journaled"] == 0:
                        return
            except (aiohttp.ClientError, ConnectionError):
                pass
            await asyncio.sleep(0.1)
    pytest.fail("the journal was not replayed")


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["api", "store"])
async def test_every_acknowledged_report_exists_exactly_once(tmp_path: Path, victim: str) -> None:
    await siege(tmp_path, victim, ROUNDS)


async def siege(folder: Path, victim: str, rounds: int) -> int:
    """Kill so many times; raises ``AssertionError`` for a report lost or doubled, else says how many
    were acknowledged."""
    chance = random.Random(110)
    server = EmbeddedStore(folder / "store", free_port())
    server.start()
    api = ApiProcess(folder, server.uri)
    api.start()
    acknowledged: dict[str, tuple[str, str]] = {}
    stop = asyncio.Event()
    loading = asyncio.create_task(load(api.port, acknowledged, stop))
    try:
        await journal_empty(api.port)
        for _ in range(rounds):
            await asyncio.sleep(0.3 + chance.random() * 0.7)
            before = len(acknowledged)
            if victim == "api":
                api.end(signal.SIGKILL)
                api.start()
            else:
                server.kill()
                await asyncio.sleep(chance.random() * 0.3)
                server.start()
            while len(acknowledged) <= before:
                await asyncio.sleep(0.05)
        stop.set()
        await asyncio.wait_for(loading, 60)
        await journal_empty(api.port)
        await check(server, acknowledged, rounds)
        return len(acknowledged)
    finally:
        stop.set()
        loading.cancel()
        api.end(signal.SIGKILL)
        server.stop()


async def check(
    server: EmbeddedStore, acknowledged: dict[str, tuple[str, str]], rounds: int
) -> None:
    assert len(acknowledged) > rounds * 5
    store = MongoStore(server.uri)
    await store.open()
    try:
        stored = await store.incidents.find({"raised_at": {"$gt": 0}}, limit=100_000)
    finally:
        await store.close()
    by_key: dict[str, list[str]] = {}
    for it in stored:
        by_key.setdefault(it.key, []).append(it.id)
    lost = [key for key in acknowledged if key not in by_key]
    assert lost == []
    for key, (id, _) in acknowledged.items():
        assert by_key[key] == [id]
    assert len({it.number for it in stored}) == len(stored)
