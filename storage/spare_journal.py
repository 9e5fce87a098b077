"""A journal with a second folder, on another disk, for when the first takes nothing."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Generic, TypeVar

from domain.ports import Named
from storage.journal import DiskJournal

T = TypeVar("T", bound=Named)
log = logging.getLogger("jingmin.journal")


class SpareJournal(Generic[T]):
    """``domain.ports.Journal``: in the first folder, and in the second what the first refuses."""

    def __init__(self, folder: Path, spare: Path, kind: type[T], gather: float = 0.0) -> None:
        self._first = DiskJournal(folder, kind, gather)
        self._second = DiskJournal(spare, kind, gather)

    def waiting(self) -> list[T]:
        """What is not in the store yet: of each folder the oldest first."""
        return [*self._first.waiting(), *self._second.waiting()]

    def find(self, id: str) -> T | None:
        return self._first.find(id) or self._second.find(id)

    async def keep(self, item: T) -> T:
        """Durable on one of the disks before it returns. Raises ``OSError`` when neither takes it."""
        known = self._second.find(item.id)
        if known is not None:
            return known
        try:
            return await self._first.keep(item)
        except OSError as error:
            log.warning("the journal cannot be written: %s; the spare one is", error.strerror)
            return await self._second.keep(item)

    async def done(self, id: str) -> None:
        await self._first.done(id)
        await self._second.done(id)

    def close(self) -> None:
        self._first.close()
        self._second.close()
