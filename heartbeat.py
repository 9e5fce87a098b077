"""The sign of life of a process's own event loop, for the supervisor or for systemd.

It is a task on the loop: a loop that is stopped, or spins in one callback, gives none.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from domain.clock import Standstill

EVERY_S = 1.0
LATE_S = 0.5
STOOD_STILL = "process %d stood still, or its machine slept, for %.1f s"
CLOCK_SET = "process %d: the clock was set by %.1f s %s, or the machine was paused"
PIPE = "HEARTBEAT_FD"  # not a setting: the supervisor's alone
SYSTEMD = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")
ALIVE, BUILDING = b".", b"b"
log = logging.getLogger("jingmin.heartbeat")
T = TypeVar("T")


class Heartbeat:
    """One a process; ``during`` sends it once a second for as long as the process works.

    ``building`` says whether this process now waits for an index: the store answers nobody then.
    ``late`` is told at every beat by how many seconds the loop was late.
    """

    def __init__(self) -> None:
        self.building: Callable[[], bool] = lambda: False
        self.late: Callable[[float], None] = lambda seconds: None
        self._pipe = _inherited()
        self._manager = None if self._pipe is not None else _manager()
        self._said = "READY=1\nWATCHDOG=1"

    async def during(self, work: Coroutine[Any, Any, T]) -> T:
        """What ``work`` returns or raises."""
        beating = asyncio.create_task(self._beats(), name="heartbeat")
        try:
            return await work
        finally:
            beating.cancel()

    async def _beats(self) -> None:
        standstill = Standstill(lambda: time.time_ns() // 1_000_000, EVERY_S)
        while True:
            self._beat()
            due = time.monotonic() + EVERY_S
            await asyncio.sleep(EVERY_S)
            late = max(time.monotonic() - due, 0.0)
            self.late(late)
            stood, by = standstill.look()
            if stood:
                log.warning(STOOD_STILL, os.getpid(), stood)
            elif late > LATE_S:
                log.warning("process %d: the event loop was late by %.1f s", os.getpid(), late)
            if by:
                log.warning(CLOCK_SET, os.getpid(), abs(by), "forth" if by > 0 else "back")

    def _beat(self) -> None:
        # Nobody reads, or nobody is there any more: no concern of the process that lives.
        with contextlib.suppress(OSError):
            if self._pipe is not None:
                os.write(self._pipe, BUILDING if self.building() else ALIVE)
            elif self._manager is not None:
                self._manager.send(self._said.encode())
                self._said = "WATCHDOG=1"


def _inherited() -> int | None:
    number = os.environ.pop(PIPE, "")
    if not number.isdecimal():
        return None
    pipe = int(number)
    try:
        os.set_inheritable(pipe, False)
        os.set_blocking(pipe, False)
    except OSError:
        return None
    return pipe


def _manager() -> socket.socket | None:
    """The socket of systemd (sd_notify(3)) when it started this process and waits for word of it."""
    address, ours = os.environ.get("NOTIFY_SOCKET", ""), os.environ.get("WATCHDOG_PID")
    if not address or (ours and ours != str(os.getpid())):
        return None
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
    manager.setblocking(False)
    try:
        manager.connect("\0" + address[1:] if address.startswith("@") else address)
    except OSError:
        manager.close()
        return None
    return manager
