"""Strangers' files are decoded by confined children: several at a time, one of each sender, bounded.

What is little work has a place that what is much cannot take, among those at work and those waiting.
Data passes in memory files, so that nothing sealed is ever on a disk in the clear.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from typing import Any

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from confinement import LAYERS, Limits
from decoder_process import TOO_MUCH
from domain.errors import BUSY, MEDIA_KIND, TOO_LARGE, Refused

AT_ONCE = max(2, min(4, os.cpu_count() or 1))
MOST_WAITING = 64  # their data is in memory
MOST_WAITING_LARGE = 48  # of them, when a place is kept for what is little work
MOST_WAITING_EACH = 16
MOST_WAITING_ORIGIN = 32
MOST_WAITING_LARGE_ORIGIN = 24
AT_ONCE_ORIGIN = 2
WAIT_S = 10.0
START_S = 20.0
TWICE_S = 60.0  # who is overdue again within this is not asked to send again
GRACE_S = 3.0  # of the process, to end a child and say so
LARGEST_ABOUT = 4096
ENDS = ("done", "refused", "ended", "busy")
log = logging.getLogger("jingmin.decoding")


@dataclass(slots=True)
class Job:
    """One file on its way: ``by`` names its sender and ``origin`` where it came from, empty for nobody
    and nowhere in particular; ``small`` when it is little work."""

    said: dict[str, Any]
    data: bytes
    by: str
    origin: str
    small: bool
    done: Future[tuple[dict[str, Any], bytes]]


class Decoders:
    """The children of one kind of decoder. ``program`` is a file that calls
    ``decoder_process.serve``; it is started at the first job, or by ``start``. Of the ``at_once``
    children ``kept`` (0 or 1) are for what is little work, of all and of each origin."""

    def __init__(
        self,
        name: str,
        program: str,
        limits: Limits,
        at_once: int = AT_ONCE,
        wait_s: float = WAIT_S,
        kept: int = 0,
    ) -> None:
        self.name = name
        self.limits = limits
        self.ends: Counter[str] = Counter()
        self.layers: tuple[str, ...] = ()
        self._program = program
        self._at_once = at_once
        self._kept = kept
        self._wait_s = wait_s
        self._lock = threading.Lock()
        self._waiting: list[Job] = []
        self._working: list[Job] = []
        self._starting = threading.Lock()
        self._overdue: dict[str, float] = {}  # by sender: when it was last
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    @property
    def active(self) -> int:
        """How many files are being decoded now."""
        return len(self._working)

    async def decode(
        self,
        said: dict[str, Any],
        data: bytes,
        by: str = "",
        origin: str = "",
        small: bool = False,
    ) -> tuple[dict[str, Any], bytes]:
        """What the child says of its work, and what it made: both are as little to be believed as
        ``data``. One file of each ``by`` at a time, ``AT_ONCE_ORIGIN`` of each ``origin``.

        Raises ``media_kind`` for what cannot be decoded, ``too_large`` for what takes more processor
        or memory than there is, and ``busy`` when its turn does not come within ``WAIT_S`` or the
        machine does not let it end in time; the second time within ``TWICE_S`` that is ``too_large``.
        """
        job = Job(said, data, by, origin, small, Future())
        with self._lock:
            if not self._has_room(job):
                self.ends["busy"] += 1
                raise Refused(BUSY, "too many files are waiting")
            self._waiting.append(job)
        self._next()
        late = asyncio.get_running_loop().call_later(self._wait_s, self._give_up, job)
        try:
            return await asyncio.wrap_future(job.done)
        except asyncio.CancelledError:
            self._give_up(job)
            raise
        finally:
            late.cancel()

    def start(self) -> None:
        """Start the process and load the decoder, so that the first file needs not wait for it."""
        with self._starting:
            self._ready()

    def start_soon(self) -> None:
        """``start`` in a thread; when it fails the first file tries again."""

        def begin() -> None:
            try:
                self.start()
            except (OSError, ValueError) as error:
                log.error("%s cannot be decoded: %s", self.name, error)

        threading.Thread(target=begin, name=f"start {self.name}", daemon=True).start()

    def stop(self) -> None:
        """End the process and whatever it works on."""
        control, process = self._control, self._process
        self._control = self._process = None
        if control is not None:
            control.close()
        if process is not None:
            process.kill()
            process.wait()

    # ---- whose turn it is

    def _has_room(self, job: Job) -> bool:
        """Whether one more may wait."""
        waiting = self._waiting
        own = sum(one.by == job.by for one in waiting) if job.by else 0
        near = [one for one in waiting if one.origin == job.origin] if job.origin else []
        if len(waiting) >= MOST_WAITING or own >= MOST_WAITING_EACH:
            return False
        if len(near) >= MOST_WAITING_ORIGIN:
            return False
        if job.small or not self._kept:
            return True
        large, near_large = (sum(not one.small for one in ones) for ones in (waiting, near))
        return large < MOST_WAITING_LARGE and near_large < MOST_WAITING_LARGE_ORIGIN

    def _may_begin(self, job: Job) -> bool:
        """Whether neither its sender nor its origin nor its size has all that they may have."""
        working = self._working
        own = job.by != "" and any(one.by == job.by for one in working)
        near = [one for one in working if one.origin == job.origin] if job.origin else []
        if own or len(near) >= AT_ONCE_ORIGIN:
            return False
        if job.small:
            return True
        # Neighbours behind one address must not wait behind its large ones either.
        large, near_large = (sum(not one.small for one in ones) for ones in (working, near))
        return large < self._at_once - self._kept and near_large < AT_ONCE_ORIGIN - self._kept

    def _next(self) -> None:
        with self._lock:
            for job in list(self._waiting):
                if len(self._working) >= self._at_once:
                    return
                if not self._may_begin(job):
                    continue
                self._waiting.remove(job)
                self._working.append(job)
                threading.Thread(
                    target=self._run, args=(job,), name=f"decode {self.name}", daemon=True
                ).start()

    def _give_up(self, job: Job) -> None:
        with self._lock:
            if job not in self._waiting:
                return
            self._waiting.remove(job)
        if job.done.set_running_or_notify_cancel():
            self.ends["busy"] += 1
            job.done.set_exception(Refused(BUSY, f"it waited for {self._wait_s:.0f} s"))

    def _run(self, job: Job) -> None:
        made, refused = None, None
        wanted = job.done.set_running_or_notify_cancel()
        try:
            made = self._ask(job) if wanted else None
        except Refused as why:
            refused = why
        except Exception as error:
            log.error("%s cannot be decoded: %s", self.name, error)
            self.ends["busy"] += 1
            refused = Refused(BUSY, "it cannot be read now")
        with self._lock:
            self._working.remove(job)
        self._next()
        if refused is not None:
            job.done.set_exception(refused)
        elif made is not None:
            self.ends["done"] += 1
            job.done.set_result(made)

    # ---- asking

    def _ask(self, job: Job) -> tuple[dict[str, Any], bytes]:
        with contextlib.ExitStack() as stack:
            source, target, about = (os.memfd_create(one) for one in ("source", "target", "about"))
            for number in (source, target, about):
                stack.callback(os.close, number)
            left = memoryview(job.data)
            while left:
                left = left[os.write(source, left) :]
            # Once more when the process was killed meanwhile, as when memory is short.
            answer = self._exchange(job, source, target, about) or self._exchange(
                job, source, target, about
            )
            if not answer:
                raise OSError("the process ended")
            self._judge(json.loads(answer), job.by)
            size = os.fstat(target).st_size
            if not 0 < size <= self.limits.largest:
                raise self._refused(MEDIA_KIND, "refused", "it cannot be read")
            said = json.loads(os.pread(about, LARGEST_ABOUT, 0))
            return said, _whole(target, size)

    def _exchange(self, job: Job, *files: int) -> bytes:
        """How the job ended; nothing when the process did before."""
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with here:
            with there:
                self._send(job, [*files, there.fileno()])
            here.settimeout(self.limits.wall_s + GRACE_S)
            try:
                return here.recv(256)
            except TimeoutError:
                self.stop()
                raise

    def _judge(self, answer: dict[str, Any], by: str) -> None:
        code = answer["code"]
        if code < 0:
            killed = code == -signal.SIGKILL
            spent = code == -signal.SIGXCPU or (killed and answer["cpu_s"] >= self.limits.cpu_s)
            why = "overdue" if answer["overdue"] else f"signal {-code}"
            log.warning("one of %s was ended: %s", self.name, why)
            if spent:
                raise self._refused(TOO_LARGE, "ended", "it takes too much to read")
            if not killed:
                raise self._refused(MEDIA_KIND, "ended", "it cannot be read")
            # By the clock or for memory: the machine may be busy, and the file may only sleep.
            if self._again(by):
                raise self._refused(TOO_LARGE, "ended", "it takes too long to read, again")
            raise self._refused(BUSY, "ended", "it took too long to read now")
        if code == TOO_MUCH:
            raise self._refused(TOO_LARGE, "refused", "too long or too large")
        if code != 0:
            raise self._refused(MEDIA_KIND, "refused", "it cannot be read")

    def _again(self, by: str) -> bool:
        """Note that a file of ``by`` was overdue; whether one was shortly before."""
        now = time.monotonic()
        with self._lock:
            recent = {one: at for one, at in self._overdue.items() if now - at < TWICE_S}
            self._overdue = {**recent, by: now}
            return by in recent

    def _refused(self, fault: Any, end: str, detail: str) -> Refused:
        self.ends[end] += 1
        return Refused(fault, detail)

    def _send(self, job: Job, files: list[int]) -> None:
        text = json.dumps({**job.said, "limits": asdict(self.limits)}).encode()
        with self._starting:
            for last in (False, True):
                control = self._ready()
                try:
                    socket.send_fds(control, [text], files)
                    return
                except OSError:
                    self.stop()
                    if last:
                        raise

    def _ready(self) -> socket.socket:
        """The socket of the running process; it is started when there is none."""
        control, process = self._control, self._process
        if control is not None and process is not None and process.poll() is None:
            return control
        self.stop()
        began = time.monotonic()
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            self._process = subprocess.Popen(
                [sys.executable, "-s", "-B", self._program],
                stdin=there.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"LANG": "C.UTF-8", "PATH": os.defpath},
                start_new_session=True,
            )
        self._control = here
        atexit.unregister(self.stop)
        atexit.register(self.stop)
        here.settimeout(START_S)
        hello = json.loads(here.recv(4096) or b'{"error": "it ended at once"}')
        if "error" in hello:
            self.stop()
            raise OSError(hello["error"])
        self.layers = tuple(hello["layers"])
        log.info(
            "%s are decoded behind: %s; without: %s (ready in %.1f s)",
            self.name,
            ", ".join(self.layers),
            ", ".join(one for one in LAYERS if one not in self.layers) or "nothing missing",
            time.monotonic() - began,
        )
        return here


class DecoderMetrics:
    """How decoding goes, as a collector of Prometheus."""

    def __init__(self, *decoders: Decoders) -> None:
        self._decoders = decoders

    def collect(self) -> Iterator[Metric]:
        """Files by kind and end (done, refused, ended at a limit, busy), and those at work."""
        ends = CounterMetricFamily(
            "jingmin_decoded", "Files of strangers by what became of them", labels=["kind", "end"]
        )
        active = GaugeMetricFamily("jingmin_decoding", "Files being decoded", labels=["kind"])
        for one in self._decoders:
            for end in ENDS:
                ends.add_metric([one.name, end], one.ends[end])
            active.add_metric([one.name], one.active)
        yield from (ends, active)


def _whole(file: int, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size and (part := os.pread(file, size - len(parts), len(parts))):
        parts += part
    return bytes(parts)
