"""Feedback to publishers, read back with a reader written from the draft alone."""

from __future__ import annotations

from itertools import pairwise
from struct import unpack_from

from hypothesis import given
from hypothesis import strategies as st

from webrtc.feedback import (
    KEYFRAME_EVERY,
    KEYFRAME_TRIES,
    NACK_TRIES,
    Arrivals,
    KeyframeWish,
    Missing,
)


def told(data: bytes) -> dict[int, float]:
    """Sequence number → arrival in seconds, as a publisher understands the feedback."""
    first, kind, words, _, _, base, count, head = unpack_from("!BBHIIHHI", data)
    assert (first, kind, (words + 1) * 4) == (0x8F, 205, len(data))
    at, symbols = 20, []
    while len(symbols) < count:
        (chunk,) = unpack_from("!H", data, at)
        assert chunk >> 15 == 0
        symbols += [chunk >> 13 & 3] * (chunk & 0x1FFF)
        at += 2
    clock, times = (head >> 8) * 64e-3, {}
    for index, symbol in enumerate(symbols):
        if symbol:
            (ticks,) = unpack_from("!B" if symbol == 1 else "!h", data, at)
            at += symbol
            clock += ticks * 250e-6
            times[base + index & 0xFFFF] = clock
    assert 0 <= len(data) - at < 4
    return times


@given(
    st.integers(0, 0xFFFF),
    st.lists(st.tuples(st.integers(1, 5), st.floats(0, 0.2)), min_size=1, max_size=60),
    st.randoms(),
)
def test_arrivals_are_told_as_they_were(
    start: int, steps: list[tuple[int, float]], random: object
) -> None:
    arrivals = Arrivals()
    sequence, now, truth = start, 100.0, {}
    for step, pause in steps:
        arrivals.note(sequence & 0xFFFF, now)
        truth[sequence & 0xFFFF] = now
        sequence, now = sequence + step, now + pause
    data = arrivals.feedback(1, 2)
    assert data is not None
    heard = told(data)
    assert heard.keys() == truth.keys()
    assert all(abs(heard[one] - truth[one]) < 1e-3 for one in truth)
    assert arrivals.feedback(1, 2) is None


@given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.floats(0, 3)), max_size=300))
def test_any_numbers_at_any_time_stay_bounded(notes: list[tuple[int, float]]) -> None:
    arrivals, now = Arrivals(), 0.0
    for sequence, pause in notes:
        now += pause
        arrivals.note(sequence, now)
        if sequence % 7 == 0:
            data = arrivals.feedback(1, 2)
            assert data is None or len(data) < 6000


def test_feedback_goes_on_where_it_stopped() -> None:
    arrivals = Arrivals()
    for sequence in (10, 12):
        arrivals.note(sequence, 1.0)
    assert told(arrivals.feedback(1, 2) or b"").keys() == {10, 12}
    for sequence in (11, 14):
        arrivals.note(sequence, 1.1)
    assert told(arrivals.feedback(1, 2) or b"").keys() == {14}


def test_what_is_missing_is_asked_for_a_few_times() -> None:
    missing = Missing()
    missing.gap(70000, 70003, 0.0)
    assert missing.due(0.0) == []
    assert missing.due(0.02) == [70000 & 0xFFFF, 70001 & 0xFFFF, 70002 & 0xFFFF]
    missing.found(70001)
    asked = [missing.due(0.02 + 0.1 * at) for at in range(1, NACK_TRIES + 3)]
    assert sum(map(len, asked)) == 2 * (NACK_TRIES - 1)
    assert not missing


def test_a_wish_is_throttled_and_repeated_until_granted() -> None:
    wish = KeyframeWish()
    assert not wish.due(0.0)
    wish.want()
    asked = [at for at in range(100) if wish.due(at * 0.02)]
    assert asked[0] == 0
    assert all((b - a) * 0.02 >= KEYFRAME_EVERY - 1e-9 for a, b in pairwise(asked))
    assert len(asked) >= 5
    wish.granted()
    assert not wish.due(9.0)
    wish.want()
    assert wish.due(9.0)
    late = [at for at in range(1000) if wish.due(10.0 + at * 0.02)]
    assert len(late) < KEYFRAME_TRIES + 15
