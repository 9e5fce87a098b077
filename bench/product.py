"""The product as a person starts it, with data of its own, for measuring."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp


class Product:
    """``jingmin demo`` on free ports of this machine."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self.port, self._media, self._store, self.bot, self.simulator = (
            free_port() for _ in range(5)
        )
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        settings = {
            "JINGMIN_DATA": str(self._data),
            "JINGMIN_PORT": str(self.port),
            "JINGMIN_MEDIA_PORT": str(self._media),
            "JINGMIN_STORE_PORT": str(self._store),
            "JINGMIN_BOT_PORT": str(self.bot),
            "JINGMIN_SIMULATOR_PORT": str(self.simulator),
            "JINGMIN_LOG_LEVEL": "ERROR",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "main", "demo"],
            env={**os.environ, **settings},
            stdout=subprocess.DEVNULL,
        )

    async def ready(self, login: str = "station-210702-12", seconds: float = 90) -> None:
        """Wait until the demo's staff is there."""
        end = time.monotonic() + seconds
        async with aiohttp.ClientSession() as client:
            while time.monotonic() < end:
                try:
                    async with client.get(f"{self.url}/api/v1/demo") as response:
                        people = (await response.json())["people"]
                        if any(one["login"] == login for one in people):
                            return
                except (aiohttp.ClientError, KeyError):
                    pass
                await asyncio.sleep(0.2)
        raise TimeoutError("the product did not start")

    def child(self, name: str) -> int:
        """The process id of ``api``, ``media`` and so on."""
        assert self._process is not None
        found = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(self._process.pid)],
            capture_output=True,
            text=True,
            check=True,
        )
        for line in found.stdout.splitlines():
            if line.rstrip().endswith(f"-m main {name}"):
                return int(line.split()[0])
        raise LookupError(f"no {name} process in: {found.stdout}")

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30)


def measured(measure: Callable[[Product], Awaitable[list[dict[str, Any]]]]) -> list[dict[str, Any]]:
    """The rows that ``measure`` makes of a product started for it, with data of its own."""
    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder))
        product.start()
        try:
            return asyncio.run(measure(product))
        finally:
            product.stop()


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
