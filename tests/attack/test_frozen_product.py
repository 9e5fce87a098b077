"""The running product whose processes stand still: all together for 20 s, as on a machine that sleeps; one
media process for 30 s; the store for 30 s. Stopped (SIGSTOP) is what all of these look like from outside.

20 s are longer than any heartbeat is believed (supervisor 5 s, store and media process 10 s). What a clock
adds that went on for hours meanwhile is in ``test_slept.py``.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pymongo
import pytest
from playwright.async_api import Browser, Page, expect

from domain.ticket import random_id
from storage.embedded import EmbeddedStore
from tests.attack.test_watchdog import all_of_them, processes
from tests.city import IN_W1
from tests.journeys.conftest import Demo, browser, clear, read, resident, sees, staff
from tests.journeys.test_crash import fresh
from tests.ports import free_port

__all__ = ["browser"]
ASLEEP_S = 20.0
MEDIA_FROZEN_S = 30.0
STORE_FROZEN_S = 30.0
# The longest an answer of the store is waited for, and what a request does beside it.
LONGEST_S = 25.0
PATIENCE_S = 90.0
CALLER_TOLD, DESK_TOLD = "通话断开，正在自动重连", "通话中断，正在自动重连"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    one = Demo(tmp_path_factory.mktemp("frozen"))
    one.start()
    try:
        asyncio.run(one.ready())
        yield one
    finally:
        one.stop()


@pytest.fixture(autouse=True)
async def cleared(request: pytest.FixtureRequest) -> None:
    """Each test finds an empty desk: of many that wait not all are shown."""
    if "product" in request.fixturenames:
        await clear(request.getfixturevalue("product").url)


# ---- the whole machine


async def test_a_machine_that_slept_loses_nothing_ends_nobody_and_says_so_once(
    product: Demo, browser: Browser
) -> None:
    before = await all_of_them(product)
    number, phone, desk = await a_call(browser, product)
    mark = len(product.log.read_text("utf-8"))
    stop, receipts = asyncio.Event(), dict[str, str]()
    reporting = asyncio.create_task(reports(product, stop, receipts))
    await until(lambda: len(receipts) >= 3)
    with stopped(product.supervisor, *descendants(product.supervisor)):
        asked = len(receipts)
        await asyncio.sleep(ASLEEP_S)
    await until(lambda: len(receipts) >= asked + 5)
    stop.set()
    await reporting
    for page in (phone, desk):
        await fresh(page)
    assert await all_of_them(product) == before, "nobody was ended"
    await stored_once(product, store_of(product), receipts)
    causes = await told_of(desk, number)
    assert not causes & {"media_process_lost", "media_lost", "incident.unattended"}, causes
    said = product.log.read_text("utf-8")[mark:]
    lines = [line for line in said.splitlines() if "stood still, or its machine slept" in line]
    assert sorted(line.partition("process ")[2].partition(" ")[0] for line in lines) == sorted(
        str(pid)
        for pid in (product.supervisor, *(before[name] for name in before if name != "store"))
    ), f"one line of each process: {lines}"
    assert "no heartbeat for" not in said
    assert "killed" not in said
    await closed(desk, phone)
    code, told = await asyncio.to_thread(product.verify, number)
    assert code == 0, told


# ---- one media process


async def test_a_media_process_that_froze_is_replaced_and_its_call_goes_on(
    product: Demo, browser: Browser
) -> None:
    before = await all_of_them(product)
    number, phone, desk = await a_call(browser, product)
    os.kill(before["media"], signal.SIGSTOP)  # nobody continues it: its supervisor ends it
    await both_told(phone, desk)
    for page in (phone, desk):
        await fresh(page)
    after = await all_of_them(product)
    assert {name for name in before if before[name] != after[name]} == {"media"}
    await closed(desk, phone)
    await sealed(desk, number, 4)
    code, told = await asyncio.to_thread(product.verify, number)
    assert code == 0, told


async def test_a_call_moves_away_from_a_frozen_media_process_and_is_not_taken_back(
    product: Demo, browser: Browser
) -> None:
    """One that no supervisor of this machine ends: it goes on half a minute later."""
    await all_of_them(product)
    name = "a-media"  # the first of those that hold as much
    port, frozen = another_media(product, name)
    try:
        await serves(f"http://127.0.0.1:{port}/healthz")
        number, phone, desk = await a_call(browser, product)
        assert await placed(desk, number) == [name]
        with stopped(frozen.pid):
            began = time.monotonic()
            await both_told(phone, desk)
            for page in (phone, desk):
                await fresh(page)
            await asyncio.sleep(max(began + MEDIA_FROZEN_S - time.monotonic(), 0))
        await serves(f"http://127.0.0.1:{port}/healthz")
        await asyncio.sleep(5)  # it has given signs of life again, and read what became of its room
        assert await placed(desk, number) == [name, "media-1"]
        for page in (phone, desk):
            await fresh(page)
        async with (
            aiohttp.ClientSession() as client,
            client.get(f"http://127.0.0.1:{port}/metrics") as response,
        ):
            text = await response.text()
        assert "jingmin_media_rooms 0" in text, text
        await closed(desk, phone)
        await sealed(desk, number, 4)
        code, told = await asyncio.to_thread(product.verify, number)
        assert code == 0, told
    finally:
        frozen.send_signal(signal.SIGCONT)
        frozen.send_signal(signal.SIGTERM)
        frozen.wait(30)


async def test_a_call_moves_away_from_a_media_process_that_was_killed(
    product: Demo, browser: Browser
) -> None:
    """One that nobody starts again: the other one takes its calls (within 5 s, docs/operator.md)."""
    await all_of_them(product)
    name = "a-media"
    port, killed = another_media(product, name)
    try:
        await serves(f"http://127.0.0.1:{port}/healthz")
        number, phone, desk = await a_call(browser, product)
        assert await placed(desk, number) == [name]
        killed.kill()
        began = time.monotonic()
        while await placed(desk, number) != [name, "media-1"]:
            assert time.monotonic() < began + PATIENCE_S, "nobody took the call"
            await asyncio.sleep(0.1)
        moved = time.monotonic() - began
        for page in (phone, desk):
            await fresh(page)
        print(f"moved after {moved:.1f} s, frames after {time.monotonic() - began:.1f} s")
        await closed(desk, phone)
        # What the dead one had recorded lies on its disk until it is started again.
        code, told = await asyncio.to_thread(product.verify, number)
        assert code == 0, told
    finally:
        killed.kill()
        killed.wait(30)


async def both_told(phone: Page, desk: Page) -> None:
    """At the same time: one is told so for a moment only."""
    await asyncio.gather(
        expect(phone.get_by_text(CALLER_TOLD)).to_be_visible(),
        expect(desk.get_by_text(DESK_TOLD)).to_be_visible(),
    )


def another_media(product: Demo, name: str) -> tuple[int, subprocess.Popen[bytes]]:
    """A media process that no supervisor of this machine knows, and the port of its signalling."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "main", "media"],
        env={
            **os.environ,
            **product.settings,
            "JINGMIN_DEMO": "true",
            "JINGMIN_MEDIA_ID": name,
            "JINGMIN_MEDIA_PORT": str(port),
            "JINGMIN_MEDIA_URL": f"ws://127.0.0.1:{port}/rtc",
        },
        stdout=subprocess.DEVNULL,
    )
    return port, process


