"""One UDP port that all connections of a media process share.

A datagram finds its connection by the address it comes from; an address is bound to a connection
by a STUN request that carries the connection's user name fragment and proves its password
(RFC 8445). Datagrams are read and written many at a time (recvmmsg, sendmmsg) where the kernel can.
"""

from __future__ import annotations

import asyncio
import ctypes
import ipaddress
import socket
import sys
from collections.abc import Callable
from ctypes import c_char, c_int, c_uint, c_void_p
from struct import pack, pack_into, unpack_from

from domain.probe import ProbeKind
from webrtc.fastpath import CELL, Address, Arena, Link, parse_stun
from webrtc.metrics import Metrics
from webrtc.stun import outline

BATCH = 64
WORDS = 8  # 64-bit words of one mmsghdr on 64-bit Linux
NAME_BYTES, WIDE_NAME_BYTES = 16, 28  # sockaddr_in, sockaddr_in6
NAME_ROOM = 32
SOCKET_BUFFER = 4 << 20
MAX_DATAGRAM = 1500
ROUNDS = 4  # batches read before others get their turn
GATHER = 0.004  # seconds: a wake-up costs as much as several packets, and pictures come in bursts
BUSY = 3  # datagrams in that time after which the next are not waited for but looked for
PROBE = f"{ProbeKind.MEDIA}/"  # how the name of an operator's pass begins
PROBES_A_TURN = 2
STUN_A_TURN, STUN_OF_ONE = 32, 8  # messages parsed in one turn: of all, of one connection
Answer = Callable[[bytes, str, Address], bytes | None]
NATIVE = sys.platform == "linux" and ctypes.sizeof(c_void_p) == 8


