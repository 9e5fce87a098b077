"""What the alarms need is in the api's ``/metrics``: of the whole installation, and as it is."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import math
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

import serving
from api import figures
from bot import life
from bot.house import BotHouse
from domain.backup import LAST, Backup
from domain.outgoing import Channel, Message, Rank
from domain.process import DEAD_MS, Process
from domain.ticket import random_id
from storage.store import MongoStore
from tests.api.conftest import Site, now_ms, site, until
from tests.bot.conftest import house, ports, world
from tests.ports import free_port

__all__ = ["house", "ports", "site", "world"]
TOKEN = "a-token-of-the-tests"


async def figures_of(site: Site) -> dict[str, float]:
    """As Prometheus reads them; asked anew."""
    site.house.figures = figures.Figures()
    async with site.anybody().get(f"{site.url}/metrics") as response:
        assert response.status == 200
        text = await response.text()
    found = re.findall(r"^(jingmin\S+) (\S+)$", text, re.M)
    return {name: float(figure) for name, figure in found}


def with_bot(site: Site) -> None:
    site.house.settings = dataclasses.replace(site.house.settings, has_bot=True)


async def test_the_oldest_report_waits_until_somebody_answers(site: Site) -> None:
    assert (await figures_of(site))["jingmin_oldest_report_seconds"] == 0
    receipt = await site.report()
    await site.stored(receipt["id"])
    begun = site.house.board.get(receipt["id"])
    assert begun is not None
    site.house.clock = lambda: begun.waiting_since + 75_000
    assert (await figures_of(site))["jingmin_oldest_report_seconds"] == 75
    desk = await site.staff("desk1")
    await site.ask(desk, "POST", f"/incidents/{receipt['id']}/answer", {})
    await until(lambda: figures.oldest_s(site.house) == 0)


async def test_which_processes_live(site: Site) -> None:
    found = await figures_of(site)
    assert found['jingmin_processes{kind="media"}'] == 1
    # Without a platform there is none that could be missed.
    assert 'jingmin_processes{kind="bot"}' not in found
    with_bot(site)
    store, now = site.house.store, now_ms()
    for id, kind, beat_at in (
        ("bot:one", "bot", now),
        ("worker:one", "worker", now - 1_000),
        ("worker:two", "worker", now),
        ("worker:dead", "worker", now - DEAD_MS),
        ("bot:whose clock was ahead", "bot", now + 3_600_000),
    ):
        await store.processes.add(Process(id, kind, beat_at, beat_at))
    found = await figures_of(site)
    assert found['jingmin_processes{kind="bot"}'] == 1
    assert found['jingmin_processes{kind="worker"}'] == 2
    site.house.clock = lambda: now_ms() + 120_000
    found = await figures_of(site)
    assert {found[f'jingmin_processes{{kind="{one}"}}'] for one in ("media", "bot", "worker")} == {
        0
    }


async def test_a_bot_says_that_it_lives_and_that_it_ends(house: BotHouse) -> None:
    shelf, long_ago = house.store.processes, house.clock() - 2 * 86_400_000
    await shelf.add(Process("bot:killed", "bot", long_ago, long_ago))
    living = asyncio.create_task(life.run(house, "bot"))
    id = f"bot:{house.settings.process}"

    async def rows() -> list[str]:
        return [one.id async for one in shelf.every()]

    async with asyncio.timeout(20):
        while await rows() != [id]:
            await asyncio.sleep(0.05)
    assert abs((await shelf.get(id)).beat_at - house.clock()) < DEAD_MS
    living.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await living
    assert await rows() == []


async def test_queues_sizes_and_the_last_backup(site: Site) -> None:
    found = await figures_of(site)
    assert found["jingmin_store_bytes"] > 0
    assert math.isnan(found["jingmin_backup_age_seconds"])
    assert {found[f'jingmin_queue{{kind="{one}"}}'] for one in figures.QUEUES} == {0}
    store, now = site.house.store, now_ms()
    assert isinstance(store, MongoStore)
    for rank, due in ((Rank.URGENT, now - 5), (Rank.SAID, now - 5), (Rank.SAID, now + 3_600_000)):
        one = Message(random_id(), "r", Channel.OFFICIAL, "sealed", now, now, rank=rank, due_at=due)
        await store.messages.add(one)
    await store.backups.add(Backup(LAST, now - 7_200_000, 1, 1, 1))
    found = await figures_of(site)
    assert found['jingmin_queue{kind="messages"}'] == 2
    assert 7_200 <= found["jingmin_backup_age_seconds"] < 7_300


def test_the_embedded_store_is_as_large_as_its_files(tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "one").write_bytes(b"1" * 1_000)
    (tmp_path / "two").write_bytes(b"2" * 10)
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    assert 1_010 <= figures.size_of(tmp_path) < 1_010 + 1_000
    assert figures.size_of(tmp_path / "nowhere") == 0


async def test_a_store_that_is_away_is_not_asked_and_is_no_zero(site: Site) -> None:
    with_bot(site)
    assert (await figures_of(site))['jingmin_processes{kind="media"}'] == 1
    site.house.background[0].cancel()  # it would find the store
    site.house.store_up = False
    found = await figures_of(site)
    assert found["jingmin_store_up"] == 0
    unknown = {name for name, figure in found.items() if math.isnan(figure)}
    assert unknown == {
        *(f'jingmin_processes{{kind="{one}"}}' for one in ("media", "bot", "worker")),
        *(f'jingmin_queue{{kind="{one}"}}' for one in figures.QUEUES),
        "jingmin_store_bytes",
        "jingmin_backup_age_seconds",
    }


async def test_who_scrapes_often_asks_the_store_once(site: Site) -> None:
    with_bot(site)
    await figures_of(site)
    now = now_ms()
    await site.house.store.processes.add(Process("bot:one", "bot", now, now))
    await site.house.figures.refresh(site.house)
    assert site.house.metrics.processes.labels("bot")._value.get() == 0
    assert (await figures_of(site))['jingmin_processes{kind="bot"}'] == 1


@pytest.fixture
async def guarded() -> AsyncIterator[str]:
    """Any application, served as all of them are, with a token."""

    async def tell(request: web.Request) -> web.Response:
        return web.Response(text="secret_figure 1\n")

    app = web.Application()
    app.router.add_get("/metrics", tell)
    app.router.add_get("/other", tell)
    runner = serving.Runner(app, metrics_token=TOKEN)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"Bearer {TOKEN}x", 401),
        (f"Bearer {TOKEN[:-1]}", 401),
        (f"Basic {TOKEN}", 401),
        (TOKEN, 401),
        ("Bearer 密", 401),
        ("Bearer", 401),
        (None, 401),
    ],
)
async def test_metrics_are_for_who_has_the_token(
    guarded: str, header: str | None, status: int
) -> None:
    headers = {} if header is None else {"Authorization": header}
    async with aiohttp.ClientSession() as one:
        for path in ("/metrics", "/%6Detrics", "/metrics?token=x", "//../metrics"):
            async with one.get(guarded + path, headers=headers) as response:
                text = await response.text()
                assert response.status in (status, 404), path
                assert ("secret_figure" in text) == (response.status == 200)
                assert ("process_start_time_seconds" in text) == (response.status == 200)
                if response.status == 401:
                    assert response.headers["WWW-Authenticate"] == "Bearer"
        async with one.get(f"{guarded}/other", headers=headers) as response:
            assert response.status == 200
