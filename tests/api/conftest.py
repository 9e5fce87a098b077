"""The api on a real port, with the real store; staff logged in by real cookies."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from argon2 import PasswordHasher

from api.app import create_app
from api.board import Board
from api.house import ApiSettings, House
from api.limits import RATES, Limits, Rate
from api.metrics import Metrics
from api.passwords import Passwords
from api.routes import now_ms
from domain.audit import Audit
from domain.call import MediaProcess
from domain.errors import NotFound, Refused
from domain.evidence import verify
from domain.incident import Incident
from domain.intake import Report
from domain.people import Person, Role
from domain.receipt_numbers import ReceiptNumbers
from domain.replay import differences
from domain.ticket import random_id
from locate.finder import BoundaryFinder
from pictures import strip
from storage.journal import DiskJournal
from storage.seal import KeySeal
from storage.store import MongoStore
from tests.ports import free_port

SECRET = b"a secret of the tests, thirty-two bytes"
PASSWORD = "correct horse battery"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
STAFF = {
    "desk1": (Role.DISPATCHER, None),
    "desk2": (Role.DISPATCHER, None),
    "chief": (Role.SUPERVISOR, None),
    "w1": (Role.STATION_OFFICER, "w1"),
    "e1": (Role.STATION_OFFICER, "e1"),
    "community": (Role.COMMUNITY_OFFICER, None),
    "admin": (Role.ADMIN, None),
}


class Site:
    """A running api and ways to talk to it."""

    def __init__(self, house: House, url: str) -> None:
        self.house = house
        self.harmed = False  # the test changed an incident behind the log's back
        self.url = url
        self.api = f"{url}/api/v1"
        self._clients: list[aiohttp.ClientSession] = []

    def anybody(self, **headers: str) -> aiohttp.ClientSession:
        client = aiohttp.ClientSession(
            headers={"Origin": self.url, **headers},
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            timeout=aiohttp.ClientTimeout(30),
        )
        self._clients.append(client)
        return client

    async def staff(self, login: str, code: str | None = None) -> aiohttp.ClientSession:
        face = "station" if login in ("w1", "e1") else "console"
        client = self.anybody(**{"Jingmin-Face": face})
        given = {"login": login, "password": PASSWORD, **({"code": code} if code else {})}
        async with client.post(f"{self.api}/session", json=given) as response:
            assert response.status == 200, await response.text()
        return client

    async def report(self, **members: Any) -> dict[str, Any]:
        members.setdefault("key", random_id())
        async with self.anybody().post(f"{self.api}/incidents", json=members) as response:
            assert response.status == 201, await response.text()
            receipt: dict[str, Any] = await response.json()
        await self.house.settled(receipt["id"])
        return receipt

    async def stored(self, id: str) -> Incident:
        """A report in the store: when that is slow, its receipt comes from the journal first."""
        async with asyncio.timeout(60):
            while True:
                try:
                    return await self.house.store.incidents.get(id)
                except NotFound:
                    await asyncio.sleep(0.02)

    def caller(self, receipt: dict[str, Any]) -> aiohttp.ClientSession:
        return self.anybody(Authorization=f"Bearer {receipt['token']}")

    async def ask(
        self,
        client: aiohttp.ClientSession,
        method: str,
        path: str,
        body: Any = None,
        status: int = 200,
    ) -> Any:
        """The JSON answer; fails when the status is another than expected."""
        async with client.request(method, self.api + path, json=body) as response:
            text = await response.text()
            assert response.status == status, f"{method} {path}: {response.status} {text}"
            return await response.json(content_type=None)

    async def close(self) -> None:
        for client in self._clients:
            await client.close()


def build_house(store: MongoStore, finder: BoundaryFinder, folder: Path, origin: str) -> House:
    return House(
        settings=ApiSettings(
            origins=(origin,), city="测试市", secure=False, version="test", second_factor=False
        ),
        store=store,
        finder=finder,
        pictures=strip,
        journal=DiskJournal(folder / "journal", Report),
        secret=SECRET,
        board=Board(store, now_ms),
        numbers=ReceiptNumbers(store),
        passwords=Passwords(CHEAP),
        limits=Limits({name: Rate(1e6, 1e6) for name in RATES}),
        metrics=Metrics(),
        spool=folder,
        log=Audit(store, SECRET),
        content=KeySeal(SECRET, "tip-content"),
        tokens=KeySeal(SECRET, "tokens"),
    )


async def hire(store: MongoStore) -> None:
    hashed = CHEAP.hash(PASSWORD)
    for login, (role, station) in STAFF.items():
        await store.people.add(Person(random_id(), login, f"{login} 警官", role, hashed, station))


async def run_site(house: House, port: int) -> web.AppRunner:
    runner = web.AppRunner(create_app(house), access_log=None, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner


@pytest.fixture
async def site(store: MongoStore, finder: BoundaryFinder, tmp_path: Path) -> AsyncIterator[Site]:
    """An api process's whole application, with staff and one media process on record."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    await hire(store)
    now = now_ms()
    media = MediaProcess("media-1", "ws://127.0.0.1:1/rtc", 0, 0, now, now)
    await store.media_processes.add(media)
    beating = asyncio.create_task(beat(store, media))
    house = build_house(store, finder, tmp_path, url)
    runner = await run_site(house, port)
    site = Site(house, url)
    await until(lambda: house.store_up)
    yield site
    beating.cancel()
    await site.close()
    await runner.cleanup()
    house.journal.close()
    if not site.harmed:
        await require_sound(store)


async def require_sound(store: MongoStore) -> None:
    """Whatever a test did: the log of every incident is a chain as it was signed, and the document says
    nothing else than its log."""
    async for it in store.incidents.every():
        points = [one async for one in store.checkpoints.every({"incident": it.id})]
        assert [*verify(it.log, points, SECRET), *differences(it)] == [], it.number


async def another(site: Site, folder: Path) -> AsyncIterator[Site]:
    """A second api process on the same store."""
    folder.mkdir()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    house = build_house(site.house.store, site.house.finder, folder, url)  # type: ignore[arg-type]
    house.proxies = site.house.proxies
    runner = await run_site(house, port)
    other = Site(house, url)
    await until(lambda: house.store_up)
    yield other
    await other.close()
    await runner.cleanup()
    house.journal.close()


async def beat(store: MongoStore, media: MediaProcess) -> None:
    """A sign of life every other second, as a media process gives it, until it is taken away."""
    while True:
        await asyncio.sleep(2)
        media.heartbeat_at = now_ms()
        with contextlib.suppress(Refused):
            await store.media_processes.save(media)


async def until(condition: Any, seconds: float = 60.0) -> None:
    """Wait for something to become true; fails after ``seconds``."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return
        assert time.monotonic() < end, "did not happen in time"
        await asyncio.sleep(0.02)
