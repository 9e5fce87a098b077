"""RTP and RTCP as bytes (RFC 3550, 3611, 4585, 5104, 7741): reading what peers send, writing ours.

Readers never raise on malformed input: they answer None or an empty list, and the caller counts it.
"""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct, pack, unpack_from
from typing import NamedTuple

Bytes = bytes | bytearray | memoryview

RTP_HEADER = Struct("!BBHII")
RTP_HEADER_BYTES = 12
ONE_BYTE_EXTENSIONS = 0xBEDE

SENDER_REPORT = 200
RECEIVER_REPORT = 201
TRANSPORT_FEEDBACK = 205
PAYLOAD_FEEDBACK = 206
NACK = 1
TRANSPORT_WIDE = 15
PLI = 1
FIR = 4
MAX_LOST = 512  # sequence numbers taken from one NACK


# Payload type, marker (0 or 0x80), sequence number, timestamp, SSRC, start and end of the payload
# without extensions and padding, transport-wide sequence number (-1 without). A plain tuple: one is
# made for each packet.
Rtp = tuple[int, int, int, int, int, int, int, int]


class Report(NamedTuple):
    """A report block: what a receiver says about one of our streams. ``delay`` is in 1/65536 s."""

    ssrc: int
    fraction: int
    lost: int
    last_report: int
    delay: int


class SenderReport(NamedTuple):
    ssrc: int
    ntp: int
    timestamp: int


class Lost(NamedTuple):
    """A generic NACK."""

    ssrc: int
    sequences: list[int]


class KeyframeWanted(NamedTuple):
    """PLI or FIR."""

    ssrc: int


RtcpItem = SenderReport | Report | Lost | KeyframeWanted


def read_rtp(data: Bytes, at: int, length: int, extension: int) -> Rtp | None:
    """The RTP packet in ``data[at : at + length]``; None when malformed.

    ``extension`` is the negotiated id of the transport-wide sequence number, 0 for none.
    """
    end = at + length
    if length < RTP_HEADER_BYTES:
        return None
    first, second, sequence, timestamp, ssrc = RTP_HEADER.unpack_from(data, at)
    if first & 0xC0 != 0x80:
        return None
    start = at + RTP_HEADER_BYTES + ((first & 0x0F) << 2)
    transport_sequence = -1
    if first & 0x10:
        if start + 4 > end:
            return None
        profile, words = unpack_from("!HH", data, start)
        position = start + 4
        start = position + (words << 2)
        if start > end:
            return None
        if profile == ONE_BYTE_EXTENSIONS and extension:
            while position < start:
                head = data[position]
                if head == 0:
                    position += 1
                    continue
                size = (head & 0x0F) + 1
                if head >> 4 == 15 or position + size >= start:
                    break
                if head >> 4 == extension and size == 2:
                    transport_sequence = data[position + 1] << 8 | data[position + 2]
                    break
                position += 1 + size
    if first & 0x20:
        if start >= end:
            return None
        padding = data[end - 1]
        if padding == 0 or padding > end - start:
            return None
        end -= padding
    if start > end:
        return None
    return second & 127, second & 128, sequence, timestamp, ssrc, start, end, transport_sequence


def read_rtcp(data: bytes) -> list[RtcpItem] | None:
    """What a compound RTCP packet says to us; None when malformed. Unknown kinds are left out."""
    items: list[RtcpItem] = []
    at, total = 0, len(data)
    if total < 8:
        return None
    while at < total:
        if total - at < 4:
            return None
        first, kind, words = unpack_from("!BBH", data, at)
        end = at + 4 + (words << 2)
        if first & 0xC0 != 0x80 or end > total:
            return None
        if not _read_one(data, at + 4, end, kind, first & 0x1F, items):
            return None
        at = end
    return items


