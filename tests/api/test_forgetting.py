"""What is old goes, what is not stays, and one process at a time sees to it."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from api import forgetting
from domain.lease import Turns
from domain.people import Session
from domain.presence import Presence
from tests.api.conftest import Site

OLD, NEW = 1_000, 4_000_000_000_000


async def fill(site: Site) -> None:
    store = site.house.store
    for name, at in (("old", OLD), ("new", NEW)):
        await store.sessions.add(Session(name, "somebody", "console", at, at))
        await store.presences.add(Presence(name, at, at))


async def left(site: Site) -> dict[str, set[str]]:
    store = site.house.store
    return {
        "sessions": {one.id async for one in store.sessions.every()},
        "presences": {one.id async for one in store.presences.every()},
    }


async def test_what_is_old_goes_and_what_is_not_stays(site: Site) -> None:
    await fill(site)
    await forgetting.forget_old(site.house)
    assert await left(site) == {"sessions": {"new"}, "presences": {"new"}}


async def test_one_process_at_a_time_sees_to_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(site)
    monkeypatch.setattr(forgetting, "EVERY_S", 0.05)
    house = site.house
    another = Turns(lambda: house.store, house.clock)
    assert await another.take("forgetting", 1) == 0
    task = asyncio.create_task(forgetting.forgetting(house))
    try:
        await asyncio.sleep(0.5)
        assert (await left(site))["sessions"] == {"old", "new"}
        await another.end("forgetting", None)

        async with asyncio.timeout(30):
            while (await left(site))["sessions"] != {"new"}:
                await asyncio.sleep(0.05)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
