"""Finds the product blocking an event loop, in every test.

Two kinds. A callback that computes for long: more than 0.1 s of the *thread's* processor time, the
collector's left out, so that a loaded machine raises no false alarm. asyncio's own
``slow_callback_duration`` measures the wall and needs the debug mode, which changes the timing of all
tests. And a call that waits: ``time.sleep``, a process waited for, a blocking connect, a sync to disk.

Blamed is the product's frame that runs on the loop: of a coroutine, or called by the loop itself. A
plain function that a test calls from its own coroutine is the test's affair.
"""

from __future__ import annotations

import asyncio
import asyncio.events
import gc
import inspect
import linecache
import os
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

LIMIT_S = 0.1
SAMPLE_S = 0.02
ROOT = Path(__file__).parents[1]
ROOMS = ("api", "bot", "domain", "locate", "simulator", "storage", "webrtc")
# Work on files, as the interpreter's audit events call it.
FILES = ("open", "os.remove", "os.rename", "os.rmdir", "os.truncate", "shutil.rmtree")
ASIDE = (linecache.__file__, weakref.__file__)
# Where blocking is meant, by file and function, and why.
ALLOWED: dict[tuple[str, str], str] = {
    ("supervisor.py", "start"): "a child lives as long as the thread that starts it",
    ("storage/embedded.py", "_spawn"): "as start",
    ("storage/embedded.py", "_work"): "memory of the kernel, no disk",
}

found: list[str] = []


class _Running:
    """The callback of a loop that runs now in some thread."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.clock = time.pthread_getcpuclockid(self.thread)
        self.began = time.thread_time()
        self.collected = 0.0
        self.seen = 0.0  # of its processor time so far, at the last sample
        self.blamed: dict[str, float] = {}


_now: dict[int, _Running] = {}


def watch() -> None:
    """Once a process; what is found is added to ``found``."""
    _watch_callbacks()
    _watch_waits()


def _watch_callbacks() -> None:
    run = asyncio.events.Handle._run

    def measured(handle: asyncio.Handle) -> None:
        running = _Running()
        outer = _now.get(running.thread)
        _now[running.thread] = running
        try:
            run(handle)
        finally:
            took = time.thread_time() - running.began - running.collected
            if outer is None:
                del _now[running.thread]
            else:
                _now[running.thread] = outer
            if took > LIMIT_S and sum(running.blamed.values()) > took / 2:
                worst = max(running.blamed, key=lambda who: running.blamed[who])
                found.append(f"{worst} computed for {took:.2f} s on the loop")

    asyncio.events.Handle._run = measured  # type: ignore[method-assign]

    def collecting(phase: str, info: dict[str, int]) -> None:
        running = _now.get(threading.get_ident())
        if running is not None:
            sign = 1 if phase == "stop" else -1
            running.collected += sign * time.thread_time()

    gc.callbacks.append(collecting)
    threading.Thread(target=_sample, name="blocking", daemon=True).start()


def _sample() -> None:
    """Who has what a callback takes. A call into C that keeps the interpreter's lock is seen at its end,
    in the frame that made it."""
    while True:
        time.sleep(SAMPLE_S)
        for running in list(_now.values()):
            try:
                used = time.clock_gettime(running.clock) - running.began
            except OSError:
                continue  # its thread has ended
            if used - running.seen < SAMPLE_S / 2:
                continue
            frame = sys._current_frames().get(running.thread)
            if _now.get(running.thread) is running:
                who = blamed(frame)
                if who:
                    running.blamed[who] = running.blamed.get(who, 0.0) + used - running.seen
                running.seen = used


def _watch_waits() -> None:
    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in FILES:
            # Python 3.13 itself looks for a file of this name while it shows a traceback.
            shown = arguments[0] == "<unknown>"
            loop = asyncio._get_running_loop()
            if loop is not None and not shown and not _aside(sys._getframe(1)):
                _waits(f"{event} {arguments[0]}")
        elif (
            event == "socket.connect"
            and isinstance(arguments[0], socket.socket)
            and arguments[0].gettimeout() != 0
        ):
            _waits(event)

    sys.addaudithook(hook)
    _wrap(time, "sleep", "time.sleep")
    _wrap(os, "fsync", "os.fsync")
    _wrap(os, "fdatasync", "os.fdatasync")
    _wrap(subprocess.Popen, "communicate", "subprocess")
    _wrap(subprocess.Popen, "wait", "subprocess.wait")


def _aside(frame: FrameType | None) -> bool:
    """Whether a file is touched by the interpreter: to import, to show a line of source in a traceback or
    warning, or because the collector came by."""
    while frame is not None and not _runs(frame):
        path, name = frame.f_code.co_filename, frame.f_code.co_name
        if path.startswith("<frozen importlib") or path in ASIDE or name == "__del__":
            return True
        frame = frame.f_back
    return False


def _wrap(owner: Any, name: str, called: str) -> None:
    real = getattr(owner, name)

    def wrapped(*arguments: Any, **named: Any) -> Any:
        _waits(called)
        return real(*arguments, **named)

    setattr(owner, name, wrapped)


def _waits(called: str) -> None:
    if asyncio._get_running_loop() is None:
        return
    who = blamed(sys._getframe(2))
    if who:
        found.append(f"{who} waited on the loop: {called}")


def blamed(frame: FrameType | None) -> str:
    """The product's innermost frame, when it is the product that runs on the loop; else nothing."""
    inner: FrameType | None = None
    outer: FrameType | None = None
    while frame is not None:
        where = _place(frame)
        if where == "tests":
            break
        if where:
            inner, outer = inner or frame, frame
        if _runs(frame):
            frame = None
            break
        frame = frame.f_back
    if inner is None or outer is None:
        return ""
    if frame is not None and not outer.f_code.co_flags & inspect.CO_COROUTINE:
        return ""  # a test called it
    key = (_place(inner), inner.f_code.co_name)
    if key in ALLOWED:
        return ""
    return f"{key[0]}:{inner.f_lineno} {inner.f_code.co_qualname}"


def _runs(frame: FrameType) -> bool:
    """Whether the loop's callback begins here."""
    return frame.f_code.co_name == "measured" and frame.f_code.co_filename == __file__


def _place(frame: FrameType) -> str:
    """The product's file, ``tests``, or nothing for whatever is somebody else's."""
    path = frame.f_code.co_filename
    if path == __file__ or not path.startswith(f"{ROOT}/"):
        return ""
    inside = path[len(str(ROOT)) + 1 :]
    first = inside.split("/", 1)[0]
    if first in ("tests", "bench"):
        return "tests"
    return inside if first in ROOMS or "/" not in inside else ""


def judged() -> Iterator[None]:
    """Around one test: fails it when the product blocked a loop meanwhile."""
    del found[:]
    yield
    told, found[:] = sorted(set(found)), []
    assert not told, "the product blocked an event loop:\n" + "\n".join(told)
