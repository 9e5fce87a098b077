"""Processes that run tests beside each other never give out the same port."""

from __future__ import annotations

import itertools

import pytest

from tests.ports import RANGE, free_port, ports_of_this_process


@pytest.mark.parametrize("count", [1, 2, 3, 16, 64])
def test_each_worker_has_ports_of_its_own(count: int) -> None:
    parts = [
        ports_of_this_process(
            32_768, {"PYTEST_XDIST_WORKER": f"gw{one}", "PYTEST_XDIST_WORKER_COUNT": str(count)}
        )
        for one in range(count)
    ]
    assert all(part.start >= 20_000 and part.stop <= 32_768 and len(part) > 150 for part in parts)
    for one, other in itertools.combinations(parts, 2):
        assert not set(one) & set(other)


def test_without_workers_there_is_the_whole_range() -> None:
    assert len(ports_of_this_process(32_768, {})) == 12_768


def test_a_port_is_of_this_worker_and_given_once() -> None:
    given = [free_port() for _ in range(50)]
    assert len(set(given)) == 50
    below = int(RANGE.read_text().split()[0])
    assert set(given) <= set(ports_of_this_process(below))
