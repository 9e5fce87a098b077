"""Rooms follow the documents of their incidents, documents follow who is connected."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from typing import Any, cast

import pytest
from playwright.async_api import Browser

from domain.call import CallState, Participant, ParticipantState
from domain.incident import Incident
from domain.ports import Change, Lost
from domain.ticket import read_ticket
from tests.webrtc.media_process import SECRET, Process, new_incident
from tests.webrtc.memory_store import MemoryStore
from tests.webrtc.test_call_in_browser import join, shows, until
from tests.webrtc.test_signaling import ended, greet, hear
from webrtc import follow
from webrtc.follow import Follower
from webrtc.room import Room
from webrtc.signaling import Connection


async def change(process: Process, incident: Incident, at: int, **to: Any) -> Incident:
    """Somebody writes this about a participant."""
    stored = cast(Incident, await process.store.incidents.get(incident.id))
    for name, value in to.items():
        setattr(stored.call.participants[at], name, value)
    await process.store.incidents.save(stored)
    return stored


@pytest.mark.parametrize("fact", [{"removed": True}, {"state": ParticipantState.DECLINED}])
async def test_who_is_removed_goes_and_does_not_come_back(
    process: Process, fact: dict[str, Any]
) -> None:
    incident = new_incident(process.store)
    removed = await greet(process, process.ticket(incident, 1))
    other = await greet(process, process.ticket(incident, 2))
    for socket in (removed, other):
        assert (await hear(socket))["type"] == "welcome"
    later = process.ticket(incident, 1)
    await change(process, incident, 1, **fact)
    assert await hear(removed) == {"type": "end", "reason": "removed"}
    await ended(await greet(process, later), "ticket_bad")
    await other.send_str('{"type":"ping","at":1}')
    assert (await hear(other))["type"] == "pong"
    await change(process, incident, 1, removed=False, state=ParticipantState.INVITED)
    again = await greet(process, process.ticket(incident, 1))
    assert (await hear(again))["type"] == "welcome"
    await again.close()


async def test_a_document_older_than_the_connection_is_not_believed(process: Process) -> None:
    incident = new_incident(process.store)
    old = copy.deepcopy(await change(process, incident, 1, removed=True))
    await change(process, incident, 1, removed=False)
    socket = await greet(process, process.ticket(incident, 1))
    assert (await hear(socket))["type"] == "welcome"
    process.store.feed.publish(Change("incidents", old.id, old))
    await asyncio.sleep(0.05)
    await socket.send_str('{"type":"ping","at":1}')
    assert (await hear(socket))["type"] == "pong"
    await socket.close()


async def test_what_the_store_could_not_say_is_asked_again(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "LOOK_SECONDS", 0.1)
    incident = new_incident(process.store)
    socket = await greet(process, process.ticket(incident, 1))
    assert (await hear(socket))["type"] == "welcome"
    process.store.down = True
    process.store.incidents.items[incident.id].call.participants[1].removed = True
    process.store.feed.publish(Lost("the store was away"))
    await asyncio.sleep(0.3)
    process.store.down = False
    assert await hear(socket) == {"type": "end", "reason": "removed"}


async def test_removed_while_the_store_was_away(chromium: Browser, process: Process) -> None:
    incident = new_incident(process.store)
    process.store.down = True
    page = await join(chromium, process, incident, 1)
    process.store.incidents.items[incident.id].call.participants[1].removed = True
    process.store.down = False
    await until(lambda: shows(page, "page.state === 'removed'"))
    assert "participant.joined" not in process.entries(incident)


async def test_taken_down_as_left_while_here(
    chromium: Browser, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sweep after an outage was wrong about this process: the log says joined again."""
    monkeypatch.setattr(follow, "AGAIN_SECONDS", 1.5)
    incident = new_incident(process.store)
    page = await join(chromium, process, incident, 0)
    loop = asyncio.get_running_loop()

    def joined(times: int) -> Callable[[], Any]:
        async def true() -> bool:
            stored = process.store.incidents.items[incident.id]
            one: Participant = stored.call.participants[0]
            count = process.entries(incident).count("participant.joined")
            return count >= times and one.state is ParticipantState.JOINED

        return true

    for times in (2, 3):
        await until(joined(times - 1))
        began = loop.time()
        for _ in range(3):
            await change(process, incident, 0, state=ParticipantState.LEFT)
        await until(joined(times))
        assert loop.time() - began > 1.2
        assert process.entries(incident).count("participant.joined") == times
    assert await shows(page, "page.state === 'connected'")


