"""Tips and notices are signed like incidents: what is done to them afterwards is found."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
from collections.abc import AsyncIterator

import pytest

from api import signing
from api.verify import check_log
from domain.evidence import Checkpoint, Log
from domain.people import Role, Who
from domain.ports import Lost
from domain.tip_notes import note
from tests.api.conftest import SECRET, Site, now_ms, until
from tests.api.test_tips_api import a_tip


@pytest.mark.parametrize("harm", ["none", "flip", "cut"])
async def test_a_tip_is_signed_and_harm_is_found(site: Site, harm: str) -> None:
    tip = await a_tip(site)
    store = site.house.store

    async def signed() -> bool:
        points = await store.checkpoints.find({"incident": tip.id})
        return any(point.length == tip.log.length for point in points)

    await until(signed)
    stored = await store.tips.get(tip.id)
    if harm == "flip":
        entry = stored.log.entries[0]
        stored.log.entries[0] = dataclasses.replace(entry, data={"anonymous": False})
    if harm == "cut":
        stored.log.entries.pop()
        stored.log.length -= 1
        stored.log.head = stored.log.entries[-1].hash
    await store.tips.save(stored)
    result = await check_log(store, SECRET, await store.tips.get(tip.id))
    assert result.sound is (harm == "none"), result


CHIEF = Who("chief", Role.SUPERVISOR, "赵值班长")


class Quiet:
    """A feed that tells of nothing, but that it lost something."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[Lost] = asyncio.Queue()

    async def subscribe(self, size: int) -> AsyncIterator[Lost]:
        assert size
        while True:
            yield await self.told.get()


async def test_what_grew_while_the_feed_was_lost_is_signed_when_it_says_so(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = site.house.store
    feed = Quiet()
    deaf = copy.copy(site.house)
    deaf.store = copy.copy(store)
    deaf.store.feed = feed  # type: ignore[assignment]
    deaf.secret = b"another process's, so that what it signs is told apart"
    heads: list[int] = []
    real = signing.checkpoint

    def noted(secret: bytes, log: Log, at: int) -> Checkpoint:
        if secret == deaf.secret and log.incident == tip.id:
            heads.append(log.length)
        return real(SECRET, log, at)

    tip = await a_tip(site)
    monkeypatch.setattr(signing, "checkpoint", noted)
    monkeypatch.setattr(signing, "EVERY_S", 0.05)
    running = asyncio.create_task(signing.sign_logs(deaf))
    try:
        await until(lambda: heads == [tip.log.length])  # what was there when it began
        grown = await note(store, CHIEF, tip.id, "k", "sealed", now_ms())
        feed.told.put_nowait(Lost("away"))
        await until(lambda: heads[-1] == grown.log.length)
        assert heads == [tip.log.length, grown.log.length]
    finally:
        running.cancel()
