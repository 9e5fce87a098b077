"""The fast path: a publisher's stream and the slots it is forwarded to.

Nothing is decoded. A source numbers its packets without holes for padding and duplicates; a slot
adds offsets so that its own sequence numbers and timestamps never jump, whoever it shows.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from webrtc.fastpath import Link
from webrtc.feedback import KeyframeWish, Missing
from webrtc.metrics import Metrics
from webrtc.packets import starts_vp8_keyframe, write_sender_report

RING = 1024
JUMP = 3000  # a jump in sequence numbers beyond this is a new stream
RESENDS = 100  # packets sent again to one slot between two ticks
Kept = tuple[int, int, int, bytes]  # number, timestamp, marker, payload


class Sink(Protocol):
    """Where the packets of a source go: a slot or a recording."""

    def begin(self) -> None:
        """What follows is a new stream with other numbers and timestamps."""

    def packet(
        self, number: int, timestamp: int, marker: int, payload: bytes, keyframe: bool, now: float
    ) -> None: ...

    def report(self, ntp: int, timestamp: int, now: float) -> None:
        """A sender report: this RTP time was this NTP time at the publisher."""


@dataclass(slots=True)
class Received:
    """What was received since the last look."""

    packets: int = 0
    octets: int = 0
    lost: int = 0
    expected: int = 0


class Source:
    """One stream as its publisher sends it. ``rate`` is the RTP clock in Hz."""

    def __init__(self, kind: str, rate: int, metrics: Metrics) -> None:
        self.kind = kind
        self.rate = rate
        self.video = kind == "video"
        self.ssrc = 0
        self.sinks: list[Sink] = []
        self.missing = Missing()
        self.wish = KeyframeWish()
        self.last_packet_at = 0.0
        self.jitter = 0.0
        self.top = -1  # highest sequence number, extended
        self.first = 0
        self.packets = 0
        self.octets = 0
        self.last_report = (0, 0.0)  # middle 32 bits of the NTP time, when it came
        self._before = (0, 0, 0)  # packets, octets, expected at the last look
        self._shift = 0
        self._holes: deque[int] = deque(maxlen=64)
        self._seen: list[int] = [-1] * RING
        self._ring: list[Kept | None] = [None] * RING
        self._transit = 0.0
        self._metrics = metrics

    def add(self, sink: Sink) -> None:
        """Forward to this sink, too; video begins with a keyframe, asked for now."""
        sink.begin()
        self.sinks.append(sink)
        self.wish.want()

    def remove(self, sink: Sink) -> None:
        if sink in self.sinks:
            self.sinks.remove(sink)

    def receive(
        self, ssrc: int, sequence: int, timestamp: int, marker: int, payload: bytes, now: float
    ) -> None:
        """A packet of this stream, as it was before any RTX wrapping; ``marker`` is 0 or 0x80."""
        top = self.top
        if top < 0 or ssrc != self.ssrc:
            self._restart(ssrc, sequence)
            top = self.top - 1
        full = top + ((sequence - top + 0x8000) & 0xFFFF) - 0x8000
        if full > top:
            if full - top > JUMP:
                self._restart(ssrc, sequence)
                full = self.top
            elif full > top + 1 and self.video:
                self.missing.gap(top + 1, full, now)
            self.top = full
        else:
            if full <= top - RING or self._seen[full % RING] == full:
                self._metrics.dropped("duplicate")
                return
            self.missing.found(full)
        self._seen[full % RING] = full
        self.last_packet_at = now
        self.packets += 1
        if not payload:
            self._skip(full)
            return
        self.octets += len(payload)
        transit = now * self.rate - timestamp
        drift = abs(transit - self._transit)
        self._transit = transit
        if drift < self.rate:
            self.jitter += (drift - self.jitter) / 16
        number = full - self._shift
        if full < top and self._holes:
            number += sum(1 for hole in self._holes if hole > full)
        keyframe = self.video and starts_vp8_keyframe(payload)
        if keyframe:
            self.wish.granted()
        self._ring[number % RING] = (number, timestamp, marker, payload)
        for sink in self.sinks:
            sink.packet(number, timestamp, marker, payload, keyframe, now)

    def kept(self, number: int) -> Kept | None:
        """The packet with this number, while it is remembered."""
        kept = self._ring[number % RING]
        return kept if kept is not None and kept[0] == number else None

    def report(self, ntp: int, timestamp: int, now: float) -> None:
        """The publisher's sender report goes on to everybody with the slot's own times."""
        self.last_report = (ntp >> 16 & 0xFFFFFFFF, now)
        for sink in self.sinks:
            sink.report(ntp, timestamp, now)

    def received(self) -> Received:
        """Counts since the last call."""
        expected = self.top - self.first + 1 if self.top >= 0 else 0
        packets, octets, before = self._before
        self._before = (self.packets, self.octets, expected)
        got = self.packets - packets
        new = max(expected - before, 0)
        return Received(got, self.octets - octets, max(new - got, 0), new)

    def _restart(self, ssrc: int, sequence: int) -> None:
        again = self.top >= 0
        self.ssrc = ssrc
        self.first = self.top = sequence + 0x10000
        self.packets = self.octets = 0
        self._before = (0, 0, 0)
        self._shift = 0
        self._holes.clear()
        self._seen = [-1] * RING
        self._ring = [None] * RING
        self.missing.clear()
        if again:
            for sink in self.sinks:
                sink.begin()
            self.wish.want()

    def _skip(self, full: int) -> None:
        """Padding: later packets move up so that receivers see no hole."""
        self._metrics.dropped("padding")
        if full == self.top:
            self._shift += 1
            self._holes.append(full)


class Slot:
    """One outgoing stream of a connection. SSRC and payload type are fixed in the answer."""

    def __init__(
        self, link: Link, video: bool, ssrc: int, payload_type: int, rate: int, metrics: Metrics
    ) -> None:
        self.ssrc = ssrc
        self.video = video
        self.source: Source | None = None
        self.rtt = 0.0
        self.fraction_lost = 0
        self.resends = 0
        self._link = link
        self._type = payload_type
        self._rate = rate
        self._metrics = metrics
        self._fresh = True
        self._from = 0
        self._sequence = random.randrange(0x8000)
        self._timestamp = random.getrandbits(32)
        self._sent_at = 0.0
        self._add_sequence = 0
        self._add_timestamp = 0
        self._packets = 0
        self._octets = 0
        self._reports: dict[int, float] = {}

    def show(self, source: Source | None) -> None:
        """From now on carry this source, or nothing."""
        if self.source is not None:
            self.source.remove(self)
        self.source = source
        if source is not None and self._type:
            source.add(self)

    def begin(self) -> None:
        self._fresh = True

    def packet(
        self, number: int, timestamp: int, marker: int, payload: bytes, keyframe: bool, now: float
    ) -> None:
        if self._fresh:
            if (self.video and not keyframe) or not self._link.secured:
                return
            self._join(number, timestamp, now)
        elif number < self._from:
            return
        sequence = number + self._add_sequence
        timestamp += self._add_timestamp
        if not self._link.send(marker | self._type, sequence, timestamp, self.ssrc, payload):
            return
        if sequence > self._sequence:
            self._sequence = sequence
            self._timestamp = timestamp
            self._sent_at = now
        self._packets += 1
        self._octets += len(payload)

    def _join(self, number: int, timestamp: int, now: float) -> None:
        """Go on where the slot stopped, as much later as it is by the clock."""
        self._fresh = False
        elapsed = max(int((now - self._sent_at) * self._rate), 1) if self._sent_at else 0
        self._add_sequence = self._sequence + 1 - number
        self._add_timestamp = self._timestamp + elapsed - timestamp
        self._from = number

    def report(self, ntp: int, timestamp: int, now: float) -> None:
        if self._fresh:
            return
        at = timestamp + self._add_timestamp & 0xFFFFFFFF
        self._link.send_rtcp(write_sender_report(self.ssrc, ntp, at, self._packets, self._octets))
        if len(self._reports) >= 8:
            del self._reports[next(iter(self._reports))]
        self._reports[ntp >> 16 & 0xFFFFFFFF] = now

    def reported(self, fraction: int, last_report: int, delay: int, now: float) -> None:
        """A receiver report about this slot (RFC 3550, 6.4.1): round trip in seconds."""
        self.fraction_lost = fraction
        sent = self._reports.get(last_report)
        if sent is not None:
            self.rtt = max(now - sent - delay / 65536, 0.0)

    def resend(self, sequences: list[int]) -> int:
        """Answer a NACK from the source's ring; how many packets were sent again."""
        source = self.source
        if source is None or self._fresh:
            return 0
        done = 0
        for sequence in sequences:
            if self.resends >= RESENDS:
                self._metrics.dropped("resend_limit")
                break
            full = self._sequence - (self._sequence - sequence & 0xFFFF)
            number = full - self._add_sequence
            kept = source.kept(number) if number >= self._from else None
            if kept is None:
                continue
            _, timestamp, marker, payload = kept
            timestamp += self._add_timestamp
            if self._link.send(marker | self._type, full, timestamp, self.ssrc, payload):
                self.resends += 1
                done += 1
        return done
