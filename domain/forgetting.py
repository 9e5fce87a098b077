"""Forgetting: what is old is removed until nothing of it is left."""

from __future__ import annotations

from typing import TypeVar

from domain.ports import Named, Shelf
from domain.query import Criteria

AT_ONCE = 200
D = TypeVar("D", bound=Named)


async def forget_all(shelf: Shelf[D], old: Criteria, order: str) -> int:
    """Remove everything that matches ``old``, by ``order`` (the field of its index), a few hundred in memory
    at a time; returns how many."""
    count = 0
    while found := await shelf.find(old, order=order, limit=AT_ONCE):
        for one in found:
            await shelf.remove(one.id)
        count += len(found)
    return count
