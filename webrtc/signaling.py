"""One connection of PROTOCOL.md: a state machine that one task owns.

Everybody else (the socket's reader, the room, the media path, timers) puts actions into the
connection's bounded inbox; a connection that does not keep up with its inbox is ended.
"""

from __future__ import annotations

import asyncio
import logging
import time

from domain.errors import MEDIA_LOST, PROTOCOL, ROOM_ENDED, ROOM_FULL, TICKET_BAD, TOO_MANY, Refused
from domain.ticket import Ticket
from domain.workflow import allows, step
from webrtc import messages
from webrtc.actions import Action, Came, House, Hung, Over, Say, Secured, Went, Wire, Wrong
from webrtc.bucket import Bucket
from webrtc.description import SLOTS, candidate_address, read_offer
from webrtc.messages import Client, Outgoing, Reason
from webrtc.peer import Peer
from webrtc.phase import PATIENCE, PHASES, Phase
from webrtc.room import Publisher, Room, Seats

log = logging.getLogger(__name__)
INBOX = 512
SEND_SECONDS = 5.0
MESSAGES_PER_SECOND, MESSAGE_BURST = 20.0, 60.0
MEDIA_PER_SECOND, MEDIA_BURST = 5.0, 10.0


class Connection:
    """A participant's connection; a ``Watcher`` of its room once its ticket was accepted.

    ``seen`` is the version of the incident it rests on (0: none), ``reported`` whether the incident
    has it as joined, ``reported_at`` since when (the loop's time), ``rung`` its quality level and why.
    """

    def __init__(self, wire: Wire, house: House) -> None:
        self.participant = ""
        self.phase = Phase.GREETING
        self.peer: Peer | None = None
        self.publisher: Publisher | None = None
        self.ticket: Ticket | None = None
        self.seen = 0
        self.reported = False
        self.reported_at = 0.0
        self.rung: tuple[messages.Rung, messages.Cause] = ("video", "user")
        self._wire = wire
        self._house = house
        self._inbox: asyncio.Queue[Action] = asyncio.Queue(INBOX)
        self._overflown = False
        self._room: Room | None = None
        self._seats = Seats(SLOTS)
        self._media = (False, False)
        self._securing: asyncio.Task[None] | None = None
        self._standing = False
        self._deadline = time.monotonic() + PATIENCE[Phase.GREETING][0]
        self._messages = Bucket(MESSAGES_PER_SECOND, MESSAGE_BURST)
        self._changes = Bucket(MEDIA_PER_SECOND, MEDIA_BURST)
        self._cause = "socket_lost"

    # What others call: each only leaves an action.

    def came(self, publisher: Publisher) -> None:
        self._leave(Came(publisher))

    def went(self, publisher: Publisher, cause: str) -> None:
        self._leave(Went(publisher, cause))

    def heard(self, message: Outgoing) -> None:
        self._leave(Say(message))

    def dismissed(self, reason: Reason) -> None:
        self._leave(Over(reason, "ended" if reason == "closed" else reason))

    def was_reported(self, version: int) -> None:
        """The incident has this connection as joined since ``version``."""
        self.seen, self.reported = version, True
        self.reported_at = asyncio.get_running_loop().time()

    def lost(self) -> None:
        """No sign of life on the media path."""
        self._leave(Over("media_lost", "media_lost"))

    def refuse(self, refusal: Refused) -> None:
        """End with an error."""
        self._leave(Wrong(refusal))

    def _leave(self, action: Action) -> None:
        try:
            self._inbox.put_nowait(action)
        except asyncio.QueueFull:
            self._overflown = True

    # The one task that owns the state.

    async def run(self) -> None:
        """Serve the connection to its end; never raises but ``CancelledError``."""
        reader = asyncio.create_task(self._read())
        refused = False
        try:
            while self.phase is not Phase.ENDED:
                await self._handle(await self._next())
        except Refused as refusal:
            refused = True
            self._cause = "media_lost" if refusal.fault is MEDIA_LOST else "protocol"
            fault = refusal.fault
            await self._send(messages.Error(fault.code, fault.zh, fault.en, refusal.detail))
            self._house.counted("refused")
        except (ConnectionError, TimeoutError):
            self._cause = "socket_lost"
        except Exception:
            log.exception("connection of %s", self.participant or "nobody")
            self._cause = "protocol"
        finally:
            reader.cancel()
            await self._clean_up()
            await self._wire.close(refused)

    async def _read(self) -> None:
        try:
            while (text := await self._wire.receive()) is not None:
                if not self._messages.take():
                    raise Refused(TOO_MANY, "over 20 messages a second")
                await self._inbox.put(messages.read(text))
            await self._inbox.put(Hung())
        except Refused as refusal:
            await self._inbox.put(Wrong(refusal))

    async def _next(self) -> Action:
        if self._overflown:
            raise ConnectionError("inbox overflow")
        limit = PATIENCE.get(self.phase)
        if limit is None:
            return await self._inbox.get()
        try:
            async with asyncio.timeout(max(self._deadline - time.monotonic(), 0)):
                return await self._inbox.get()
        except TimeoutError:
            raise Refused(limit[1], f"too long in {self.phase}") from None

    async def _handle(self, action: Action) -> None:
        if isinstance(action, messages.Incoming):
            name = str(action.__struct_config__.tag)
            if not allows(PHASES, self.phase, name):
                raise Refused(PROTOCOL, f"{name} is out of order")
            await self._said(action)
            if self.phase is not Phase.ENDED:
                self._enter(step(PHASES, self.phase, name))
            return
        match action:
            case Say(message):
                await self._send(message)
            case Came(publisher):
                await self._show(publisher)
            case Went(publisher, cause):
                await self._hide(publisher, cause)
            case Secured(ok):
                await self._secured(ok)
            case Over(reason, cause):
                self._cause = cause
                await self._send(messages.End(reason))
                self.phase = Phase.ENDED
            case Wrong(refusal):
                raise refusal
            case Hung():
                self.phase = Phase.ENDED

    def _enter(self, phase: Phase) -> None:
        if phase is not self.phase and phase in PATIENCE:
            self._deadline = time.monotonic() + PATIENCE[phase][0]
        self.phase = phase

    async def _said(self, message: Client) -> None:
        match message:
            case messages.Hello(protocol, token):
                await self._hello(protocol, token)
            case messages.Enter(token):
                await self._admitted(token)
            case messages.Offer(sdp):
                await self._offer(sdp)
            case messages.Candidate(candidate=line):
                if line and candidate_address(line) is None:
                    self._house.counted("candidate")
            case messages.Media(audio, video):
                self._media_changed(audio, video)
            case messages.Step(rung, cause):
                self._stepped(rung, cause)
            case messages.Keyframe(participant):
                other = self._room.publisher(participant) if self._room else None
                if other is not None:
                    other.picture.wish.want()
            case messages.Ping(at):
                await self._send(messages.Pong(at, int(time.time() * 1000)))
            case messages.Bye():
                self._cause = "bye"
                await self._send(messages.End("bye"))

    async def _hello(self, protocol: int, token: str) -> None:
        if protocol != messages.VERSION:
            raise Refused(PROTOCOL, f"this server speaks version {messages.VERSION}")
        ticket, self.seen = await self._house.admit(token)
        self.participant = ticket.participant
        self._standing = ticket.standby
        # Who stands by has no place yet: other devices of the same station may stand by as well.
        room = None if self._standing else self._take_place(ticket)
        others = [one.somebody() for one in room.publishers()] if room else []
        await self._send(
            messages.Welcome(
                messages.VERSION,
                ticket.participant,
                ticket.role,
                ticket.call,
                SLOTS,
                ticket.silent,
                self._house.ice_servers(ticket),
                others,
            )
        )

    def _take_place(self, ticket: Ticket) -> Room:
        room = self._house.room_for(ticket)
        if room.over:
            raise Refused(ROOM_ENDED)
        if not room.reserve(self):
            raise Refused(ROOM_FULL)
        room.seen = max(room.seen, self.seen)
        self.ticket, self._room = ticket, room
        return room

    async def _admitted(self, token: str) -> None:
        if not self._standing:
            raise Refused(PROTOCOL, "enter is for who stands by")
        ticket, self.seen = await self._house.admit(token)
        if ticket.standby or ticket.participant != self.participant:
            raise Refused(TICKET_BAD, "not a ticket to enter with")
        self._take_place(ticket)
        self._standing = False
        if self.phase is Phase.STANDBY:
            await self._appear()

    async def _offer(self, sdp: str) -> None:
        read_offer(sdp)
        self.peer = peer = await self._house.new_peer(sdp)
        peer.link.on_closed = self.lost
        text, slots = peer.answer()
        await self._send(messages.Answer(text, slots))
        self._securing = asyncio.create_task(self._secure(peer))

    async def _secure(self, peer: Peer) -> None:
        try:
            ok = await peer.secure()
        except Exception as problem:  # whatever the other side made ICE or DTLS stumble over
            log.info("connection of %s: %r", self.participant, problem)
            ok = False
        self._leave(Secured(ok))

    async def _secured(self, ok: bool) -> None:
        if not ok:
            raise Refused(MEDIA_LOST, "ICE or DTLS failed")
        self._enter(step(PHASES, self.phase, "held" if self._standing else "secured"))
        if not self._standing:
            await self._appear()

    async def _appear(self) -> None:
        peer, ticket, room = self.peer, self.ticket, self._room
        if peer is None or ticket is None or room is None:
            raise Refused(MEDIA_LOST)
        audio, video = self._media
        publisher = Publisher(
            ticket.participant, ticket.role, ticket.name, peer.audio, peer.video, audio, video
        )
        self.publisher = publisher
        await self._send(messages.Connected())
        if not room.enter(self, publisher):
            raise Refused(TICKET_BAD, "replaced")
        self._house.joined(ticket, self)
        if self.rung[0] != publisher.rung:
            self._tell_rung(publisher)

    def _media_changed(self, audio: bool, video: bool) -> None:
        if not self._changes.take():
            raise Refused(TOO_MANY, "over 5 media messages a second")
        self._media = (audio, video)
        if self.publisher is None or self._room is None:
            return
        self.publisher.audio, self.publisher.video = audio, video
        self._room.tell(self.participant, messages.MediaOf(self.participant, audio, video))

    def _stepped(self, rung: messages.Rung, cause: messages.Cause) -> None:
        """Nobody is told what he knows; before ``connected`` it says how he will appear."""
        if rung == self.rung[0]:
            return
        self.rung = rung, cause
        if self.publisher is not None:
            self._tell_rung(self.publisher)

    def _tell_rung(self, publisher: Publisher) -> None:
        publisher.rung, cause = self.rung
        if self._room is not None and self.ticket is not None:
            self._room.tell(
                self.participant, messages.StepOf(self.participant, publisher.rung, cause)
            )
            self._house.stepped(self.ticket, publisher.rung, cause)

    async def _show(self, publisher: Publisher) -> None:
        if self.peer is None or self._room is None:
            return
        if self._room.publisher(publisher.participant) is not publisher:
            return
        await self._send(publisher.told("joined", ""))
        seat = self._seats.seat(publisher.participant, self._room.present())
        if seat is None or seat >= len(self.peer.places):
            self._house.counted("no_slot")
            return
        self.peer.places[seat].show(publisher.sound, publisher.picture)
        await self._send(messages.SlotShows(seat, publisher.participant))

    async def _hide(self, publisher: Publisher, cause: str) -> None:
        seat = self._seats.find(publisher.participant)
        if self.peer is not None and seat is not None and seat < len(self.peer.places):
            place = self.peer.places[seat]
            if place.video.source is publisher.picture:
                place.show(None, None)
                await self._send(messages.SlotShows(seat, None))
        await self._send(publisher.told("left", cause))

    async def _send(self, message: Outgoing) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._wire.send(messages.write(message))
        except (ConnectionError, RuntimeError, TimeoutError):
            self._cause = "socket_lost"
            self.phase = Phase.ENDED

    async def _clean_up(self) -> None:
        if self._securing is not None:
            self._securing.cancel()
        ticket, room = self.ticket, self._room
        try:
            if ticket is not None and room is not None:
                had_place = room.leave(self, self._cause)
                joined = self.publisher is not None and had_place
                self._house.gone(ticket, room, self._cause, joined)
        finally:
            if self.peer is not None:
                await self.peer.close()
