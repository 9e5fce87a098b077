"""What is done every so often happens as often with packets, and seldom wakes anybody without."""

from __future__ import annotations

import asyncio
import socket
from unittest.mock import Mock

from hypothesis import given
from hypothesis import strategies as st

from tests.webrtc.media_process import Process
from webrtc import server
from webrtc.cadence import Cadence


@given(st.lists(st.floats(0.001, 0.05), min_size=200, max_size=400))
def test_the_average_is_kept(steps: list[float]) -> None:
    cadence, now, yes, last = Cadence(0.1), 100.0, 0, 0.0
    for step in steps:
        now += step
        if cadence.due(now):
            assert now - last > 0.049
            yes, last = yes + 1, now
    whole = sum(steps) / 0.1
    assert whole * 0.8 - 2 < yes < whole + 2


def test_what_was_missed_is_not_made_up_for() -> None:
    cadence = Cadence(1.0)
    assert cadence.due(100.0)
    assert cadence.due(150.0)
    assert not cadence.due(150.9)
    assert cadence.due(151.0)


class Watched:
    """A peer that counts what it is told to do."""

    def __init__(self) -> None:
        self.ticks = self.feedbacks = 0

    def tick(self, now: float, feedback: bool, report: bool) -> None:
        self.ticks += 1
        self.feedbacks += feedback


async def test_ticks_come_with_packets_and_seldom_without(process: Process) -> None:
    peer = Watched()
    connection = Mock(peer=peer, phase=None)
    process.server._connections.add(connection)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.sleep(1.0)
    quiet = loop.time() - began
    assert quiet / server.QUIET_TICK * 0.5 < peer.ticks <= quiet / server.QUIET_TICK + 1
    peer.ticks = peer.feedbacks = 0
    began = loop.time()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        while loop.time() - began < 1.0:
            stranger.sendto(b"\x80", ("127.0.0.1", process.server._ports[0].port))
            await asyncio.sleep(0.004)
    busy = loop.time() - began
    process.server._connections.discard(connection)
    assert busy / server.TICK * 0.6 < peer.ticks <= busy / server.TICK + 2
    assert 8 <= peer.feedbacks <= busy / 0.08 + 2
