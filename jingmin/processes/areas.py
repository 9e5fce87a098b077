"""The boundary file that a process starts from."""

from __future__ import annotations

import asyncio

from config import Settings
from jingmin.assembly.areas import boundaries_of, boundary_file
from jingmin.boundary_commands import judge
from locate.boundaries import Boundaries


async def boundaries_to_start(settings: Settings) -> Boundaries | None:
    """The boundary file as it was kept; None when it cannot be started from, which was said."""
    path = await asyncio.to_thread(boundary_file, settings)
    if not await judge(path, settings.data, settings.environment()):
        return None
    return await asyncio.to_thread(boundaries_of, settings)