class Port:
    """A bound UDP socket. ``bind`` is ours, ``announce`` what peers are told; 0 picks a port."""

    def __init__(
        self, bind: str, announce: str, port: int, metrics: Metrics, native: bool = NATIVE
    ) -> None:
        family = socket.AF_INET6 if ipaddress.ip_address(bind).version == 6 else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self._socket.setsockopt(socket.SOL_SOCKET, option, SOCKET_BUFFER)
        self._socket.bind((bind, port))
        self._handle = self._socket.fileno()
        self.host = announce
        self.port: int = self._socket.getsockname()[1]
        self._family = family
        self._metrics = metrics
        self._links: dict[str, Link] = {}
        self._routes: dict[int | bytes, Link] = {}
        self._pinned: dict[Address, ctypes.Array[c_char]] = {}
        self._users: dict[Address, set[Link]] = {}  # who was seen there and may send there
        self._loop: asyncio.AbstractEventLoop | None = None
        self._after: Callable[[float], None] | None = None
        self._wide = family == socket.AF_INET6
        self.arena = Arena(BATCH)
        self._inbox = Arena(BATCH)
        name_bytes = WIDE_NAME_BYTES if self._wide else NAME_BYTES
        self._outgoing = _Vector(self.arena, name_bytes)
        self._incoming = _Vector(self._inbox, name_bytes)
        self.words, self.pieces = self._outgoing.words, self._outgoing.pieces
        self.used = 0
        self._native = native
        self._by_address: dict[int, Address] = {}
        self._parsed: dict[Link, int] = {}  # STUN messages in this turn
        self._parses = self._asked = 0
        self.answer: Answer | None = None  # to who asks whether we are here
        if native:
            libc = ctypes.CDLL(None, use_errno=True)
            self._sendmmsg = libc.sendmmsg
            self._sendmmsg.argtypes = [c_int, c_void_p, c_uint, c_int]
            self._recvmmsg = libc.recvmmsg
            self._recvmmsg.argtypes = [c_int, c_void_p, c_uint, c_int, c_void_p]

    def start(
        self, loop: asyncio.AbstractEventLoop, after: Callable[[float], None] | None = None
    ) -> None:
        """Read from now on; ``after`` is told the time whenever something was read."""
        self._loop = loop
        self._after = after
        loop.add_reader(self._socket.fileno(), self._readable)

    def close(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self._handle)
            self._loop = None
        self._socket.close()

    def add_link(self, link: Link) -> None:
        self._links[link.ufrag] = link

    def add_route(self, address: Address, link: Link) -> None:
        self._routes[self._key(self._raw(address))] = link
        self._users.setdefault(address, set()).add(link)

    def drop_routes(self, link: Link) -> None:
        """Two links can have been seen at one address: it stays for the one that is left."""
        self._links.pop(link.ufrag, None)
        for address in link.addresses:
            key = self._key(self._raw(address))
            if self._routes.get(key) is link:
                del self._routes[key]
            users = self._users.get(address, set())
            users.discard(link)
            if users:
                continue
            self._users.pop(address, None)
            pinned = self._pinned.pop(address, None)
            if pinned is not None:
                self._flush_to(ctypes.addressof(pinned))

    def pin(self, address: Address) -> int:
        pinned = self._pinned.get(address)
        if pinned is None:
            raw = self._raw(address)
            pinned = self._pinned[address] = ctypes.create_string_buffer(raw, NAME_ROOM)
        place = ctypes.addressof(pinned)
        self._by_address[place] = address
        return place

    def send_now(self, data: bytes, address: Address) -> None:
        try:
            self._socket.sendto(data, address)
        except OSError as problem:
            self._metrics.dropped("send", str(problem))

    def flush(self) -> None:
        """What the kernel does not take at once is lost, as on any network."""
        count, self.used = self.used, 0
        if count == 0:
            return
        metrics = self._metrics
        metrics.packets_out += count
        metrics.bytes_out += sum(self.pieces[1 : count * 2 : 2])
        done = 0
        if not self._native:
            for at in range(count):
                data = self.arena.buffer[at * CELL : at * CELL + self.pieces[at * 2 + 1]]
                self.send_now(data, self._by_address[self.words[at * WORDS]])
            return
        while done < count:
            place = self._outgoing.place + done * WORDS * 8
            sent = self._sendmmsg(self._handle, place, count - done, 0)
            if sent <= 0:
                metrics.dropped("send")
                sent = 1
            done += sent

    def _flush_to(self, destination: int) -> None:
        """Nothing may point to an address that is forgotten."""
        if self.used:
            self.flush()
        self._by_address.pop(destination, None)

    def _readable(self) -> None:
        """Something came, and what belongs to it will be there in a moment."""
        if self._loop is None:
            return
        if self._native:
            self._loop.remove_reader(self._handle)
            self._loop.call_later(GATHER, self._gathered, self._loop)
        else:
            self._take()

    def _gathered(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._loop is None:
            return
        taken = self._take()
        if taken >= BUSY:
            loop.call_later(GATHER if taken < BATCH * ROUNDS else 0, self._gathered, loop)
        else:
            loop.add_reader(self._handle, self._readable)

    def _take(self) -> int:
        """Read what is there and send what follows from it; how many datagrams were read."""
        total = 0
        self._parsed.clear()
        self._parses = self._asked = 0
        for _ in range(ROUNDS):
            count = self._read_many() if self._native else self._read_one()
            total += count
            if self.used:
                self.flush()
            if count < BATCH:
                break
        if self._after is not None:
            self._after(self._now())
        return total

    def _read_many(self) -> int:
        vector, inbox, routes, wide = self._incoming, self._inbox, self._routes, self._wide
        count: int = self._recvmmsg(self._handle, vector.place, BATCH, 0, None)
        view, words, names = inbox.view, vector.words, vector.names
        now = self._now()
        total = 0
        for cell in range(count):
            length = words[cell * WORDS + 7] & 0xFFFFFFFF
            total += length
            link = routes.get(vector.name(cell) if wide else names[cell * 4])
            if link is not None and 128 <= view[cell * CELL] < 192 and length <= MAX_DATAGRAM:
                link.on_media(inbox, cell, length, now)
            else:
                self._other(cell, length, vector.name(cell), link)
        self._metrics.bytes_in += total
        return max(count, 0)

    def _read_one(self) -> int:
        try:
            length, address = self._socket.recvfrom_into(self._inbox.view[:CELL])
        except OSError:
            return 0
        raw = self._raw(address[:2])
        link = self._routes.get(self._key(raw))
        self._metrics.bytes_in += length
        if link is not None and 128 <= self._inbox.view[0] < 192 and length <= MAX_DATAGRAM:
            link.on_media(self._inbox, 0, length, self._now())
        else:
            self._other(0, length, raw, link)
        return BATCH

    def _other(self, cell: int, length: int, raw: bytes, link: Link | None) -> None:
        data: bytes = self._inbox.buffer[cell * CELL : cell * CELL + length]
        first = data[0] if data else 255
        if first < 4:
            self._stun(data, raw, link)
        elif 20 <= first < 64 and link is not None:
            link.dtls(data)
        else:
            self._metrics.dropped("stray")

    def _stun(self, data: bytes, raw: bytes, route: Link | None) -> None:
        """Parse what is for one of our connections, as far as this turn has time for it."""
        found = outline(data)
        if found is None:
            self._metrics.dropped("stun_bad")
            return
        request, ours = found
        link = self._links.get(ours) if request else route
        if link is None:
            if not request or not self._told(data, ours, raw):
                self._metrics.dropped("stun_unknown")
            return
        of_one = self._parsed.get(link, 0)
        if self._parses >= STUN_A_TURN or of_one >= STUN_OF_ONE:
            self._metrics.dropped("stun_flood")
            return
        self._parsed[link] = of_one + 1
        self._parses += 1
        message = parse_stun(data)
        if message is None:
            self._metrics.dropped("stun_bad")
        elif not self._deliver(link, data, raw, message):
            self._metrics.dropped("stun_unknown")

    def _told(self, data: bytes, name: str, raw: bytes) -> bool:
        """Whether it was the operator's question whether we are here, and got its answer."""
        # Of its own: whatever strangers ask here takes nothing from calls.
        if self.answer is None or not name.startswith(PROBE) or self._asked >= PROBES_A_TURN:
            return False
        self._asked += 1
        address = self._address(raw)
        reply = self.answer(data, name, address)
        if reply is not None:
            self.send_now(reply, address)
        return reply is not None

    def _deliver(self, link: Link, data: bytes, raw: bytes, message: object) -> bool:
        """Whatever a STUN message does to the agent stays with its own connection."""
        try:
            known = link.stun(data, self._address(raw), self, message)
        except Exception as problem:
            self._metrics.dropped("stun_bad", repr(problem))
            return True
        if known:
            link.heard_at = self._now()
        return known

    def _now(self) -> float:
        return self._loop.time() if self._loop is not None else 0.0

    def _key(self, raw: bytes) -> int | bytes:
        """What ``_routes`` knows an address by: family, port and IPv4 address fit into a word."""
        key: int = unpack_from("=Q", raw)[0]
        return raw if self._wide else key

    def _raw(self, address: Address) -> bytes:
        host, port = address
        packed = socket.inet_pton(self._family, host)
        head = pack("=H", self._family) + pack("!H", port)
        if self._family == socket.AF_INET6:
            return head + bytes(4) + packed + bytes(4)
        return head + packed + bytes(8)

    def _address(self, raw: bytes) -> Address:
        (port,) = unpack_from("!H", raw, 2)
        packed = raw[8:24] if self._family == socket.AF_INET6 else raw[4:8]
        return socket.inet_ntop(self._family, packed), port


class _Vector:
    """An array of mmsghdr, each with one iovec on one cell of an arena, and room for addresses.

    All addresses of a socket have one size: what the kernel writes back never has to be undone.
    """

    def __init__(self, arena: Arena, name_bytes: int) -> None:
        count = arena.count
        self._name_bytes = name_bytes
        self._headers = ctypes.create_string_buffer(count * WORDS * 8)
        self._pieces = ctypes.create_string_buffer(count * 16)
        self._names = ctypes.create_string_buffer(count * NAME_ROOM)
        self.place = ctypes.addressof(self._headers)
        self.words = memoryview(self._headers).cast("B").cast("Q")
        self.pieces = memoryview(self._pieces).cast("B").cast("Q")
        self.names = memoryview(self._names).cast("B").cast("Q")
        self._name_view = memoryview(self._names).cast("B")
        pieces = ctypes.addressof(self._pieces)
        names = ctypes.addressof(self._names)
        for index in range(count):
            name = names + index * NAME_ROOM
            piece = pieces + index * 16
            pack_into("=QQ", self._pieces, index * 16, arena.address + index * CELL, CELL)
            header = (name, name_bytes, piece, 1, 0, 0, 0, 0)
            pack_into("=8Q", self._headers, index * WORDS * 8, *header)

    def name(self, index: int) -> bytes:
        """The address of the datagram in this cell."""
        at = index * NAME_ROOM
        return bytes(self._name_view[at : at + self._name_bytes])
