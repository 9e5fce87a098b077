"""Keeps the product's processes running: starts them, starts them again, ends them all together."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import partial

LONGEST_PAUSE_S = 5.0
STOP_S = 8.0
log = logging.getLogger("jingmin.supervisor")


class Child:
    """One process by name; ``keep`` starts it whenever it is not running. Children die with us.

    ``yields`` is how far it steps back when the processors are all busy, as nice(1) counts.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        yields: int = 0,
    ) -> None:
        self.name = name
        self._yields = yields
        self._command = [sys.executable, "-m", "main", *arguments]
        self._environment = {**os.environ, **environment}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Must be called from the main thread: the kernel ties the child's life to its thread."""
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=partial(_become, self._yields) if sys.platform == "linux" else None,
        )

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    async def keep(self) -> None:
        """Never returns; the pause between starts grows while the process keeps failing."""
        pause = 0.2
        while True:
            if not self.running():
                if self._process is not None:
                    log.error("%s ended with %s", self.name, self._process.returncode)
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE_S)
                try:
                    self.start()
                except OSError as error:
                    log.error("%s does not start: %s", self.name, error)
                    await asyncio.sleep(pause)
                started = asyncio.get_running_loop().time()
            elif asyncio.get_running_loop().time() - started > 10:
                pause = 0.2
            await asyncio.sleep(0.1)

    async def stop(self) -> None:
        """Ask it to end, insist after 8 s."""
        if self._process is None:
            return
        if self.running():
            self._process.send_signal(signal.SIGTERM)
        for _ in range(int(STOP_S * 20)):
            if not self.running():
                return
            await asyncio.sleep(0.05)
        self._process.kill()
        self._process.wait()


def _become(yields: int) -> None:
    if yields:
        os.nice(yields)
    ctypes.CDLL("libc.so.6").prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
