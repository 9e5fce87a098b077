"""The board: every incident not closed or not finished, as this process last heard from the change feed.

Live screens and ``sweep`` read it; nothing is decided by it. Screens are told which incidents
changed, never sent a queue of messages: one that is slow gets the latest, later. Nothing that waits is
ever left out; floods of empty reports are folded (``domain/flood.py``), and counted.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from api.on_duty import PREFIX, OnDuty
from api.seats import Seats
from domain.call import MediaProcess, alive
from domain.clock import Standstill
from domain.errors import StoreDown
from domain.flood import Floods
from domain.incident import LIVE, Incident, IncidentState
from domain.intake import Report, compose
from domain.lasting import lasting
from domain.people import Person, Role
from domain.ports import Change, Lost, Store
from domain.presence import DESKS, SEEN_AGAIN_MS, Presence, here, was_here
from domain.queries import incidents_between_states, incidents_in, unfinished_incidents
from domain.queries_people import people_of_role
from domain.responder import at_work
from domain.tip import Tip
from domain.unfinished import lately

CLOSED_KEPT_MS = 3_600_000
CLOSED_KEPT = 200
REFOLD_S = 1.0
MEDIA_DOUBTED_S = 3.5  # a media process gives a sign of life every 2 s
log = logging.getLogger("jingmin.board")

Listener = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of an incident beside its document: whether its caller's page is open, when that said
    last that the caller has not moved, and how many empty reports of the same address are folded into
    this one."""

    present: bool = False
    confirmed_at: int | None = None
    stands_for: int = 0


