"""What an operator watches: health and metrics of bot and worker, without names or texts."""

from __future__ import annotations

import asyncio
import re

import aiohttp

from bot.app import create_watching
from bot.house import BotHouse
from bot.worker import run
from tests.bot.conftest import Sim, serve
from tests.bot.street import until
from tests.ports import free_port


async def figures(http: aiohttp.ClientSession, url: str) -> dict[str, float]:
    async with http.get(f"{url}/metrics") as response:
        assert response.status == 200
        text = await response.text()
    found = re.findall(r"^(jingmin\S+) (\S+)$", text, re.M)
    return {name: float(figure) for name, figure in found}


async def test_bot_and_worker_show_what_they_did(
    house: BotHouse, bot_url: str, sim: Sim, http: aiohttp.ClientSession
) -> None:
    port = free_port()
    runner = await serve(create_watching(house), port)
    worker_url = f"http://127.0.0.1:{port}"
    working = asyncio.create_task(run(house))
    try:
        # One registry a process, and here all tests are one: count what this one adds.
        before = await figures(http, worker_url)
        openid = await sim.resident(name="周围的人")
        await sim.post(f"residents/{openid}/text", content="楼下的路灯坏了", wait=True)
        async with http.post(f"{bot_url}/wechat/official", data=b"<nonsense") as refused:
            assert refused.status == 400

        def grown(after: dict[str, float], name: str) -> float:
            return after.get(name, 0.0) - before.get(name, 0.0)

        async def done() -> bool:
            after = await figures(http, worker_url)
            handled = grown(after, 'jingmin_arrivals_total{became="handled"}')
            return handled == 2 and grown(after, 'jingmin_messages_total{became="sent"}') >= 1

        await until(done)
        after = await figures(http, bot_url)
        door = 'jingmin_callbacks_total{answered="%s",platform="official"}'
        assert grown(after, door % "handled") == 2  # the follow and the text
        assert grown(after, door % "refused") == 1
        assert grown(after, "jingmin_callback_seconds_count") == 3
        async with http.get(f"{bot_url}/metrics") as response:
            text = await response.text()
        assert openid not in text
        assert "路灯" not in text
        assert "周围" not in text
        for url in (bot_url, worker_url):
            async with http.get(f"{url}/healthz") as response:
                assert (await response.json())["store"] == "up"
        async with http.get(f"{worker_url}/wechat/official") as response:
            assert response.status == 404
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await runner.cleanup()
