"""A media process says in the store that it lives, where it is found and how much it holds."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from domain.call import MediaProcess, alive
from domain.errors import Conflict, Duplicate, NotFound
from domain.ports import Store
from domain.ticket import random_id

TRIES = 3
LOOK_S = 1.0
PROC = Path("/proc")


class Register:
    """The one record of this media process.

    ``beat`` writes it, whatever became of the record meanwhile: changed or made by a write whose
    answer was lost, or removed. Raises ``StoreDown``, and ``Conflict`` when another process that lives
    has the same id, or keeps writing the same record.
    """

    def __init__(self, store: Store, media_id: str, url: str) -> None:
        self._shelf = store.media_processes
        self._id = media_id
        self._url = url
        self._instance = random_id()
        self._process: str | None = None
        self._record: MediaProcess | None = None
        self.draining = False
        self.ending = False

    async def is_free(self, clock: Callable[[], int]) -> bool:
        """Whether no other process that lives has this id. At once when that is known: nobody has it, or
        who had it was a process of this machine that is gone; else within the 10 s after which whoever
        gives no sign of life is dead. Raises ``StoreDown``."""
        await self._learn_name()
        seen: int | None = None
        while True:
            try:
                record = await self._shelf.get(self._id)
            except NotFound:
                return True
            if not self._is_anothers(record, clock()) or await _is_gone(record):
                return True
            if seen is not None and record.heartbeat_at != seen:
                return False
            seen = record.heartbeat_at
            await asyncio.sleep(LOOK_S)

    async def beat(self, rooms: int, people: int, started: int, now: int) -> None:
        await self._learn_name()
        # Not ``revise``: a beat is one write of the record at hand, which is read only when it must be.
        for _ in range(TRIES):
            try:
                record = self._record or await self._shelf.get(self._id)
                self._record = None
                if self._is_anothers(record, now) and not await _is_gone(record):
                    break
                record.url, record.started_at, record.heartbeat_at = self._url, started, now
                record.rooms, record.participants = rooms, people
                self._fill(record)
                await self._shelf.save(record)
            except Conflict:
                continue
            except NotFound:
                record = MediaProcess(self._id, self._url, rooms, people, started, now)
                self._fill(record)
                try:
                    await self._shelf.add(record)
                except (Conflict, Duplicate):
                    continue
            self._record = record
            return
        raise Conflict("another process has this media process's id")

    def _fill(self, record: MediaProcess) -> None:
        record.instance, record.process = self._instance, self._process or ""
        record.draining, record.ending = self.draining, self.ending

    async def leave(self) -> None:
        """Remove the record, unless it is another's. Raises ``StoreDown``."""
        with suppress(NotFound):
            if (await self._shelf.get(self._id)).instance == self._instance:
                await self._shelf.remove(self._id)

    async def _learn_name(self) -> None:
        if self._process is None:
            self._process = await asyncio.to_thread(process_name, os.getpid())

    def _is_anothers(self, record: MediaProcess, now: int) -> bool:
        same = record.instance in ("", self._instance) or record.process == self._process != ""
        return not same and alive(record, now)


def process_name(pid: int) -> str:
    """A name that no other process of this machine has or will have, as long as it is not started
    again; "" where the kernel does not tell."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        started = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[19]
        return f"{boot} {os.readlink(PROC / 'self/ns/pid')} {pid} {started}"
    except OSError:
        return ""


async def _is_gone(record: MediaProcess) -> bool:
    """Whether it was a process of this machine, and runs no more."""

    def look() -> bool:
        mine, other = process_name(os.getpid()).split(), record.process.split()
        if not mine or other[:2] != mine[:2]:
            return False
        return process_name(int(other[2])) != record.process

    return await asyncio.to_thread(look)
