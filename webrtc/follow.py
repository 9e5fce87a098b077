"""Rooms follow the documents of their incidents, and documents follow who is really connected."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping

from domain.call import HERE, Call, CallState, Participant, ParticipantState
from domain.errors import NotFound, Refused
from domain.incident import Incident
from domain.ports import Change, Store
from webrtc.room import Room
from webrtc.signaling import Connection

log = logging.getLogger(__name__)
OVER = (CallState.ENDED, CallState.ABANDONED)
AGAIN_SECONDS = 5.0
LOOK_SECONDS = 1.0


def unwanted(one: Participant) -> bool:
    """Whether this participant may not be in the call unless invited again."""
    return one.removed or one.state is ParticipantState.DECLINED


class Follower:
    """Compares every document the feed shows with the rooms here.

    - A call that is over: its room ends, everybody gets ``end closed``.
    - A call that was placed in another media process: its room ends here, everybody gets ``end shutdown`` and
      comes back where the others are.
    - A participant who was removed or declined: the connection ends with ``end removed``.
    - A participant who is connected here and was taken down as joined, but is neither ``JOINED`` nor
      ``AWAY`` (a sweep thought this process dead): ``rejoin`` is called, at most once in 5 s for a
      connection.

    Documents older than the connection they would speak about are not believed. What could not be
    looked at because the store was away is looked at when it is back.
    """

    def __init__(
        self,
        store: Store,
        media_id: str,
        rooms: Mapping[str, Room],
        rejoin: Callable[[Connection], None],
    ) -> None:
        self._media_id = media_id
        self._store = store
        self._rooms = rooms
        self._rejoin = rejoin
        self._doubtful: set[str] = set()

    async def run(self) -> None:
        """Follow the feed until cancelled."""
        while True:
            try:
                async for change in self._store.feed.subscribe():
                    if not isinstance(change, Change):
                        await self._review(list(self._rooms))
                    elif change.kind == "incidents" and isinstance(change.item, Incident):
                        self.see(change.item)
            except (Refused, OSError) as problem:
                log.warning("feed: %s", problem)
            await asyncio.sleep(1.0)
            await self._review(list(self._rooms))

    async def look_again(self) -> None:
        """Look at what was put off, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            doubtful, self._doubtful = self._doubtful, set()
            await self._review(doubtful)

    def see(self, incident: Incident) -> None:
        """Compare one document with the rooms of its calls."""
        for call in incident.calls:
            room = self._rooms.get(call.id)
            if room is None or room.over:
                continue
            if call.state in OVER and incident.version >= room.seen:
                log.info("incident %s: room %s closed", incident.id, call.id)
                room.end("closed")
            elif call.media not in (None, self._media_id) and incident.version >= room.seen:
                log.warning("incident %s: room %s is in %s now", incident.id, call.id, call.media)
                room.end("shutdown")
            elif call.state not in OVER:
                self._see_people(room, call, incident.version)

    def _see_people(self, room: Room, call: Call, version: int) -> None:
        for one in call.participants:
            connection = room.watcher(one.id)
            if not isinstance(connection, Connection) or version < connection.seen:
                continue
            if unwanted(one):
                log.info("incident %s: %s was removed", room.incident, one.role)
                connection.dismissed("removed")
            elif connection.reported and one.state not in HERE:
                now = asyncio.get_running_loop().time()
                if now - connection.reported_at < AGAIN_SECONDS:
                    self._doubtful.add(room.call)
                    continue
                log.warning("incident %s: %s is here after all", room.incident, one.role)
                self._rejoin(connection)

    async def _review(self, calls: Iterable[str]) -> None:
        """Load the incidents of these calls' rooms and compare."""
        for call in calls:
            room = self._rooms.get(call)
            if room is None or room.over:
                continue
            try:
                self.see(await self._store.incidents.get(room.incident))
            except NotFound:
                room.end("closed")
            except (Refused, OSError) as problem:
                self._doubtful.add(call)
                log.warning("incident %s: %s", room.incident, problem)