def reported(store: MemoryStore, incident: Incident) -> tuple[Connection, Follower, list[str]]:
    """A connection the incident has as joined, and who follows it."""
    connection = Connection(cast(Any, None), cast(Any, None))
    connection.participant = incident.call.participants[0].id
    room, told = Room(incident.id, incident.call.id), list[str]()
    room.reserve(connection)
    rejoin = lambda one: told.append(one.participant)  # noqa: E731
    return connection, Follower(cast(Any, store), "media-1", {room.call: room}, rejoin), told


async def test_only_what_was_reported_is_repeated() -> None:
    store = MemoryStore()
    incident = new_incident(store)
    connection, follower, told = reported(store, incident)
    incident.call.participants[0].state = ParticipantState.LEFT
    follower.see(incident)
    assert told == []
    connection.was_reported(incident.version)
    connection.reported_at -= follow.AGAIN_SECONDS
    follower.see(incident)
    assert told == [connection.participant]
    connection.was_reported(incident.version + 1)
    connection.reported_at -= follow.AGAIN_SECONDS
    follower.see(incident)
    assert told == [connection.participant]


async def test_a_call_that_was_placed_elsewhere_takes_everybody_along(process: Process) -> None:
    """One page lost this process, and the call went to another: who is still here would be alone."""
    incident = new_incident(process.store)
    socket = await greet(process, process.ticket(incident, 0))
    assert (await hear(socket))["type"] == "welcome"
    moved = cast(Incident, await process.store.incidents.get(incident.id))
    moved.call.media = "media-2"
    await process.store.incidents.save(moved)
    while (message := await hear(socket))["type"] != "end":
        pass
    assert message == {"type": "end", "reason": "shutdown"}
    await socket.close()


async def test_who_is_away_is_here() -> None:
    store = MemoryStore()
    incident = new_incident(store)
    connection, follower, told = reported(store, incident)
    incident.call.participants[0].state = ParticipantState.AWAY
    connection.was_reported(incident.version)
    connection.reported_at -= follow.AGAIN_SECONDS
    follower.see(incident)
    assert told == []


async def test_a_call_that_rings_again_has_a_new_room(process: Process) -> None:
    """Its caller gave up and is back: neither who leaves the old room nor old news keep him out."""
    incident = new_incident(process.store)
    first = await greet(process, process.ticket(incident, 0))
    assert (await hear(first))["type"] == "welcome"
    stored = cast(Incident, await process.store.incidents.get(incident.id))
    stored.call.state = CallState.ABANDONED
    await process.store.incidents.save(stored)
    given_up = copy.deepcopy(stored)
    stored.call.state = CallState.RINGING
    process.store.incidents.items[incident.id] = copy.deepcopy(stored)
    process.store.incidents.items[incident.id].version += 1
    assert await hear(first) == {"type": "end", "reason": "closed"}
    again = await greet(process, process.ticket(incident, 0))
    assert (await hear(again))["type"] == "welcome"
    process.store.feed.publish(Change("incidents", incident.id, given_up))
    await asyncio.sleep(0.05)
    await again.send_str('{"type":"ping","at":1}')
    assert (await hear(again))["type"] == "pong"
    await again.close()


async def test_a_room_that_is_over_is_not_entered_again(process: Process) -> None:
    incident = new_incident(process.store)
    ticket = read_ticket(SECRET, process.ticket(incident, 0), 0, "media-1")
    old = process.server.room_for(ticket)
    old.end("closed")
    new = process.server.room_for(ticket)
    assert new is not old
    process.server.gone(ticket, old, "ended", False)
    assert process.server.room_for(ticket) is new, "the old room takes nothing with it"
