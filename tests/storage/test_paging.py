"""Lists read in stretches of time are whole and in order, however their times lie."""

from __future__ import annotations

import random

import pytest

from domain.paging import batches, by_id, first_of_each, named, newest_first, page_of
from domain.tip import Tip
from storage.store import MongoStore

NOW = 1_700_000_000_000
HOUR = 3_600_000


async def many(store: MongoStore) -> dict[str, int]:
    """Times of tips by id: alone, years apart, hundreds in one moment, and from a clock that is ahead."""
    dice = random.Random(110)
    times = [NOW - dice.randrange(1, 400 * HOUR) for _ in range(80)]
    times += [NOW - 9 * HOUR] * 60 + [NOW - 9 * HOUR + 1] * 60 + [NOW + HOUR, NOW, 5, 1]
    times += [NOW - year * 8_766 * HOUR for year in range(1, 9)]
    tips = [Tip(f"{n:032x}", f"T-{n}", f"w{n % 2}", "所", at, at) for n, at in enumerate(times)]
    await store.tips.add_many(tips)
    return {one.id: one.updated_at for one in tips}


@pytest.mark.parametrize("at_once", [1, 7, 100])
async def test_newest_first_leaves_nothing_out_and_repeats_nothing(
    store: MongoStore, at_once: int
) -> None:
    times = await many(store)
    found = newest_first(store.tips, "updated_at", NOW, at_once=at_once)
    got = [one.updated_at async for one in found]
    assert got == sorted(times.values(), reverse=True)
    since, before = NOW - 20 * HOUR, NOW - 9 * HOUR + 1
    some = newest_first(
        store.tips,
        "updated_at",
        NOW,
        {"station": "w1"},
        since=since,
        before=before,
        at_once=at_once,
    )
    wanted = [at for id, at in times.items() if since < at < before and int(id, 16) % 2]
    assert [one.updated_at async for one in some] == sorted(wanted, reverse=True)


@pytest.mark.parametrize("limit", [1, 10, 500])
async def test_pages_follow_each_other_to_the_end(store: MongoStore, limit: int) -> None:
    times = await many(store)
    seen: list[str] = []
    before: int | None = None
    while True:
        found = newest_first(store.tips, "updated_at", NOW, before=before)
        page = await page_of(found, "updated_at", limit)
        seen += [one.id for one in page.items]
        before = page.next
        if before is None:
            break
        assert len(page.items) >= limit
    assert len(seen) == len(times)
    assert set(seen) == set(times)


async def test_looking_for_something_rare_stops_and_goes_on(store: MongoStore) -> None:
    times = await many(store)
    oldest = min(times, key=lambda id: times[id])
    before, rounds = None, 0
    found: list[Tip] = []
    while rounds == 0 or before is not None:
        stream = newest_first(store.tips, "updated_at", NOW, before=before, at_once=50)
        page = await page_of(stream, "updated_at", 5, lambda it: it.id == oldest, seconds=0.0)
        found, before, rounds = found + page.items, page.next, rounds + 1
        assert rounds < len(times) + 2
    assert [one.id for one in found] == [oldest]
    assert rounds > 10


async def test_many_names_batches_and_the_first_of_each(store: MongoStore) -> None:
    times = await many(store)
    ids = [*times, "nobody"]
    assert {one.id async for one in named(store.tips, "_id", ids)} == set(times)
    sizes = [len(some) async for some in batches(store.tips.every(), 50)]
    assert sizes[:-1] == [50] * (len(sizes) - 1)
    assert sum(sizes) == len(times)
    firsts = first_of_each(
        store.tips.every({"_id": {"$gt": ""}}, order="_id"), lambda it: it.station
    )
    assert [one.number async for one in firsts] == ["T-0", "T-1"]


@pytest.mark.parametrize("limit", [1, 7, 500])
async def test_pages_by_id_of_what_an_index_finds(store: MongoStore, limit: int) -> None:
    times = await many(store)
    seen: list[str] = []
    while True:
        after = seen[-1] if seen else ""
        page = await by_id(named(store.tips, "station", ["w1", "w9"]), after, limit)
        seen += [one.id for one in page]
        assert len(page) <= limit
        if not page.more:
            break
        assert len(page) == limit
    assert seen == sorted(id for id in times if int(id, 16) % 2)
