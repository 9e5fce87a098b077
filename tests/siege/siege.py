"""The product's processes under attack and kill −9, while people report and write to the account.

Each process is started again at once when it was killed, as its supervisor does. Afterwards every
acknowledged report and line is there exactly once and its log verifies, every callback that the
platform took as accepted was handled and answered once.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from config import PREFIX, Settings
from demo import simulated
from domain.ticket import random_id
from storage.embedded import EmbeddedStore
from storage.store import MongoStore
from tests.bot.storm import EACH, FAULTS, Part, Result, ask, check, count, seed_people, until_still
from tests.city import IN_W1, small_city
from tests.ports import free_port
from tests.siege.attacks import ATTACKS, BROKEN, Attack

REPORTS, WRITERS = 10, 4  # reports a second; residents who write to the account at a time
VICTIMS = ("api", "bot", "media", "store", "worker")
UP_S = 90.0
GIVE_UP_S = 120.0  # a report that is not acknowledged by then is lost


@dataclass(slots=True)
class Found:
    """What the people saw, and what was in the store afterwards."""

    reports: dict[str, tuple[str, str]] = field(default_factory=dict)  # key: id, number
    lines: dict[str, set[str]] = field(default_factory=dict)  # incident: texts
    waits: list[float] = field(default_factory=list)  # seconds from tap to receipt
    messages: int = 0
    closed: int = 0
    storm: Result = field(default_factory=Result)
    kills: Counter[str] = field(default_factory=Counter)
    attacks: Counter[str] = field(default_factory=Counter)
    verified: int = 0
    seconds: float = 0.0

    @property
    def restarted(self) -> int:
        return sum(self.kills.values()) + self.storm.ended


class City:
    """A store, and every process of the product on it."""

    def __init__(self, folder: Path) -> None:
        boundaries = folder / "city.geojson"
        boundaries.write_text(json.dumps(small_city()))
        self.settings = simulated(
            Settings(
                demo=True,
                data=folder,
                port=free_port(),
                bot_port=free_port(),
                media_port=free_port(),
                simulator_port=free_port(),
                boundaries=boundaries,
                worker_at_once=4,
                log_level="ERROR",
            )
        )
        self.store = EmbeddedStore(folder / "store", free_port())
        self.environment = {
            **os.environ,
            **self.settings.environment(),
            PREFIX + "STORE_URI": self.store.uri,
        }
        names = ("simulator", "api", "bot", "media", "worker")
        self.parts = {name: Part(name, self.environment) for name in names}
        self.api = f"http://127.0.0.1:{self.settings.port}"
        self.bot = f"http://127.0.0.1:{self.settings.bot_port}"
        self.media = f"http://127.0.0.1:{self.settings.media_port}"
        self.ended = (
            0  # processes that ended by themselves, as for a store that was killed while they began
        )

    def start(self) -> None:
        self.store.start()
        for part in self.parts.values():
            part.start()

    def stop(self) -> None:
        for part in self.parts.values():
            with suppress(subprocess.TimeoutExpired):
                part.end(signal.SIGTERM)
        self.store.stop()

    def kill(self, name: str) -> None:
        """And start it again. From the main thread: a child's life is tied to the one that starts it."""
        if name == "store":
            self.store.kill()
            self.store.start()
        else:
            self.parts[name].end(signal.SIGKILL)
            self.parts[name].start()

    async def up(self, name: str) -> None:
        """Wait until it answers; the worker, which listens nowhere, and the store have time instead."""
        url = {"api": self.api, "bot": self.bot, "media": self.media}.get(name)
        if url is None:
            await asyncio.sleep(1.5)
            return
        end = time.monotonic() + UP_S
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(5)) as client:
            while time.monotonic() < end:
                if not self.parts[name].stands():
                    self.ended += 1
                with suppress(*BROKEN):
                    async with client.get(f"{url}/healthz") as answer:
                        if answer.status < 500:
                            return
                await asyncio.sleep(0.05)
        raise TimeoutError(f"{name} does not answer")

    def verify(self) -> int:
        """How many logs the product's own check found unaltered; raises ``AssertionError`` for others."""
        done = subprocess.run(
            [sys.executable, "-m", "main", "verify", "all"],
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
        return int(done.stdout.partition(" sound")[0].replace(",", ""))


async def siege(
    folder: Path,
    seconds: float,
    kills: int | None = None,
    attacked: bool = True,
    seed: int = 110,
) -> Found:
    """For so many seconds, or until each process was killed so many times. Raises ``AssertionError``
    naming what does not hold."""
    found, city, dice = Found(), City(folder), random.Random(seed)
    began = time.monotonic()
    city.start()
    try:
        for name in VICTIMS:
            await city.up(name)
        limits = aiohttp.ClientTimeout(120)
        async with aiohttp.ClientSession(timeout=limits) as client:
            base = f"http://127.0.0.1:{city.settings.simulator_port}/sim"
            crowd = int(max(seconds, 30 * (kills or 0))) * 2
            people = await seed_people(client, base, min(crowd, 3_000))
            for fault in FAULTS:
                await ask(client, "POST", f"{base}/faults", fault)
            stop = asyncio.Event()
            async with _attacked(city, found, attacked), asyncio.TaskGroup() as group:
                group.create_task(_report(city, found, stop))
                group.create_task(_write(client, base, people, found, stop))
                closing = group.create_task(_close(city, found))
                killing = [
                    group.create_task(_kill(city, name, found, kills, dice, stop))
                    for name in VICTIMS
                ]
                if kills is None:
                    await asyncio.sleep(seconds)
                else:
                    await asyncio.gather(*killing)
                stop.set()
                closing.cancel()  # a desk with a hundred cases before it would close them all first
            await until_still(
                city.store.uri, (city.parts["bot"], city.parts["worker"]), found.storm
            )
            secret = city.settings.secret_bytes()
            await count(client, base, people, city.store.uri, found.storm, secret)
        check(found.storm, found.messages)
        await _stored(city, found)
        found.verified = await asyncio.to_thread(city.verify)
    finally:
        city.stop()
    found.storm.ended += city.ended
    found.seconds = time.monotonic() - began
    return found


@asynccontextmanager
async def _attacked(city: City, found: Found, attacked: bool) -> AsyncIterator[None]:
    attack = Attack(city.api, city.bot, city.media, city.settings.media_port, found.attacks)
    tasks = [asyncio.ensure_future(one(attack)) for one in (ATTACKS if attacked else ())]
    try:
        yield
        for task in tasks:
            if task.done():
                task.result()  # an attack that ended by itself attacked nobody
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert not found.attacks["tickets TAKEN"], "a forged ticket was good"
    wrong = {what: number for what, number in found.attacks.items() if what.endswith(" 500")}
    assert not wrong, f"errors nobody had thought of: {wrong}"


async def _kill(
    city: City,
    name: str,
    found: Found,
    kills: int | None,
    dice: random.Random,
    stop: asyncio.Event,
) -> None:
    while not stop.is_set() and found.kills[name] != kills:
        # Long enough that something is done between two kills of it.
        pause = dice.uniform(2, 8) if kills is None else dice.uniform(0.2, 2)
        if kills is not None and name == "store":
            pause += 2  # what starts meanwhile has to read it
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
            return
        city.kill(name)
        found.kills[name] += 1
        await city.up(name)


async def _report(city: City, found: Found, stop: asyncio.Event) -> None:
    """Taps and lines as the page sends them: again with the same key until there is a receipt."""
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(10)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as client:

        async def send(path: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
            end = time.monotonic() + GIVE_UP_S
            while True:
                with suppress(*BROKEN):
                    url = f"{city.api}/api/v1/{path}"
                    async with client.post(url, json=body, headers=headers) as answer:
                        if answer.status in (200, 201):
                            return dict(await answer.json())
                        # What the page tries again: the store is away, or too much at once.
                        said = await answer.text()
                        assert answer.status in (404, 429, 503), f"{path} {answer.status} {said}"
                assert time.monotonic() < end, f"{path} got no receipt"
                await asyncio.sleep(0.2)

        async def one() -> None:
            key, text, tapped = random_id(), f"说 {random_id()}", time.monotonic()
            receipt = await send("incidents", {"key": key, "position": IN_W1}, {})
            found.waits.append(time.monotonic() - tapped)
            found.reports[key] = (receipt["id"], receipt["number"])
            bearer = {"Authorization": f"Bearer {receipt['token']}"}
            await send("my/messages", {"key": random_id(), "text": text}, bearer)
            found.lines.setdefault(receipt["id"], set()).add(text)

        async with asyncio.TaskGroup() as group:
            while not stop.is_set():
                group.create_task(one())
                await asyncio.sleep(1 / REPORTS)


async def _close(city: City, found: Found) -> None:
    """A desk that answers and closes what somebody wrote in: no city lets thousands of cases wait."""
    headers = {"Origin": city.api, "Jingmin-Face": "console"}
    limits = aiohttp.ClientTimeout(10)
    while True:
        jar = aiohttp.CookieJar(unsafe=True)  # an address keeps no cookie otherwise
        with suppress(*BROKEN):
            async with aiohttp.ClientSession(
                f"{city.api}/api/v1/",
                headers=headers,
                cookie_jar=jar,
                timeout=limits,
                raise_for_status=True,
            ) as desk:
                await desk.post("session/demo", json={"login": "chief"})
                while True:
                    await _close_some(desk, found)
                    await asyncio.sleep(0.5)
        await asyncio.sleep(0.5)


async def _close_some(desk: aiohttp.ClientSession, found: Found) -> None:
    async with desk.get("incidents", params={"limit": "200"}) as response:
        waiting = (await response.json())["incidents"]
    for one in waiting:
        if one["state"] == "CLOSED" or one["id"] not in found.lines:
            continue
        path = f"incidents/{one['id']}"
        if one["state"] in ("RAISED", "ABANDONED"):
            await desk.post(f"{path}/answer", json={})
        await desk.post(f"{path}/read", json={"received": one["said"], "read": one["said"]})
        await desk.post(f"{path}/close", json={"disposition": "RESOLVED"})
        found.closed += 1


async def _write(
    client: aiohttp.ClientSession, base: str, people: list[str], found: Found, stop: asyncio.Event
) -> None:
    """Residents who write a few messages each, one after the other."""
    left = iter(people)

    async def writer() -> None:
        for openid in left:
            for number in range(EACH):
                if stop.is_set():
                    return
                body = {"content": f"您好 {number}", "wait": True}
                found.messages += 1
                answer = await ask(client, "POST", f"{base}/residents/{openid}/text", body)
                if answer["outcome"]["verdict"] == "silence":
                    found.storm.accepted[openid] += 1
                else:
                    found.storm.lost += 1
                await asyncio.sleep(0.2)

    await asyncio.gather(*(writer() for _ in range(WRITERS)))


async def _stored(city: City, found: Found) -> None:
    """Each acknowledged report once, with its own number and what was said in it."""
    store = MongoStore(city.store.uri, follow=())
    await store.open(patience=60)
    by_key: dict[str, list[str]] = {}
    numbers: Counter[str] = Counter()
    said: dict[str, list[str]] = {}
    try:
        async for it in store.incidents.every():
            by_key.setdefault(it.key, []).append(it.id)
            numbers[it.number] += 1
            said[it.id] = [str(entry.data.get("text", "")) for entry in it.log.entries]
    finally:
        await store.close()
    lost = [key for key, (id, _) in found.reports.items() if id not in by_key.get(key, ())]
    doubled = [key for key, ids in by_key.items() if len(ids) > 1]
    assert (lost, doubled) == ([], []), f"lost {lost}, doubled {doubled}"
    assert max(numbers.values()) == 1, "two reports have one number"
    for id, texts in found.lines.items():
        for text in texts:
            assert said[id].count(text) == 1, f"{text} is {said[id].count(text)} times in {id}"


def table(found: Found, name: Callable[[int], str] = "{:,}".format) -> tuple[str, str]:
    """What was done, and what was found: two cells of a row."""
    kills = ", ".join(f"{victim} {number}" for victim, number in sorted(found.kills.items()))
    tries = sum(found.attacks.values())
    meanwhile = (
        f", {name(tries)} hostile requests and packets of {len(ATTACKS)} kinds" if tries else ""
    )
    what = f"{REPORTS} reports a second, {WRITERS} residents writing{meanwhile}; kill −9: {kills}"
    lines = sum(map(len, found.lines.values()))
    return what, (
        f"{name(len(found.reports))} reports and {name(lines)} lines acknowledged, found once, "
        f"{name(found.closed)} cases closed; "
        f"{name(sum(found.storm.accepted.values()))} messages accepted, answered once; 0 lost, 0 doubled; "
        f"{name(found.restarted)} processes restarted; longest silence {max(found.waits):.1f} s; "
        f"{name(found.verified)} logs verified"
    )
