"""ICE, DTLS and SRTP of one connection. Alone in knowing private names of aiortc and aioice.

aiortc reads every packet through a queue, a task and packet classes; here datagrams of media go
straight from the socket to ``Link.on_media`` and are (un)protected in place. What is private is
listed in ``PRIVATE``; a test fails when one of these names is gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import aioice.ice
import aioice.stun
import pylibsrtp
from aioice.candidate import Candidate, candidate_foundation, candidate_priority
from aiortc import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    RTCIceGatherer,
    RTCIceParameters,
    RTCIceTransport,
)
from pylibsrtp._binding import ffi, lib

from webrtc.metrics import Metrics
from webrtc.packets import RTP_HEADER, RTP_HEADER_BYTES

CELL = 2048  # bytes of one datagram's place in an arena
MAX_WAITING_DTLS = 32
MAX_ROUTES = 32  # addresses one connection may have been seen at
MAX_RTCP = 1200
Address = tuple[str, int]
_pack_header = RTP_HEADER.pack_into
_protect, _protect_rtcp = lib.srtp_protect, lib.srtp_protect_rtcp
_unprotect, _unprotect_rtcp = lib.srtp_unprotect, lib.srtp_unprotect_rtcp

# (module, class or None, names): looked up by tests/webrtc/test_fastpath.py.
PRIVATE: list[tuple[object, list[str]]] = [
    (RTCDtlsTransport, ["_set_role", "_setup_srtp"]),
    (RTCIceTransport, ["_monitor"]),
    (aioice.ice, ["StunProtocol"]),
    (aioice.ice.StunProtocol, ["connection_made", "connection_lost", "datagram_received"]),
    (aioice.ice.Connection, ["data_received", "request_received", "get_event"]),
    (aioice.stun, ["parse_message"]),
    (lib, ["srtp_protect", "srtp_unprotect", "srtp_protect_rtcp", "srtp_unprotect_rtcp"]),
    (ffi, ["new", "buffer", "addressof", "cast"]),
]
PRIVATE_MEMBERS = {
    "gatherer": ["_connection"],
    "dtls": ["_rx_srtp", "_tx_srtp", "_role"],
    "ice": ["_connection"],
    "connection": [
        "_nominated",
        "_protocols",
        "_local_candidates",
        "_local_candidates_start",
        "_local_candidates_end",
        "_queue",
    ],
    "session": ["_srtp"],
}


class Arena:
    """Fixed memory for ``count`` datagrams that libsrtp and the kernel work on in place."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._memory = ffi.new("char[]", count * CELL)
        self.buffer = ffi.buffer(self._memory)
        self.view = memoryview(self.buffer).cast("B")
        self.cells = [ffi.addressof(self._memory, index * CELL) for index in range(count)]
        self.address = int(ffi.cast("uintptr_t", self._memory))


class Carrier(Protocol):
    """The UDP port a link sends through."""

    arena: Arena
    words: memoryview  # eight 64-bit words for each cell; the first: where its destination lies
    pieces: memoryview  # two for each cell; the second: its length
    used: int  # cells filled since the last flush
    host: str
    port: int

    def flush(self) -> None:
        """Send all cells that were filled."""

    def send_now(self, data: bytes, address: Address) -> None:
        """One datagram outside the media path."""

    def pin(self, address: Address) -> int:
        """Where the address lies in memory for the kernel, until no link is seen there any more."""

    def add_route(self, address: Address, link: Link) -> None: ...
    def drop_routes(self, link: Link) -> None: ...


class _Wire(asyncio.DatagramTransport):
    """What aioice believes to be the socket of one candidate."""

    def __init__(self, carrier: Carrier, link: Link) -> None:
        super().__init__({"sockname": (carrier.host, carrier.port)})
        self._carrier = carrier
        self._link = link
        self.protocol: Any = None

    def sendto(self, data: Any, addr: Any = None) -> None:
        self._carrier.send_now(bytes(data), addr)

    def close(self) -> None:
        self._carrier.drop_routes(self._link)
        if self.protocol is not None:
            protocol, self.protocol = self.protocol, None
            protocol.connection_lost(None)


class _Ice(RTCIceTransport):
    """aiortc's transport without its loop around ``get_event``.

    aioice answers a closed connection's ``get_event`` with None at once, without suspending, and
    aiortc's ``_monitor`` asks again for ever: closed before its first step, it takes the whole event
    loop. There is one event, "closed", so asking once is enough, and what has no loop cannot spin.
    """

    def __init__(self, gatherer: RTCIceGatherer) -> None:
        super().__init__(gatherer)
        self.on_lost: Callable[[], None] = _nothing

    async def _monitor(self) -> None:
        await self._connection.get_event()
        if self.state == "completed":
            self.on_lost()


