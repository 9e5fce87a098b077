"""To which media process a page is sent: not to one that is gone, ends or is being emptied."""

from __future__ import annotations

import time
from typing import Any

import pytest

from api.routes import now_ms
from domain.call import MediaProcess
from tests.api.conftest import Site, site, until

__all__ = ["site"]
OTHER = "ws://127.0.0.1:1/rtc"  # of the one that the site has


class Call:
    """A call whose room is in the media process ``a``, which gives a sign of life when it is told to."""

    def __init__(self, site: Site, desk: Any, id: str) -> None:
        self._site, self._desk, self._id = site, desk, id
        self.a = MediaProcess("a", "wss://110.example.cn/a", 0, 0, 1, now_ms())

    async def begin(self) -> None:
        await self._site.house.store.media_processes.add(self.a)
        await self._known()
        await self._site.ask(self._desk, "POST", f"/incidents/{self._id}/answer")

    async def says(self, ago: int = 0, **fields: bool) -> None:
        """It gave its last sign of life ``ago`` ms before now, as this process heard it."""
        for name, value in fields.items():
            setattr(self.a, name, value)
        self.a.heartbeat_at = now_ms()
        await self._site.house.store.media_processes.save(self.a)
        await self._known()
        self._site.house.board._heard["a"] = time.monotonic() - ago / 1_000

    async def join(self, body: Any = None) -> str:
        joined = await self._site.ask(self._desk, "POST", f"/incidents/{self._id}/join", body or {})
        return str(joined["media_url"])

    async def _known(self) -> None:
        board = self._site.house.board
        await until(
            lambda: (
                any(one.version == self.a.version for one in board.media(None) if one.id == "a")
                or self.a.ending
            )
        )
        if self.a.ending:
            await until(lambda: not any(one.id == "a" for one in board.media(None)))


@pytest.fixture
async def call(site: Site) -> Call:
    await until(lambda: site.house.store_up)
    site.house.store_up_since = now_ms() - 60_000  # heartbeats are judged
    receipt = await site.report()
    found = Call(site, await site.staff("desk1"), receipt["id"])
    await found.begin()
    assert await found.join() == found.a.url
    return found


async def test_who_lost_one_that_is_gone_gets_another_before_it_is_dead(call: Call) -> None:
    await call.says(ago=4_000)
    assert await call.join() == call.a.url
    await call.says(ago=4_000)
    assert await call.join({"lost": "wss://110.example.cn/another"}) == call.a.url
    await call.says()
    assert await call.join({"lost": call.a.url}) == call.a.url  # it lives: the network was it
    await call.says(ago=4_000)
    assert await call.join({"lost": call.a.url}) == OTHER
    # All meet there, also when the first is back.
    await call.says()
    assert await call.join() == OTHER


async def test_where_there_is_no_other_it_may_come_back(site: Site, call: Call) -> None:
    await site.house.store.media_processes.remove("media-1")
    await until(lambda: [one.id for one in site.house.board.media(None)] == ["a"])
    await call.says(ago=4_000)
    assert await call.join({"lost": call.a.url}) == call.a.url


async def test_one_that_ends_is_left_at_once(call: Call) -> None:
    await call.says(ending=True)
    assert await call.join() == OTHER


async def test_one_that_drains_keeps_its_calls_and_gets_no_new_ones(site: Site, call: Call) -> None:
    await call.says(draining=True)
    assert await call.join() == call.a.url
    receipt = await site.report()
    desk = await site.staff("desk2")
    await site.ask(desk, "POST", f"/incidents/{receipt['id']}/answer")
    joined = await site.ask(desk, "POST", f"/incidents/{receipt['id']}/join")
    assert joined["media_url"] == OTHER
    # Better that one than none.
    await site.house.store.media_processes.remove("media-1")
    await until(lambda: [one.id for one in site.house.board.media(None)] == ["a"])
    joined = await site.ask(desk, "POST", f"/incidents/{receipt['id']}/join")
    assert joined["media_url"] == call.a.url
