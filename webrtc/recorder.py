"""The recorder: a watcher with receiving rights. One file for each participant and connection."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable

import msgspec

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
FIRST_WAIT, LONGEST_WAIT = 1.0, 5.0  # seconds after a file broke until the next is begun
WAIT_BEYOND = 60.0  # the same for whoever had ``FILES`` of them
SURE = 3.0  # a file that did not break in this time is believed
STEADY = 60.0  # one that broke after this time was no failed try


class Recordings:
    """All recordings of this process. ``clock`` is the event loop's time in seconds;
    ``tell_gap(label, cause, seconds)`` hears that a recording was interrupted, and without a cause
    that it goes on after so many seconds.

    Everybody gets a file for each connection. Whoever had ``FILES`` of them in one call comes back
    to the file he left, if that was in the last ``KEEP`` seconds: what a connection that comes and
    goes all day adds to the incident is bounded, and nothing of it is left unrecorded.
    """

    def __init__(
        self,
        media: str,
        spool: Spool,
        metrics: Metrics,
        clock: Callable[[], float],
        tell_gap: Callable[[Label, str, float], None],
    ) -> None:
        self.media = media
        self.spool = spool
        self.metrics = metrics
        self.clock = clock
        self.tell_gap = tell_gap
        self._closed = False
        self._gaps: dict[_Whose, float] = {}  # since when somebody is not recorded
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

    def in_gap(self, whose: _Whose) -> bool:
        """Whether he was recorded, or should have been, and no file that works was begun since."""
        return whose in self._gaps

    def interrupted(self, label: Label, cause: str) -> None:
        whose = (label.call, label.participant)
        if whose in self._gaps:
            return
        if len(self._gaps) >= REMEMBERED:
            del self._gaps[next(iter(self._gaps))]
        self._gaps[whose] = self.clock()
        self.tell_gap(label, cause, 0.0)

    def continued(self, label: Label, began: float) -> None:
        since = self._gaps.pop((label.call, label.participant), None)
        if since is not None:
            self.tell_gap(label, "", began - since)

    def wait_after(self, whose: _Whose, last: float) -> float:
        """Seconds until a file follows one that broke; ``last`` is how long it was before."""
        if self._files.get(whose, 0) >= FILES:
            return WAIT_BEYOND
        return min(max(last * 2, FIRST_WAIT), LONGEST_WAIT)

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
    """One participant's recording; the file begins with the first frame.

    After a file that broke, or while recordings are paused, it goes on in another file, whose times
    begin anew: with the next sound, and the next keyframe of the picture.
    """

    def __init__(self, recordings: Recordings, label: Label) -> None:
        self.whose = (label.call, label.participant)
        self._label = label
        self._recordings = recordings
        self._file: MatroskaFile | None = None
        self._broken = False
        self._began = 0.0  # when the file was begun
        self._base: tuple[int, int] = (0, 0)  # times of sound and picture at its beginning
        self._pictures = False
        self._wait = self._not_before = 0.0
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
            if not self._file.broken:
                self._recordings.continued(self._label, self._began)
            self._file.close()

    def _frame(self, frame: Frame) -> bool:
        if self._put(frame):
            return True
        self._recordings.metrics.dropped("recording")
        return False

    def _put(self, frame: Frame) -> bool:
        paused = self._recordings.spool.paused
        if self._file is not None and (paused or self._file.broken):
            self._interrupted("disk_full" if paused else "failed")
        if self._file is None and (self._broken or not self._open(frame, paused)):
            return False
        file = self._file
        if file is None:
            return False
        recordings = self._recordings
        if recordings.in_gap(self.whose) and recordings.clock() - self._began > SURE:
            recordings.continued(self._label, self._began)
        if frame.video and not self._pictures and not frame.keyframe:
            return False
        pts = frame.pts - self._base[frame.video]
        if pts < 0:
            return False
        if not file.put(Frame(frame.video, pts, frame.data, frame.keyframe)):
            return False
        self._pictures = self._pictures or frame.video
        return True

    def _interrupted(self, cause: str) -> None:
        """Let go of the file: what it has is sealed, and another is begun when it is time."""
        now = self._recordings.clock()
        if self._file is not None:
            self._file.close()
            self._file = None
            if now - self._began > STEADY:
                self._wait = 0.0
        self._wait = self._recordings.wait_after(self.whose, self._wait)
        self._not_before = now + self._wait
        self._recordings.interrupted(self._label, cause)

    def _open(self, frame: Frame, paused: bool) -> bool:
        """Begin a file with this frame; whether there is one."""
        spool, label, now = self._recordings.spool, self._label, self._recordings.clock()
        if paused:
            self._recordings.interrupted(self._label, "disk_full")
            return False
        if now < self._not_before:
            return False
        if self._recordings.in_gap(self.whose):
            label = msgspec.structs.replace(label, started_at=int(time.time() * 1000))
            rate = VIDEO_RATE if frame.video else AUDIO_RATE
            start = frame.pts / rate
            self._base = int(start * AUDIO_RATE), int(start * VIDEO_RATE)
        try:
            path = spool.begin(label)
        except ValueError:
            self._broken = True
            log.exception("incident %s: cannot record", label.incident)
            return False
        except OSError as problem:
            log.error("incident %s: cannot record: %s", label.incident, problem)
            self._interrupted("failed")
            return False

        def done() -> None:
            self._loop.call_soon_threadsafe(spool.release, path)

        self._file = MatroskaFile(path, done, lambda: spool.prepare(path, label))
        self._began, self._pictures = now, False
        self._recordings.opened(self.whose)
        return True
