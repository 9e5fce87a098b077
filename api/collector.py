"""Keeps the garbage collector from stopping the process for what is not garbage.

Python looks through everything that lives whenever that has grown by a quarter: with a few thousand
open incidents some 0.2 s, in which nobody's report is answered. Documents refer to nothing in a circle
and are freed without the collector, so it is told to leave alone what is there.
"""

from __future__ import annotations

import asyncio
import gc

from api.board import Board

GROWN = 200  # incidents; what the collector may find meanwhile takes it a few ms
EVERY_S = 1.0


async def leave_alone(board: Board) -> None:
    """From now on what is there at each step of growth; what is in circles then, and later garbage, is
    never freed. Steps are rare, and that is little."""
    left = board.taken
    while True:
        await asyncio.sleep(EVERY_S)
        if board.taken - left >= GROWN:
            left = board.taken
            gc.freeze()
