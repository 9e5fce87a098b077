"""The recorder: a watcher with receiving rights. One file for each participant and connection."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable

from webrtc.forward import Sink, Source
from webrtc.frames import Frame, Frames, Timeline
from webrtc.matroska import MatroskaFile
from webrtc.messages import Outgoing, Reason
from webrtc.metrics import Metrics
from webrtc.peer import AUDIO_RATE, VIDEO_RATE
from webrtc.room import Publisher
from webrtc.spool import Label, Spool

log = logging.getLogger(__name__)
_Whose = tuple[str, str]  # call and participant


FILES = 100
KEEP = 600.0
REMEMBERED = 10_000


class Recordings:
    """All recordings of this process. ``clock`` is the event loop's time in seconds.

    Everybody gets a file for each connection. Whoever had ``FILES`` of them in one call comes back
    to the file he left, if that was in the last ``KEEP`` seconds: what a connection that comes and
    goes all day adds to the incident is bounded, and nothing of it is left unrecorded.
    """

    def __init__(
        self, media: str, spool: Spool, metrics: Metrics, clock: Callable[[], float]
    ) -> None:
        self.media = media
        self.spool = spool
        self.metrics = metrics
        self.clock = clock
        self._closed = False
        self._files: OrderedDict[_Whose, int] = OrderedDict()
        self._kept: dict[_Whose, tuple[_Take, asyncio.TimerHandle]] = {}

    def came(self, incident: str, call: str, publisher: Publisher) -> _Take:
        """His recording; it goes on until ``went``."""
        kept = self._kept.pop((call, publisher.participant), None)
        if kept is not None:
            take, timer = kept
            timer.cancel()
        else:
            started = int(time.time() * 1000)
            names = (incident, call, publisher.participant, publisher.role)
            take = _Take(self, Label(*names, started, self.media))
        take.follow(publisher)
        return take

    def went(self, take: _Take) -> None:
        take.rest()
        whose = take.whose
        if self._closed or not take.writes or self._files.get(whose, 0) < FILES:
            take.stop()
            return
        self._close(whose)
        timer = asyncio.get_running_loop().call_later(KEEP, self._close, whose)
        self._kept[whose] = take, timer

    def opened(self, whose: _Whose) -> None:
        """A file was begun for this participant of this call."""
        self._files[whose] = self._files.pop(whose, 0) + 1
        if len(self._files) > REMEMBERED:
            self._files.popitem(last=False)

    def close(self) -> None:
        """Close the files that wait for somebody to come back; nothing waits any more."""
        self._closed = True
        for whose in list(self._kept):
            self._close(whose)

    def _close(self, whose: _Whose) -> None:
        kept = self._kept.pop(whose, None)
        if kept is not None:
            take, timer = kept
            timer.cancel()
            take.stop()


class Recorder:
    """Records everybody in one room."""

    participant = "recorder"

    def __init__(self, incident: str, call: str, recordings: Recordings) -> None:
        self._names = (incident, call)
        self._recordings = recordings
        self._takes: dict[Publisher, _Take] = {}

    def came(self, publisher: Publisher) -> None:
        self._takes[publisher] = self._recordings.came(*self._names, publisher)

    def went(self, publisher: Publisher, cause: str) -> None:
        take = self._takes.pop(publisher, None)
        if take is not None:
            self._recordings.went(take)

    def heard(self, message: Outgoing) -> None:
        """Nothing of interest: what is logged is in the incident."""

    def dismissed(self, reason: Reason) -> None:
        for publisher in list(self._takes):
            self.went(publisher, reason)


class _Take:
    """One participant's recording; the file begins with the first frame."""

    def __init__(self, recordings: Recordings, label: Label) -> None:
        self.whose = (label.call, label.participant)
        self._label = label
        self._recordings = recordings
        self._file: MatroskaFile | None = None
        self._broken = False
        self._loop = asyncio.get_running_loop()
        zero = recordings.clock()
        self._times = Timeline(AUDIO_RATE, zero), Timeline(VIDEO_RATE, zero)
        self._sinks: list[tuple[Source, Sink]] = []

    @property
    def writes(self) -> bool:
        return self._file is not None

    def follow(self, publisher: Publisher) -> None:
        """Record what he sends; times go on where they were."""
        heard, seen = self._times
        sound = Frames(publisher.sound, heard, self._frame)
        picture = Frames(publisher.picture, seen, self._frame)
        sound.counterpart, picture.counterpart = seen, heard
        self._sinks = [(publisher.sound, sound), (publisher.picture, picture)]
        for source, sink in self._sinks:
            source.add(sink)

    def rest(self) -> None:
        """Nothing comes for now."""
        for source, sink in self._sinks:
            source.remove(sink)
        self._sinks.clear()

    def stop(self) -> None:
        self.rest()
        if self._file is not None:
            self._file.close()

    def _frame(self, frame: Frame) -> bool:
        if self._file is None and not self._broken:
            self._open()
        if self._file is None or not self._file.put(frame):
            self._recordings.metrics.dropped("recording")
            return False
        return True

    def _open(self) -> None:
        spool, label = self._recordings.spool, self._label
        try:
            path = spool.begin(label)
        except (OSError, ValueError):
            self._broken = True
            log.exception("incident %s: cannot record", label.incident)
            return

        def done() -> None:
            self._loop.call_soon_threadsafe(spool.release, path)

        self._file = MatroskaFile(path, done, lambda: spool.prepare(path, label))
        self._recordings.opened(self.whose)
