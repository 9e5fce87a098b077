"""The real store for every test: one embedded server a session, a fresh database a test."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from domain.ticket import random_id
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from storage.embedded import EmbeddedStore
from storage.store import MongoStore
from tests import blocking
from tests.city import small_city
from tests.ports import free_port

# How long an example takes says how busy the machine is, not whether it is right.
settings.register_profile("jingmin", deadline=None)
settings.load_profile("jingmin")

blocking.watch()


@pytest.fixture(autouse=True)
def _no_loop_is_blocked() -> Iterator[None]:
    yield from blocking.judged()


WHOLE = {
    "browser",
    "chromium",
    "demo",
    "product",
}  # browsers, and the product with all its processes
_left: Counter[str] = Counter()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if WHOLE & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:
        _left["system" if item.get_closest_marker("system") else "test"] += 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Nothing is left out without a word."""
    if _left["system"]:
        terminalreporter.write_line(
            f"Left to make system-test: {_left['system']} tests with nginx, Firefox and coturn. "
            "Left to make endurance: kills by the hundred, 10,000 callbacks."
        )
    if _left["test"]:
        terminalreporter.write_line(f"Left to make test: {_left['test']} tests.")


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    server = EmbeddedStore(tmp_path_factory.mktemp("store"), free_port())
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def store(embedded: EmbeddedStore) -> AsyncIterator[MongoStore]:
    """A store of its own, opened."""
    one = MongoStore(embedded.uri, f"test_{random_id()[:12]}")
    await one.open()
    yield one
    await one.close()


@pytest.fixture(scope="session")
def boundaries() -> Boundaries:
    return Boundaries.from_geojson(small_city())


@pytest.fixture(scope="session")
def finder(boundaries: Boundaries) -> BoundaryFinder:
    return BoundaryFinder(boundaries)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
