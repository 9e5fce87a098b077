"""Sources: order, duplicates, padding and new streams, as a receiver behind them sees it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from webrtc.forward import RING, Source
from webrtc.metrics import Metrics

KEY = b"\x10\x50\x00\x00keyframe"
DELTA = b"\x10\x51\x00\x00delta"


class Seen:
    """A sink that remembers."""

    def __init__(self) -> None:
        self.packets: list[tuple[int, int, bytes, bool]] = []
        self.begins = 0
        self.reports: list[tuple[int, int]] = []

    def begin(self) -> None:
        self.begins += 1

    def packet(
        self, number: int, timestamp: int, marker: int, payload: bytes, keyframe: bool, now: float
    ) -> None:
        self.packets.append((number, timestamp, payload, keyframe))

    def report(self, ntp: int, timestamp: int, now: float) -> None:
        self.reports.append((ntp, timestamp))


def source() -> tuple[Source, Seen, Metrics]:
    metrics, seen = Metrics(), Seen()
    one = Source("video", 90_000, metrics)
    one.add(seen)
    return one, seen, metrics


def test_numbers_go_on_over_the_wrap() -> None:
    one, seen, _ = source()
    for sequence in (65534, 65535, 0, 1):
        one.receive(7, sequence, sequence, 0, DELTA, 1.0)
    numbers = [packet[0] for packet in seen.packets]
    assert numbers == list(range(numbers[0], numbers[0] + 4))


def test_duplicates_go_nowhere() -> None:
    one, seen, metrics = source()
    for sequence in (1, 2, 2, 1, 3, 2):
        one.receive(7, sequence, 0, 0, DELTA, 1.0)
    assert len(seen.packets) == 3
    assert metrics.drops == {"duplicate": 3}


def test_padding_leaves_no_hole() -> None:
    one, seen, metrics = source()
    for sequence, payload in ((1, KEY), (2, b""), (3, b""), (4, DELTA), (6, DELTA), (5, DELTA)):
        one.receive(7, sequence, sequence, 0, payload, 1.0)
    first = seen.packets[0][0]
    assert [packet[0] - first for packet in seen.packets] == [0, 1, 3, 2]
    assert metrics.drops == {"padding": 2}


def test_a_late_packet_keeps_its_place_before_padding() -> None:
    one, seen, _ = source()
    for sequence, payload in ((1, KEY), (3, DELTA), (4, b""), (5, DELTA), (2, DELTA)):
        one.receive(7, sequence, sequence, 0, payload, 1.0)
    first = seen.packets[0][0]
    assert [packet[0] - first for packet in seen.packets] == [0, 2, 3, 1]


def test_losses_are_asked_for_and_found() -> None:
    one, _, _ = source()
    for sequence in (1, 5, 3):
        one.receive(7, sequence, 0, 0, DELTA, 1.0)
    assert one.missing.due(1.1) == [2, 4]


def test_a_new_stream_begins_again_with_a_keyframe() -> None:
    one, seen, _ = source()
    one.receive(7, 100, 0, 0, KEY, 1.0)
    assert not one.wish.due(1.0)
    one.receive(8, 40_000, 0, 0, DELTA, 1.1)
    assert seen.begins == 2
    assert one.wish.due(2.0)
    one.receive(8, 50_000, 0, 0, KEY, 1.2)
    assert seen.begins == 3


def test_the_ring_remembers_and_forgets() -> None:
    one, seen, _ = source()
    for sequence in range(RING + 10):
        one.receive(7, sequence, sequence, 0, DELTA + bytes([sequence & 255]), 1.0)
    first = seen.packets[0][0]
    assert one.kept(first) is None
    kept = one.kept(first + RING)
    assert kept is not None
    assert kept[3] == DELTA + bytes([RING & 255])


@given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.booleans()), max_size=300))
def test_no_number_is_given_twice(packets: list[tuple[int, bool]]) -> None:
    one, seen, _ = source()
    for sequence, full in packets:
        one.receive(7, sequence, 0, 0, DELTA if full else b"", 1.0)
    if seen.begins == 1:
        numbers = [packet[0] for packet in seen.packets]
        assert len(numbers) == len(set(numbers))


@given(st.permutations(range(20)), st.sets(st.integers(1, 19)))
def test_disorder_is_no_loss(order: list[int], padding: set[int]) -> None:
    one, seen, _ = source()
    one.receive(7, 100, 0, 0, KEY, 1.0)
    for at in order:
        one.receive(7, 101 + at, 0, 0, b"" if at in padding else DELTA + bytes([at]), 1.0)
    assert len(seen.packets) == 21 - len(padding)
