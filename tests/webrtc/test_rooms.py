"""Rooms and seats, without any network."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from webrtc.forward import Source
from webrtc.messages import Outgoing, Reason
from webrtc.metrics import Metrics
from webrtc.room import Publisher, Room, Seats


class Person:
    def __init__(self, participant: str) -> None:
        self.participant = participant
        self.events: list[tuple[str, str]] = []

    def came(self, publisher: Publisher) -> None:
        self.events.append(("came", publisher.participant))

    def went(self, publisher: Publisher, cause: str) -> None:
        self.events.append((cause, publisher.participant))

    def heard(self, message: Outgoing) -> None:
        self.events.append(("heard", type(message).__name__))

    def dismissed(self, reason: Reason) -> None:
        self.events.append(("dismissed", reason))


def publisher(participant: str) -> Publisher:
    metrics = Metrics()
    sound, picture = Source("audio", 48_000, metrics), Source("video", 90_000, metrics)
    return Publisher(participant, "CALLER", participant, sound, picture)


def test_all_see_who_comes_and_goes() -> None:
    room, recorder = Room("i", "c"), Person("recorder")
    room.listen(recorder)
    a, b = Person("a"), Person("b")
    for one in (a, b):
        assert room.reserve(one)
        assert room.enter(one, publisher(one.participant))
    assert a.events == [("came", "b")]
    assert b.events == [("came", "a")]
    assert room.leave(b, "bye")
    assert not room.leave(b, "bye")
    assert a.events[-1] == ("bye", "b")
    assert recorder.events == [("came", "a"), ("came", "b"), ("bye", "b")]


def test_a_second_connection_replaces_the_first() -> None:
    room, first, second, other = Room("i", "c"), Person("a"), Person("a"), Person("b")
    for one in (first, other):
        room.reserve(one)
        room.enter(one, publisher(one.participant))
    assert room.reserve(second)
    assert first.events[-1] == ("dismissed", "replaced")
    assert other.events[-1] == ("replaced", "a")
    assert not room.leave(first, "replaced")
    assert not room.enter(first, publisher("a"))
    assert room.enter(second, publisher("a"))
    assert other.events[-1] == ("came", "a")


def test_four_are_all() -> None:
    room = Room("i", "c")
    assert all(room.reserve(Person(name)) for name in "abcd")
    assert not room.reserve(Person("e"))
    assert room.reserve(Person("a"))


def test_quality_is_told_to_all() -> None:
    room, a = Room("i", "c"), Person("a")
    room.reserve(a)
    room.enter(a, publisher("a"))
    room.measure(2.0, lambda participant: 0.024)
    assert a.events == [("heard", "Quality")]


@given(st.lists(st.sampled_from("abcdef"), max_size=60))
def test_seats_are_stable_and_never_shared(moves: list[str]) -> None:
    seats, present, held = Seats(3), set[str](), dict[str, int]()
    for name in moves:
        if name in present:
            present.remove(name)
            continue
        if len(present) == 3:
            continue
        present.add(name)
        at = seats.seat(name, present)
        assert at is not None
        assert at not in {held[other] for other in present - {name}}
        if name in held and held[name] == at:
            assert seats.find(name) == at
        held[name] = at


def test_a_returning_participant_gets_his_seat_again() -> None:
    seats = Seats(3)
    assert [seats.seat(name, {"a", "b"}) for name in ("a", "b")] == [0, 1]
    assert seats.seat("c", {"b", "c"}) == 2
    assert seats.seat("a", {"a", "b", "c"}) == 0
    assert seats.seat("d", {"b", "c", "d"}) == 0