class Board:
    """Follows the feed. Listeners get ``(kind, id)``: incident, presence, session, person, reset, store
    or desks; tips with the station that has or had one, handed with the incident one became; reach with the
    station of which a call is heard by others than before; notices or groups without an id."""

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock
        self._incidents: dict[str, Incident] = {}
        self._presences: dict[str, Presence] = {}
        self._desks = Seats()
        self._desks_told = False
        self.on_duty = OnDuty()
        self._floods = Floods(self._was_here)
        self._journaled: dict[str, Incident] = {}
        self._coming: set[str] = set()  # of these the store has not answered yet; it may
        self._media: dict[str, MediaProcess] = {}
        self._heard: dict[str, float] = {}  # when, by our own clock, each gave a sign of life
        self._listeners: set[Listener] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self.standstill = Standstill(clock, REFOLD_S)
        self.loaded = False
        self.taken = 0  # incidents that came to be known, over time

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
        """Everything not closed or not finished, and what was closed, or heard of, in the last hour (200 at
        most)."""
        return list({**self._journaled, **self._incidents}.values())

    def open_incidents(self) -> list[Incident]:
        return [one for one in self._incidents.values() if one.state in LIVE]

    def get(self, id: str) -> Incident | None:
        return self._incidents.get(id) or self._journaled.get(id)

    def sweepable(self) -> list[Incident]:
        """Open incidents that time may change, of a flood the one that stands for it: first those of
        addresses that little came from, so that nobody waits behind a flood of words."""
        found = [one for one in self.open_incidents() if not self._floods.hidden(one.id)]
        return sorted(found, key=lambda one: self._floods.came_with(one.id))

    def hidden(self, id: str) -> bool:
        """Whether another report of the same flood stands for this one."""
        return self._floods.hidden(id)

    def seen(self, id: str) -> Seen:
        """What is known of it beside the document."""
        presence, it = self._presences.get(id), self._incidents.get(id)
        if presence is None:
            return Seen(stands_for=self._floods.stands_for(id))
        open_now = here(presence, *self._moments())
        # While the device speaks of another place, nothing confirms the one that is shown.
        doubted = it is not None and bool(it.track.apart)
        confirmed_at = None if doubted else presence.confirmed_at
        return Seen(open_now, confirmed_at, self._floods.stands_for(id))

    def _moments(self) -> tuple[int, ...]:
        """For which pages are asked whether they are open."""
        if self.standstill.within(SEEN_AGAIN_MS):
            return self._clock(), self.standstill.before
        return (self._clock(),)

    def _was_here(self, id: str, now: int) -> bool:
        return was_here(self._presences.get(id), *self._moments())

    def at_desk(self, session: str) -> bool:
        """Whether a page of this session is connected as a desk, in any process."""
        return self._desks.at_desk(session, *self._moments())

    def gone_since(self, person: str) -> int | None:
        """Since when somebody has no desk's page open (Unix ms, 0: for long); None: he has one."""
        return self._desks.gone_since(person, *self._moments())

    def desks(self) -> bool:
        """Whether a dispatcher's desk is connected, to whichever process."""
        return self._desks.any(*self._moments())

    def on_disk(self, id: str) -> bool:
        """Whether the store has not said yet that it has it."""
        return id in self._journaled and id not in self._incidents

    def journaled(self, id: str) -> bool:
        """Whether it waits on disk for a store that is away: nobody can do anything with it yet."""
        return self.on_disk(id) and id not in self._coming

    def media(self, now: int | None) -> list[MediaProcess]:
        """Living media processes, the least loaded first, and those that drain last; without ``now`` all
        that are known."""
        known = [one for one in self._media.values() if not one.ending]
        living = [one for one in known if now is None or alive(one, now)]
        return sorted(living, key=lambda one: (one.draining, one.participants, one.id))

    def doubts(self, media: MediaProcess) -> bool:
        """Whether a media process has given no sign of life for 3.5 s, as it was heard here: its clock may
        be another."""
        return time.monotonic() - self._heard.get(media.id, 0.0) > MEDIA_DOUBTED_S

    def raised(self, it: Incident) -> None:
        """A report that this process has just stored rings before the feed brings it."""
        self._take_incident(it.id, it)

    def show_journaled(self, report: Report, coming: bool = False) -> Incident:
        """A report that waits on disk rings here, too. One that is ``coming`` looks like any other."""
        if report.id in self._incidents:
            return self._incidents[report.id]
        it = self._journaled.setdefault(report.id, compose(report, report.received_at))
        if coming:
            self._coming.add(report.id)
        self._floods.put(it, self._clock())
        self.tell("incident", report.id)
        return it

    def not_stored(self, id: str) -> None:
        """It does not come now: it waits on disk."""
        if id in self._coming:
            self._coming.discard(id)
            self.tell("incident", id)

    def forget_journaled(self, id: str) -> None:
        self._journaled.pop(id, None)
        self._coming.discard(id)

    async def start(self) -> None:
        """Subscribe, then load: nothing written in between is missed."""
        self.standstill = Standstill(self._clock, REFOLD_S)
        changes = self._store.feed.subscribe()
        await self.load()

        missed = False

        async def follow() -> None:
            nonlocal missed
            if missed:  # what could not be taken is read
                await self._take(Lost("behind"))
            missed = True
            async for change in changes:
                await self._take(change)

        self._tasks = [
            asyncio.create_task(lasting("board", follow), name="board"),
            asyncio.create_task(lasting("floods", self._refolding), name="floods"),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _refolding(self) -> None:
        while True:
            await asyncio.sleep(REFOLD_S)
            self.standstill.look()
            self._redraw(self._floods.refold(self._clock()))
            self._tell_desks()
            self._tell_reach()

    def _tell_desks(self) -> None:
        """To those who wait: a process that died could not say that its desks went with it."""
        if self._desks_told is not self.desks():
            self._desks_told = not self._desks_told
            self.tell("desks")

    def _tell_reach(self) -> None:
        """Once a second: a shift that comes on opens hundreds of pages, and each desk hears of each."""
        for station in self.on_duty.changed(*self._moments()):
            self.tell("reach", station)

    def _redraw(self, ids: set[str]) -> None:
        for id in ids:
            self.tell("incident", id)

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
            async for one in self._store.incidents.every(incidents_in(str(state))):
                incidents[one.id] = one
        async for one in self._store.incidents.every(unfinished_incidents()):
            incidents[one.id] = one
        # Those of a state that another version made: none can be read, and the desks are told which.
        for pair in pairwise(("", *sorted(map(str, IncidentState)), "\uffff")):
            async for _ in self._store.incidents.every(incidents_between_states(*pair)):
                pass
        for one in await self._store.incidents.find(
            incidents_in(str(IncidentState.CLOSED)),
            order="raised_at",
            descending=True,
            limit=CLOSED_KEPT,
        ):
            incidents[one.id] = one
        presences: dict[str, Presence] = {}
        desks = Seats()
        duty = OnDuty()
        async for page in self._store.presences.every():
            if page.id in incidents:
                presences[page.id] = page
            elif page.id.startswith(DESKS):
                desks.put(page.id, page)
            elif page.id.startswith(PREFIX):
                duty.put(page.id, page)
        async for person in self._store.people.every(people_of_role(Role.STATION_OFFICER)):
            duty.person(person.id, person)
        self._desks = desks
        # What was read wins: changes wait until it is there, so none is newer, and a store that was
        # restored from a backup has lower versions.
        self._incidents, self._presences, self.on_duty = incidents, presences, duty
        self.taken += len(incidents)
        for id in self._journaled.keys() & incidents.keys():
            self.forget_journaled(id)
        self._media = {one.id: one async for one in self._store.media_processes.every()}
        self._heard = dict.fromkeys(self._media, time.monotonic())
        self._floods = Floods(self._was_here)
        for one in incidents.values():
            self._floods.put(one, self._clock())
        self._floods.refold(self._clock())
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
        elif change.kind == "presences":
            self._take_presence(change.id, item)
        elif change.kind == "media_processes":
            if item is None:
                self._media.pop(change.id, None)
                self._heard.pop(change.id, None)
            else:
                self._heard[change.id] = time.monotonic()
                self._media[change.id] = item
        elif change.kind == "tips" and isinstance(item, Tip):
            for station in concerned(item):
                self.tell("tips", station)
            if item.incident is not None:
                self.tell("handed", item.incident)
        elif change.kind in ("notices", "deliveries"):
            self.tell("notices")
        elif change.kind in ("groups", "doorways", "welcomes"):
            self.tell("groups")
        elif change.kind == "sessions" and item is None:
            self.tell("session", change.id)
        elif change.kind == "people" and (item is None or isinstance(item, Person)):
            self.tell("person", change.id)
            self.on_duty.person(change.id, item)

    def _take_incident(self, id: str, item: Incident | None) -> None:
        if item is None:
            self._incidents.pop(id, None)
            self._redraw(self._floods.drop(id))
        else:
            shown = self._journaled.get(id) if id in self._coming else None
            self.forget_journaled(id)
            known = self._incidents.get(id)
            if known is not None and known.version >= item.version:
                return
            self._incidents[id] = item
            self.taken += known is None
            self._redraw(self._floods.put(item, self._clock()) - {id})
            if item.state is IncidentState.CLOSED:
                self._trim()
            if shown is not None and shown.log.head == item.log.head:
                return  # everybody has it as it is
        self.tell("incident", id)

    def _take_presence(self, id: str, item: Presence | None) -> None:
        if id.startswith(DESKS):
            self._desks.put(id, item)
            self._tell_desks()
            return
        if id.startswith(PREFIX):
            self.on_duty.put(id, item)
            return
        incident = self._incidents.get(id)
        if item is None or (incident is not None and incident.state is IncidentState.CLOSED):
            self._presences.pop(id, None)
            return
        # It may be heard of before its incident is, in another stream of changes.
        self._presences[id] = item
        if incident is not None:
            self._redraw(self._floods.put(incident, self._clock()))
            self.tell("presence", id)

    def _trim(self) -> None:
        closed = [one for one in self._incidents.values() if one.state is IncidentState.CLOSED]
        for one in closed:
            self._presences.pop(one.id, None)
        # Those written before do not say themselves that a station is not done.
        over = [one for one in closed if not one.unfinished and not at_work(one.responders)]
        over.sort(key=lambda one: -lately(one))
        newest = max((lately(one) for one in closed), default=0)
        for number, one in enumerate(over):
            if number >= CLOSED_KEPT or newest - lately(one) > CLOSED_KEPT_MS:
                del self._incidents[one.id]
                self._floods.drop(one.id)


MOVES = ("tip.handed_over", "tip.called_back")


def concerned(it: Tip) -> set[str]:
    """The stations that see this tip, or saw it before it was handed over."""
    before = (e.data.get("before") for e in it.log.entries if e.what in MOVES)
    return {it.station, *(station for station in before if isinstance(station, str))}
