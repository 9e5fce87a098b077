"""A bot or worker process says in the store that it lives, so that an alarm can say that none does."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from domain.clock import DAY_MS, within
from domain.errors import Conflict
from domain.ports import Store
from domain.revise import revise

BEAT_S = 10.0
DEAD_MS = 35_000  # three signs of life did not come


@dataclass(slots=True)
class Process:
    """``id`` is the name it was given at its start, ``kind`` bot or worker; times are Unix ms."""

    id: str
    kind: str
    since: int
    beat_at: int
    version: int = 0


async def beat(store: Store, id: str, kind: str, now: int) -> None:
    """It lives now. Raises ``StoreDown``."""

    def change(it: Process) -> None:
        it.beat_at = now

    with suppress(Conflict):
        await revise(store.processes, id, change, lambda: Process(id, kind, now, now))


async def living(store: Store, now: int) -> dict[str, int]:
    """How many processes of each kind gave a sign of life lately. There are a few documents: all are read."""
    found: dict[str, int] = {}
    async for one in store.processes.every():
        if within(one.beat_at, now, DEAD_MS):
            found[one.kind] = found.get(one.kind, 0) + 1
    return found


async def forget(store: Store, now: int) -> None:
    """Remove those that were killed more than a day ago."""
    async for one in store.processes.every():
        if not within(one.beat_at, now, DAY_MS):
            await store.processes.remove(one.id)
