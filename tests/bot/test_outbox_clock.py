"""A clock that is set back keeps no message waiting for longer than its own pause."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot import outbox
from bot.house import BotHouse
from bot.post import Subject
from domain.clock import SetBack
from domain.outgoing import RETRY_MS
from storage.store import MongoStore
from tests.bot.conftest import Sim
from tests.bot.street import until
from tests.bot.test_outbox import Post

HOUR = 3_600_000


class Hands:
    """The hands of the clock: ``ahead`` of what it should be."""

    def __init__(self, house: BotHouse) -> None:
        self._right, self.ahead = house.clock, 0
        house.clock = self

    def __call__(self) -> int:
        return self._right() + self.ahead


@pytest.fixture
async def post(sim: Sim, house: BotHouse, store: MongoStore) -> Post:
    one = Post(sim, house, store, await sim.resident())
    await one.contact()
    return one


@pytest.fixture
async def hands(post: Post) -> Hands:
    return Hands(post.house)


@pytest.fixture
async def sending(hands: Hands, post: Post) -> AsyncIterator[None]:
    hands.ahead = HOUR
    task = asyncio.create_task(outbox.run(post.house))
    await post.queue("before", "之前")
    await until(lambda: got(post, "之前"))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def got(post: Post, text: str) -> bool:
    return text in await post.got()


async def put_off(post: Post, id: str, text: str, by: int, reason: str) -> None:
    """Queued and not due: as after a call that failed."""
    await post.queue(id, text)
    message = await post.message(id)
    message.due_at, message.reason = post.house.clock() + by, reason
    await post.store.messages.save(message)


async def test_a_pause_is_not_longer_when_the_clock_is_set_back(
    sending: None, hands: Hands, post: Post
) -> None:
    await post.queue("again", "再一次", Subject(leaves=1))  # due in two seconds
    hands.ahead = 0
    await until(lambda: got(post, "再一次"))


async def test_what_a_clock_that_ran_ahead_put_off_is_sent_by_the_next_worker(
    hands: Hands, post: Post
) -> None:
    hands.ahead = HOUR
    await put_off(post, "again", "再一次", RETRY_MS[0], "unsent")
    hands.ahead = 0
    task = asyncio.create_task(outbox.run(post.house))
    try:
        await until(lambda: got(post, "再一次"))
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def test_how_far_a_clock_was_set_back_is_seen_by_one_that_nobody_sets() -> None:
    wall, running = 1_000_000, 0.0
    clock = SetBack(lambda: wall, lambda: running)
    wall, running = wall + 5_000, 5.0
    assert clock.look() == 0
    wall, running = wall - HOUR + 2_000, 7.0
    assert clock.look() == HOUR
    assert clock.look() == HOUR, "until it is done"
    clock.by = 0
    wall, running = wall + 9_400, 17.0  # kept right, little by little
    assert clock.look() == 0
    wall = wall + HOUR
    assert clock.look() == 0
