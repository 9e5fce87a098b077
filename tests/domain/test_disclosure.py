"""No count of few people is shown, nor found by subtracting what is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.disclosure import FEW, hidden_counts, is_few

counts = st.one_of(st.integers(0, 6), st.integers(0, 60))
City = list[tuple[int, list[int]]]
cities: st.SearchStrategy[City] = st.lists(
    st.tuples(counts, st.lists(counts, max_size=4)), min_size=1, max_size=5
)


def bounds(whole: int, parts: dict[str, int], hidden: set[str], rest: int) -> list[tuple[int, int]]:
    """How small and how large each hidden part may be, for all that the sum tells. Whoever looks is taken
    to know whether something belongs to none of the parts, and that what is hidden is not nought unless
    every part is hidden."""
    least = 0 if hidden == set(parts) else 1
    left = whole - sum(count for name, count in parts.items() if name not in hidden)
    others = len(hidden) - 1 + bool(rest)
    return [(least, left - others * least) for _ in hidden]


@given(cities)
def test_what_is_hidden_cannot_be_subtracted(city: City) -> None:
    below = {
        f"s{n}": {f"s{n}c{m}": one for m, one in enumerate(some)}
        for n, (_, some) in enumerate(city)
    }
    loose = {f"s{n}": rest for n, (rest, _) in enumerate(city)}
    parts = {name: sum(some.values()) + loose[name] for name, some in below.items()}
    total = sum(parts.values())
    all_hidden, stations, communities = hidden_counts(total, parts, below)
    if all_hidden:
        assert is_few(total)
        assert stations == set(parts)
        return
    levels = [(total, parts, stations, 0)]
    for name, some in below.items():
        mine = communities & set(some)
        if name in stations:
            assert mine == set(some)  # else they could be added up
        else:
            levels.append((parts[name], some, mine, loose[name]))
    for whole, some, hidden, rest in levels:
        assert not any(is_few(count) for name, count in some.items() if name not in hidden)
        lone = len(some) == 1 and bool(rest)
        for least, most in bounds(whole, some, hidden, rest):
            assert lone or (least < most and most >= FEW), (whole, some, hidden)
        if not hidden and some:
            assert not is_few(rest)  # the sum without its parts is shown, too


def test_nothing_is_hidden_where_nobody_is_few() -> None:
    parts = {"a": 5, "b": 0, "c": 90}
    below = {"a": {"a1": 5}, "b": {"b1": 0}, "c": {"c1": 60, "c2": 30}}
    assert hidden_counts(95, parts, below) == (False, set(), set())


def test_the_smallest_beside_a_few_is_hidden_with_them() -> None:
    assert hidden_counts(101, {"a": 3, "b": 8, "c": 90}, {}) == (False, {"a", "b"}, set())
