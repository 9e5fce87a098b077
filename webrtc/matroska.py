"""One Matroska file written by one thread, flushed so that kill -9 loses less than a second."""

from __future__ import annotations

import errno
import hashlib
import logging
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from webrtc.frames import Frame

log = logging.getLogger(__name__)
QUEUE = 600
WAIT_FOR_PICTURE = 0.5
LOOK_EVERY = 0.1
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
AUDIO_BASE, VIDEO_BASE = Fraction(1, 48_000), Fraction(1, 90_000)
# Interleaving may hold a packet back 0.1 s; a cluster is closed and flushed after 0.2 s.
LIVE = {
    "live": "1",
    "flush_packets": "1",
    "cluster_time_limit": "200",
    "max_interleave_delta": "100000",
}


class MatroskaFile:
    """Takes frames without blocking; ``done`` is called in the thread when the file is closed.

    ``prepare`` is called in the thread before the file is made; what it raises ends the recording. The
    thread looks for frames ten times a second: waking it for each one costs more than writing.
    """

    def __init__(
        self, path: Path, done: Callable[[], None], prepare: Callable[[], None] | None = None
    ) -> None:
        self._path = path
        self._done = done
        self._prepare = prepare
        self._broken = False
        self._frames: deque[Frame | None] = deque()
        self._thread = threading.Thread(target=self._run, name=path.stem, daemon=True)
        self._thread.start()

    def put(self, frame: Frame) -> bool:
        """False when the disk does not keep up, or failed, and the frame is lost."""
        if self._broken or len(self._frames) >= QUEUE:
            return False
        self._frames.append(frame)
        return True

    @property
    def broken(self) -> bool:
        """Whether it cannot be written any more: what it has stays, nothing is added."""
        return self._broken

    def close(self) -> None:
        """Write what is queued, then close; does not wait for it."""
        self._frames.append(None)

    def _run(self) -> None:
        try:
            if self._prepare is not None:
                self._prepare()
            self._write()
        except Exception:
            self._broken = True
            log.exception("recording %s", self._path.name)
            while self._next() is not None:
                pass
        finally:
            self._done()

    def _next(self) -> Frame | None:
        """The next frame; waits for it. None at the end."""
        while not self._frames:
            time.sleep(LOOK_EVERY)
        return self._frames.popleft()

    def _write(self) -> None:
        early, size, last = self._begin()
        if not early:
            return
        with av.open(str(self._path), "w", format="matroska", options=LIVE) as container:
            video: Any = container.add_mux_stream("vp8", rate=30, width=size[0], height=size[1])
            audio: Any = container.add_stream("libopus", rate=48_000, layout="stereo")
            video.time_base = VIDEO_BASE
            for frame in early:
                self._mux(container, video, audio, frame)
            while not last and (one := self._next()) is not None:
                self._mux(container, video, audio, one)

    def _begin(self) -> tuple[list[Frame], tuple[int, int], bool]:
        """The frames up to the first picture, whose size the header needs; at most 0.5 s."""
        early: list[Frame] = []
        until = 0.0
        while True:
            while early and not self._frames:
                if time.monotonic() > until:
                    return early, (640, 480), False
                time.sleep(LOOK_EVERY)
            frame = self._next()
            if frame is None:
                return early, (640, 480), True
            until = until or time.monotonic() + WAIT_FOR_PICTURE
            early.append(frame)
            if frame.video and frame.keyframe and len(frame.data) >= 10:
                width = int.from_bytes(frame.data[6:8], "little") & 0x3FFF
                height = int.from_bytes(frame.data[8:10], "little") & 0x3FFF
                return early, (width or 640, height or 480), False
            if time.monotonic() > until:
                return early, (640, 480), False

    def _mux(self, container: Any, video: Any, audio: Any, frame: Frame) -> None:
        packet = av.Packet(frame.data)
        packet.stream = video if frame.video else audio
        packet.time_base = VIDEO_BASE if frame.video else AUDIO_BASE
        packet.pts = packet.dts = frame.pts
        packet.is_keyframe = frame.keyframe
        container.mux(packet)


@dataclass(frozen=True, slots=True)
class Finished:
    """What is known of a finished recording; ``seconds`` is its length."""

    sha256: str
    bytes: int
    seconds: float
    video: bool
    audio: bool


def finish(source: Path, target: Path) -> Finished:
    """Copy packets into a file with duration and index; blocks, for a thread.

    A file that cannot be read (the process died in its header) is kept as it is.
    """
    seconds = 0.0
    kinds: set[str] = set()
    try:
        seconds, kinds = _remux(source, target)
    except (av.FFmpegError, ValueError, IndexError) as problem:
        log.warning("recording %s is kept as it is: %s", source.name, problem)
        shutil.copyfile(source, target)
    with target.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = target.stat().st_size
    return Finished(digest, size, seconds, "video" in kinds, "audio" in kinds)


def _remux(source: Path, target: Path) -> tuple[float, set[str]]:
    kinds = _kinds(source)
    if not kinds:
        raise ValueError("no frames")
    end = 0.0
    with av.open(str(source)) as old, av.open(str(target), "w", format="matroska") as new:
        streams: dict[int, Any] = {}
        for stream in old.streams:
            if stream.type in kinds:
                streams[stream.index] = new.add_stream_from_template(stream)
        for packet in _packets(old, source.name):
            if packet.dts is None or packet.stream.index not in streams:
                continue
            if packet.pts is not None and packet.time_base is not None:
                end = max(end, float(packet.pts * packet.time_base))
            packet.stream = streams[packet.stream.index]
            try:
                new.mux(packet)
            except av.FFmpegError as problem:
                if problem.errno in FULL:  # not the recording's fault: it is tried again
                    raise OSError(problem.errno, "no room to finish a recording") from problem
                raise
    return end, kinds


def _packets(container: Any, name: str) -> Iterator[Any]:
    """As far as the file goes: a process that died stopped in the middle of a frame."""
    try:
        yield from container.demux()
    except av.FFmpegError as problem:
        log.info("recording %s ends in mid-frame: %s", name, problem)


def _kinds(source: Path) -> set[str]:
    """Which kinds of stream have at least one frame."""
    kinds: set[str] = set()
    with av.open(str(source)) as container:
        wanted = {stream.type for stream in container.streams}
        for packet in _packets(container, source.name):
            if packet.size:
                kinds.add(packet.stream.type)
            if kinds == wanted:
                break
    return kinds