@dataclass(frozen=True, slots=True)
class Remote:
    """The other side's part of the session description that a link needs."""

    ufrag: str
    password: str
    fingerprints: list[tuple[str, str]]  # algorithm, value


class Link:
    """A secured connection to one peer over UDP ports shared with all other links.

    ``on_media(arena, cell, length, now)`` is called for each SRTP or SRTCP datagram, still
    protected; ``on_closed()`` when the other side closed DTLS or ICE gave up. ``close`` may come at
    any moment, also in the middle of ``secure``; nothing of a closed link runs on.
    """

    def __init__(self, certificate: RTCCertificate, metrics: Metrics) -> None:
        self._gatherer = RTCIceGatherer(iceServers=[])
        self._ice = _Ice(self._gatherer)
        self._dtls = RTCDtlsTransport(self._ice, [certificate])
        self._connection: Any = self._gatherer._connection
        self._wires: list[_Wire] = []
        self._by_carrier: dict[int, Any] = {}
        self._carrier_of: dict[Any, Carrier] = {}
        self._receive: Any = None
        self._send: Any = None
        self._length = ffi.new("int *")
        self._destination = 0
        self._selected: Any = None
        self._metrics = metrics
        self.carrier: Carrier | None = None
        self.addresses: set[Address] = set()
        self.heard_at = 0.0
        self.on_media: Callable[[Arena, int, int, float], None] = _ignore
        self.on_closed: Callable[[], None] = _nothing
        self._securing: asyncio.Task[bool] | None = None
        self._closing = False
        self._dtls.on("statechange", self._dtls_changed)
        self._ice.on("statechange", self._ice_changed)
        self._ice.on_lost = lambda: self.on_closed()

    @property
    def ufrag(self) -> str:
        return str(self._connection.local_username)

    @property
    def password(self) -> str:
        return str(self._connection.local_password)

    @property
    def fingerprints(self) -> list[tuple[str, str]]:
        mine = self._dtls.getLocalParameters().fingerprints
        return [(one.algorithm, one.value) for one in mine]

    @property
    def secured(self) -> bool:
        return self._send is not None

    def open(self, carriers: list[Carrier]) -> None:
        """Offer these ports as host candidates."""
        connection = self._connection
        for carrier in carriers:
            protocol = aioice.ice.StunProtocol(connection)
            wire = _Wire(carrier, self)
            wire.protocol = protocol
            protocol.connection_made(wire)
            foundation = candidate_foundation("host", "udp", carrier.host)
            protocol.local_candidate = Candidate(
                foundation=foundation,
                component=1,
                transport="udp",
                priority=candidate_priority(1, "host"),
                host=carrier.host,
                port=carrier.port,
                type="host",
            )
            connection._protocols.append(protocol)
            connection._local_candidates.append(protocol.local_candidate)
            self._wires.append(wire)
            self._by_carrier[id(carrier)] = protocol
            self._carrier_of[protocol] = carrier
        connection._local_candidates_start = True
        connection._local_candidates_end = True

    async def secure(self, remote: Remote) -> bool:
        """ICE checks, then DTLS as client; whether media can flow. No time-out of its own.

        False when closed meanwhile. Cancelling ends the wait alone; ``close`` ends the work, too."""
        if self._closing or self._securing is not None:
            return False
        work = self._securing = asyncio.create_task(self._secure(remote))
        await asyncio.wait([work])
        return not work.cancelled() and work.result() and not self._closing

    async def _secure(self, remote: Remote) -> bool:
        await self._ice.start(RTCIceParameters(remote.ufrag, remote.password))
        if self._ice.state != "completed":
            return False
        self._select()
        self._dtls._set_role("client")
        prints = [RTCDtlsFingerprint(algorithm, value) for algorithm, value in remote.fingerprints]
        await self._dtls.start(RTCDtlsParameters(prints))
        if self._dtls.state != "connected" or self._closing:
            return False
        self._receive = self._dtls._rx_srtp._srtp[0]
        self._send = self._dtls._tx_srtp._srtp[0]
        return True

    async def close(self) -> None:
        """Tell the other side and free everything; idempotent, never raises."""
        self._closing = True
        self.on_media = _ignore
        self.on_closed = _nothing
        self._receive = self._send = None
        try:
            await self._stop_securing()
            await self._dtls.stop()
            await self._ice.stop()
        except (OSError, aioice.stun.TransactionError) as problem:
            self._metrics.dropped("close", str(problem))
        finally:
            for wire in self._wires:
                wire.close()

    async def _stop_securing(self) -> None:
        """Before ICE and DTLS: what aioice starts on a closed connection is never ended."""
        work = self._securing
        while work is not None and not work.done():
            work.cancel()
            # ``asyncio.wait_for`` of Python 3.11 can swallow one cancellation: then once more.
            await asyncio.wait([work], timeout=0.05)
        if work is not None and not work.cancelled():
            work.exception()  # whoever waited has it; nobody else needs to hear of it

    def stun(self, data: bytes, address: Address, carrier: Carrier, message: Any) -> bool:
        """A STUN message for this link; False when it is not authentic, or the link is closed."""
        if self._closing:
            return False
        if message.message_class == aioice.stun.Class.REQUEST:
            if not message.check_message_integrity(self.password.encode()):
                return False
            if address not in self.addresses:
                if len(self.addresses) >= MAX_ROUTES or "PRIORITY" not in message.attributes:
                    return False
                self.addresses.add(address)
            carrier.add_route(address, self)
        self._by_carrier[id(carrier)].datagram_received(data, address)
        if self._selected is not self._connection._nominated.get(1):
            self._select()
        return True

    def dtls(self, data: bytes) -> None:
        """A DTLS datagram; a flood of them is dropped."""
        if self._connection._queue.qsize() < MAX_WAITING_DTLS:
            self._connection.data_received(data, 1)
        else:
            self._metrics.dropped("dtls_flood")

    def unprotect(self, arena: Arena, cell: int, length: int) -> int:
        """Length of the RTP packet decrypted in place, 0 when it is not authentic."""
        box = self._length
        box[0] = length
        if self._receive is None or _unprotect(self._receive, arena.cells[cell], box):
            return 0
        return box[0]  # type: ignore[no-any-return]

    def unprotect_rtcp(self, arena: Arena, cell: int, length: int) -> int:
        """Like ``unprotect`` for RTCP."""
        box = self._length
        box[0] = length
        if self._receive is None or _unprotect_rtcp(self._receive, arena.cells[cell], box):
            return 0
        return box[0]  # type: ignore[no-any-return]

    def send(self, second: int, sequence: int, timestamp: int, ssrc: int, payload: bytes) -> bool:
        """Protect and queue an RTP packet; ``second`` is marker and payload type. Not if False."""
        carrier, session = self.carrier, self._send
        if carrier is None or session is None:
            return False
        arena = carrier.arena
        cell = carrier.used
        if cell == arena.count:
            carrier.flush()
            cell = 0
        at = cell * CELL
        end = at + RTP_HEADER_BYTES + len(payload)
        buffer = arena.buffer
        _pack_header(buffer, at, 0x80, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
        buffer[at + RTP_HEADER_BYTES : end] = payload
        box = self._length
        box[0] = end - at
        if _protect(session, arena.cells[cell], box):
            return False
        carrier.words[cell * 8] = self._destination
        carrier.pieces[cell * 2 + 1] = box[0]
        carrier.used = cell + 1
        return True

    def send_rtcp(self, data: bytes) -> None:
        """Protect and queue an RTCP packet."""
        carrier = self.carrier
        if carrier is None or self._send is None or len(data) > MAX_RTCP:
            return
        if carrier.used == carrier.arena.count:
            carrier.flush()
        cell = carrier.used
        at = cell * CELL
        carrier.arena.buffer[at : at + len(data)] = data
        box = self._length
        box[0] = len(data)
        if _protect_rtcp(self._send, carrier.arena.cells[cell], box) == 0:
            carrier.words[cell * 8] = self._destination
            carrier.pieces[cell * 2 + 1] = box[0]
            carrier.used = cell + 1

    def _select(self) -> None:
        pair = self._connection._nominated.get(1)
        if pair is None:
            return
        self._selected = pair
        self.carrier = self._carrier_of[pair.protocol]
        self._destination = self.carrier.pin(pair.remote_addr)

    def _dtls_changed(self) -> None:
        if self._dtls.state in ("closed", "failed"):
            self.on_closed()

    def _ice_changed(self) -> None:
        if self._ice.state == "failed":
            self.on_closed()


def _nothing() -> None: ...


def _ignore(arena: Arena, cell: int, length: int, now: float) -> None:
    """A link that is closed hears nothing."""


def parse_stun(data: bytes) -> Any | None:
    """The STUN message in ``data``; None when it is none."""
    try:
        return aioice.stun.parse_message(data)
    except Exception:  # the parser meets whatever the internet sends
        return None


def new_certificate() -> RTCCertificate:
    """A DTLS certificate for this process; valid 30 days."""
    return RTCCertificate.generateCertificate()


SrtpError = pylibsrtp.Error
