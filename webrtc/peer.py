"""One participant's media connection: what it sends, and the slots others are shown in."""

from __future__ import annotations

import random
from dataclasses import dataclass

from aiortc import RTCCertificate

from webrtc.description import Local, Offer, write_answer
from webrtc.fastpath import CELL, Arena, Link
from webrtc.feedback import Arrivals
from webrtc.forward import Slot, Source
from webrtc.messages import SlotPlace
from webrtc.metrics import Metrics
from webrtc.packets import (
    KeyframeWanted,
    Lost,
    Report,
    SenderReport,
    read_rtcp,
    read_rtp,
    write_nack,
    write_pli,
    write_receiver_report,
)
from webrtc.port import Port

AUDIO_RATE = 48_000
VIDEO_RATE = 90_000
QUIET = 2.0  # nobody asks a publisher for keyframes who sends no picture
# What one connection may send on average, and at once after a second of silence: four times the
# best picture a browser sends.
BYTES_A_SECOND, PACKETS_A_SECOND = 1_500_000, 2_500
MAX_STREAMS = 16  # new SSRCs one connection may come up with


@dataclass(slots=True)
class Place:
    """A receiving slot: its two streams, and whether it can be used."""

    audio: Slot
    video: Slot
    usable: bool

    def show(self, audio: Source | None, video: Source | None) -> None:
        self.audio.show(audio)
        self.video.show(video)


