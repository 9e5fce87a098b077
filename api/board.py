"""The board: every incident not closed, as this process last heard from the change feed.

Live screens and ``sweep`` read it; nothing is decided by it. Screens are told which incidents
changed, never sent a queue of messages: one that is slow gets the latest, later.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from domain.call import MediaProcess, alive
from domain.errors import StoreDown
from domain.incident import LIVE, Incident, IncidentState
from domain.intake import Report, compose
from domain.people import Person
from domain.ports import Change, Lost, Store
from domain.tip import Tip

CLOSED_KEPT_MS = 3_600_000
CLOSED_KEPT = 200
log = logging.getLogger("jingmin.board")

Listener = Callable[[str, str], None]


class Board:
    """Follows the feed. Listeners get ``(kind, id)``: incident, session, person, reset or store; tips
    with the station that has or had one, handed with the incident one became; notices or groups
    without an id."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._incidents: dict[str, Incident] = {}
        self._journaled: dict[str, Incident] = {}
        self._media: dict[str, MediaProcess] = {}
        self._listeners: set[Listener] = set()
        self._task: asyncio.Task[None] | None = None
        self.loaded = False

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` at each change from now on; returns what ends it."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    def tell(self, kind: str, id: str = "") -> None:
        """Tell every listener; one that fails does not keep it from the others."""
        for listener in list(self._listeners):
            try:
                listener(kind, id)
            except Exception:
                log.exception("a listener failed")

    def incidents(self) -> list[Incident]:
        """Everything not closed, and what was closed in the last hour (200 at most)."""
        return [*self._incidents.values(), *self._journaled.values()]

    def open_incidents(self) -> list[Incident]:
        return [one for one in self._incidents.values() if one.state in LIVE]

    def get(self, id: str) -> Incident | None:
        return self._incidents.get(id) or self._journaled.get(id)

    def journaled(self, id: str) -> bool:
        return id in self._journaled and id not in self._incidents

    def media(self, now: int | None) -> list[MediaProcess]:
        """Living media processes, the least loaded first; without ``now`` all that are known."""
        living = [one for one in self._media.values() if now is None or alive(one, now)]
        return sorted(living, key=lambda one: (one.participants, one.id))

    def show_journaled(self, report: Report) -> Incident:
        """A report that waits on disk rings here, too."""
        it = self._journaled.setdefault(report.id, compose(report, report.received_at))
        self.tell("incident", report.id)
        return it

    def forget_journaled(self, id: str) -> None:
        self._journaled.pop(id, None)

    async def start(self) -> None:
        """Subscribe, then load: nothing written in between is missed."""
        changes = self._store.feed.subscribe()
        await self.load()

        async def follow() -> None:
            async for change in changes:
                await self._take(change)

        self._task = asyncio.create_task(follow(), name="board")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _reload(self) -> None:
        while True:
            try:
                return await self.load()
            except StoreDown as error:
                log.warning("board could not reload: %s", error.detail)
                await asyncio.sleep(1)

    async def load(self) -> None:
        """A new snapshot from the store."""
        incidents: dict[str, Incident] = {}
        for state in LIVE:
            for one in await self._store.incidents.find(
                {"state": str(state), "raised_at": {"$gt": 0}},
                order="raised_at",
                descending=True,
                limit=5000,
            ):
                incidents[one.id] = one
        for one in await self._store.incidents.find(
            {"state": str(IncidentState.CLOSED), "raised_at": {"$gt": 0}},
            order="raised_at",
            descending=True,
            limit=CLOSED_KEPT,
        ):
            incidents[one.id] = one
        for id, known in self._incidents.items():
            if id in incidents and known.version > incidents[id].version:
                incidents[id] = known
        self._incidents = incidents
        self._media = {one.id: one for one in await self._store.media_processes.find(limit=1000)}
        self._trim()
        self.loaded = True

    async def _take(self, change: Change | Lost) -> None:
        if isinstance(change, Lost):
            await self._reload()
            self.tell("reset", change.reason)
            return
        item = change.item
        if change.kind == "incidents":
            self._take_incident(change.id, item)
        elif change.kind == "media_processes":
            if item is None:
                self._media.pop(change.id, None)
            else:
                self._media[change.id] = item
        elif change.kind == "tips" and isinstance(item, Tip):
            for station in concerned(item):
                self.tell("tips", station)
            if item.incident is not None:
                self.tell("handed", item.incident)
        elif change.kind in ("notices", "deliveries"):
            self.tell("notices")
        elif change.kind in ("groups", "doorways"):
            self.tell("groups")
        elif change.kind == "sessions" and item is None:
            self.tell("session", change.id)
        elif change.kind == "people" and (item is None or isinstance(item, Person)):
            self.tell("person", change.id)

    def _take_incident(self, id: str, item: Incident | None) -> None:
        if item is None:
            self._incidents.pop(id, None)
        else:
            known = self._incidents.get(id)
            if known is not None and known.version > item.version:
                return
            self._incidents[id] = item
            self._journaled.pop(id, None)
            if item.state is IncidentState.CLOSED:
                self._trim()
        self.tell("incident", id)

    def _trim(self) -> None:
        closed = sorted(
            (one for one in self._incidents.values() if one.state is IncidentState.CLOSED),
            key=lambda one: -(one.closed_at or 0),
        )
        newest = closed[0].closed_at or 0 if closed else 0
        for number, one in enumerate(closed):
            if number >= CLOSED_KEPT or newest - (one.closed_at or 0) > CLOSED_KEPT_MS:
                del self._incidents[one.id]


def concerned(it: Tip) -> set[str]:
    """The stations that see this tip, or saw it before it was handed over."""
    before = (e.data.get("before") for e in it.log.entries if e.what == "tip.handed_over")
    return {it.station, *(station for station in before if isinstance(station, str))}
