"""From the version before to this one and back, while residents report: nothing acknowledged is lost.

Both are wheels; the version before is built from the commit that CHANGELOG.md names, what it needs is
installed anyway.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pymongo
import pytest

from storage.embedded import EmbeddedStore
from storage.store import MongoStore
from tests.installed import NoHistory, jingmin, jingmin_of, outside
from tests.operations.test_started_wrong import Machine, answers, until_it_answers
from tests.releases import last_release

BEFORE = last_release()[1]
ENOUGH = 40  # reports of each turn


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Machine]:
    one = Machine(tmp_path)
    yield one
    one.stop()


@pytest.fixture(scope="module")
def before() -> str:
    """The command of the version before, from the wheel that its commit makes."""
    try:
        return jingmin_of(BEFORE)
    except NoHistory:
        pytest.skip(f"this is no clone with the history in it ({BEFORE})")


class Reporting:
    """Residents who report all the time, each until he has his receipt."""

    def __init__(self, port: str) -> None:
        self._url = f"http://127.0.0.1:{port}/api/v1/incidents"
        self.receipts: dict[str, str] = {}  # key → id
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._report, args=(n,)) for n in range(3)]
        for one in self._threads:
            one.start()

    def _report(self, number: int) -> None:
        turn = 0
        while not self._over.is_set():
            turn += 1
            key = f"upgrade-{number}-{turn:06d}"
            position = {"lon": 121.05, "lat": 41.05, "datum": "WGS84", "accuracy": 20}
            body = json.dumps({"key": key, "position": position}).encode()
            while not self._over.is_set():
                request = urllib.request.Request(
                    self._url, body, {"Content-Type": "application/json"}
                )
                try:
                    with urllib.request.urlopen(request, timeout=10) as answer:
                        self.receipts[key] = json.load(answer)["id"]
                        break
                except (OSError, urllib.error.URLError):
                    time.sleep(0.05)
            time.sleep(0.05)

    def until(self, more: int) -> None:
        end, wanted = time.monotonic() + 90, len(self.receipts) + more
        while len(self.receipts) < wanted:
            assert time.monotonic() < end
            time.sleep(0.05)

    def stop(self) -> None:
        self._over.set()
        for one in self._threads:
            one.join(30)


@pytest.mark.slow
def test_an_upgrade_and_the_way_back_lose_no_report(product: Machine, before: str) -> None:
    settings = product.settings("data")
    older, newer = [before], [jingmin()]
    reporting = Reporting(settings["JINGMIN_PORT"])
    try:
        for turn, which in enumerate((older, newer, older, newer), 1):
            running = product.start("serve", settings, which)
            until_it_answers(running, settings)
            reporting.until(ENOUGH)
            if turn < 4:
                stop(running)
        reporting.stop()
        found = asyncio.run(stored(product.folder / "data", int(settings["JINGMIN_STORE_PORT"])))
    finally:
        reporting.stop()
    assert len(reporting.receipts) >= 4 * ENOUGH
    lost = {id for id in reporting.receipts.values() if found.count(id) != 1}
    assert lost == set()
    stop(running)
    said = subprocess.run(
        [jingmin(), "verify", "all"],
        env=outside(**settings),
        capture_output=True,
        text=True,
    )
    assert said.returncode == 0, said.stdout[-2000:] + said.stderr[-2000:]


def stop(running: subprocess.Popen[str]) -> None:
    running.terminate()
    said, _ = running.communicate(timeout=60)
    assert "Traceback" not in said, said


async def stored(data: Path, port: int) -> list[str]:
    """The ids of all incidents, when the journal has been read."""
    embedded = EmbeddedStore(data / "store", port)
    store = MongoStore(embedded.uri, follow=())
    try:
        end = time.monotonic() + 30
        while any((data / "journal").glob("*")) and time.monotonic() < end:
            await asyncio.sleep(0.2)
        return [one[0] async for one in store.incidents.parts(["_id"], {})]
    finally:
        await store.close()


@pytest.mark.slow
def test_a_store_of_a_newer_format_refuses_the_start(product: Machine) -> None:
    settings = product.settings("data")
    running = product.start("serve", settings)
    until_it_answers(running, settings)
    data, port = product.folder / "data", int(settings["JINGMIN_STORE_PORT"])
    uri = EmbeddedStore(data / "store", port).uri
    newer = {"format": 99, "readable_by": 98, "version": "9.9.0"}
    with pymongo.MongoClient[dict[str, object]](uri) as client:
        end = time.monotonic() + 60
        while not client.jingmin.schema.update_one({"_id": "store"}, {"$set": newer}).matched_count:
            assert time.monotonic() < end
            time.sleep(0.1)
    stop(running)
    said = product.refused("serve", settings)
    assert said.startswith("jingmin: the store was written by version 9.9.0 (format 99); ")
    assert not answers(str(port))
