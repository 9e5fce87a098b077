"""Work that comes through the store: done when the feed says so, and every second for what it missed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.house import BotHouse
from domain.ports import Change, Lost

EVERY_S = 1.0


async def rounds(
    house: BotHouse,
    sweep: Callable[[BotHouse], Awaitable[bool]],
    wanted: Callable[[Change], bool],
    wake: asyncio.Event | None = None,
) -> None:
    """Sweep until cancelled: again at once while there was something to do, else when a change is
    ``wanted``, when history was lost, when ``wake`` is set, or after a second."""
    wake = wake or asyncio.Event()

    async def listen() -> None:
        async for change in house.store.feed.subscribe():
            if isinstance(change, Lost) or wanted(change):
                wake.set()

    async with asyncio.TaskGroup() as group:
        group.create_task(listen())
        while True:
            wake.clear()
            if await sweep(house):
                continue
            try:
                async with asyncio.timeout(EVERY_S):
                    await wake.wait()
            except TimeoutError:
                continue
