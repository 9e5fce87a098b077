"""A process that lives and does not work is ended and started again: the supervisor's watchdog.

Stopped (SIGSTOP) is what a process looks like that hangs for whatever reason, and one that spins in a
callback of its loop burns a core besides.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pymongo
import pytest

import supervisor
from storage import embedded, watch
from storage.embedded import EmbeddedStore
from storage.watch import SILENT_S, SILENT_WITH_REASON_S, WORKING_S, Answer, Watch, Work
from supervisor import SILENT_S as CHILD_SILENT_S
from supervisor import Child
from tests.journeys.conftest import Demo
from tests.ports import free_port

CHILDREN = ("media", "api", "bot", "worker", "simulator")
HANGS_S = 90.0
ROOT = Path(__file__).parents[2]
SPINNING = ("-m", "tests.attack.spinning")


# ---- the whole product


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    one = Demo(tmp_path_factory.mktemp("watched"))
    one.start()
    try:
        asyncio.run(one.ready())
        yield one
    finally:
        one.stop()


async def test_every_child_that_stands_still_is_replaced_and_reports_are_taken(
    product: Demo,
) -> None:
    before = await all_of_them(product)
    for pid in before.values():
        os.kill(pid, signal.SIGSTOP)
    await until(lambda: replaced(product, before))
    for pid in before.values():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    await answers(product)
    said = product.log.read_text("utf-8")
    for name in CHILDREN:
        assert f"{name} (process {before[name]}): no heartbeat for" in said
    assert f"embedded store (process {before['store']}): no answer for" in said


async def test_a_supervisor_that_stood_still_itself_ends_nobody(product: Demo) -> None:
    await answers(product)
    before = await all_of_them(product)
    assert product._process is not None
    # Long enough for every heartbeat to be too old, and the store's answer too.
    os.kill(product._process.pid, signal.SIGSTOP)
    await asyncio.sleep(SILENT_S + 2)
    os.kill(product._process.pid, signal.SIGCONT)
    await asyncio.sleep(CHILD_SILENT_S + 2)
    assert processes(product) == before
    await answers(product)


async def all_of_them(product: Demo) -> dict[str, int]:
    """``processes`` once every one is there: a loaded machine may just be starting one again."""
    end = time.monotonic() + HANGS_S
    while set(found := processes(product)) != {*CHILDREN, "store"}:
        assert time.monotonic() < end, f"{found}\n{product.log.read_text()[-4000:]}"
        await asyncio.sleep(0.1)
    return found


def processes(product: Demo) -> dict[str, int]:
    """The children and the store by name; one that is being started may be missing."""
    assert product._process is not None
    found = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(product._process.pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    names = {}
    for line in found.stdout.splitlines():
        pid, _, command = line.strip().partition(" ")
        if "secantusd" in command:
            names["store"] = int(pid)
        elif " -m main " in command:
            names[command.split()[-1]] = int(pid)
    return names


def replaced(product: Demo, before: dict[str, int]) -> bool:
    now = processes(product)
    return set(now) == set(before) and all(now[name] != pid for name, pid in before.items())


async def answers(product: Demo) -> None:
    """Everything serves again: a report is in the store, media, bot and simulator answer."""
    addresses = [
        f"{product.url}/healthz",
        f"http://127.0.0.1:{product.media_port}/metrics",
        f"http://127.0.0.1:{product.settings['JINGMIN_BOT_PORT']}/healthz",
        f"{product.wechat}/",
    ]
    end = time.monotonic() + HANGS_S
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(5)) as client:
        for address in addresses:
            while True:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with client.get(address) as response:
                        if response.status == 200:
                            break
                assert time.monotonic() < end, f"{address}\n{product.log.read_text()[-4000:]}"
                await asyncio.sleep(0.1)
        # A store that is only slow has the report a moment later, and the receipt says so.
        while True:
            async with client.post(f"{product.url}/api/v1/incidents", json={}) as response:
                assert response.status == 201
                if not (await response.json())["journaled"]:
                    break
            assert time.monotonic() < end, f"no store\n{product.log.read_text()[-4000:]}"
            await asyncio.sleep(0.1)


async def until(condition: Callable[[], bool], seconds: float = HANGS_S) -> None:
    end = time.monotonic() + seconds
    while not await asyncio.to_thread(condition):
        assert time.monotonic() < end, "did not happen in time"
        await asyncio.sleep(0.1)


# ---- one child


@contextlib.asynccontextmanager
async def kept(child: Child) -> AsyncIterator[None]:
    keeper = asyncio.create_task(child.keep())
    try:
        yield
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        if child.running():
            assert child.pid is not None
            os.kill(child.pid, signal.SIGKILL)
        await child.stop()


async def test_a_loop_that_spins_is_ended_and_one_that_runs_is_left_alone() -> None:
    spins = Child("spins", [], {"PYTHONPATH": str(ROOT)}, program=SPINNING)
    well = Child("well", ["well"], {"PYTHONPATH": str(ROOT)}, program=SPINNING)
    async with kept(spins), kept(well):
        await until(lambda: spins.pid is not None and well.pid is not None)
        first, other = spins.pid, well.pid
        await until(lambda: spins.pid != first)
        assert well.pid == other


async def test_a_child_that_never_beats_is_ended_after_its_grace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(supervisor, "STARTING_S", 1.0)
    mute = Child("mute", [], {}, program=("-c", "import time; time.sleep(600)"))
    async with kept(mute):
        await until(lambda: mute.pid is not None)
        first = mute.pid
        await until(lambda: mute.pid != first)


# ---- under systemd


def test_a_process_alone_tells_systemd_that_its_loop_runs(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.settimeout(HANGS_S)
        process = subprocess.Popen(
            [sys.executable, "-m", "main", "api"],
            env={
                **os.environ,
                "NOTIFY_SOCKET": address,
                "WATCHDOG_USEC": "5000000",
                "JINGMIN_DEMO": "true",
                "JINGMIN_DATA": str(tmp_path),
                "JINGMIN_PORT": str(free_port()),
                "JINGMIN_STORE_URI": "mongodb://127.0.0.1:1/?replicaSet=none",
            },
        )
        try:
            assert manager.recv(100) == b"READY=1\nWATCHDOG=1"
            assert manager.recv(100) == b"WATCHDOG=1"
        finally:
            process.kill()
            process.wait()


# ---- the store


async def test_a_store_that_builds_an_index_is_left_alone_and_one_that_stands_still_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "SILENT_S", 2.0)
    monkeypatch.setattr(embedded, "LOOK_MS", 1_000)
    store = EmbeddedStore(tmp_path / "store", free_port())
    await store.launch()
    keeper = asyncio.create_task(store.keep_running())
    try:
        await asyncio.to_thread(build_index, store.uri)
        first = store.pid
        assert first is not None
        os.kill(first, signal.SIGSTOP)
        await until(lambda: store.pid != first)
        await until(store.answers)
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        await asyncio.to_thread(store.stop)


def build_index(uri: str) -> None:
    """Some seconds in which the store answers nobody; fails when it is ended meanwhile."""
    with pymongo.MongoClient[dict[str, Any]](uri, connectTimeoutMS=60_000) as client:
        rows = client["test"]["rows"]
        rows.insert_many([{"_id": str(n), "to": str(n % 1000)} for n in range(2_500)])
        rows.create_index([("to", 1)])


# ---- the store's rule


def run(
    seen: Watch,
    seconds: float,
    answer: Answer,
    load: float = 0.0,
    calls: int = 0,
    building: bool = False,
) -> tuple[float, str]:
    """Look once a second; after how many seconds it is to be ended, and why."""
    start, used = seen._looked_at, seen._work
    for second in range(1, int(seconds) + 1):
        work = Work(used.processor + load * second, used.calls + calls * second)
        why = seen.overdue(start + second, work, answer, building)
        if why:
            return second, why
    return seconds, ""


def served() -> Watch:
    seen = Watch(1000.0, Work(5.0, 100))
    assert seen.overdue(1001.0, Work(5.1, 150), Answer.SERVED, False) == ""
    return seen


def started(ended: int = 0) -> Watch:
    return Watch(0.0, Work(0.0, 0), ended)


def test_a_store_that_does_nothing_is_ended_after_ten_seconds_and_one_that_spins_after_120() -> (
    None
):
    assert run(served(), 300, Answer.NONE, load=0.01)[0] == SILENT_S
    assert run(served(), 300, Answer.NONE, load=1.0)[0] == WORKING_S
    assert run(served(), 300, Answer.NONE, load=0.02, calls=300)[0] == WORKING_S


def test_a_store_that_builds_an_index_or_starts_is_left_while_it_works() -> None:
    building = served()
    assert run(building, 1, Answer.NONE, calls=300, building=True) == (1, "")
    # Who waits for the index may end; that it is built is known until it answers.
    assert run(building, 1800, Answer.NONE, load=0.02, calls=300) == (1800, "")
    assert run(started(), 1800, Answer.NONE, load=1.0) == (1800, "")
    assert run(started(), 300, Answer.NONE, load=0.0)[0] == SILENT_WITH_REASON_S
    after = served()
    run(after, 30, Answer.NONE, 1.0, building=True)
    run(after, 1, Answer.SERVED, 1.0)
    assert run(after, 300, Answer.NONE, load=0.0)[0] == SILENT_S


def test_a_store_that_refuses_everything_is_ended_with_growing_patience() -> None:
    limits = [run(started(n), 300, Answer.REFUSED, load=1.0)[0] for n in range(5)]
    assert limits == [10, 20, 40, 60, 60]


def test_a_look_that_came_late_says_nothing() -> None:
    late = served()
    run(late, 8, Answer.NONE, load=0.0)
    late.anew(2000.0)
    assert run(late, 300, Answer.NONE, load=0.0)[0] == SILENT_S
