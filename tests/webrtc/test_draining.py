"""A media process that is to be replaced: it says so, keeps its calls to their end, and when it ends sends
nobody back to itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import pytest

from domain.call import MediaProcess
from tests.webrtc.media_process import Process, new_incident
from tests.webrtc.test_signaling import greet, hear, say
from webrtc import server


def record(process: Process) -> MediaProcess:
    return cast(MediaProcess, process.store.media_processes.items["media-1"])


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.02)


async def test_it_drains_until_the_last_call_is_over(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEARTBEAT", 0.1)
    incident = new_incident(process.store)
    first = await greet(process, process.ticket(incident, 0))
    await hear(first)
    draining = asyncio.create_task(process.server.drain())
    await until(lambda: record(process).draining)
    # Whoever has a ticket still comes in: the other one of this call, too.
    second = await greet(process, process.ticket(incident, 1))
    assert (await hear(second))["type"] == "welcome"
    await say(first, type="bye")
    await asyncio.sleep(0.6)
    assert not draining.done()
    await say(second, type="bye")
    await asyncio.wait_for(draining, 30)
    assert not record(process).ending


async def test_it_says_that_it_ends_before_it_sends_anybody_away(process: Process) -> None:
    incident = new_incident(process.store)
    socket = await greet(process, process.ticket(incident, 0))
    await hear(socket)
    ending = asyncio.create_task(process.server.stop())
    assert await hear(socket) == {"type": "end", "reason": "shutdown"}
    assert record(process).ending
    await socket.close()
    await ending
    assert process.store.media_processes.items == {}
