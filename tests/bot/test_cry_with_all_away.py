"""救命 with the send API refusing, the store away and a video before it: the product's own processes.

The answer is on the phone within two seconds, and the report is there once the store is back.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from config import PREFIX, Settings
from demo import simulated
from domain.incident import Incident, IncidentState
from storage.embedded import EmbeddedStore
from storage.store import MongoStore
from tests.bot.storm import Part
from tests.bot.street import until
from tests.city import small_city
from tests.ports import free_port

CRY = "救命，有人拿刀砸门"
SECONDS = 2.0


@dataclass
class Product:
    """Bot, worker and simulator as processes on an embedded store that can be stopped."""

    settings: Settings
    embedded: EmbeddedStore
    store: MongoStore
    parts: dict[str, Part]
    client: aiohttp.ClientSession

    async def sim(self, path: str, /, **body: Any) -> dict[str, Any]:
        base = f"http://127.0.0.1:{self.settings.simulator_port}/sim"
        async with self.client.post(f"{base}/{path}", json=body) as response:
            assert response.status == 200, await response.text()
            return dict(await response.json())

    async def chat(self, openid: str) -> list[str]:
        url = f"http://127.0.0.1:{self.settings.simulator_port}/sim/residents/{openid}/chat"
        async with self.client.get(url) as response:
            lines = (await response.json())["lines"]
        return [
            str(one["data"].get("content"))
            for one in lines
            if one["who"] in ("account", "notice") and one.get("via") != "template"
        ]

    async def bot_answers(self) -> bool:
        """Whether the bot takes connections; its health may say that the store is away."""
        try:
            url = f"http://127.0.0.1:{self.settings.bot_port}/metrics"
            async with self.client.get(url) as response:
                return response.status == 200
        except aiohttp.ClientConnectionError:
            return False

    def away(self, is_away: bool) -> None:
        assert self.embedded.pid is not None
        os.kill(self.embedded.pid, signal.SIGSTOP if is_away else signal.SIGCONT)

    async def cry(self, openid: str, text: str = CRY) -> None:
        """What is written is answered on the phone in time."""
        began, before = time.monotonic(), len(await self.chat(openid))
        done = await self.sim(f"residents/{openid}/text", content=text, wait=True)
        took = time.monotonic() - began
        assert done["outcome"]["verdict"] == "reply", done
        assert took < SECONDS, took
        new = (await self.chat(openid))[before:]
        assert any("tel:110" in one for one in new), new

    async def report(self) -> Incident | None:
        found = await self.store.incidents.find({})
        return found[0] if found else None


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Product]:
    ports = {name: free_port() for name in ("store", "bot", "simulator", "api")}
    boundaries = tmp_path / "city.geojson"
    boundaries.write_text(json.dumps(small_city()))
    settings = simulated(
        Settings(
            demo=True,
            data=tmp_path,
            port=ports["api"],
            bot_port=ports["bot"],
            simulator_port=ports["simulator"],
            boundaries=boundaries,
            worker_at_once=1,
            log_level="ERROR",
        )
    )
    embedded = EmbeddedStore(tmp_path / "store", ports["store"])
    embedded.start()
    environment = {**os.environ, **settings.environment(), PREFIX + "STORE_URI": embedded.uri}
    parts = {name: Part(name, environment) for name in ("simulator", "bot", "worker")}
    for part in parts.values():
        part.start()
    store = MongoStore(embedded.uri, follow=())
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(60)) as client:
        one = Product(settings, embedded, store, parts, client)
        try:
            await store.open(patience=60)
            await until(one.bot_answers, patience=90)
            yield one
        finally:
            one.away(False)
            for part in parts.values():
                part.end(signal.SIGKILL)
            await store.close()
            embedded.stop()


async def follower(product: Product) -> str:
    async def made() -> str:
        try:
            return str((await product.sim("residents", follow=True, wait=True))["openid"])
        except aiohttp.ClientConnectionError:
            return ""

    return str(await until(made, patience=60))


async def test_the_answer_is_there_in_two_seconds_and_the_report_when_the_store_is(
    product: Product,
) -> None:
    openid = await follower(product)

    async def welcomed() -> bool:
        return bool(await product.chat(openid))

    await until(welcomed, patience=60)
    await product.sim("faults", path="media/get", action="hang")
    await product.sim(f"residents/{openid}/video", wait=True)
    await product.sim("faults", path="message/custom/send", action="error", code=45009)
    product.away(True)
    await product.cry(openid)
    # A bot that starts while the store is away takes calls for help all the same.
    product.parts["bot"].end(signal.SIGKILL)
    product.parts["bot"].start()
    await until(product.bot_answers, patience=60)
    await product.cry(openid, "救命！快来人")
    await product.sim(f"residents/{openid}/text", content="1", wait=True)
    product.away(False)
    it: Incident = await until(product.report, patience=60)
    assert it.state is IncidentState.RAISED
    assert CRY in it.words
    assert "快来人" in it.words
    # What could not be sent is there when the platform takes it again, whatever the hour.
    async with product.client.delete(
        f"http://127.0.0.1:{product.settings.simulator_port}/sim/faults"
    ) as response:
        assert response.status == 200
    await product.sim(f"residents/{openid}/text", content="在三楼", wait=True)

    async def told() -> bool:
        return any("110 已收到您的报警" in one for one in await product.chat(openid))

    await until(told, patience=30)
