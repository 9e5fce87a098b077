"""Thousands of callbacks with faults switched on, while bot, worker and store are killed -9 in turn.

``python -m tests.bot.storm 10000`` is the long run; ``test_storm.py`` does a short one. Afterwards
every callback that the platform took as accepted has exactly one arrival that was handled, exactly
one answer was made for it, none was sent twice, and no credit was overdrawn.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from config import PREFIX, Settings
from demo import simulated
from domain.arrival import ArrivalState
from domain.errors import StoreDown
from domain.outgoing import MessageState
from domain.resident import resident_id
from storage.embedded import EmbeddedStore
from storage.store import MongoStore
from tests.city import small_city
from tests.ports import free_port

EACH = 3  # messages of one resident: fewer answers than one contact allows, for some tries fail
WRITERS = 24  # residents who write at a time
KILL_EVERY_S = 3.0
SETTLE_S = 900.0
FAULTS: tuple[dict[str, Any], ...] = (
    {"path": "callback:oa", "action": "duplicate", "probability": 0.2},
    {"path": "callback:oa", "action": "reorder", "seconds": 1, "probability": 0.1},
    {"path": "message/custom/send", "action": "error", "code": -1, "probability": 0.03},
    {"path": "message/custom/send", "action": "lost", "probability": 0.03},
    {"path": "message/custom/send", "action": "slow", "seconds": 1, "probability": 0.02},
)


class Part:
    """One process of the product that may be killed."""

    def __init__(self, name: str, environment: dict[str, str]) -> None:
        self._command = [sys.executable, "-m", "main", name]
        self._environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            self._command, env=self._environment, stdout=subprocess.DEVNULL
        )

    def stands(self) -> bool:
        """Whether it runs; one that ended by itself is started again, as by its supervisor."""
        if self.process is not None and self.process.poll() is None:
            return True
        self.start()
        return False

    def end(self, number: int) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(20)


@dataclass(slots=True)
class Result:
    """What the platform and the store say afterwards."""

    accepted: Counter[str] = field(default_factory=Counter)  # by openid
    lost: int = 0  # the platform gave up after its re-deliveries
    kills: Counter[str] = field(default_factory=Counter)
    ended: int = 0  # processes that ended by themselves afterwards
    arrivals: int = 0
    unhandled: int = 0
    answers: int = 0
    answer_states: Counter[str] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)  # answers on screens, by openid
    overdrawn: int = 0
    seconds: float = 0.0


async def storm(
    folder: Path,
    messages: int,
    kill_every: float = KILL_EVERY_S,
    seed: int = 110,
    share: float = 0.9,
) -> Result:
    """Send so many messages through the simulated platform, kill until ``share`` of them is dealt with,
    wait until all is still, count."""
    ports = {name: free_port() for name in ("store", "bot", "simulator", "api")}
    boundaries = folder / "city.geojson"
    boundaries.write_text(json.dumps(small_city()))
    settings = simulated(
        Settings(
            demo=True,
            data=folder,
            port=ports["api"],
            bot_port=ports["bot"],
            simulator_port=ports["simulator"],
            boundaries=boundaries,
            worker_at_once=4,
            log_level="ERROR",
        )
    )
    store = EmbeddedStore(folder / "store", ports["store"])
    store.start()
    environment = {**os.environ, **settings.environment(), PREFIX + "STORE_URI": store.uri}
    parts = {name: Part(name, environment) for name in ("simulator", "bot", "worker")}
    for part in parts.values():
        part.start()
    result = Result()
    began = time.monotonic()
    try:
        base = f"http://127.0.0.1:{ports['simulator']}/sim"
        limits = aiohttp.ClientTimeout(120)
        async with aiohttp.ClientSession(timeout=limits) as client:
            people = await seed_people(client, base, max(10, -(-messages // EACH)))
            for fault in FAULTS:
                await ask(client, "POST", f"{base}/faults", fault)
            killing = asyncio.create_task(
                _kill(parts, store, result, kill_every, random.Random(seed))
            )
            await _write(client, base, people, messages, result)
            await _mostly_done(store.uri, share * messages)
            if killing.done():
                killing.result()  # it must not have ended by itself
            killing.cancel()
            await asyncio.gather(killing, return_exceptions=True)
            if not store.running():  # the killing ended while it was away
                store.start()
            await until_still(store.uri, (parts["bot"], parts["worker"]), result)
            await count(client, base, people, store.uri, result, settings.secret_bytes())
    finally:
        for part in parts.values():
            part.end(signal.SIGTERM)
        store.stop()
    result.seconds = time.monotonic() - began
    return result


async def seed_people(client: aiohttp.ClientSession, base: str, count: int) -> list[str]:
    for _ in range(120):
        try:
            # Residents whom no welcome precedes: each hears answers only.
            found = await ask(client, "POST", f"{base}/seed", {"followers": count})
            return list(found["openids"])
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.5)
    raise TimeoutError("the simulator did not start")


async def _write(
    client: aiohttp.ClientSession, base: str, people: list[str], messages: int, result: Result
) -> None:
    """Each resident writes one message after the other; the platform says what became of each."""
    gate = asyncio.Semaphore(WRITERS)

    async def one(openid: str, count: int) -> None:
        async with gate:
            for number in range(count):
                body = {"content": f"您好 {number}", "wait": True}
                answer = await ask(client, "POST", f"{base}/residents/{openid}/text", body)
                if answer["outcome"]["verdict"] == "silence":
                    result.accepted[openid] += 1
                else:
                    result.lost += 1

    each, more = divmod(messages, len(people))
    await asyncio.gather(
        *(one(openid, each + (place < more)) for place, openid in enumerate(people))
    )


async def _kill(
    parts: dict[str, Part],
    store: EmbeddedStore,
    result: Result,
    every: float,
    dice: random.Random,
) -> None:
    for number in itertools.count():
        # A killed worker's claims wait for a minute: later kills leave it some time to work.
        await asyncio.sleep(every * (0.5 + dice.random()) * min(4.0, 1 + number / 10))
        name = dice.choice(("bot", "worker", "store"))
        result.kills[name] += 1
        if name == "store":
            store.kill()
            await asyncio.sleep(dice.random())
            store.start()  # from this thread: its life is tied to the one that starts it
        else:
            parts[name].end(signal.SIGKILL)
            parts[name].start()


async def _mostly_done(uri: str, wanted: float) -> None:
    """Wait until so many arrivals are dealt with, whatever is killed meanwhile."""
    store = MongoStore(uri, follow=())
    end = time.monotonic() + SETTLE_S
    try:
        while time.monotonic() < end:
            try:
                if await store.arrivals.count({"state": "HANDLED"}) >= wanted:
                    return
            except StoreDown:
                pass
            await asyncio.sleep(5)
        raise TimeoutError("too much still waits")
    finally:
        await store.close()


async def until_still(uri: str, parts: Sequence[Part], result: Result) -> None:
    """Wait until nothing waits to be handled or sent; raises ``TimeoutError`` naming what does."""
    store = MongoStore(uri, follow=())
    await store.open(patience=60)
    end = time.monotonic() + SETTLE_S
    try:
        while time.monotonic() < end:
            waiting = await store.arrivals.find({"state": str(ArrivalState.RECEIVED)}, limit=1)
            waiting += await store.messages.find({"state": str(MessageState.QUEUED)}, limit=1)
            waiting += await store.messages.find({"state": str(MessageState.SENDING)}, limit=1)
            if not waiting:
                return
            result.ended += sum(not part.stands() for part in parts)
            await asyncio.sleep(1)
        raise TimeoutError(f"something still waits: {waiting} {result}")
    finally:
        await store.close()


async def count(
    client: aiohttp.ClientSession,
    base: str,
    people: list[str],
    uri: str,
    result: Result,
    secret: bytes,
) -> None:
    """What there is of these people: the demo adds a follower of its own."""
    store = MongoStore(uri, follow=())
    await store.open(patience=60)
    try:
        arrivals = await _all(store.arrivals)
        messages = await _all(store.messages)
    finally:
        await store.close()
    ids = {resident_id(secret, openid) for openid in people}
    arrivals = [one for one in arrivals if one.person in ids]
    messages = [one for one in messages if one.to in ids]
    result.arrivals = len(arrivals)
    result.unhandled = sum(one.state is not ArrivalState.HANDLED for one in arrivals)
    result.answers = len(messages)
    result.answer_states = Counter(f"{one.state} {one.reason}".strip() for one in messages)
    for openid in people:
        chat = await ask(client, "GET", f"{base}/residents/{openid}/chat?since=0")
        result.shown[openid] = sum(line["who"] == "account" for line in chat["lines"])
    logged = await ask(client, "GET", f"{base}/log?path=message/custom/send&limit=200000")
    result.overdrawn = sum(_code(entry) in (45015, 45047) for entry in logged["entries"])


def _code(entry: dict[str, Any]) -> int:
    try:
        return int(json.loads(entry["answer"]).get("errcode", 0))
    except (ValueError, AttributeError):
        return 0


async def _all(shelf: Any) -> list[Any]:
    found: list[Any] = []
    last = ""
    while page := await shelf.find({"_id": {"$gt": last}}, limit=1000):
        found += page
        last = page[-1].id
    return found


async def ask(
    client: aiohttp.ClientSession, method: str, url: str, body: Any = None
) -> dict[str, Any]:
    async with client.request(method, url, json=body) as response:
        answer: dict[str, Any] = await response.json()
        assert response.status == 200, answer
        return answer


def check(result: Result, messages: int) -> None:
    """Raises ``AssertionError`` naming what does not hold."""
    accepted = sum(result.accepted.values())
    assert accepted + result.lost == messages
    # What the platform gave up may have been kept by a bot that died before it could say so.
    assert accepted <= result.arrivals <= messages, result
    assert result.unhandled == 0, result
    assert result.answers == result.arrivals, result
    sent = result.answer_states["SENT"] + result.answer_states["FAILED unknown"]
    assert sent == result.answers, result
    for openid, shown in result.shown.items():
        assert shown <= result.accepted[openid] + result.lost, f"doubled: {result}"
    assert sum(result.shown.values()) <= result.answers, result
    # A lost answer was delivered; a worker killed before its call had not sent: never more than once.
    missing = result.answers - sum(result.shown.values())
    assert missing <= result.answer_states["FAILED unknown"], result
    assert result.overdrawn == 0, result


def main() -> None:
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(storm(Path(folder), messages))
    print(
        f"{messages} messages, {result.lost} given up by the platform, kills {dict(result.kills)}\n"
        f"{result.arrivals} arrivals, {result.unhandled} unhandled, {result.answers} answers "
        f"{dict(result.answer_states)}, {sum(result.shown.values())} on screens, "
        f"{result.overdrawn} overdrawn, {result.seconds:.0f} s"
    )
    check(result, messages)


if __name__ == "__main__":
    main()
