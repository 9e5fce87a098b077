"""A participant with a stack of its own (stock aiortc) that misuses its secured connection."""

from __future__ import annotations

import asyncio
import json
import random
import struct
from typing import Any

import aioice.ice
import pytest
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)

from tests.webrtc.conftest import Start
from tests.webrtc.media_process import Process, new_incident
from webrtc import port


class Person:
    """Connects as PROTOCOL.md says and can then send any bytes, properly encrypted."""

    def __init__(self) -> None:
        configuration = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        self.pc = RTCPeerConnection(configuration)
        self.heard: list[dict[str, Any]] = []

    async def connect(self, process: Process, ticket: str) -> None:
        self.socket = await process.connect()
        await self.socket.send_json({"type": "hello", "protocol": 1, "ticket": ticket})
        await self.until("welcome")
        for kind in ("audio", "video"):
            self.pc.addTransceiver(kind, "sendonly")
        for _ in range(3):
            for kind in ("audio", "video"):
                self.pc.addTransceiver(kind, "recvonly")
        await self.pc.setLocalDescription(await self.pc.createOffer())
        await self.socket.send_json({"type": "offer", "sdp": self.pc.localDescription.sdp})
        answer = await self.until("answer")
        await self.pc.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
        await self.until("connected")

    async def until(self, kind: str) -> dict[str, Any]:
        while True:
            message = json.loads((await self.socket.receive(timeout=30)).data)
            self.heard.append(message)
            if message["type"] == kind:
                return message

    @property
    def dtls(self) -> Any:
        return self.pc.getTransceivers()[0].receiver.transport

    async def rtp(self, data: bytes) -> None:
        await self.dtls.transport._send(self.dtls._tx_srtp.protect(data))

    async def rtcp(self, data: bytes) -> None:
        await self.dtls.transport._send(self.dtls._tx_srtp.protect_rtcp(data))

    async def close(self) -> None:
        await self.pc.close()
        await self.socket.close()


@pytest.mark.parametrize("native", [True, False])
async def test_rubbish_inside_a_secured_connection(
    start: Start, monkeypatch: pytest.MonkeyPatch, native: bool
) -> None:
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: ["127.0.0.1"])
    monkeypatch.setattr(port.Port.__init__, "__defaults__", (native,))
    process = await start()
    incident = new_incident(process.store)
    good, bad = Person(), Person()
    await good.connect(process, process.ticket(incident, 0))
    await bad.connect(process, process.ticket(incident, 1))
    chance = random.Random(2)
    for round in range(400):
        kind = chance.choice([96, 97, 98, 0, 111, 127])
        first = chance.choice([0x80, 0x80, 0xA0])
        numbers = (chance.randrange(65536), chance.getrandbits(32), chance.getrandbits(32))
        head = struct.pack("!BBHII", first, kind, *numbers)
        await bad.rtp(head + chance.randbytes(chance.randrange(0, 900)))
        body = chance.randbytes(4 * chance.randrange(1, 40))
        words = chance.choice([len(body) // 4, chance.randrange(99)])
        head = struct.pack("!BBH", 0x80 | chance.randrange(32), chance.randrange(200, 208), words)
        await bad.rtcp(head + body)
        if round % 50 == 0:
            await asyncio.sleep(0.02)
    for at in range(50):
        head = struct.pack("!BBHII", 0x80, 97, at, at * 3000, 7)
        await good.rtp(head + b"\x10\x50\x00\x00picture")
    await asyncio.sleep(0.3)
    metrics = process.server.metrics
    assert metrics.participants == 2
    assert metrics.drops["rtcp"] > 50
    assert metrics.drops["streams"] > 50
    assert metrics.packets_out > 50
    await good.socket.send_json({"type": "ping", "at": 1})
    await good.until("pong")
    await good.close()
    await bad.close()
