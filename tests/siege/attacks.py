"""What strangers do meanwhile: each attack goes on until it is cancelled, and counts how it was answered."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import os
import socket
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp

from domain.ticket import random_id
from tests.attack.bombs import many_scans

TOGETHER = 50  # half-sent requests and silent screens held open at a time
BROKEN = (aiohttp.ClientError, OSError, TimeoutError, asyncio.IncompleteReadError)


@dataclass(slots=True)
class Attack:
    """Where it goes, from which address of this machine, and what became of its tries: by attack and
    status, "cut" for a connection that broke."""

    api: str
    bot: str
    media: str
    media_port: int
    came: Counter[str] = field(default_factory=Counter)

    def client(self, address: str) -> aiohttp.ClientSession:
        """A browser of somebody else, on the product's own page."""
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(local_addr=(address, 0), limit=20),
            timeout=aiohttp.ClientTimeout(10),
            headers={"Origin": self.api, "Jingmin-Face": "console"},
        )

    async def post(
        self,
        name: str,
        client: aiohttp.ClientSession,
        url: str,
        body: bytes,
        headers: dict[str, str] | None = None,
    ) -> int:
        """The status; 0 for none."""
        headers = {"Content-Type": "application/json", **(headers or {})}
        try:
            async with client.post(url, data=body, headers=headers) as answer:
                await answer.read()
                self.came[f"{name} {answer.status}"] += 1
                return answer.status
        except BROKEN:
            self.came[f"{name} cut"] += 1
            await asyncio.sleep(0.1)
            return 0


async def half_sent(attack: Attack) -> None:
    """Requests whose headers never end, at every door."""
    while True:
        held: list[asyncio.StreamWriter] = []
        for number in range(TOGETHER):
            where = (attack.api, attack.bot, attack.media)[number % 3]
            host, port = where.removeprefix("http://").split(":")
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(
                    host, int(port), local_addr=("127.0.0.2", 0)
                )
                writer.write(b"POST /api/v1/incidents HTTP/1.1\r\nHost: x\r\nX-A: ")
                held.append(writer)
        attack.came["half-sent"] += len(held)
        await asyncio.sleep(3)
        for writer in held:
            writer.close()


async def silent_screens(attack: Attack) -> None:
    """Connections to the live feeds that say something wrong, or nothing, and never read."""
    async with attack.client("127.0.0.3") as client:
        while True:
            screens = []
            for number in range(TOGETHER):
                path = ("caller", "", "station")[number % 3]
                with contextlib.suppress(*BROKEN):
                    screen = await client.ws_connect(f"{attack.api}/api/v1/live/{path}".rstrip("/"))
                    if number % 2:
                        await screen.send_str('{"type": "hello", "token": "' + "x" * 500 + '"}')
                    screens.append(screen)
                attack.came["silent screens"] += 1
            await asyncio.sleep(2)
            for screen in screens:
                with contextlib.suppress(*BROKEN):
                    await asyncio.wait_for(screen.close(), 1)


async def deep_bodies(attack: Attack) -> None:
    """Bodies that are deep, long, compressed a thousandfold, or no JSON."""
    bodies = (
        b"[" * 100_000,
        b'{"key": "' + b"x" * 300_000 + b'"}',
        b'{"key": 1e999999}',
        os.urandom(2_000),
        gzip.compress(bytes(20_000_000)),
    )
    async with attack.client("127.0.0.4") as client:
        while True:
            for path in ("incidents", "session", "my/messages", "tips"):
                for body in bodies:
                    packed = {"Content-Encoding": "gzip"} if body[:2] == b"\x1f\x8b" else None
                    await attack.post("bodies", client, f"{attack.api}/api/v1/{path}", body, packed)
            await asyncio.sleep(0.2)


async def guesses(attack: Attack) -> None:
    """Passwords of an account that exists."""
    async with attack.client("127.0.0.5") as client:
        while True:
            body = b'{"login": "desk1", "password": "%b"}' % random_id().encode()
            await attack.post("guesses", client, f"{attack.api}/api/v1/session", body)
            await asyncio.sleep(0.1)


async def forged_callbacks(attack: Attack) -> None:
    """Messages that no platform signed."""
    async with attack.client("127.0.0.6") as client:
        body = b"<xml><Encrypt>" + b"A" * 4_000 + b"</Encrypt></xml>"
        while True:
            url = (
                f"{attack.bot}/wechat/official?timestamp=1&nonce=n&msg_signature=s&encrypt_type=aes"
            )
            await attack.post("callbacks", client, url, body, {"Content-Type": "text/xml"})
            await asyncio.sleep(0.02)


async def packets(attack: Attack) -> None:
    """Datagrams at the media port: noise, and what looks like STUN, DTLS and RTP."""
    heads = (b"", b"\x00\x01\x00\x00\x21\x12\xa4\x42", b"\x16\xfe\xff", b"\x80\x60", b"\x80\xc8")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.7", 0))
        one.setblocking(False)
        while True:
            for head in heads:
                for _ in range(20):
                    with contextlib.suppress(OSError):
                        one.sendto(head + os.urandom(200), ("127.0.0.1", attack.media_port))
                        attack.came["packets"] += 1
            await asyncio.sleep(0.02)


async def forged_tickets(attack: Attack) -> None:
    """Ways into a call with tickets that nobody gave."""
    async with attack.client("127.0.0.8") as client:
        while True:
            try:
                async with client.ws_connect(f"{attack.media}/rtc") as call:
                    hello = '{"type": "hello", "protocol": 1, "ticket": "' + random_id() * 8 + '"}'
                    await call.send_str(hello)
                    said = await asyncio.wait_for(call.receive(), 5)
                    refused = (
                        "ticket_bad" in str(said.data) or said.type is not aiohttp.WSMsgType.TEXT
                    )
                    attack.came["tickets refused" if refused else "tickets TAKEN"] += 1
            except BROKEN:
                attack.came["tickets cut"] += 1
            await asyncio.sleep(0.1)


async def bombs(attack: Attack) -> None:
    """Pictures that are much work, from somebody who did report."""
    picture = await asyncio.to_thread(many_scans, 40, 4_000)
    async with attack.client("127.0.0.9") as client:
        token = ""
        while True:
            try:
                if not token:
                    body = {"key": random_id(), "words": "图"}
                    async with client.post(f"{attack.api}/api/v1/incidents", json=body) as taken:
                        token = str((await taken.json())["token"])
            except (*BROKEN, KeyError, ValueError):
                attack.came["bombs not reported"] += 1
                await asyncio.sleep(1)
                continue
            await attack.post(
                "bombs",
                client,
                f"{attack.api}/api/v1/my/uploads?key={random_id()}",
                picture,
                {"Content-Type": "image/jpeg", "Authorization": f"Bearer {token}"},
            )
            await asyncio.sleep(1)


async def empty_reports(attack: Attack) -> None:
    """Reports with nothing in them, one after the other from one address."""
    async with attack.client("127.0.0.10") as client:
        while True:
            body = b'{"key": "%b"}' % random_id().encode()
            await attack.post("empty reports", client, f"{attack.api}/api/v1/incidents", body)
            await asyncio.sleep(0.05)


ATTACKS: tuple[Callable[[Attack], Awaitable[None]], ...] = (
    half_sent,
    silent_screens,
    deep_bodies,
    guesses,
    forged_callbacks,
    packets,
    forged_tickets,
    bombs,
    empty_reports,
)
