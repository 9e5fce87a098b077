"""Revise: load, change, save under the version guard; again when somebody else was faster."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import TypeVar

from domain.errors import Conflict, Duplicate, NotFound
from domain.ports import Shelf

TRIES = 20
PAUSE_S = 0.002  # longer with each lost race
T = TypeVar("T")


async def revise(
    shelf: Shelf[T],
    id: str,
    change: Callable[[T], bool | None],
    make: Callable[[], T] | None = None,
) -> T:
    """The document as it is after ``change``, which is given a fresh one after each lost race.

    ``change`` says False when there is nothing to save; what it raises ends it, and nothing is saved.
    A document that is not there is made by ``make``, changed and added. Raises ``NotFound`` when it
    is not there and nothing makes it, ``Conflict`` after 20 lost races.
    """
    for attempt in range(TRIES):
        try:
            it, known = await shelf.get(id), True
        except NotFound:
            if make is None:
                raise
            it, known = make(), False
        if change(it) is False:
            return it
        try:
            await (shelf.save(it) if known else shelf.add(it))
        except Conflict:
            pass
        except Duplicate:
            if known:  # another unique key than the id: a fresh document has it, too
                raise
        except NotFound:
            if make is None:
                raise
        else:
            return it
        await asyncio.sleep(random.random() * PAUSE_S * (attempt + 1))
    raise Conflict("too many writers")
