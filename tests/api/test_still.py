"""A caller who moved and lies still again is confirmed within seconds, not half a minute later."""

from __future__ import annotations

import asyncio

import pytest

from tests.api.conftest import Site, until
from tests.city import IN_W1


async def test_a_caller_who_is_still_again_soon_is_confirmed_by_a_ping_after_that(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.caller_presence.EARLY_MS", 400)
    receipt, board = await site.report(), site.house.board
    feed = await site.anybody().ws_connect(f"{site.api}/live/caller")
    await feed.send_json({"type": "hello", "token": receipt["token"]})

    async def ping(still: bool) -> None:
        await feed.send_json({"type": "ping", "at": 1, "still": still})

    await ping(True)
    await until(lambda: board.seen(receipt["id"]).confirmed_at is not None)
    first = board.seen(receipt["id"]).confirmed_at
    await ping(False)
    await ping(True)  # too early to be written down

    async def again() -> None:
        while board.seen(receipt["id"]).confirmed_at == first:
            await asyncio.sleep(0.1)
            await ping(True)

    await asyncio.wait_for(again(), 20)  # half a minute without
    await feed.close()


async def test_a_new_position_is_confirmed_by_the_ping_that_follows(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the caller's page never said in between that there was a newer one."""
    monkeypatch.setattr("api.caller_presence.EARLY_MS", 0)
    receipt, board = await site.report(), site.house.board
    feed, caller = await site.anybody().ws_connect(f"{site.api}/live/caller"), site.caller(receipt)
    await feed.send_json({"type": "hello", "token": receipt["token"]})

    async def shown(accuracy: float) -> None:
        await site.ask(caller, "POST", "/my/position", {**IN_W1, "accuracy": accuracy})

    async def confirmed_again(first: int) -> None:
        while (board.seen(receipt["id"]).confirmed_at or 0) <= first:
            await feed.send_json({"type": "ping", "at": 1, "still": True})
            await asyncio.sleep(0.1)

    await shown(800)
    await asyncio.wait_for(confirmed_again(0), 20)
    first = board.seen(receipt["id"]).confirmed_at
    assert first
    await shown(6)
    await asyncio.wait_for(confirmed_again(first), 20)  # half a minute without
    await feed.close()
