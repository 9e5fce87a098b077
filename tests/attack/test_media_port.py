"""Nobody who merely reaches the media port takes its time, or what others send."""

from __future__ import annotations

import asyncio
import ctypes
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable

import aioice.stun
import pytest

from tests.attack.test_media_loop import new_link
from webrtc.fastpath import Link
from webrtc.metrics import Metrics
from webrtc.port import STUN_OF_ONE, Port
from webrtc.probe import Probes

MAPPED = 0x20, b"\0\1\x11\x22\1\2\3\4"
PRIORITY = 0x24, b"\0\0\0\1"
Attribute = tuple[int, bytes]


def stun(attributes: list[Attribute], kind: int = 1, cookie: int = 0x2112A442) -> bytes:
    body = b"".join(
        struct.pack("!HH", name, len(value)) + value + bytes(-len(value) % 4)
        for name, value in attributes
    )
    return struct.pack("!HHI12s", kind, len(body), cookie, b"x" * 12) + body


def name(of: str) -> Attribute:
    return 6, of.encode() + b":them"


@pytest.fixture(params=[True, False])
async def metrics_and_port(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Metrics, Port]]:
    metrics = Metrics()
    port = Port("127.0.0.1", "127.0.0.1", 0, metrics, native=request.param)
    port.start(asyncio.get_running_loop())
    yield metrics, port
    port.close()


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every datagram that came to the parser."""
    seen: list[bytes] = []
    real = aioice.stun.parse_message

    def parse(data: bytes, integrity_key: bytes | None = None) -> aioice.stun.Message:
        seen.append(data)
        return real(data, integrity_key)

    monkeypatch.setattr(aioice.stun, "parse_message", parse)
    return seen


async def send(port: Port, datagrams: list[bytes]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for data in datagrams:
            stranger.sendto(data, ("127.0.0.1", port.port))
        await asyncio.sleep(0.02)


async def dropped(metrics: Metrics, count: int) -> dict[str, int]:
    end = time.monotonic() + 10
    while sum(metrics.drops.values()) < count:
        assert time.monotonic() < end, metrics.drops
        await asyncio.sleep(0.01)
    return metrics.drops


BAD: dict[str, Callable[[str], bytes]] = {
    "long": lambda ours: stun([name(ours), *[MAPPED] * 120]),
    "many attributes": lambda ours: stun([name(ours), *[MAPPED] * 16]),
    "other cookie": lambda ours: stun([name(ours)], cookie=7),
    "other method": lambda ours: stun([name(ours)], kind=3),
    "longer than it says": lambda ours: stun([name(ours)]) + bytes(4),
    "shorter than it says": lambda ours: stun([name(ours), MAPPED])[:-4],
    "an attribute beyond the end": lambda ours: (
        stun([name(ours)])[:2] + b"\0\4" + stun([])[4:] + b"\0\6\0\x08"
    ),
    "header alone": lambda ours: stun([])[:12],
}


@pytest.mark.parametrize("kind", BAD)
async def test_what_is_no_small_stun_message_is_not_parsed(
    metrics_and_port: tuple[Metrics, Port], parsed: list[bytes], kind: str
) -> None:
    metrics, port = metrics_and_port
    link = new_link(port)
    await send(port, [BAD[kind](link.ufrag)] * 20)
    assert await dropped(metrics, 20) == {"stun_bad": 20}
    assert parsed == []
    await link.close()


async def test_messages_for_nobody_are_not_parsed(
    metrics_and_port: tuple[Metrics, Port], parsed: list[bytes]
) -> None:
    metrics, port = metrics_and_port
    link = new_link(port)
    for_nobody = [stun([name("nobody"), PRIORITY]), stun([PRIORITY]), stun([(6, b"\xff" * 9)])]
    answers = [stun([name(link.ufrag), MAPPED], kind) for kind in (0x11, 0x101, 0x111)]
    await send(port, (for_nobody + answers) * 5)
    assert await dropped(metrics, 30) == {"stun_unknown": 30}
    assert parsed == []
    await link.close()


async def test_a_flood_for_one_connection_leaves_time_for_others(
    metrics_and_port: tuple[Metrics, Port], parsed: list[bytes]
) -> None:
    """Who knows a name without its password takes a few messages of a turn, and not all of it."""
    metrics, port = metrics_and_port
    flooded, other = new_link(port), new_link(port)
    await send(port, [stun([name(flooded.ufrag), PRIORITY])] * 100)
    await send(port, [stun([name(other.ufrag), PRIORITY])])
    drops = await dropped(metrics, 101)
    assert any(name(other.ufrag)[1] in data for data in parsed)
    if port._native:
        assert drops["stun_flood"] >= 100 - 4 * STUN_OF_ONE, "four turns at most, as they came"
    for link in (flooded, other):
        await link.close()


async def test_questions_of_doctor_take_nothing_from_calls(
    metrics_and_port: tuple[Metrics, Port], parsed: list[bytes]
) -> None:
    """Anybody can write a name like that of a pass, with any address as the sender's."""
    metrics, port = metrics_and_port
    port.answer = Probes(b"s" * 32).answer
    link = new_link(port)
    until = int(time.time() * 1000) + 60_000
    asking = [stun([name(f"media/{until}"), PRIORITY]), stun([name("zz"), PRIORITY])]
    await send(port, asking * 40 + [stun([name(link.ufrag), PRIORITY])] * 4)
    drops = await dropped(metrics, 84)
    assert sum(name(link.ufrag)[1] in data for data in parsed) == 4
    assert "stun_flood" not in drops
    await link.close()


def seen_at(port: Port, link: Link, address: tuple[str, int]) -> int:
    """As after a check of this link that came from there and was chosen."""
    link.addresses.add(address)
    port.add_route(address, link)
    return port.pin(address)


async def test_an_address_two_links_send_to_outlives_the_first(
    metrics_and_port: tuple[Metrics, Port],
) -> None:
    _, port = metrics_and_port
    links = [new_link(port) for _ in range(3)]
    address = "127.0.0.1", 5555
    places = {seen_at(port, link, address) for link in links for _ in range(2)}
    (place,) = places
    before = ctypes.string_at(place, 16)
    for link in links[:2]:
        await link.close()
        assert port._pinned
        assert port._by_address[place] == address
        rubbish = [ctypes.create_string_buffer(b"\xaa" * 32, 32) for _ in range(20_000)]
        assert ctypes.string_at(place, 16) == before
        assert len(rubbish)
    await links[2].close()
    assert not port._pinned
    assert not port._by_address
    assert not port._routes
