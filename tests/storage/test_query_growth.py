"""``python -m bench growth`` measures every named query; here with few rows, that it does."""

from __future__ import annotations

import pytest

from bench import growth
from domain.query import QUERIES
from tests.storage.query_examples import CASES, asked


def test_none_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those by id are answered by the one index that every collection has."""
    for name, value in {"FEW": 20, "MANY": 40, "ENOUGH_S": 0.0, "TIMES": 1, "ROUNDS": 1}.items():
        monkeypatch.setattr(growth, name, value)
    monkeypatch.setenv("BENCH_QUERIES", "incidents_in,sessions_of")
    told = list(growth.run())
    measured = [one["what"].split()[0] for one in told if "do not match 0" in one["peer"]]
    assert measured == ["incidents_in", "sessions_of"]
    by_id = {name for name, given in CASES if "_id" in asked(name, given)}
    assert {name for name, _ in CASES} - by_id == set(growth.measured())
    said = {one["what"].split()[0] for one in told if "reads everything" in one["what"]}
    assert said == {name for name, one in QUERIES.items() if one.whole}
