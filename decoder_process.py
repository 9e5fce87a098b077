"""The process behind ``decoding``: imports a decoder once, gives up what it has, forks for each file.

It never looks into a file itself. It speaks packets over the socket that is its standard input: each
brings a job and three open files (what came, what is made, what is said of it) and a socket on which
the end of the job is answered. It ends with whoever started it.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import confinement
from confinement import Limits

Work = Callable[[dict[str, Any], int, int], dict[str, Any]]

TOO_MUCH = 3  # exit code: longer or larger than is worked on here
LONGEST_JOB = 4096
SOURCE, TARGET, ABOUT, LAST = 3, 4, 5, 5  # numbers of the child's files


class TooMuchError(Exception):
    """It is longer or larger than is worked on here."""


class NoSenseError(Exception):
    """It is nothing that could be shown or played."""


@dataclass(slots=True)
class Child:
    """One file's decoding: ``overdue`` when it was ended because of the clock."""

    pid: int
    ends_at: float
    answer: socket.socket
    overdue: bool = False


def serve(work: Work, rehearse: Callable[[], object]) -> None:
    """Answer jobs until the other side is gone. ``work`` gets a job and the numbers of two open files
    and says what it made; ``rehearse`` makes the decoder load whatever it loads late."""
    control = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    _first_to_end()
    try:
        rehearse()
        layers = confinement.leave()
    except Exception as error:
        control.send(json.dumps({"error": f"{type(error).__name__}: {error}"[:500]}).encode())
        return
    control.send(json.dumps({"layers": layers}).encode())
    running: dict[int, Child] = {}
    while True:
        ready = _wait(control, running)
        for number in [one for one in ready if one in running]:
            _answer(number, running)
        if control.fileno() in ready and not _begin(control, work, running):
            return
        now = time.monotonic()
        for child in running.values():
            if child.ends_at <= now and not child.overdue:
                child.overdue = True
                os.kill(child.pid, signal.SIGKILL)


def _first_to_end() -> None:
    """When the machine has no memory left, this goes before the store and the calls."""
    os.nice(5)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def _wait(control: socket.socket, running: dict[int, Child]) -> set[int]:
    poll = select.poll()
    for number in (control.fileno(), *running):
        poll.register(number, select.POLLIN)
    due = [one.ends_at for one in running.values() if not one.overdue]
    patience = max(0.0, min(due) - time.monotonic()) * 1000 + 1 if due else None
    return {number for number, _ in poll.poll(patience)}


def _begin(control: socket.socket, work: Work, running: dict[int, Child]) -> bool:
    """Start the next job; False when nobody is there any more."""
    text, files, _, _ = socket.recv_fds(control, LONGEST_JOB, 4)
    if not text:
        return False
    job = json.loads(text)
    limits = Limits(**job.pop("limits"))
    *given, answer = files
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = _work(work, job, given, limits, parent)
        finally:
            os._exit(code)
    for number in given:
        os.close(number)
    ends_at = time.monotonic() + limits.wall_s
    running[os.pidfd_open(pid)] = Child(pid, ends_at, socket.socket(fileno=answer))
    return True


def _answer(number: int, running: dict[int, Child]) -> None:
    child = running.pop(number)
    os.close(number)
    _, status, used = os.wait4(child.pid, 0)
    said = {
        "code": os.waitstatus_to_exitcode(status),
        "overdue": child.overdue,
        "cpu_s": used.ru_utime + used.ru_stime,
    }
    with child.answer, contextlib.suppress(OSError):
        child.answer.send(json.dumps(said).encode())


def _work(work: Work, job: dict[str, Any], files: list[int], limits: Limits, parent: int) -> int:
    """The child: nothing but three files is open, and nothing can be opened; the exit code."""
    high = [os.dup(one) for one in files]  # above the three numbers, which may be in use
    while min(high) <= LAST:
        high = [os.dup(one) for one in high]
    for number, file in zip((SOURCE, TARGET, ABOUT), high, strict=True):
        os.dup2(file, number)
    os.closerange(LAST + 1, confinement.FILES)
    confinement.confine(limits, parent)
    try:
        about = work(job, SOURCE, TARGET)
        os.write(ABOUT, json.dumps(about).encode())
    except (TooMuchError, MemoryError):
        return TOO_MUCH
    except Exception:  # decoders of broken files raise whatever they like
        return 1
    return 0


def whole(file: int) -> bytes:
    """All bytes of an open file."""
    size, parts = os.fstat(file).st_size, bytearray()
    while len(parts) < size and (part := os.pread(file, size - len(parts), len(parts))):
        parts += part
    return bytes(parts)
