"""Encoded frames rebuilt from packets, with one time line for sound and picture of a publisher.

Nothing is decoded. A frame is what Matroska stores: a VP8 frame (RFC 7741) or one Opus packet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from webrtc.forward import Source
from webrtc.packets import starts_vp8_frame, vp8_payload

PATIENCE = 0.6  # seconds a missing packet is waited for
MAX_WAITING = 300
MAX_SKEW = 2.0
MAX_FRAME = 2 << 20


@dataclass(frozen=True, slots=True)
class Frame:
    """``pts`` counts the stream's clock (48 or 90 kHz) since the recording began."""

    video: bool
    pts: int
    data: bytes
    keyframe: bool


class Timeline:
    """From RTP time to time in the recording: first by arrival, then by sender reports.

    ``zero`` is the loop's time at which the recording begins.
    """

    def __init__(self, rate: int, zero: float) -> None:
        self.rate = rate
        self.ntp: float | None = None  # publisher's clock at the anchor, seconds
        self.start = 0.0  # seconds into the recording at the anchor
        self._zero = zero
        self._anchor: int | None = None
        self._last = -1

    def reset(self) -> None:
        self._anchor = self.ntp = None

    def pts(self, timestamp: int, now: float) -> int:
        """Never goes back: containers want strictly rising times."""
        if self._anchor is None:
            self._anchor = timestamp
            self.start = max(now - self._zero, 0.0)
        ticks = _signed(timestamp - self._anchor)
        self._last = max(self._last + 1, round(self.start * self.rate) + ticks)
        if ticks > 1 << 30:
            self._anchor, self.start = timestamp, self._last / self.rate
            self.ntp = None
        return self._last

    def report(self, ntp: int, timestamp: int) -> None:
        if self._anchor is not None and self.ntp is None:
            self.ntp = ntp / (1 << 32) - _signed(timestamp - self._anchor) / self.rate


def align(sound: Timeline, picture: Timeline) -> None:
    """Once both streams' sender reports are known, put the picture where the sound is."""
    if sound.ntp is None or picture.ntp is None:
        return
    skew = (picture.ntp - sound.ntp) - (picture.start - sound.start)
    if 0.001 < abs(skew) < MAX_SKEW:
        picture.start += skew


class Frames:
    """A sink that puts packets into order and gives whole frames to ``take``.

    A picture starts at a keyframe; after a gap it waits for the next one, which it asks for.
    """

    def __init__(self, source: Source, timeline: Timeline, take: Callable[[Frame], bool]) -> None:
        self.timeline = timeline
        self.counterpart: Timeline | None = None
        self._source = source
        self._video = source.video
        self._take = take
        self._next = -1
        self._waiting: dict[int, tuple[int, int, bytes, float]] = {}
        self._since = 0.0
        self._parts: list[bytes] = []
        self._size = 0
        self._timestamp = -1
        self._whole = not self._video  # False: waiting for a keyframe

    def begin(self) -> None:
        self._next = -1
        self._waiting.clear()
        self._parts.clear()
        self._whole = not self._video
        self.timeline.reset()

    def report(self, ntp: int, timestamp: int, now: float) -> None:
        self.timeline.report(ntp, timestamp)
        other = self.counterpart
        if other is not None:
            pair = (other, self.timeline) if self._video else (self.timeline, other)
            align(*pair)

    def packet(
        self, number: int, timestamp: int, marker: int, payload: bytes, keyframe: bool, now: float
    ) -> None:
        if self._next < 0:
            self._next = number
        if number < self._next or number in self._waiting:
            return
        if number == self._next and not self._waiting:
            self._next = number + 1
            self._feed(timestamp, marker, payload, now)
            return
        if not self._waiting:
            self._since = now
        self._waiting[number] = (timestamp, marker, payload, now)
        self._drain(now)
        if self._waiting and (now - self._since > PATIENCE or len(self._waiting) > MAX_WAITING):
            self._next = min(self._waiting)
            self._lose()
            self._drain(now)

    def _drain(self, now: float) -> None:
        while (kept := self._waiting.pop(self._next, None)) is not None:
            self._next += 1
            self._since = now
            self._feed(*kept)

    def _lose(self) -> None:
        if self._video:
            self._parts.clear()
            self._whole = False
            self._source.wish.want()

    def _feed(self, timestamp: int, marker: int, payload: bytes, now: float) -> None:
        if not self._video:
            self._give(timestamp, payload, True, now)
            return
        at = vp8_payload(payload)
        if not at:
            self._lose()
            return
        if starts_vp8_frame(payload) and (not self._parts or timestamp != self._timestamp):
            if self._parts:
                self._lose()
            self._parts, self._size = [payload[at:]], 0
            self._timestamp = timestamp
        elif self._parts and timestamp == self._timestamp:
            self._parts.append(payload[at:])
        else:
            self._lose()
            return
        self._size += len(payload)
        if self._size > MAX_FRAME:
            self._lose()
        elif marker:
            data = b"".join(self._parts)
            self._parts = []
            self._give(timestamp, data, not data[0] & 1, now)

    def _give(self, timestamp: int, data: bytes, keyframe: bool, now: float) -> None:
        if not self._whole and not keyframe:
            self._source.wish.want()
            return
        self._whole = True
        if not self._take(Frame(self._video, self.timeline.pts(timestamp, now), data, keyframe)):
            self._lose()


def _signed(difference: int) -> int:
    return (difference + (1 << 31) & 0xFFFFFFFF) - (1 << 31)
