"""Which version wrote the store, and who may read it.

One document says the format of the newest version that was here (a whole number, raised with every change
of what is stored) and the lowest format that can work with what that version writes. A version opens a store
of a higher format when it is not below that; what it does not know of documents stays
(``storage/foreign.py``).
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

import pymongo.errors

from domain.errors import UnusableStore

FORMAT = 1  # of what this version writes
READABLE_BY = 1  # the lowest format whose versions can work with that
ID = "store"
SCHEMA = "schema"  # the collection
RESTORING = (
    "restoring"  # a document beside it: a backup is being restored, or was until it broke off
)
log = logging.getLogger("jingmin.store")


class StoreFormat:
    """The document about the store in ``database``. ``version`` names this product's own version;
    ``format`` and ``readable_by`` are those of what it writes."""

    def __init__(
        self, database: Any, version: str, format: int = FORMAT, readable_by: int = READABLE_BY
    ) -> None:
        self._documents = database[SCHEMA]
        self._version, self._format, self._readable_by = version, format, readable_by
        self._known: dict[str, Any] = {}

    async def require_readable(self) -> None:
        """Raises ``UnusableStore``: this version cannot read what is stored, or not all is there."""
        if await self._documents.find_one({"_id": RESTORING}) is not None:
            raise UnusableStore(
                "the store holds a part of a backup: a restore, or a move, did not come to its end; "
                "empty it and do that again"
            )
        known = self._known = await self._read()
        if known.get("readable_by", 0) > self._format:
            raise UnusableStore(
                f"the store was written by version {known.get('version')} (format "
                f"{known.get('format')}); this is version {self._version} (format {self._format}), "
                "which cannot read it: start that version or a newer one, or restore a backup of "
                "before the upgrade"
            )

    async def claim(self) -> None:
        """Note that this version works here from now on. Raises ``UnusableStore`` when it cannot read what is
        stored; nothing is changed then."""
        while True:
            await self.require_readable()
            found = int(self._known.get("format", 0))
            if found == self._format:
                return None
            if found > self._format:
                return await self._come_back(found)
            if await self._raise(found) and found:
                log.warning("the store is of format %d now (it was %d)", self._format, found)

    async def _come_back(self, found: int) -> None:
        """Work after a newer version."""
        log.warning(
            "the store was written by version %s (format %d), which this one (%s, format %d) can work "
            "with; what it does not know stays as it is",
            self._known.get("version"),
            found,
            self._version,
            self._format,
        )
        # What the newer one did once it has to do again, with what is written from now on.
        await self._documents.update_one({"_id": ID}, {"$min": {"older": self._format}})

    async def _raise(self, found: int) -> bool:
        """Whether it was still ``found``; another process may have been quicker, and of a newer version."""
        ours = {
            "format": self._format,
            "readable_by": self._readable_by,
            "version": self._version,
        }
        if self._known:
            as_read = {"_id": ID, "format": found}
            changed = await self._documents.update_one(as_read, {"$set": ours})
            return bool(changed.matched_count)
        try:
            await self._documents.insert_one({"_id": ID, **ours})
        except pymongo.errors.DuplicateKeyError:
            return False
        return True

    def pending(self, migrations: Collection[tuple[str, int]]) -> set[str]:
        """Which of these (names, and the formats they lead to) are still to be done."""
        done, older = self._known.get("migrations", {}), self._known.get("older")
        return {
            name
            for name, format in migrations
            if name not in done or (older is not None and format > older)
        }

    async def done(self, name: str, at: int) -> None:
        """Note that a migration is done, at ``at`` (Unix ms)."""
        await self._documents.update_one({"_id": ID}, {"$set": {f"migrations.{name}": at}})

    async def all_done(self) -> None:
        """Note that nothing of what an older version wrote is left to migrate."""
        if "older" in self._known and self._known["format"] <= self._format:
            await self._documents.update_one({"_id": ID}, {"$unset": {"older": 1}})

    async def read(self) -> None:
        """Learn what other processes have noted since."""
        self._known = await self._read()

    async def _read(self) -> dict[str, Any]:
        return await self._documents.find_one({"_id": ID}) or {}
