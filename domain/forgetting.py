"""Forgetting: what is old is removed until nothing of it is left.

By ranges of the field that says how old it is, which an index answers: each document that is deleted by
its id costs the store a sync of its own. The ranges are short, so that no command takes long and nobody
who follows the changes falls behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from domain.ports import Named, Shelf
from domain.query import Criteria

MOST = 500  # documents deleted by one command: some 0.2 s of the embedded store
WIDTH = 60_000  # of the first range; where there is little the next ones are longer
D = TypeVar("D", bound=Named)


async def forget_all(shelf: Shelf[D], old: Criteria, field: str) -> int:
    """Remove everything that matches ``old``; returns how many. ``field`` is the number by which it is old:
    ``old`` says ``{"$lt": …}`` of it, and an index answers ``old``. Those nearest to that end go first.
    Raises ``StoreDown``; what went until then is gone, and the next call does the rest."""
    end, width, count = _end(old, field), WIDTH, 0
    while True:
        last = width >= end
        some = {**old, field: {"$lt": end} if last else {"$gte": end - width, "$lt": end}}
        found = await shelf.count(some)
        if found > MOST and width > 1:
            end, width = await _narrower(shelf, some, field, found, width)
            continue
        if found:
            count += await shelf.remove_many(some)
        if last:
            return count
        end -= width
        width *= 4 if found <= MOST // 4 else 1


async def _narrower(
    shelf: Shelf[D], some: Criteria, field: str, found: int, width: int
) -> tuple[int, int]:
    """The end of what was found and a width in which there are fewer than ``MOST``, if it lies evenly."""
    newest = await shelf.find(some, order=field, descending=True, limit=1)
    oldest = await shelf.find(some, order=field, limit=1)
    if not newest or not oldest:  # removed by another process meanwhile, or of another version
        return int(some[field]["$lt"]), max(1, min(width, WIDTH) // 4)
    end = int(getattr(newest[0], field)) + 1
    span = end - max(0, int(getattr(oldest[0], field)))
    return end, max(1, span * 3 * MOST // (4 * found))


def _end(old: Criteria, field: str) -> int:
    stretch = old.get(field)
    if not isinstance(stretch, Mapping) or set(stretch) != {"$lt"}:
        raise ValueError(f"{field} has no upper end alone")
    return int(stretch["$lt"])
