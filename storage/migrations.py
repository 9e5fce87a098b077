"""What older versions wrote otherwise is written as it is now: once, by one process, while everything works.

A migration goes through what it has still to change, a document at a time, each under the version that it
read; one that was interrupted goes on with the rest at the next start. Reports do not wait for it, so the
product works with documents of before and after. It is logged when it begins and when it is done.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pymongo.errors

from domain.errors import Conflict, NotFound
from domain.inbox import arrange
from domain.lease import Turns
from domain.people import account
from domain.queries import unarranged_tips
from domain.queries_messages import messages_without_rank
from domain.queries_people import people_in_capitals

if TYPE_CHECKING:
    from storage.store import MongoStore

LEASE = "migrations"
ASK_AGAIN_S = 5.0
log = logging.getLogger("jingmin.store")


@dataclass(frozen=True)
class Migration:
    """One change of what is stored: ``work`` says how many documents it changed. ``format`` is that of the
    first version that writes them so; 0: of one that said nothing of itself in the store, so that nobody
    knows whether one of before was here in between, and what is left is looked for at each start."""

    name: str
    format: int
    work: Callable[[MongoStore], Awaitable[int]]


async def rank_messages(store: MongoStore) -> int:
    """Messages that wait are found by their rank, which once was hidden in their order."""
    messages, count = store.database.messages, 0
    urgent, notice = 10**18, time.time_ns() + 10**16
    for state in ("QUEUED", "SENDING"):
        wanted = {"seq": 1, "rank": 1, "version": 1}
        async for one in messages.find(messages_without_rank(state), wanted, batch_size=500):
            as_read = {"_id": one["_id"], "version": one["version"]}
            rank = 0 if one["seq"] < urgent else 3 if one["seq"] > notice else 1
            ranked = {"$set": {"rank": rank}, "$inc": {"version": 1}}
            count += (await messages.update_one(as_read, ranked)).modified_count
    return count


async def small_letters(store: MongoStore) -> int:
    """WeCom accounts are looked for in small letters, and were not always written so."""
    people, count = store.database.people, 0
    async for one in people.find(people_in_capitals(), {"userid": 1}):
        small = {"$set": {"userid": account(one["userid"])}, "$inc": {"version": 1}}
        try:
            as_read = {"_id": one["_id"], "userid": one["userid"]}
            count += (await people.update_one(as_read, small)).modified_count
        except pymongo.errors.DuplicateKeyError:
            log.error("people: %s has the WeCom account of another", one["_id"])
    return count


async def arrange_tips(store: MongoStore) -> int:
    """Tips did not always say where they stand in the lists."""
    count = 0
    async for tip in store.tips.every(unarranged_tips()):
        arrange(tip)
        with suppress(Conflict, NotFound):  # whoever changed it has arranged it
            await store.tips.save(tip)
            count += 1
    return count


MIGRATIONS = (
    Migration("rank_messages", 0, rank_messages),
    Migration("small_letters", 0, small_letters),
    Migration("arrange_tips", 0, arrange_tips),
)


async def migrate(store: MongoStore, turns: Turns, migrations: Sequence[Migration]) -> None:
    """Do what is still to be done; returns when this process or another has done it. Raises what the store
    raises."""
    looked_for = {one.name for one in migrations if not one.format}
    formats = [(one.name, one.format) for one in migrations if one.format]

    async def work() -> None:
        pending = looked_for | store.format.pending(formats)
        for one in migrations:
            if one.name in pending:
                await _run(store, one)
                looked_for.discard(one.name)
        await store.format.all_done()

    while True:
        await store.format.read()
        if not looked_for and not store.format.pending(formats):
            return
        # Of all processes one works; another goes on when it ends before it is done.
        if wait := await turns.turn(LEASE, 0, work):
            await asyncio.sleep(min(wait, ASK_AGAIN_S))


async def _run(store: MongoStore, one: Migration) -> None:
    begun = time.monotonic()
    if one.format:
        log.warning("migration %s begins", one.name)
    count = await one.work(store)
    if one.format:
        await store.format.done(one.name, time.time_ns() // 1_000_000)
    if one.format or count:
        took = time.monotonic() - begun
        log.warning("migration %s: done, %d documents in %.1f s", one.name, count, took)
