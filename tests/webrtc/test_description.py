"""The one offer: Chromium's is understood, anything else is refused with a reason, and quickly."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import SDP_BAD, Fault, Refused
from webrtc.description import Local, candidate_address, read_offer, write_answer

CREDENTIALS = [
    "a=ice-ufrag:abcd",
    "a=ice-pwd:abcdefghijklmnopqrstuvwx",
    "a=fingerprint:sha-256 " + ":".join(["AB"] * 32),
    "a=setup:actpass",
]
URI = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"


def offer(pairs: int = 3, direction: str = "sendonly") -> list[str]:
    """Lines as Chromium writes them, shortened to what matters."""
    mids = [str(at) for at in range(2 + 2 * pairs)]
    lines = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0"]
    lines.append("a=group:BUNDLE " + " ".join(mids))
    for mid in mids:
        way = direction if int(mid) < 2 else "recvonly"
        if int(mid) % 2 == 0:
            lines += ["m=audio 9 UDP/TLS/RTP/SAVPF 111 63", "a=rtpmap:111 opus/48000/2"]
            lines += ["a=rtcp-fb:111 transport-cc", f"a=extmap:3 {URI}"]
        else:
            lines += ["m=video 9 UDP/TLS/RTP/SAVPF 96 97 103", "a=rtpmap:96 VP8/90000"]
            lines += ["a=rtcp-fb:96 nack", "a=rtcp-fb:96 nack pli", "a=rtcp-fb:96 transport-cc"]
            lines += ["a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96", "a=rtpmap:103 H264/90000"]
            lines += [f"a=extmap:3 {URI}"]
        lines += [*CREDENTIALS, f"a=mid:{mid}", f"a={way}", "a=rtcp-mux"]
    return lines


def text(lines: list[str]) -> str:
    return "\r\n".join(lines) + "\r\n"


def test_a_good_offer_is_understood() -> None:
    read = read_offer(text(offer()))
    assert (read.audio.payload_type, read.video.payload_type, read.video.rtx_type) == (111, 96, 97)
    assert read.video.extension == 3
    assert read.video.transport_feedback
    assert [audio.mid for audio, _ in read.slots] == ["2", "4", "6"]
    assert read.remote.ufrag == "abcd"


def test_the_answer_mirrors_the_offer() -> None:
    read = read_offer(text(offer()))
    local = Local("wxyz", "p" * 22, [("sha-256", "AA")], [("127.0.0.1", 4000)])
    answer = write_answer(read, local, [(1, 2), (3, 4), (5, 6)])
    sections = answer.split("m=")[1:]
    assert len(sections) == 8
    assert [part.split("a=mid:")[1][0] for part in sections] == list("01234567")
    assert ["a=recvonly" in part for part in sections] == [True] * 2 + [False] * 6
    assert ["transport-cc" in part for part in sections] == [True] * 2 + [False] * 6
    assert ["rtx" in part for part in sections] == [False, True] + [False] * 6
    assert "H264" not in answer
    assert "a=ssrc:6 " in sections[7]
    assert all(len(line) < 300 for line in answer.splitlines())


def test_fewer_slots_and_no_camera_are_fine() -> None:
    assert read_offer(text(offer(pairs=0))).slots == []
    assert len(read_offer(text(offer(pairs=1, direction="inactive"))).slots) == 1


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "v=0",
        text(offer(pairs=4)),
        text(offer()).replace("VP8", "AV1"),
        text(offer()).replace("a=rtcp-mux", ""),
        text(offer()).replace("BUNDLE 0 1", "BUNDLE 0"),
        text(offer()).replace("a=ice-pwd:abcdefghijklmnopqrstuvwx", "a=ice-pwd:short"),
        text(offer()).replace("a=fingerprint:sha-256", "a=fingerprint:md5"),
        text(offer()).replace("a=recvonly", "a=sendonly"),
        text(offer()).replace("a=mid:3", "a=mid:2"),
        text(offer()).replace("m=audio", "m=application"),
        text(offer()).replace("a=setup:actpass", "a=setup:active"),
    ],
)
def test_other_shapes_are_refused(broken: str) -> None:
    with pytest.raises(Refused) as caught:
        read_offer(broken)
    assert caught.value.fault is SDP_BAD
    assert caught.value.detail


def refusal_of(anything: str) -> Fault | None:
    """Why this is refused; None when it can be answered."""
    try:
        read = read_offer(anything)
    except Refused as refusal:
        return refusal.fault
    local = Local("wxyz", "p" * 22, [], [("127.0.0.1", 4000)])
    write_answer(read, local, [(1, 2)] * len(read.slots))
    return None


@given(st.text(max_size=2000))
def test_any_text_is_read_or_refused(anything: str) -> None:
    assert refusal_of(anything) in (None, SDP_BAD)


@given(st.data())
def test_a_good_offer_with_damage(data: st.DataObject) -> None:
    lines = offer()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        lines[at] = data.draw(
            st.sampled_from(["", lines[at][:-1], lines[at] * 2, lines[at].replace(" ", "")])
            | st.text(max_size=40)
        )
    assert refusal_of(text(lines)) in (None, SDP_BAD)


def test_the_largest_offer_is_read_in_no_time() -> None:
    lines = offer()
    lines += ["a=rtpmap:96 VP8/90000", "a=rtcp-fb:96 nack", "a=fmtp:97 apt=96"] * 4_000
    began = time.thread_time()
    read_offer(text(lines))
    assert time.thread_time() - began < 0.25


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("candidate:1 1 udp 2113937151 10.0.0.1 5000 typ host", ("10.0.0.1", 5000)),
        ("candidate:1 1 udp 1 aa-bb.local 5000 typ host generation 0", ("aa-bb.local", 5000)),
        ("candidate:1 1 udp 1 fe80::1 5000 typ host", ("fe80::1", 5000)),
        ("candidate:1 1 udp 1 example.org 5000 typ host", None),
        ("candidate:1 1 udp 1 10.0.0.1 70000 typ host", None),
        ("candidate:", None),
        ("x" * 600, None),
    ],
)
def test_candidates(line: str, address: tuple[str, int] | None) -> None:
    assert candidate_address(line) == address
