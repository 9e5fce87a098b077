"""The recorder: a watcher with receiving rights. One file for each publisher and connection."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from webrtc.forward import Sink
from webrtc.frames import Frame, Frames, Timeline
from webrtc.matroska import MatroskaFile
from webrtc.messages import Outgoing, Reason
from webrtc.metrics import Metrics
from webrtc.peer import AUDIO_RATE, VIDEO_RATE
from webrtc.room import Publisher
from webrtc.spool import Label, Spool

log = logging.getLogger(__name__)


class Recorder:
    """Records everybody in one room. ``clock`` is the event loop's time in seconds."""

    participant = "recorder"

    def __init__(
        self,
        incident: str,
        call: str,
        media: str,
        spool: Spool,
        metrics: Metrics,
        clock: Callable[[], float],
    ) -> None:
        self._names = (incident, call, media)
        self._spool = spool
        self._metrics = metrics
        self._clock = clock
        self._takes: dict[Publisher, _Take] = {}

    def came(self, publisher: Publisher) -> None:
        incident, call, media = self._names
        started = int(time.time() * 1000)
        label = Label(incident, call, publisher.participant, publisher.role, started, media)
        self._takes[publisher] = _Take(publisher, label, self._spool, self._metrics, self._clock())

    def went(self, publisher: Publisher, cause: str) -> None:
        take = self._takes.pop(publisher, None)
        if take is not None:
            take.stop()

    def heard(self, message: Outgoing) -> None:
        """Nothing of interest: what is logged is in the incident."""

    def dismissed(self, reason: Reason) -> None:
        for publisher in list(self._takes):
            self.went(publisher, reason)


class _Take:
    """One publisher's recording; the file begins with the first frame."""

    def __init__(
        self, publisher: Publisher, label: Label, spool: Spool, metrics: Metrics, zero: float
    ) -> None:
        self._label = label
        self._spool = spool
        self._metrics = metrics
        self._file: MatroskaFile | None = None
        self._broken = False
        self._loop = asyncio.get_running_loop()
        sound = Frames(publisher.sound, Timeline(AUDIO_RATE, zero), self._frame)
        picture = Frames(publisher.picture, Timeline(VIDEO_RATE, zero), self._frame)
        sound.counterpart, picture.counterpart = picture.timeline, sound.timeline
        self._sinks: list[tuple[Publisher, Sink, Sink]] = [(publisher, sound, picture)]
        publisher.sound.add(sound)
        publisher.picture.add(picture)

    def stop(self) -> None:
        for publisher, sound, picture in self._sinks:
            publisher.sound.remove(sound)
            publisher.picture.remove(picture)
        self._sinks.clear()
        if self._file is not None:
            self._file.close()

    def _frame(self, frame: Frame) -> bool:
        if self._file is None and not self._broken:
            self._open()
        if self._file is None or not self._file.put(frame):
            self._metrics.dropped("recording")
            return False
        return True

    def _open(self) -> None:
        """Creates two small files on the loop: once in a call, and in less than a millisecond."""
        try:
            path = self._spool.begin(self._label)
        except (OSError, ValueError):
            self._broken = True
            log.exception("incident %s: cannot record", self._label.incident)
            return

        def done() -> None:
            self._loop.call_soon_threadsafe(self._spool.release, path)

        self._file = MatroskaFile(path, done)