# ---- the store


class OnAStore(Demo):
    """The product on a store that somebody else keeps."""

    uri = ""

    @property
    def settings(self) -> dict[str, str]:
        return {**super().settings, "JINGMIN_STORE_URI": self.uri}


async def test_reports_are_answered_while_the_store_is_frozen_and_stored_once(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    store = EmbeddedStore(tmp_path_factory.mktemp("store"), free_port())
    product = OnAStore(tmp_path_factory.mktemp("product"))
    store.start()
    product.uri = store.uri
    product.start()
    stop, receipts = asyncio.Event(), dict[str, str]()
    try:
        await product.ready()
        before = processes(product)
        async with a_desk(product) as (desk, states):
            reporting = asyncio.create_task(reports(product, stop, receipts))
            await until(lambda: len(receipts) >= 3)
            assert store.pid is not None
            with stopped(store.pid):
                began, asked = time.monotonic(), len(receipts)
                await until(lambda: "down" in states)
                await until(lambda: len(receipts) >= asked + 20)
                await ends(desk, f"{product.url}/api/v1/incidents?q=0110")
                await asyncio.sleep(max(began + STORE_FROZEN_S - time.monotonic(), 0))
            await until(lambda: states[-1] == "up")
            stop.set()
            await reporting
        assert processes(product) == before, "nobody was ended"
        await stored_once(product, store.uri, receipts)
        await until(lambda: not waiting(product.data / "journal"))
        assert "no heartbeat for" not in product.log.read_text("utf-8")
    finally:
        product.stop()
        await asyncio.to_thread(store.stop)


# ---- what people do, and what they find


async def a_call(browser: Browser, product: Demo) -> tuple[str, Page, Page]:
    """The number of a report whose caller and dispatcher see each other; their pages."""
    phone = await resident(browser, product)
    desk = await staff(browser, product, "desk2", "console")
    await phone.get_by_test_id("report").click()
    await expect(phone.get_by_test_id("number")).to_contain_text("0110-")
    number = await phone.get_by_test_id("number").inner_text()
    await desk.get_by_test_id(f"answer-{number}").first.click()
    await sees(phone, 1)
    await sees(desk, 1)
    return number, phone, desk


async def closed(desk: Page, phone: Page) -> None:
    await desk.get_by_test_id("close").click()
    await desk.get_by_test_id("disposition-RESOLVED").check(force=True)
    await desk.get_by_test_id("confirm-close").click()
    await expect(phone.get_by_test_id("over")).to_be_visible()


async def incident(desk: Page, number: str) -> dict[str, Any]:
    (one,) = (await read(desk, f"/incidents?q={number}"))["incidents"]
    return dict(await read(desk, f"/incidents/{one['id']}"))


async def placed(desk: Page, number: str) -> list[str]:
    """The media processes that held its call, one after the other."""
    entries = (await incident(desk, number))["entries"]
    return [one["data"]["media"] for one in entries if one["what"] == "call.placed"]


async def told_of(desk: Page, number: str) -> set[str]:
    """What was written down, and for what causes."""
    entries = (await incident(desk, number))["entries"]
    return {one["what"] for one in entries} | {one["data"].get("cause") for one in entries}


async def sealed(desk: Page, number: str, count: int) -> None:
    """As many recordings are in the log: of two people, before and after."""
    end = time.monotonic() + PATIENCE_S
    while True:
        entries = (await incident(desk, number))["entries"]
        found = [one for one in entries if one["what"] == "recording.sealed"]
        if len(found) >= count:
            assert len(found) == count
            return
        assert time.monotonic() < end, entries
        await asyncio.sleep(0.5)


async def reports(product: Demo, stop: asyncio.Event, receipts: dict[str, str]) -> None:
    """Taps as the page sends them, five a second: again with the same key until there is a receipt. The
    incident of each key is put into ``receipts``."""
    limits = aiohttp.ClientTimeout(10)
    async with aiohttp.ClientSession(timeout=limits) as client, asyncio.TaskGroup() as group:

        async def one() -> None:
            key, end = random_id(), time.monotonic() + PATIENCE_S
            while True:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    body = {"key": key, "position": IN_W1}
                    async with client.post(
                        f"{product.url}/api/v1/incidents", json=body
                    ) as response:
                        assert response.status == 201, await response.text()
                        receipts[key] = (await response.json())["id"]
                        return
                assert time.monotonic() < end, "no receipt"
                await asyncio.sleep(0.2)

        while not stop.is_set():
            group.create_task(one())
            await asyncio.sleep(0.2)


def store_of(product: Demo) -> str:
    return EmbeddedStore(product.data / "store", int(product.settings["JINGMIN_STORE_PORT"])).uri


async def stored_once(product: Demo, uri: str, receipts: dict[str, str]) -> None:
    """Every acknowledged report is in the store, and none is there twice."""
    assert receipts
    end = time.monotonic() + PATIENCE_S
    with pymongo.MongoClient[dict[str, Any]](uri) as client:
        shelf = client["jingmin"]["incidents"]
        while True:
            found = await asyncio.to_thread(
                lambda: [one["_id"] for one in shelf.find({}, {"_id": 1})]
            )
            if not (missing := set(receipts.values()) - {*found}):
                break
            assert time.monotonic() < end, f"{len(missing)} of {len(receipts)} are missing"
            await asyncio.sleep(0.2)
        numbers = await asyncio.to_thread(lambda: [one["number"] for one in shelf.find({})])
    assert len(set(receipts.values())) == len(receipts)
    assert len(set(numbers)) == len(numbers)


@contextlib.asynccontextmanager
async def a_desk(product: Demo) -> AsyncIterator[tuple[aiohttp.ClientSession, list[str]]]:
    """A dispatcher's session, and how the desk's screen says that the store is, the latest last."""
    headers = {"Origin": product.url, "Jingmin-Face": "console"}
    jar, states = aiohttp.CookieJar(unsafe=True), list[str]()
    limits = aiohttp.ClientTimeout(LONGEST_S)
    async with aiohttp.ClientSession(headers=headers, cookie_jar=jar, timeout=limits) as client:
        async with client.post(
            f"{product.url}/api/v1/session/demo", json={"login": "desk1"}
        ) as response:
            assert response.status == 200, await response.text()
        async with client.ws_connect(f"{product.url}/api/v1/live?face=console") as screen:

            async def listen() -> None:
                async for message in screen:
                    said = message.json()
                    if said["type"] == "store":
                        states.append(said["state"])

            listening = asyncio.create_task(listen())
            yield client, states
            listening.cancel()


async def ends(client: aiohttp.ClientSession, url: str) -> None:
    """It is answered, whatever with, before any time-out of ours."""
    async with client.get(url) as response:
        assert response.status in (200, 503), await response.text()


def waiting(journal: Path) -> bool:
    """Whether reports wait there."""
    return any(path.stat().st_size for path in journal.rglob("*") if path.is_file())


async def serves(url: str) -> None:
    end = time.monotonic() + PATIENCE_S
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(5)) as client:
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with client.get(url) as response:
                    if response.status == 200:
                        return
            assert time.monotonic() < end, url
            await asyncio.sleep(0.1)


@contextlib.contextmanager
def stopped(*pids: int) -> Iterator[None]:
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def descendants(pid: int) -> list[int]:
    rows = subprocess.run(
        ["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    children = [int(row.split()[0]) for row in rows if int(row.split()[1]) == pid]
    return [one for child in children for one in (child, *descendants(child))]


async def until(condition: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        await asyncio.sleep(0.1)
