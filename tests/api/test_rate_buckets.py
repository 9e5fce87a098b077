"""How much one may ask: a bucket of each, filled by its rate, forgotten when nobody asked for long."""

from __future__ import annotations

import pytest

from api.limits import KEPT, Limits, Rate
from domain.errors import TOO_MANY, Refused


def test_the_bucket_that_was_asked_longest_ago_is_forgotten_and_no_other() -> None:
    slow = Rate(1e-6, 1)
    limits = Limits()
    limits.spend("first", "request", rate=slow)
    limits.spend("second", "request", rate=slow)
    for number in range(KEPT - 2):
        limits.spend(f"other{number}", "request", rate=slow)
    with pytest.raises(Refused):
        limits.spend("first", "request", rate=slow)  # known still, and asked just now
    limits.spend("one more", "request", rate=slow)
    with pytest.raises(Refused):
        limits.spend("first", "request", rate=slow)
    limits.spend("second", "request", rate=slow)  # forgotten: full again
    assert KEPT == 50_000
    assert len(limits._buckets) == KEPT


def test_a_bucket_fills_by_its_rate_and_never_beyond_its_burst(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1_000.0
    monkeypatch.setattr("api.limits.time.monotonic", lambda: now)
    limits = Limits()
    rate = Rate(2.0, 3.0)

    def empty_after(count: int) -> None:
        for _ in range(count):
            limits.spend("one", "request", rate=rate)
        with pytest.raises(Refused) as refused:
            limits.spend("one", "request", rate=rate)
        assert refused.value.fault is TOO_MANY
        assert refused.value.facts["seconds"] == 0.5

    empty_after(3)
    now += 1.0
    empty_after(2)
    now += 3_600.0
    empty_after(3)
