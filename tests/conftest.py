"""The real store for every test: one embedded server a session, a fresh database a test."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pymongo
import pymongo.monitoring
import pytest
from hypothesis import settings

from domain.ticket import random_id
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from storage.embedded import EmbeddedStore
from storage.indexes import INDEXES
from storage.store import MongoStore
from tests import blocking
from tests.city import small_city
from tests.commands import LISTENER
from tests.ports import free_port

# How long an example takes says how busy the machine is, not whether it is right.
settings.register_profile("jingmin", deadline=None)
settings.load_profile("jingmin")

blocking.watch()
pymongo.monitoring.register(LISTENER)


@pytest.fixture(autouse=True)
def _no_loop_is_blocked() -> Iterator[None]:
    yield from blocking.judged()


@pytest.fixture(autouse=True)
def _only_what_the_manual_knows_was_sent() -> Iterator[None]:
    yield
    found = LISTENER.taken()
    assert not found, f"not in tests/commands.py, which cites MongoDB's manual: {found}"


WHOLE = {
    "browser",
    "chromium",
    "demo",
    "product",
}  # browsers, and the product with all its processes
_left: Counter[str] = Counter()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--part",
        choices=("together", "heavy", "alone"),
        help="only the tests that run beside many others (with -n), or only those with browsers and whole "
        "products, or only those that must be alone",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    part = config.getoption("part")
    others: list[pytest.Item] = []
    for item in items:
        if WHOLE & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
        alone = item.get_closest_marker("alone")
        if alone and not alone.args:
            raise pytest.UsageError(f"{item.nodeid} must say why it has to be alone")
        if part and part != _part_of(item):
            others.append(item)
    if part == "heavy":
        items.sort(
            key=_patience, reverse=True
        )  # the longest first, or one processor waits for another
    if others:
        items[:] = [item for item in items if item not in set(others)]
        config.hook.pytest_deselected(items=others)


def _part_of(item: pytest.Item) -> str:
    if item.get_closest_marker("alone"):
        return "alone"
    return "heavy" if item.get_closest_marker("slow") else "together"


def _patience(item: pytest.Item) -> float:
    """How long a test may take, where it says so."""
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0]) if marker else 0.0


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:
        _left["system" if item.get_closest_marker("system") else "test"] += 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Of ``-n logical``. Most of the time a test waits: for the store, a clock, another process. A browser
    or a whole product has a processor of its own."""
    processors = len(os.sched_getaffinity(0))
    return processors if config.getoption("part") == "heavy" else 2 * processors


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Each worker of xdist has left out the same."""
    if not _left:
        _left.update(getattr(node, "workeroutput", {}).get("left", {}))


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left"] = dict(_left)
    # Of tests that somebody chose there may be none in a part; how many are in the other is said.
    chosen = session.config.getoption("part") and _left["test"]
    if session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and chosen:
        session.exitstatus = pytest.ExitCode.OK


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Nothing is left out without a word."""
    if _left["system"]:
        terminalreporter.write_line(
            f"Left to make system-test: {_left['system']} tests with nginx, Caddy, Firefox, coturn, "
            "systemd's and Prometheus's tools and a full disk. "
            "Left to make endurance: kills by the hundred, 10,000 callbacks."
        )
    if _left["test"]:
        part = "the other parts" if config.getoption("part") else "make test"
        terminalreporter.write_line(f"Left to {part}: {_left['test']} tests.")


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    server = EmbeddedStore(tmp_path_factory.mktemp("store"), free_port())
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def client(embedded: EmbeddedStore) -> Iterator[pymongo.MongoClient[dict[str, Any]]]:
    with pymongo.MongoClient[dict[str, Any]](embedded.uri) as one:
        yield one


class Furnished(MongoStore):
    """On a database whose indexes are there when it is opened first: of what a test costs, making them
    with connections of its own was the larger half. tests/storage opens stores as the product does."""

    _furnished = True

    async def _prepare(self) -> None:
        if self._furnished:
            self._furnished = False
        else:
            await super()._prepare()


class Databases:
    """Empty databases with every index. To make one is the larger half of what most tests cost, so they
    are used again: the one that rested longest first, for what a killed process wrote last may still
    come, and emptied when it is taken."""

    RESTING = 12

    def __init__(self, client: pymongo.MongoClient[dict[str, Any]]) -> None:
        self._client = client
        self._resting: deque[str] = deque()

    def take(self) -> str:
        if len(self._resting) < self.RESTING:
            name = f"test_{random_id()[:12]}"
            for collection, wanted in INDEXES.items():
                self._client[name][collection].create_indexes(wanted)
            return name
        name = self._resting.popleft()
        self._client.drop_database(f"{name}_sandbox")
        for collection in self._client[name].list_collection_names():
            self._client[name][collection].delete_many({})
        return name

    def give_back(self, name: str) -> None:
        self._resting.append(name)


@pytest.fixture(scope="session")
def databases(client: pymongo.MongoClient[dict[str, Any]]) -> Databases:
    return Databases(client)


@pytest.fixture
def database(databases: Databases) -> Iterator[str]:
    """The name of an empty database with every index."""
    name = databases.take()
    yield name
    databases.give_back(name)


@pytest.fixture
async def store(embedded: EmbeddedStore, database: str) -> AsyncIterator[MongoStore]:
    """A store of its own, opened."""
    one = Furnished(embedded.uri, database)
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
