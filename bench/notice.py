"""A notice to a whole city: 4,196 groups of 300 owners planned, queued, and made tasks of.

The plan is made and written as the api does it; then the product's worker makes the tasks on the
simulated platform within its rates. Also: what residents on file cost in memory.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp

from bench.intake import row
from bench.parts import Parts
from domain import publishing, writing
from domain.approving import approve
from domain.group import Group
from domain.people import Role, Who
from domain.publishing import Cap
from domain.resident import Resident
from domain.ticket import random_id
from domain.writing import Words
from locate.finder import BoundaryFinder
from locate.sample import build
from storage.store import MongoStore

GROUPS, OWNERS = 4_196, 300
RESIDENTS = 100_000  # a million takes eight minutes to write: BENCH_RESIDENTS=1000000
BATCH = 20_000
CHIEF = Who("chief", Role.SUPERVISOR, "chief")
SECOND = Who("second", Role.SUPERVISOR, "second")


def run() -> list[dict[str, Any]]:
    """Rows: what, figure, unit, peer. ``BENCH_RESIDENTS`` may ask for fewer residents."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(data: Path) -> list[dict[str, Any]]:
    with Parts(data) as parts:
        finder = BoundaryFinder(build(parts.boundaries))
        parts.start("simulator")
        store = MongoStore(parts.store.uri, follow=())
        await store.open(patience=60)
        try:
            return await _run(parts, finder, store)
        finally:
            await store.close()


async def _run(parts: Parts, finder: BoundaryFinder, store: MongoStore) -> list[dict[str, Any]]:
    platform = f"http://127.0.0.1:{parts.settings.simulator_port}/sim"
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(120)) as client:
        seeded = await _seed(client, platform)
        await _register(store, finder, seeded)
        planned = await _publish(store, finder)
        began = time.perf_counter()
        worker = parts.start("worker")
        made = await _tasks(client, platform)
        tasks = time.perf_counter() - began
    before = _megabytes(worker)
    filling = await _fill(store)
    after = _megabytes(worker)
    kept = _megabytes_of(parts.store.pid)
    return [
        row(
            f"notice to {GROUPS} groups of {OWNERS} owners planned and queued",
            planned,
            "s",
            "goal ≤ 5",
        ),
        row(f"until the platform has all {made} tasks (worker's start included)", tasks, "s", ""),
        row(f"{_residents()} residents written", filling, "s", ""),
        row("worker's memory before and with them on file", after, "MB", f"before {before:.0f}"),
        row("embedded store's memory with them", kept, "MB", ""),
    ]


async def _seed(client: aiohttp.ClientSession, platform: str) -> dict[str, Any]:
    wanted = {"owner_prefix": "bench-", "owner_count": OWNERS, "groups": GROUPS, "members": 260}
    for _ in range(120):
        try:
            async with client.post(f"{platform}/seed", json=wanted) as response:
                found: dict[str, Any] = await response.json()
                return found
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.5)
    raise TimeoutError("the simulator did not start")


async def _register(store: MongoStore, finder: BoundaryFinder, seeded: dict[str, Any]) -> None:
    """The registry as reconciliation leaves it: each group with its owner and community."""
    communities = [
        one.id for station in finder.stations() for one in finder.communities(station.id)
    ]
    owners, chats = seeded["owners"], seeded["chat_ids"]
    await store.groups.add_many(
        [
            Group(
                chat,
                f"group {number}",
                owners[number % len(owners)],
                members=260,
                residents=259,
                community=communities[number % len(communities)],
                created_at=1,
                synced_at=1,
            )
            for number, chat in enumerate(chats)
        ]
    )


async def _publish(store: MongoStore, finder: BoundaryFinder) -> float:
    communities = [
        one.id for station in finder.stations() for one in finder.communities(station.id)
    ]
    now = int(time.time() * 1000)
    words = Words("停水通知", "今晚二十二点至次日六点停水, 请提前储水。", communities, urgent=True)
    notice = await writing.draft(store, finder, CHIEF, random_id(), words, now)
    approved = await approve(store, finder, SECOND, notice.id, notice.version, now)
    began = time.perf_counter()
    await publishing.publish(store, finder, CHIEF, approved.id, now, Cap())
    return time.perf_counter() - began


async def _tasks(client: aiohttp.ClientSession, platform: str) -> int:
    for _ in range(600):
        async with client.get(f"{platform}/state") as response:
            tasks = int((await response.json())["tasks"])
        if tasks >= OWNERS:
            return tasks
        await asyncio.sleep(0.2)
    raise TimeoutError(f"only {tasks} tasks")


def _residents() -> int:
    return int(os.environ.get("BENCH_RESIDENTS", RESIDENTS))


async def _fill(store: MongoStore) -> float:
    began = time.perf_counter()
    for start in range(0, _residents(), BATCH):
        batch = [
            Resident(f"{number:032x}", "s" * 76, community=None, heard_at=number)
            for number in range(start, min(start + BATCH, _residents()))
        ]
        await store.residents.add_many(batch)
    return time.perf_counter() - began


def _megabytes(child: subprocess.Popen[bytes]) -> float:
    return _megabytes_of(child.pid)


def _megabytes_of(pid: int | None) -> float:
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0]) / 1024
