"""RTP and RTCP readers against everything the internet may send, writers against the readers."""

from __future__ import annotations

from struct import pack

from hypothesis import given
from hypothesis import strategies as st

from webrtc import packets
from webrtc.packets import (
    KeyframeWanted,
    Lost,
    Report,
    SenderReport,
    read_rtcp,
    read_rtp,
    starts_vp8_frame,
    starts_vp8_keyframe,
    vp8_payload,
)

words = st.integers(0, 0xFFFFFFFF)
halves = st.integers(0, 0xFFFF)


@given(st.binary(max_size=1600), st.integers(0, 15))
def test_any_bytes_are_read_as_rtp_or_refused(data: bytes, extension: int) -> None:
    rtp = read_rtp(data, 0, len(data), extension)
    if rtp is not None:
        _, _, _, _, _, start, end, transport = rtp
        assert 12 <= start <= end <= len(data)
        assert -1 <= transport <= 0xFFFF


@given(st.binary(max_size=200), st.integers(0, 15))
def test_a_true_header_with_any_rest(rest: bytes, extension: int) -> None:
    for first in range(0x80, 0xC0):
        data = bytes([first, 96]) + bytes(10) + rest
        rtp = read_rtp(data, 0, len(data), extension)
        assert rtp is None or 12 <= rtp[5] <= rtp[6] <= len(data)


@given(halves, words, words, st.binary(min_size=1, max_size=1200), halves, st.booleans())
def test_what_was_written_is_read(
    sequence: int, timestamp: int, ssrc: int, payload: bytes, transport: int, padded: bool
) -> None:
    extension = pack("!HHBHB", 0xBEDE, 1, 5 << 4 | 1, transport, 0)
    tail = b"\0\0\3" if padded else b""
    first = 0x90 | (0x20 if padded else 0)
    data = pack("!BBHII", first, 0x80 | 96, sequence, timestamp, ssrc) + extension + payload + tail
    shifted = b"x" * 7 + data
    rtp = read_rtp(shifted, 7, len(data), 5)
    assert rtp is not None
    kind, marker, *numbers, start, end, told = rtp
    assert (kind, marker, numbers) == (96, 128, [sequence, timestamp, ssrc])
    assert shifted[start:end] == payload
    assert told == transport


@given(st.binary(max_size=400))
def test_any_bytes_are_read_as_rtcp_or_refused(data: bytes) -> None:
    items = read_rtcp(data)
    assert items is None or isinstance(items, list)


@given(st.sampled_from([200, 201, 202, 203, 204, 205, 206, 207]), st.integers(0, 31), st.binary())
def test_rtcp_of_every_kind_with_any_body(kind: int, count: int, body: bytes) -> None:
    body += bytes(-len(body) % 4)
    data = pack("!BBH", 0x80 | count, kind, len(body) // 4) + body
    items = read_rtcp(data + data) if len(data) >= 8 else read_rtcp(data)
    for item in items or []:
        assert not isinstance(item, Lost) or len(item.sequences) <= packets.MAX_LOST


@given(words, words, st.lists(halves, min_size=1, max_size=60, unique=True))
def test_nack_there_and_back(sender: int, media: int, sequences: list[int]) -> None:
    sequences.sort()
    assert read_rtcp(packets.write_nack(sender, media, sequences)) == [Lost(media, sequences)]


@given(words, words, st.integers(0, 255), st.integers(-9, 9), words, words, words, words)
def test_reports_there_and_back(
    sender: int, ssrc: int, fraction: int, lost: int, highest: int, jitter: int, last: int, at: int
) -> None:
    data = packets.write_receiver_report(sender, ssrc, fraction, lost, highest, jitter, last, at)
    assert read_rtcp(data) == [Report(ssrc, fraction, lost & 0xFFFFFF, last, at)]
    data = packets.write_sender_report(ssrc, highest << 32 | jitter, last, 5, 6)
    assert read_rtcp(data) == [SenderReport(ssrc, highest << 32 | jitter, last)]
    assert read_rtcp(packets.write_pli(sender, ssrc)) == [KeyframeWanted(ssrc)]


@given(st.binary(max_size=40))
def test_vp8_descriptors(payload: bytes) -> None:
    at = vp8_payload(payload)
    assert 0 <= at < max(len(payload), 1)
    if starts_vp8_keyframe(payload):
        assert starts_vp8_frame(payload)
        assert at > 0
        assert payload[at] & 1 == 0


def test_a_keyframe_is_told_from_other_frames() -> None:
    assert starts_vp8_keyframe(b"\x10\x50\x00\x00\x9d")
    assert starts_vp8_keyframe(b"\x90\x80\x91\x23\x50\x00")
    assert not starts_vp8_keyframe(b"\x10\x51\x00\x00")
    assert not starts_vp8_keyframe(b"\x00\x50\x00\x00")
