"""Reading what may be long: a part at a time, and to the end.

A store reads all that its range matches before it answers with the first document, however few are
asked for. So the newest are looked for in stretches of time, and long lists of values in pieces.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from domain.ports import Named, Page, Shelf

T = TypeVar("T")
D = TypeVar("D", bound=Named)

TURN_S = 0.01
STRETCH_MS = 3_600_000  # the first stretch; where little is found the next ones are longer
AT_ONCE = 100
# Each row is compared with every value of an ``$in``: more of them cost more than several queries.
NAMED = 50


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A page. ``next`` when there may be more: everything from the first up to this time (or number) was
    looked at."""

    items: list[T]
    next: int | None = None


async def newest_first(
    shelf: Shelf[T],
    field: str,
    now: int,
    criteria: Mapping[str, Any] | None = None,
    *,
    since: int = 0,
    before: int | None = None,
    at_once: int = AT_ONCE,
) -> AsyncIterator[T]:
    """All that match, by ``field`` (Unix ms), the newest first, between ``since`` and ``before`` (both
    excluded). ``criteria`` hold at most one equal, and there is an index of that and ``field``: with
    anything beside it the embedded store forgets the range."""
    flat, width, end = dict(criteria or {}), STRETCH_MS, before
    while end is None or end > since + 1:
        start = max(since + 1, (now if end is None else end) - width)
        stretch = {"$gte": start} if end is None else {"$gte": start, "$lt": end}
        found = await shelf.find(
            {**flat, field: stretch}, order=field, descending=True, limit=at_once
        )
        if not found.more:
            for one in found:
                yield one
            end = start
            width *= 4 if len(found) <= at_once // 4 else 1
            continue
        # Of those at the time of the last one some may be missing.
        last = int(getattr(found[-1], field))
        for one in found:
            if getattr(one, field) > last:
                yield one
        async for one in shelf.every({**flat, field: last}):
            yield one
        end, width = last, max(1, width // 4)


async def in_order(
    shelf: Shelf[T],
    field: str,
    criteria: Mapping[str, Any] | None = None,
    *,
    after: int = 0,
    at_once: int = AT_ONCE,
) -> AsyncIterator[T]:
    """All that match and whose ``field`` (a number) is above ``after``, the lowest first. ``criteria`` hold
    at most one equal, and there is an index of that and ``field``. The embedded store reads all of them
    for each ``at_once``: for lists that do not grow with the years."""
    flat = dict(criteria or {})
    while True:
        wanted = {**flat, field: {"$gt": after}}
        found = await shelf.find(wanted, order=field, limit=at_once)
        if not found.more:
            for one in found:
                yield one
            return
        # Of those with the number of the last one some may be missing.
        after = int(getattr(found[-1], field))
        for one in found:
            if getattr(one, field) < after:
                yield one
        async for one in shelf.every({**flat, field: after}):
            yield one


async def page_of(
    found: AsyncIterator[T],
    field: str,
    limit: int,
    wanted: Callable[[T], bool] | None = None,
    seconds: float = 2.0,
) -> Found[T]:
    """The first ``limit`` that are ``wanted``, and those of the same time as the last: the page after
    it begins behind that time. Looking for those ``wanted`` ends after so many seconds with what
    was found; the page after it goes on looking."""
    items: list[T] = []
    last: int | None = None
    began = turned = time.monotonic()
    until = began + seconds if wanted is not None else math.inf
    async for one in found:
        if time.monotonic() - turned > TURN_S:  # reading what was said in many may take long
            await asyncio.sleep(0)
            turned = time.monotonic()
        at = int(getattr(one, field))
        enough = len(items) >= limit or time.monotonic() > until
        if at != last and last is not None and enough:
            return Found(items, last)
        last = at
        if wanted is None or wanted(one):
            items.append(one)
    return Found(items)


async def named(
    shelf: Shelf[T],
    field: str,
    values: Iterable[str],
    criteria: Mapping[str, Any] | None = None,
) -> AsyncIterator[T]:
    """All whose ``field`` is one of these, however many they are. ``field`` needs an index."""
    wanted = sorted(set(values))
    for start in range(0, len(wanted), NAMED):
        some = {"$in": wanted[start : start + NAMED]}
        async for one in shelf.every({**(criteria or {}), field: some}):
            yield one


async def by_id(found: AsyncIterator[D], after: str, limit: int) -> Page[D]:
    """Of what comes the first ``limit`` behind ``after``, by id; whether there are ``more``. For what an
    index finds by something else: few enough to be read anew for each page."""
    behind = [one async for one in found if one.id > after]
    behind.sort(key=lambda one: one.id)
    page = Page(behind[:limit])
    page.more = len(behind) > limit
    return page


async def batches(found: AsyncIterator[T], size: int) -> AsyncIterator[list[T]]:
    """What comes, so many at a time."""
    some: list[T] = []
    async for one in found:
        some.append(one)
        if len(some) >= size:
            yield some
            some = []
    if some:
        yield some


async def first_of_each(
    found: AsyncIterator[T], whose: Callable[[T], Hashable]
) -> AsyncIterator[T]:
    """The first for each of those ``whose`` names."""
    seen: set[Hashable] = set()
    async for one in found:
        if (name := whose(one)) not in seen:
            seen.add(name)
            yield one
