"""One connection cannot take the time of the others by sending more than a picture needs."""

from __future__ import annotations

import asyncio
import struct

import aioice.ice
import pytest

from tests.webrtc.conftest import Start, start
from tests.webrtc.media_process import new_incident
from tests.webrtc.test_stranger import Person
from webrtc import peer

__all__ = ["start"]


@pytest.mark.parametrize(
    ("count", "size"), [(peer.PACKETS_A_SECOND, 10), (peer.BYTES_A_SECOND // 1100, 1100)]
)
async def test_what_goes_beyond_the_rate_is_dropped_and_others_go_on(
    start: Start, monkeypatch: pytest.MonkeyPatch, count: int, size: int
) -> None:
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: ["127.0.0.1"])
    process = await start()
    incident = new_incident(process.store)
    good, bad = Person(), Person()
    await good.connect(process, process.ticket(incident, 0))
    await bad.connect(process, process.ticket(incident, 1))
    metrics, loop = process.server.metrics, asyncio.get_running_loop()
    began, sent = loop.time(), 3 * count
    for at in range(sent):
        await bad.rtp(packet(at, size))
        if at % 50 == 0:
            await asyncio.sleep(0)
    await asyncio.sleep(0.1)
    seconds = loop.time() - began
    assert metrics.packets_in <= count * (1 + seconds) + 50
    assert metrics.packets_in >= count * 0.9
    if seconds < 1.5:
        assert metrics.drops["rate"] > 0
    before, rate = metrics.packets_in, metrics.drops.get("rate", 0)
    for at in range(100):
        await good.rtp(packet(at, 500))
        await asyncio.sleep(0.002)
    await asyncio.sleep(0.1)
    assert metrics.packets_in == before + 100
    assert metrics.drops.get("rate", 0) == rate
    assert metrics.participants == 2
    for one in (good, bad):
        await one.close()


def packet(at: int, size: int) -> bytes:
    return struct.pack("!BBHII", 0x80, 97, at & 0xFFFF, at * 30, 7) + b"\x10" * size
