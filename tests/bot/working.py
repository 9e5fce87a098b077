"""A street on which the worker works: what is sent is answered."""

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
async def street(
    sim: Sim, house: BotHouse, store: MongoStore, bot_url: str
) -> AsyncIterator[Street]:
    task = asyncio.create_task(worker.run(house))
    yield Street(sim, house, store, await sim.resident())
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
