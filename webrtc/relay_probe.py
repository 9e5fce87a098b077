"""Whether a TURN server gives a relay for the credentials that calls are given, and relays to our media.

Browsers say nothing of a wrong secret or a forbidden peer: there is just no candidate. Here the server's
own answer is heard.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum

from aioice import stun, turn
from aiortc.rtcicetransport import parse_stun_turn_uri

from domain.probe import ProbePass
from domain.ticket import random_id
from webrtc.ice import Relay, relay_servers
from webrtc.probe import Address, Ear, request, until_answered

ANSWER_S, GIVE_BACK_S = 6.0, 2.0


class Relaying(StrEnum):
    """What became of it."""

    WELL = "WELL"  # what was sent through the relay was answered by the media process
    GIVEN = "GIVEN"  # a relay was given, and nobody was asked through it
    REFUSED = "REFUSED"  # no relay for these credentials
    PEER_REFUSED = "PEER_REFUSED"  # a relay, but not to our media address
    PEER_SILENT = "PEER_SILENT"  # a relay, and no answer through it
    SILENT = "SILENT"  # the server does not answer
    AWAY = "AWAY"  # there is no way to it


@dataclass(frozen=True, slots=True)
class RelayFound:
    """``code`` is the server's error (RFC 8656), 0 without one; ``relayed`` the address it gave;
    ``detail`` what went wrong on the way."""

    became: Relaying
    code: int = 0
    relayed: str = ""
    detail: str = ""


async def ask_relay(
    relay: Relay, url: str, now: int, media: Address | None, given: ProbePass
) -> RelayFound:
    """Ask the server at ``url`` for a relay with credentials made at ``now`` (Unix ms), and the media
    process at ``media`` through it. Takes 20 s at most."""
    (server,) = relay_servers(relay, f"doctor-{random_id()[:8]}", now)
    username, credential = str(server.username), str(server.credential)
    try:
        async with asyncio.timeout(ANSWER_S):
            way = await _way(url)
            if url.startswith("stun:"):
                return await _mapped(way[0])
            transport, ear = await turn.create_turn_endpoint(
                Ear, way[0], username, credential, ssl=way[1], transport=way[2]
            )
    except TimeoutError:
        return RelayFound(Relaying.SILENT)
    except stun.TransactionFailed as failed:
        return RelayFound(Relaying.REFUSED, failed.response.error_code or 0)
    except (stun.TransactionError, ConnectionError, OSError) as error:
        return RelayFound(Relaying.AWAY, detail=str(error) or type(error).__name__)
    relayed = str(transport.get_extra_info("sockname")[0])
    try:
        if media is None:
            return RelayFound(Relaying.GIVEN, relayed=relayed)
        asked = request(given)
        async with asyncio.timeout(ANSWER_S):
            found = await until_answered(
                ear, asked, given, lambda data: transport.sendto(data, media)
            )
        if isinstance(ear.failed, stun.TransactionFailed):
            code = ear.failed.response.error_code or 0
            return RelayFound(Relaying.PEER_REFUSED, code, relayed)
        became = Relaying.WELL if found is not None else Relaying.PEER_SILENT
        return RelayFound(became, relayed=relayed)
    except TimeoutError:
        return RelayFound(Relaying.PEER_SILENT, relayed=relayed)
    finally:
        transport.close()
        with contextlib.suppress(TimeoutError):  # the relay is given back, as its quota wants
            async with asyncio.timeout(GIVE_BACK_S):
                await ear.gone.wait()


async def _way(url: str) -> tuple[Address, ssl.SSLContext | None, str]:
    """Where the server is, by its name, and how it is spoken to."""
    parsed = parse_stun_turn_uri(url)
    kind = socket.SOCK_STREAM if parsed.get("transport") == "tcp" else socket.SOCK_DGRAM
    loop = asyncio.get_running_loop()
    host, port = str(parsed["host"]).strip("[]"), int(parsed["port"])
    found = await loop.getaddrinfo(host, port, type=kind)
    address = (str(found[0][4][0]), port)
    secure = ssl.create_default_context() if parsed["scheme"] == "turns" else None
    if secure is None:
        return address, None, str(parsed.get("transport") or "udp")
    return (host, port), secure, "tcp"  # its certificate is of the name


async def _mapped(server: Address) -> RelayFound:
    """The answer of a server that only says where we come from."""
    message = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    loop = asyncio.get_running_loop()
    transport, ear = await loop.create_datagram_endpoint(Ear, remote_addr=server)
    try:
        for _ in range(4):
            transport.sendto(bytes(message))
            try:
                async with asyncio.timeout(1):
                    reply = stun.parse_message(await ear.heard.get())
            except (TimeoutError, ValueError):
                continue
            if reply.transaction_id == message.transaction_id:
                return RelayFound(Relaying.GIVEN)
        return RelayFound(Relaying.SILENT)
    finally:
        transport.close()