def _read_one(data: bytes, at: int, end: int, kind: int, count: int, items: list[RtcpItem]) -> bool:
    if kind in (SENDER_REPORT, RECEIVER_REPORT):
        body = 24 if kind == SENDER_REPORT else 4
        if end - at < body + 24 * count:
            return False
        if kind == SENDER_REPORT:
            items.append(SenderReport(*unpack_from("!IQI", data, at)))
        for block in range(at + body, at + body + 24 * count, 24):
            ssrc, loss, _, _, last, delay = unpack_from("!IIIIII", data, block)
            items.append(Report(ssrc, loss >> 24, loss & 0xFFFFFF, last, delay))
    elif kind == TRANSPORT_FEEDBACK and count == NACK:
        if end - at < 12:
            return False
        lost: list[int] = []
        for pid, mask in _pairs(data, at + 8, end):
            lost.append(pid)
            lost += [(pid + 1 + bit) & 0xFFFF for bit in range(16) if mask >> bit & 1]
            if len(lost) > MAX_LOST:
                break
        items.append(Lost(unpack_from("!I", data, at + 4)[0], lost[:MAX_LOST]))
    elif kind == PAYLOAD_FEEDBACK and count == PLI:
        if end - at < 8:
            return False
        items.append(KeyframeWanted(unpack_from("!I", data, at + 4)[0]))
    elif kind == PAYLOAD_FEEDBACK and count == FIR:
        if end - at < 16:
            return False
        items.append(KeyframeWanted(unpack_from("!I", data, at + 8)[0]))
    return True


def _pairs(data: bytes, at: int, end: int) -> Iterable[tuple[int, int]]:
    for position in range(at, end - 3, 4):
        yield unpack_from("!HH", data, position)


def write_pli(sender: int, media: int) -> bytes:
    """Picture loss indication (RFC 4585, 6.3.1)."""
    return pack("!BBHII", 0x80 | PLI, PAYLOAD_FEEDBACK, 2, sender, media)


def write_nack(sender: int, media: int, sequences: list[int]) -> bytes:
    """Generic NACK (RFC 4585, 6.2.1) for ascending 16-bit sequence numbers."""
    pairs: list[tuple[int, int]] = []
    for sequence in sequences:
        if pairs:
            pid, mask = pairs[-1]
            distance = (sequence - pid) & 0xFFFF
            if 0 < distance <= 16:
                pairs[-1] = (pid, mask | 1 << (distance - 1))
                continue
        pairs.append((sequence, 0))
    body = b"".join(pack("!HH", pid, mask) for pid, mask in pairs)
    head = pack("!BBHII", 0x80 | NACK, TRANSPORT_FEEDBACK, 2 + len(pairs), sender, media)
    return head + body


def write_sender_report(ssrc: int, ntp: int, timestamp: int, packets: int, octets: int) -> bytes:
    """Sender report without report blocks (RFC 3550, 6.4.1)."""
    counts = (packets & 0xFFFFFFFF, octets & 0xFFFFFFFF)
    return pack("!BBHIQIII", 0x80, SENDER_REPORT, 6, ssrc, ntp, timestamp, *counts)


def write_receiver_report(
    sender: int,
    ssrc: int,
    fraction: int,
    lost: int,
    highest: int,
    jitter: int,
    last: int,
    delay: int,
) -> bytes:
    """Receiver report with one block (RFC 3550, 6.4.2); ``delay`` in 1/65536 s."""
    loss = (fraction & 0xFF) << 24 | max(-0x800000, min(lost, 0x7FFFFF)) & 0xFFFFFF
    tail = (loss, highest & 0xFFFFFFFF, jitter & 0xFFFFFFFF, last, delay & 0xFFFFFFFF)
    return pack("!BBHIIIIIII", 0x81, RECEIVER_REPORT, 7, sender, ssrc, *tail)


def vp8_payload(payload: bytes) -> int:
    """Bytes of the VP8 payload descriptor (RFC 7741, 4.2); 0 when malformed."""
    size = len(payload)
    if size < 2:
        return 0
    at = 1
    if payload[0] & 0x80:
        flags = payload[1]
        at = 2
        if flags & 0x80:
            if at >= size:
                return 0
            at += 2 if payload[at] & 0x80 else 1
        if flags & 0x40:
            at += 1
        if flags & 0x30:
            at += 1
    return at if at < size else 0


def starts_vp8_frame(payload: bytes) -> bool:
    """Whether this is the first packet of a frame: start-of-partition bit and partition 0."""
    return len(payload) > 1 and payload[0] & 0x17 == 0x10


def starts_vp8_keyframe(payload: bytes) -> bool:
    """Whether this is the first packet of a frame that needs no other frame."""
    if len(payload) < 4 or payload[0] & 0x17 != 0x10:
        return False
    at = vp8_payload(payload)
    return at > 0 and not payload[at] & 1
