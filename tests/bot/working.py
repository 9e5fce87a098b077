"""A worker that works beside the bot, and a street on which what is sent is answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot import worker
from bot.house import BotHouse
from storage.store import MongoStore
from tests.bot.conftest import Sim
from tests.bot.street import Street


@pytest.fixture
async def working(house: BotHouse, bot_url: str) -> AsyncIterator[None]:
    task = asyncio.create_task(worker.run(house))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def street(sim: Sim, house: BotHouse, store: MongoStore, working: None) -> Street:
    return Street(sim, house, store, await sim.resident())