class Peer:
    """Media of one connection."""

    def __init__(
        self,
        offer: Offer,
        ports: list[Port],
        certificate: RTCCertificate,
        metrics: Metrics,
    ) -> None:
        self.audio = Source("audio", AUDIO_RATE, metrics)
        self.video = Source("video", VIDEO_RATE, metrics)
        self.link = Link(certificate, metrics)
        self.media_at = 0.0
        self._offer = offer
        self._ports = ports
        self._metrics = metrics
        self._arrivals = Arrivals()
        self._ssrc = random.getrandbits(32) or 1
        self._streams = 0
        self._bytes_left, self._packets_left = float(BYTES_A_SECOND), float(PACKETS_A_SECOND)
        self._refilled = 0.0
        self._extension = offer.video.extension or offer.audio.extension
        self._sources: dict[int, Source] = {offer.video.payload_type: self.video}
        self._sources[offer.audio.payload_type] = self.audio
        self._repairs = offer.video.rtx_type
        self._reported = {"audio": (0, 0), "video": (0, 0)}
        self.places = [
            Place(
                self._slot(False, audio.payload_type),
                self._slot(True, video.payload_type),
                audio.direction == video.direction == "recvonly",
            )
            for audio, video in offer.slots
        ]
        self._slots: dict[int, Slot] = {}
        for place in self.places:
            self._slots[place.audio.ssrc] = place.audio
            self._slots[place.video.ssrc] = place.video
        self.link.open(list(ports))
        self.link.on_media = self._datagram
        for port in ports:
            port.add_link(self.link)

    def answer(self) -> tuple[str, list[SlotPlace]]:
        """The answer's SDP, and which sections belong to which slot."""
        link = self.link
        addresses = [(port.host, port.port) for port in self._ports]
        local = Local(link.ufrag, link.password, link.fingerprints, addresses)
        ssrcs = [(place.audio.ssrc, place.video.ssrc) for place in self.places]
        slots = [
            SlotPlace(index, audio.mid, video.mid)
            for index, (audio, video) in enumerate(self._offer.slots)
        ]
        return write_answer(self._offer, local, ssrcs), slots

    async def secure(self) -> bool:
        """ICE and DTLS; whether media can flow now."""
        return await self.link.secure(self._offer.remote)

    async def close(self) -> None:
        """Stop sending and receiving; idempotent."""
        for place in self.places:
            place.show(None, None)
        await self.link.close()

    def heard_at(self) -> float:
        """When anything authentic came from this peer last."""
        return max(self.link.heard_at, self.media_at)

    def rtt(self) -> float:
        """Round trip in seconds as the slots' receiver reports say; 0 while unknown."""
        return max((slot.rtt for slot in self._slots.values()), default=0.0)

    def tick(self, now: float, feedback: bool, report: bool) -> None:
        """Every 20 ms: new allowance, wishes, losses; every 80 ms ``feedback``; every second ``report``."""
        more, self._refilled = min(now - self._refilled, 1.0), now
        self._bytes_left = min(self._bytes_left + more * BYTES_A_SECOND, BYTES_A_SECOND)
        self._packets_left = min(self._packets_left + more * PACKETS_A_SECOND, PACKETS_A_SECOND)
        if not self.link.secured:
            return
        video = self.video
        if video.ssrc and now - video.last_packet_at < QUIET and video.wish.due(now):
            self._metrics.keyframes_asked += 1
            self.link.send_rtcp(write_pli(self._ssrc, video.ssrc))
        if video.missing:
            wanted = video.missing.due(now)
            if wanted:
                self._metrics.nacks_sent += len(wanted)
                self.link.send_rtcp(write_nack(self._ssrc, video.ssrc, wanted))
        if feedback:
            message = self._arrivals.feedback(self._ssrc, video.ssrc or self.audio.ssrc)
            if message is not None:
                self.link.send_rtcp(message)
            for slot in self._slots.values():
                slot.resends = 0
        if report:
            for source in (self.audio, video):
                self._report(source, now)

    def _slot(self, video: bool, payload_type: int) -> Slot:
        rate = VIDEO_RATE if video else AUDIO_RATE
        ssrc = random.randrange(1, 1 << 32)
        return Slot(self.link, video, ssrc, payload_type, rate, self._metrics)

    def _datagram(self, arena: Arena, cell: int, length: int, now: float) -> None:
        """An SRTP or SRTCP datagram, synchronously from the socket to the slots."""
        if length < 12:
            self._metrics.dropped("short")
            return
        if self._packets_left < 1 or self._bytes_left < length:
            self._metrics.dropped("rate")
            return
        self._packets_left -= 1
        self._bytes_left -= length
        at = cell * CELL
        if 192 <= arena.view[at + 1] < 224:
            length = self.link.unprotect_rtcp(arena, cell, length)
            if length:
                self._control(arena.buffer[at : at + length], now)
            else:
                self._metrics.dropped("srtcp")
            return
        length = self.link.unprotect(arena, cell, length)
        if not length:
            self._metrics.dropped("srtp")
            return
        rtp = read_rtp(arena.view, at, length, self._extension)
        if rtp is None:
            self._metrics.dropped("rtp")
            return
        kind, marker, sequence, timestamp, ssrc, start, end, transport_sequence = rtp
        self.media_at = now
        self._metrics.packets_in += 1
        if transport_sequence >= 0:
            self._arrivals.note(transport_sequence, now)
        payload: bytes = arena.buffer[start:end]
        source = self._sources.get(kind)
        if source is not None:
            if ssrc != source.ssrc and not self._new_stream():
                return
            source.receive(ssrc, sequence, timestamp, marker, payload, now)
        elif kind == self._repairs and kind:
            self._repair(payload, timestamp, marker, now)
        else:
            self._metrics.dropped("payload_type")

    def _repair(self, payload: bytes, timestamp: int, marker: int, now: float) -> None:
        """RTX (RFC 4588): the original sequence number is in front of the original payload."""
        if len(payload) < 3 or not self.video.ssrc:
            self._metrics.dropped("padding")
            return
        sequence = payload[0] << 8 | payload[1]
        self.video.receive(self.video.ssrc, sequence, timestamp, marker, payload[2:], now)

    def _new_stream(self) -> bool:
        self._streams += 1
        if self._streams > MAX_STREAMS:
            self._metrics.dropped("streams")
            return False
        return True

    def _control(self, data: bytes, now: float) -> None:
        items = read_rtcp(data)
        if items is None:
            self._metrics.dropped("rtcp")
            return
        self.media_at = now
        for item in items:
            if isinstance(item, SenderReport):
                for source in (self.audio, self.video):
                    if item.ssrc == source.ssrc:
                        source.report(item.ntp, item.timestamp, now)
                continue
            slot = self._slots.get(item.ssrc)
            if slot is None:
                continue
            if isinstance(item, Report):
                slot.reported(item.fraction, item.last_report, item.delay, now)
            elif isinstance(item, Lost):
                self._metrics.nacks_received += len(item.sequences)
                self._metrics.resent += slot.resend(item.sequences)
            elif isinstance(item, KeyframeWanted) and slot.source is not None:
                slot.source.wish.want()

    def _report(self, source: Source, now: float) -> None:
        if source.top < 0:
            return
        expected, packets = source.top - source.first + 1, source.packets
        before = self._reported[source.kind]
        self._reported[source.kind] = (expected, packets)
        new = expected - before[0]
        lost = new - (packets - before[1])
        fraction = min(lost * 256 // new, 255) if new > 0 and lost > 0 else 0
        last, at = source.last_report
        delay = int((now - at) * 65536) if last else 0
        highest, jitter = source.top & 0xFFFFFFFF, int(source.jitter)
        self.link.send_rtcp(
            write_receiver_report(
                self._ssrc,
                source.ssrc,
                fraction,
                expected - packets,
                highest,
                jitter,
                last,
                delay,
            )
        )
