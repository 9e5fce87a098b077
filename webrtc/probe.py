"""Whether datagrams reach a media process: a STUN request that only this installation can sign is answered.

The server's half keeps nothing and opens nothing: who has a pass (``domain/probe.py``) is told the address
he comes from, as every ICE check is. Passes are good for ten minutes; anybody else gets no answer, so that
nobody's address can be made to receive ours.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import cast

import aioice.stun

from domain.probe import ProbeKind, ProbePass, probe_password

TRIES, TRY_S = 4, 0.5
Address = tuple[str, int]
Stun = aioice.stun.Message


class Probes:
    """Answers to signed requests of one process."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def answer(self, data: bytes, name: str, address: Address) -> bytes | None:
        """The answer to a binding request with this user name from ``address``; None when it gets none."""
        now = time.time_ns() // 1_000_000
        password = probe_password(self._secret, ProbeKind.MEDIA, name, now)
        if password is None:
            return None
        try:
            asked = aioice.stun.parse_message(data)
            signed = asked.check_message_integrity(password.encode())
        except Exception:  # the parser meets whatever the internet sends
            return None
        if not signed:
            return None
        reply = Stun(
            message_method=aioice.stun.Method.BINDING,
            message_class=aioice.stun.Class.RESPONSE,
            transaction_id=asked.transaction_id,
        )
        reply.attributes["XOR-MAPPED-ADDRESS"] = address
        reply.add_message_integrity(password.encode())
        reply.add_fingerprint()
        return bytes(reply)


def request(given: ProbePass) -> Stun:
    """A binding request with this pass, as a browser would send it."""
    message = Stun(
        message_method=aioice.stun.Method.BINDING, message_class=aioice.stun.Class.REQUEST
    )
    message.attributes["USERNAME"] = f"{given.name}:doctor"
    message.add_message_integrity(given.password.encode())
    message.add_fingerprint()
    return message


def answered(data: bytes, asked: Stun, given: ProbePass) -> Address | None:
    """The address that the signed answer to ``asked`` says we come from; None when this is none."""
    try:
        message = aioice.stun.parse_message(data)
        signed = message.check_message_integrity(given.password.encode())
    except ValueError:
        return None
    if not signed or message.transaction_id != asked.transaction_id:
        return None
    return cast("Address | None", message.attributes.get("XOR-MAPPED-ADDRESS"))


async def ask_media(to: Address, given: ProbePass) -> Address | None:
    """Ask a media process at an address and UDP port; the address it sees us at, None without an answer in
    2 s. Raises ``OSError`` when there is no way to that address."""
    asked = request(given)
    loop = asyncio.get_running_loop()
    transport, ear = await loop.create_datagram_endpoint(Ear, remote_addr=to)
    try:
        return await until_answered(ear, asked, given, transport.sendto)
    finally:
        transport.close()


class Ear(asyncio.DatagramProtocol):
    """Keeps what it hears, 64 datagrams at most."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[bytes] = asyncio.Queue(64)
        self.failed: Exception | None = None
        self.gone = asyncio.Event()  # the way is closed

    def datagram_received(self, data: bytes, addr: object) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self.heard.put_nowait(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone.set()

    def error_received(self, exc: Exception) -> None:
        self.failed = exc


async def until_answered(
    ear: Ear, asked: Stun, given: ProbePass, send: Callable[[bytes], None]
) -> Address | None:
    """Send ``asked``, up to four times in 2 s, until its answer is heard; what ``answered`` reads in it."""
    for _ in range(TRIES):
        send(bytes(asked))
        end = time.monotonic() + TRY_S
        while (left := end - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(left):
                    data = await ear.heard.get()
            except TimeoutError:
                break
            if (found := answered(data, asked, given)) is not None:
                return found
    return None
