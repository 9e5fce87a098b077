"""The whole product on a disk that fills up: reports are answered all the time, and all is well by itself
when there is room again.

The disk is a small tmpfs in a mount namespace of the product's own, made with unshare(1).
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from domain.ticket import random_id
from tests.installed import jingmin, outside
from tests.ports import free_port

pytestmark = pytest.mark.system

SIZE = "220m"  # the store's own log takes 100
# Seen from outside the namespace, by the product's process.
DISK = "mnt"
PATIENCE_S = 180.0


class Small:
    """``jingmin demo`` whose data lie on that disk."""

    def __init__(self, spare: Path | None) -> None:
        names = ("port", "media_port", "store_port", "bot_port", "simulator_port")
        ports = {name: free_port() for name in names}
        self.url = f"http://127.0.0.1:{ports['port']}"
        settings = {**ports, "data": f"/{DISK}/data", "log_level": "ERROR"}
        if spare is not None:
            settings["spare_journal"] = str(spare)
        command = f"mount -t tmpfs -o size={SIZE} tmpfs /{DISK} && exec {jingmin()} demo"
        self._process = subprocess.Popen(
            ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", command],
            env={
                **outside(),
                **{f"JINGMIN_{key.upper()}": str(one) for key, one in settings.items()},
            },
            stdout=subprocess.DEVNULL,
        )
        self.disk = Path(f"/proc/{self._process.pid}/root/{DISK}")

    def fill(self) -> None:
        with suppressed(), (self.disk / "filling").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))

    def empty(self) -> None:
        (self.disk / "filling").unlink()

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(60)

    async def ask(self, client: aiohttp.ClientSession, key: str) -> tuple[int, dict[str, Any]]:
        async with client.post(f"{self.url}/api/v1/incidents", json={"key": key}) as answer:
            return answer.status, await answer.json()

    async def health(self, client: aiohttp.ClientSession) -> dict[str, Any]:
        try:
            async with client.get(f"{self.url}/healthz") as answer:
                return dict(await answer.json())
        except aiohttp.ClientError:
            return {}


def suppressed() -> Any:
    return pytest.raises(OSError, match="No space left")


@pytest.fixture(params=["one disk", "a spare one"])
def small(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Small]:
    if shutil.which("unshare") is None:
        pytest.fail("unshare (util-linux) is needed")
    product = Small(tmp_path / "spare" if request.param == "a spare one" else None)
    yield product
    product.stop()


async def until(true: Callable[[], Awaitable[object]]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not await true():
        assert time.monotonic() < end, "did not happen"
        await asyncio.sleep(0.2)


@pytest.mark.timeout(600)
async def test_reports_are_answered_while_the_disk_is_full_and_all_is_well_when_there_is_room(
    small: Small, request: pytest.FixtureRequest
) -> None:
    spare = request.node.callspec.params["small"] == "a spare one"
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(20)) as client:

        async def store(state: str) -> bool:
            return (await small.health(client)).get("store") == state

        await until(lambda: store("up"))
        status, _ = await small.ask(client, random_id())
        assert status == 201
        await asyncio.to_thread(small.fill)
        await until(lambda: store("down"))
        assert (await small.health(client))["disk"] == "low"
        keys = [random_id() for _ in range(5)]
        for key in keys:
            status, said = await small.ask(client, key)
            if spare:
                assert (status, said["journaled"]) == (201, True)
            else:
                assert (status, said["code"]) == (503, "not_taken")
        small.empty()
        # The page asks again with the same key.
        again = [await small.ask(client, key) for key in keys]
        assert {status for status, _ in again} == {201}

        async def stored() -> bool:
            health = await small.health(client)
            return health.get("store") == "up" and health["journaled"] == 0

        await until(stored)
        numbers = {(await small.ask(client, key))[1]["number"] for key in keys}
        assert numbers == {said["number"] for _, said in again}
        assert len(numbers) == len(keys)
