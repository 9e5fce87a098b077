"""A store whose process dies at its n-th write: before the write, or after it was durable."""

from __future__ import annotations

from typing import Any

from storage.store import MongoStore

SHELVES = (
    "incidents",
    "arrivals",
    "residents",
    "dialogs",
    "credits",
    "tellers",
    "tips",
    "messages",
    "loose_files",
    "files",
)


class Killed(BaseException):
    """The process is gone: nothing may catch this."""


class Mortal:
    """Passes everything on; ``writes`` counts."""

    def __init__(self, store: MongoStore, dies_at: int, after: bool) -> None:
        self._store = store
        self._dies_at, self._after = dies_at, after
        self.writes = 0
        for name in SHELVES:
            setattr(self, name, _Shelf(self, getattr(store, name)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def write(self, what: Any, *args: Any) -> Any:
        self.writes += 1
        dies = self.writes == self._dies_at
        if dies and not self._after:
            raise Killed
        result = await what(*args)
        if dies:
            raise Killed
        return result


class _Shelf:
    def __init__(self, mortal: Mortal, shelf: Any) -> None:
        self._mortal, self._shelf = mortal, shelf

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._shelf, name)
        if name not in ("add", "save", "remove", "put_bytes"):
            return found

        async def write(*args: Any) -> Any:
            return await self._mortal.write(found, *args)

        return write
