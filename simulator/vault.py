"""Keeps the world's state in a file, whole at every moment."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import msgspec

from simulator.world import State, World

EVERY = 3.0


def load(path: Path) -> State | None:
    """What was saved, or None for a new world."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=State)
    except FileNotFoundError:
        return None


def save(world: World, path: Path) -> None:
    """Replace the file at once; a reader never sees half a world."""
    _replace(path, msgspec.json.encode(world.state))


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(path.suffix + ".new")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


async def keep(world: World, path: Path) -> None:
    """Save every few seconds when something changed, until cancelled."""
    saved = world.changes
    while True:
        await asyncio.sleep(EVERY)
        if world.changes != saved:
            saved = world.changes
            data = msgspec.json.encode(world.state)
            writing = asyncio.create_task(asyncio.to_thread(_replace, path, data))
            try:
                await asyncio.shield(writing)
            except asyncio.CancelledError:
                await writing  # the last state is saved after this, to the same file
                raise
