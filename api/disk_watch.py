"""How much room the data folder has: on every desk, in the metrics and in the log before it is too late.

It comes first: below 2 GiB files of callers are not taken (``uploads.py``), below 1 GiB recordings pause
(webrtc), and without room reports are refused with "dial 110" (``intake.py``).
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from api.uploads import KEEP_FREE

if TYPE_CHECKING:
    from api.house import House

EVERY_S = 10.0
LITTLE = KEEP_FREE + 2**30  # bytes
LITTLE_SHARE = 0.05
log = logging.getLogger("jingmin.api")


def is_little(free: int, total: int) -> bool:
    """Below 3 GiB, or below 5 % of the disk."""
    return free < LITTLE or free < LITTLE_SHARE * total


async def watch_disk(house: House) -> None:
    """Until cancelled: look every 10 s, and tell the desks when it changes."""
    while True:
        await look(house)
        await asyncio.sleep(EVERY_S)


async def look(house: House) -> None:
    """Once. A folder that cannot be looked at counts as one without room."""
    free, total = await asyncio.to_thread(_room, house.spool)
    house.metrics.disk_free.set(free)
    little = is_little(free, total)
    if little != house.disk_low:
        house.disk_low = little
        if little:
            log.error("disk: %d MB free of %d MB", free // 10**6, total // 10**6)
        else:
            log.warning("disk: enough room again, %d MB free", free // 10**6)
        house.board.tell("store")


def _room(folder: Path) -> tuple[int, int]:
    """Bytes free for us where this folder is, and bytes in all."""
    try:
        found = shutil.disk_usage(folder)
    except OSError:
        return 0, 0
    return found.free, found.total
