"""What the server says in English has no Chinese in it, but for the names of places and people."""

from __future__ import annotations

import re

import pytest

from domain.errors import FAULTS
from domain.place import Candidate, Certainty
from locate.wording import NO_BOUNDARIES, Circle, why

HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


@pytest.mark.parametrize("code", FAULTS)
def test_every_error_is_said_in_both_languages(code: str) -> None:
    fault = FAULTS[code]
    assert HAN.search(fault.zh)
    assert fault.en
    assert not HAN.search(fault.en)


@pytest.mark.parametrize("certainty", list(Certainty))
@pytest.mark.parametrize("shares", [(1.0, 0.0), (0.6, 0.4), (0.3, 0.2), (0.0, 0.0)])
@pytest.mark.parametrize("radius", [5.0, 700.0, 4000.0])
@pytest.mark.parametrize("stated", [True, False])
def test_why_a_station_was_named(
    certainty: Certainty, shares: tuple[float, float], radius: float, stated: bool
) -> None:
    names = ("North", "South")
    those = [
        Candidate(name, name, "City", share, 40.0)
        for name, share in zip(names, shares, strict=True)
    ]
    touched = sum(share > 0 for share in shares)
    circle = Circle(radius, radius, stated)
    zh, en = why(certainty, those, names, circle, 1 - sum(shares), touched)
    assert HAN.search(zh)
    assert en
    assert not HAN.search(en)


def test_no_error_sends_somebody_to_the_supervisor_who_may_be_himself() -> None:
    for fault in FAULTS.values():
        assert "值班长" not in fault.zh
        assert "supervisor" not in fault.en.lower()


def test_without_boundaries() -> None:
    assert HAN.search(NO_BOUNDARIES[0])
    assert not HAN.search(NO_BOUNDARIES[1])
