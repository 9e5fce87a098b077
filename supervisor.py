"""Keeps the product's processes running: starts them, starts them again, ends them all together."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial

import heartbeat

LONGEST_PAUSE_S = 5.0
STOP_S = 14.0  # a media process has 10 s for its recordings
TICK_S = 0.1
SILENT_S = 5.0
WELL_S = 10.0  # the next pause before a start is short again
# Whoever ran as long can start; what is wrong with it came later, and may go.
STOOD_S = 120.0
REFUSED = 2  # the exit code of who can do nothing with these settings
# Not what lies in the current folder.
PROGRAM = ("-P", "-m", "main")
# Until its loop runs: imports, on a machine that is busy or whose disk is slow.
STARTING_S = 90.0
# We were stopped, suspended or starved ourselves: how old a heartbeat is says nothing then.
STALLED_S = 2.0
PR_SET_PDEATHSIG = 1
log = logging.getLogger("jingmin.supervisor")
# Loaded here: between fork and exec another thread's lock of the loader may be held for ever.
_libc = ctypes.CDLL("libc.so.6") if sys.platform == "linux" else None


class Child:
    """One process by name; ``keep`` starts it whenever it is not running, and ends it when its event
    loop gave no heartbeat (``heartbeat.py``) for 5 s. Children die with us. ``refused`` is set when it
    can never start: it ended with the exit code 2 before it ever ran for two minutes.

    ``yields`` is how far it steps back when the processors are all busy, as nice(1) counts.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        yields: int = 0,
        program: Sequence[str] = PROGRAM,
    ) -> None:
        self.name = name
        self.refused = asyncio.Event()
        self._stood = False
        self.building = False  # waits for an index of the store, as it said at its last heartbeat
        self._yields = yields
        self._command = [sys.executable, *program, *arguments]
        inherited = {k: v for k, v in os.environ.items() if k not in heartbeat.SYSTEMD}
        self._environment = {**inherited, **environment}
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: int | None = None
        self._beaten = False
        self._beat_at = 0.0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Must be called from the main thread: the kernel ties the child's life to its thread."""
        self._hang_up()
        pipe, theirs = os.pipe()
        self._pipe = pipe
        os.set_blocking(pipe, False)
        try:
            self._process = subprocess.Popen(
                self._command,
                env={**self._environment, heartbeat.PIPE: str(theirs)},
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                pass_fds=(theirs,),
                preexec_fn=partial(_become, self._yields) if sys.platform == "linux" else None,
            )
        finally:
            os.close(theirs)
        self._beaten, self._beat_at = False, time.monotonic()

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    async def keep(self) -> None:
        """Returns when it can never start; the pause between starts grows while the process keeps failing."""
        pause = 0.2
        started = looked = time.monotonic()
        while True:
            if not self.running():
                if self._process is not None:
                    log.error("%s ended with %s", self.name, self._process.returncode)
                    if self._process.returncode == REFUSED and not self._stood:
                        self.refused.set()
                        return
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE_S)
                try:
                    self.start()
                except OSError as error:
                    log.error("%s does not start: %s", self.name, error)
                    await asyncio.sleep(pause)
                started = looked = time.monotonic()
            elif time.monotonic() - started > WELL_S:
                pause = 0.2
                self._stood = self._stood or time.monotonic() - started > STOOD_S
            await asyncio.sleep(TICK_S)
            now = time.monotonic()
            self._watch(now, now - looked - TICK_S)
            looked = now

    async def stop(self) -> None:
        """Ask it to end, insist after 14 s."""
        if self._process is not None and self.running():
            self._process.send_signal(signal.SIGTERM)
            for tick in range(int((STOP_S + 2) * 20)):
                if tick == int(STOP_S * 20):
                    self._process.kill()
                if not self.running():
                    break
                await asyncio.sleep(0.05)
        self._hang_up()

    def _watch(self, now: float, late: float) -> None:
        """End it when it has been silent too long; ``late`` is how late our own loop was."""
        self._listen(now)
        if late > STALLED_S:  # which our own heartbeat says
            self._beat_at = now
        age = now - self._beat_at
        if self._process is None or age <= (SILENT_S if self._beaten else STARTING_S):
            return
        if self.running():
            log.error(
                "%s (process %d): no heartbeat for %.1f s; killed, to be started again",
                self.name,
                self._process.pid,
                age,
            )
            # Only this ends a process that is stopped or spins.
            self._process.kill()
            self._beat_at = now  # said again when even this does not end it

    def _listen(self, now: float) -> None:
        if self._pipe is None:
            return
        try:
            beats = os.read(self._pipe, 4096)
        except BlockingIOError:
            return
        if beats:
            self._beaten, self._beat_at = True, now
            self.building = beats[-1:] == heartbeat.BUILDING

    def _hang_up(self) -> None:
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None
        self.building = False


def _become(yields: int) -> None:
    if yields:
        os.nice(yields)
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
