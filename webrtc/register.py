"""A media process says in the store that it lives, where it is found and how much it holds."""

from __future__ import annotations

from domain.call import MediaProcess
from domain.errors import Conflict, Duplicate, NotFound
from domain.ports import Store

TRIES = 3


class Register:
    """The one record of this media process.

    ``beat`` writes it, whatever became of the record meanwhile: changed or made by a write whose
    answer was lost, or removed. Raises ``StoreDown``, and ``Conflict`` when somebody else keeps
    writing the same record.
    """

    def __init__(self, store: Store, media_id: str, url: str) -> None:
        self._shelf = store.media_processes
        self._id = media_id
        self._url = url
        self._record: MediaProcess | None = None

    async def beat(self, rooms: int, people: int, started: int, now: int) -> None:
        # Not ``revise``: a beat is one write of the record at hand, which is read only when it must be.
        for _ in range(TRIES):
            try:
                record = self._record or await self._shelf.get(self._id)
                self._record = None
                record.url, record.started_at, record.heartbeat_at = self._url, started, now
                record.rooms, record.participants = rooms, people
                await self._shelf.save(record)
            except Conflict:
                continue
            except NotFound:
                record = MediaProcess(self._id, self._url, rooms, people, started, now)
                try:
                    await self._shelf.add(record)
                except (Conflict, Duplicate):
                    continue
            self._record = record
            return
        raise Conflict("another process has this media process's id")
