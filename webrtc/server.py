"""A media process: its rooms, ports, timers, and what it tells the store."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from domain import attendance
from domain.clock import STILL_S
from domain.errors import ROOM_ENDED, TICKET_BAD, WRONG_STATE, NotFound, Refused
from domain.incident import Incident
from domain.lasting import lasting, when_answered
from domain.ports import Store
from domain.ticket import Ticket, read_ticket
from webrtc.cadence import Cadence
from webrtc.description import read_offer
from webrtc.fastpath import new_certificate
from webrtc.feedback import FEEDBACK_EVERY
from webrtc.follow import OVER, Follower, unwanted
from webrtc.ice import Relay, parse_address, relay_servers
from webrtc.levels import Levels
from webrtc.messages import IceServer
from webrtc.metrics import Metrics
from webrtc.peer import Peer
from webrtc.phase import Phase
from webrtc.port import Port
from webrtc.probe import Probes
from webrtc.recorder import Recorder, Recordings
from webrtc.register import Register
from webrtc.reports import Report, Reports
from webrtc.room import Room
from webrtc.signaling import Connection
from webrtc.spool import Label, Spool
from webrtc.used_tickets import UsedTickets

log = logging.getLogger(__name__)
TICK = 0.02  # while packets come: they wake us anyway
QUIET_TICK = 0.08  # while none come: waking up costs more than what is done then
HEARTBEAT = 2.0
OPEN_S = 60.0  # how long a store that goes away in the moment of a start is waited for
DRAIN = 3_600.0
MEDIA_SILENCE = 6.0
WATCH_EVERY = 0.5
TELL_AGAIN = 61.0  # the log tells of a participant once a minute
STORE_PATIENCE = 0.5  # a slow store does not keep anybody out of a call


class MediaServer:
    """One media process on one event loop.

    ``addresses`` are those offered to clients (``bind`` or ``bind=announce``), ``udp_port`` the one
    UDP port all media uses (0: any free one), ``public_url`` the ``/rtc`` socket as pages see it,
    ``origins`` the web origins that may open it, ``spool`` a folder of our own for recordings,
    beside which used tickets are kept;
    ``record=False`` is for measuring only.
    """

    def __init__(
        self,
        *,
        store: Store,
        secret: bytes,
        media_id: str,
        public_url: str,
        addresses: list[str],
        origins: list[str],
        spool: Path,
        relay: Relay | None = None,
        udp_port: int = 0,
        record: bool = True,
    ) -> None:
        self.metrics = Metrics()
        self.store = store
        self.media_id = media_id
        self.origins = frozenset(origins)
        self._secret = secret
        self._addresses = [parse_address(one) for one in addresses]
        self._relay = relay
        self._udp_port = udp_port
        self._recording = record
        self._rooms: dict[str, Room] = {}
        self._connections: set[Connection] = set()
        self._probes = Probes(secret)
        self._used = UsedTickets(spool.parent, media_id)
        self._ports: list[Port] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._certificate = new_certificate()
        self._reports = Reports(self.metrics, self._tell_merged)
        self._levels = Levels(self._tell_level, self.metrics)
        self._spool = Spool(spool, media_id, store, self.metrics)
        self._recordings = Recordings(media_id, self._spool, self.metrics, _clock, self._tell_gap)
        self._record = Register(store, media_id, public_url)
        self._follower = Follower(store, media_id, self._rooms, self._rejoin)
        self._started = 0
        self._stopping = False
        self._every, self._feedback = Cadence(TICK), Cadence(FEEDBACK_EVERY)
        self._report_every, self._watch_every = Cadence(1.0), Cadence(WATCH_EVERY)
        self._watched = self._awake = 0.0
        self._quality, self._measured = Cadence(2.0), 0.0

    async def start(self) -> None:
        """Bind the UDP ports, register, follow the feed. Raises ``OSError``: a port is taken."""
        loop = asyncio.get_running_loop()
        self._started, self._measured = _now(), loop.time()
        self._watched = self._measured
        await self._used.load(self._started)
        for bind, announce in self._addresses:
            port = Port(bind, announce, self._udp_port, self.metrics)
            port.answer = self._probes.answer
            port.start(loop, self._tick)
            self._ports.append(port)
        await when_answered(self._register, OPEN_S)
        follow = (self._follower.run, self._follower.look_again)
        work = (self._ticks, self._heartbeats, self._reports.run, self._spool.run)
        disk = self._spool.watch_space
        self._tasks = [
            loop.create_task(lasting(one.__qualname__, one)) for one in (*work, *follow, disk)
        ]
        log.info("media process %s on %s", self.media_id, [one.port for one in self._ports])

    async def is_name_free(self) -> bool:
        """Whether no other media process that lives has this one's id; within about 10 s."""
        return await self._record.is_free(_now)

    async def drain(self) -> None:
        """Take no more calls while another media process is there; returns when the last one that was here
        is over, an hour later at the latest."""
        self._record.draining = True
        log.info("media process %s drains: %d calls", self.media_id, len(self._rooms))
        with suppress(Refused):  # the next heartbeat says it
            await self._register()
        until = time.monotonic() + DRAIN
        # A moment longer than a page may take that was sent here just before.
        await asyncio.sleep(2 * HEARTBEAT)
        while self._rooms and time.monotonic() < until:
            await asyncio.sleep(0.2)

    async def stop(self, seconds: float = 10.0) -> None:
        """Send everybody ``end shutdown``, finish recordings (at most so long), unregister.

        Recordings not sealed in time stay in the spool for the next start. Idempotent.
        """
        until = time.monotonic() + seconds
        self._stopping = True
        self._record.ending = True
        # Before anybody asks where to go: not here.
        with suppress(Refused, TimeoutError):
            async with asyncio.timeout(1.0):
                await self._register()
        for room in list(self._rooms.values()):
            room.end("shutdown")
        for one in list(self._connections):  # who stands by, or has just come, is in no room
            one.dismissed("shutdown")
        self._recordings.close()
        while (self._connections or self._spool.writing) and time.monotonic() < until:
            await asyncio.sleep(0.02)
        if not await self._reports.drained(max(until - time.monotonic(), 0.1)):
            waiting = self.metrics.reports_waiting
            log.error("media process %s: %d facts were not stored", self.media_id, waiting)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            async with asyncio.timeout(max(until - time.monotonic(), 1.0)):
                await self._spool.sweep()
                await self._record.leave()
        except (Refused, TimeoutError, OSError) as problem:
            log.warning("media process %s: %s", self.media_id, problem)
        self._spool.close()
        self._used.close()
        for port in self._ports:
            port.close()
        self._ports.clear()

    async def serve(self, connection: Connection) -> None:
        """Run a connection to its end."""
        self._connections.add(connection)
        self.metrics.participants = len(self._connections)
        try:
            await connection.run()
        finally:
            self._connections.discard(connection)
            self.metrics.participants = len(self._connections)

    # What a connection asks of the house.

    async def admit(self, token: str) -> tuple[Ticket, int]:
        now = _now()
        ticket = read_ticket(self._secret, token, now, self.media_id)
        await self._used.use(ticket.nonce, ticket.expires, now)
        try:
            async with asyncio.timeout(STORE_PATIENCE):
                incident = await self.store.incidents.get(ticket.incident)
        except NotFound:
            raise Refused(ROOM_ENDED) from None
        except (Refused, TimeoutError, OSError) as problem:
            log.warning("incident %s: joined without the store: %s", ticket.incident, problem)
            return ticket, 0
        _check(incident, ticket)
        return ticket, incident.version

    def room_for(self, ticket: Ticket) -> Room:
        room = self._rooms.get(ticket.call)
        # A call that rings again has a new room, whatever still leaves the old one.
        if room is None or (room.over and not self._stopping):
            room = self._rooms[ticket.call] = Room(ticket.incident, ticket.call)
            if self._recording:
                room.listen(Recorder(ticket.incident, ticket.call, self._recordings))
            self.metrics.rooms = len(self._rooms)
            log.info("incident %s: room %s opened", ticket.incident, ticket.call)
        return room

    def ice_servers(self, ticket: Ticket) -> list[IceServer]:
        return relay_servers(self._relay, ticket.participant, _now())

    def new_peer(self, offer_text: str) -> Awaitable[Peer]:
        return self._new_peer(offer_text)

    async def _new_peer(self, offer_text: str) -> Peer:
        return Peer(read_offer(offer_text), self._ports, self._certificate, self.metrics)

    def joined(self, ticket: Ticket, connection: Connection) -> None:
        names = (ticket.incident, ticket.call, ticket.participant)
        now = _now()
        log.info("incident %s: %s joined", ticket.incident, ticket.role)
        connection.reported = False

        async def write() -> None:
            incident = await attendance.joined(self.store, *names, now, self.media_id)
            connection.was_reported(incident.version)
            self._watch_log(incident, ticket, connection)

        def refused(refusal: Refused) -> None:
            if refusal.fault in (TICKET_BAD, WRONG_STATE):  # removed, or declined
                connection.dismissed("removed")
            else:
                connection.refuse(Refused(ROOM_ENDED, str(refusal)))

        self._levels.joined(ticket)
        self._report("joined", ticket, write, refused)

    def _watch_log(self, incident: Incident, ticket: Ticket, connection: Connection) -> None:
        """Who comes more often than the log tells is told of when he stays."""
        if attendance.is_told(incident, ticket.participant):
            return
        self.metrics.dropped("joined_untold")

        def later() -> None:
            if connection in self._connections and connection.reported:
                self._report("here", ticket, write)

        async def write() -> None:
            names = (ticket.incident, ticket.call, ticket.participant)
            await attendance.still_here(self.store, *names, _now())

        asyncio.get_running_loop().call_later(TELL_AGAIN, later)

    def _rejoin(self, connection: Connection) -> None:
        if connection.ticket is not None:
            self.joined(connection.ticket, connection)
            self._levels.changed(connection.ticket, *connection.rung)

    def stepped(self, ticket: Ticket, rung: str, cause: str) -> None:
        self._levels.changed(ticket, rung, cause)

    def _tell_level(self, ticket: Ticket, rung: str, cause: str) -> None:
        names = (ticket.incident, ticket.participant)
        now = _now()
        write = lambda: attendance.rung(self.store, *names, now, rung, cause)  # noqa: E731
        self._report("rung", ticket, write)

    def _tell_gap(self, label: Label, cause: str, seconds: float) -> None:
        """A recording was interrupted, or (without ``cause``) goes on after so many seconds."""
        names = (label.incident, label.call, label.participant)
        now = _now()

        async def write() -> None:
            if cause:
                await attendance.recording_interrupted(self.store, *names, now, cause)
            else:
                await attendance.recording_continued(self.store, *names, now, seconds)

        subject = f"recording {label.participant}"
        self._reports.add(Report("recording", label.incident, write, subject=subject))

    def _tell_merged(self, incident: str, count: int) -> Awaitable[object]:
        return attendance.merged(self.store, incident, _now(), count)

    def gone(self, ticket: Ticket, room: Room, cause: str, was_joined: bool) -> None:
        names = (ticket.incident, ticket.call, ticket.participant)
        now = _now()
        if was_joined:
            log.info("incident %s: %s left: %s", ticket.incident, ticket.role, cause)
            write = lambda: attendance.left(self.store, *names, now, cause)  # noqa: E731
            self._report("left", ticket, write)
            self._levels.gone(ticket)
        if room.empty:
            if self._rooms.get(ticket.call) is room:
                del self._rooms[ticket.call]
            room.close()
            self.metrics.rooms = len(self._rooms)

    def counted(self, reason: str) -> None:
        self.metrics.dropped(reason)

    def _report(
        self,
        what: str,
        ticket: Ticket,
        write: Callable[[], Awaitable[object]],
        refused: Callable[[Refused], None] | None = None,
    ) -> None:
        kinds = {"joined": "attendance", "left": "attendance"}
        subject = f"{kinds.get(what, what)} {ticket.participant}"
        self._reports.add(Report(what, ticket.incident, write, refused, subject))

    # Timers.

    async def _ticks(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(QUIET_TICK)
            self._tick(loop.time())

    def _tick(self, now: float) -> None:
        """What is due now: asked by each batch of packets, and by the clock when none come."""
        if not self._every.due(now):
            return
        feedback, report = self._feedback.due(now), self._report_every.due(now)
        for connection in self._connections:
            if connection.peer is not None:
                connection.peer.tick(now, feedback, report)
        if self._watch_every.due(now):
            self._watch(now)
        if self._quality.due(now):
            for room in self._rooms.values():
                room.measure(now - self._measured, self._rtt(room))
            self._measured = now
        for port in self._ports:
            port.flush()

    def _watch(self, now: float) -> None:
        """End the connection of whoever was silent too long. While this process stood still nobody was
        heard: what came then is read first."""
        if now - self._watched > WATCH_EVERY + STILL_S:
            self._awake = now
        self._watched = now
        for connection in self._connections:
            peer = connection.peer
            if peer is None or connection.phase not in (Phase.CONNECTED, Phase.STANDBY):
                continue
            if now - max(peer.heard_at(), self._awake) > MEDIA_SILENCE:
                connection.lost()

    def _rtt(self, room: Room) -> Callable[[str], float]:
        def of(participant: str) -> float:
            watcher = room.watcher(participant)
            peer = watcher.peer if isinstance(watcher, Connection) else None
            return peer.rtt() if peer is not None else 0.0

        return of

    async def _heartbeats(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            try:
                await self._register()
            except (Refused, OSError) as problem:
                log.warning("media process %s: heartbeat: %s", self.media_id, problem)

    async def _register(self) -> None:
        """Say in the store that we live, and how much we hold."""
        rooms, people = len(self._rooms), len(self._connections)
        await self._record.beat(rooms, people, self._started, _now())


def _check(incident: Incident, ticket: Ticket) -> None:
    """Whether the document lets the ticket's owner in; raises ``room_ended`` or ``ticket_bad``."""
    try:
        call = incident.find_call(ticket.call)
        one = call.participant(ticket.participant)
    except NotFound:
        raise Refused(ROOM_ENDED) from None
    if call.state in OVER:
        raise Refused(ROOM_ENDED)
    if unwanted(one):
        raise Refused(TICKET_BAD, "no longer invited to this call")


def _clock() -> float:
    return asyncio.get_running_loop().time()


def _now() -> int:
    return int(time.time() * 1000)
