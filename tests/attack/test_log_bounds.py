"""What a caller, or anybody with a ticket for a call, can bring into an incident is bounded.

Every route of the caller and every message of the signalling protocol is walked: one that is new
has to say here what repeating it may add.
"""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast, get_args

import aiohttp
import aioice.ice
import bson
import msgspec
import pytest

from api.app import all_routes
from api.routes import CALLER
from api.uploads import FILES_EACH
from domain import attendance, bounds, evidence, message
from domain.bounds import Bound
from domain.call import CallState, ParticipantState, Recording, new_call
from domain.incident import Incident, IncidentState, abandon, come_back
from domain.intake import Report, compose
from domain.people import CALLER as CALLER_WHO
from domain.people import SYSTEM, Who
from domain.ports import Store
from domain.replay import differences
from storage.documents import to_document
from tests.api.conftest import Site, site
from tests.city import IN_W1
from tests.webrtc.conftest import process, start
from tests.webrtc.media_process import Process, new_incident
from tests.webrtc.memory_store import MemoryShelf, MemoryStore
from tests.webrtc.test_signaling import hear
from tests.webrtc.test_stranger import Person
from webrtc import levels, messages, recorder, server

__all__ = ["process", "site", "start"]

# Bounds small enough for a test; the real ones are walked below, without a network.
SMALL = {
    "ATTENDANCE": Bound(3, 60_000, 5),
    "ADMITTED": Bound(3, 60_000, 5),
    "HUNG_UP": Bound(3, 60_000, 5),
    "RETURNING": Bound(6, 60_000, 8),
    "CALLS": 4,
}
TIMES = 15


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, bound in SMALL.items():
        monkeypatch.setattr(bounds, name, bound)


# Routes. Each is used ``TIMES`` times, with what a caller can do to make it count again.


@dataclass(frozen=True)
class Use:
    """``again`` uses a route for the n-th time; all uses together add at most ``entries``."""

    again: Callable[[Site, aiohttp.ClientSession, int], Awaitable[object]]
    entries: int


async def _read(site: Site, caller: aiohttp.ClientSession, number: int) -> object:
    return await site.ask(caller, "POST", "/my/read", {"received": number, "read": number})


async def _look(site: Site, caller: aiohttp.ClientSession, number: int) -> object:
    return await site.ask(caller, "GET", "/my/incident")


async def _move(site: Site, caller: aiohttp.ClientSession, number: int) -> object:
    return await site.ask(caller, "POST", "/my/position", IN_W1)


async def _say(site: Site, caller: aiohttp.ClientSession, number: int) -> object:
    body = {"key": f"a-line-{number}", "text": "x", "kind": "LOST"}
    async with caller.post(f"{site.api}/my/messages", json=body) as answer:
        assert answer.status in (200, 429)
        return await answer.read()


async def _upload(site: Site, caller: aiohttp.ClientSession, number: int) -> object:
    url = f"{site.api}/my/uploads?key=a-voice-{number}"
    async with caller.post(url, data=io.BytesIO(b"OggS" + bytes(300))) as answer:
        assert answer.status in (200, 413)
        return await answer.read()


async def _file(site: Site, caller: aiohttp.ClientSession, number: int) -> object:
    async with caller.get(f"{site.api}/my/files/no-such-file") as answer:
        assert answer.status == 404
        return await answer.read()


async def _hang_up(site: Site, caller: aiohttp.ClientSession, number: int) -> object:
    await site.ask(caller, "POST", "/my/hangup")
    assert (await site.ask(caller, "GET", "/my/incident"))["state"] == "ABANDONED"
    return await site.ask(caller, "POST", "/my/return", {})


async def _return(site: Site, caller: aiohttp.ClientSession, number: int) -> object:
    await site.ask(caller, "POST", "/my/hangup")
    back = await site.ask(caller, "POST", "/my/return", {"changed": True})
    assert back["state"] == "RAISED", "who comes back rings, however often"
    return back


async def _join(site: Site, caller: aiohttp.ClientSession, number: int) -> object:
    await site.ask(caller, "POST", "/my/hangup")
    ticket = await site.ask(caller, "POST", "/my/join")
    assert (await site.ask(caller, "GET", "/my/incident"))["state"] == "RAISED"
    return ticket


async def _leave_contact(site: Site, caller: aiohttp.ClientSession, number: int) -> object:
    async with caller.post(f"{site.api}/my/contact", json={"contact": f"No. {number}"}) as answer:
        assert answer.status in (200, 429)
        return await answer.read()


# Each "abandoned" that is written has its "call.ended"; each new call is placed once.
GOING = 2 * SMALL["RETURNING"].most  # type: ignore[union-attr]
ROUTES: dict[tuple[str, str], Use] = {
    ("GET", "/my/incident"): Use(_look, 0),
    # bounds.POSITION in message.py: up to 3,000 entries, one in 2 s; then one a minute.
    ("POST", "/my/position"): Use(_move, TIMES),
    # 5,000 entries and 400,000 letters of one caller (patched to 5 entries below), one category.
    ("POST", "/my/messages"): Use(_say, 5),
    ("POST", "/my/read"): Use(_read, 0),
    # 300 files (patched to 3 below).
    ("POST", "/my/uploads"): Use(_upload, 3),
    ("GET", "/my/files/{file}"): Use(_file, 0),
    ("POST", "/my/hangup"): Use(_hang_up, GOING),
    # 20 changes (patched to 4 below).
    ("POST", "/my/contact"): Use(_leave_contact, 4),
    ("POST", "/my/return"): Use(_return, GOING),
    ("POST", "/my/join"): Use(_join, GOING + cast(int, SMALL["CALLS"])),
}


def test_every_route_of_the_caller_has_a_bound() -> None:
    routes = {(one.method, one.path) for one in all_routes(demo=True) if one.access == CALLER}
    assert routes == set(ROUTES), "say in ROUTES what repeating it may add to the log"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: " ".join(route))
async def test_repeating_a_route_adds_no_more_than_it_may(
    site: Site, small: None, monkeypatch: pytest.MonkeyPatch, route: tuple[str, str]
) -> None:
    monkeypatch.setattr("domain.message.CALLER_ENTRIES", 5)
    monkeypatch.setattr("api.uploads.FILES_EACH", 3)
    monkeypatch.setattr("domain.contact.CHANGES", 4)
    receipt = await site.report(words="在山上迷路了")
    caller, desk, use = site.caller(receipt), await site.staff("desk1"), ROUTES[route]
    for number in range(TIMES):
        await use.again(site, caller, number)
    it = await site.stored(receipt["id"])
    assert it.log.length - 1 <= use.entries, [entry.what for entry in it.log.entries]
    assert len(it.calls) <= bounds.CALLS
    assert (await site.ask(desk, "GET", f"/incidents/{it.id}/verify"))["sound"]
    answered = await site.ask(desk, "POST", f"/incidents/{it.id}/answer")
    assert answered["state"] == "ANSWERED", "the desk can always answer"
    assert answered["calls"][-1]["state"] == "ACTIVE"
    joined = await site.ask(caller, "POST", "/my/join")
    assert joined["call"] == answered["calls"][-1]["id"]
    before = (await site.stored(receipt["id"])).log.length
    for _ in range(TIMES):
        await site.ask(caller, "POST", "/my/hangup")
        await site.ask(caller, "POST", "/my/join")
    assert (await site.stored(receipt["id"])).log.length <= before + 5
    closed = await site.ask(desk, "POST", f"/incidents/{it.id}/close", {"disposition": "RESOLVED"})
    assert closed["state"] == "CLOSED"


async def test_who_of_the_staff_comes_again_and_again_is_written_within_bounds(
    site: Site, small: None
) -> None:
    receipt = await site.report()
    desk, path = await site.staff("desk1"), f"/incidents/{receipt['id']}"
    await site.ask(desk, "POST", f"{path}/answer")
    for _ in range(10):
        await site.ask(desk, "POST", f"{path}/join")
    it = await site.stored(receipt["id"])
    assert [entry.what for entry in it.log.entries].count("participant.admitted") == 3


# The real bounds, over days, without a network.


class OneDocument(MemoryShelf):
    """A shelf that keeps no copies: thousands of changes in a second."""

    async def get(self, id: str) -> Any:
        await asyncio.sleep(0)  # as a real store, it lets others run
        return self.items[id]

    async def save(self, item: Any) -> None:
        item.version += 1


def one_report() -> tuple[Store, Incident]:
    store = MemoryStore()
    store.incidents = OneDocument("incidents", store)
    it = compose(Report("i", "key", "0110-1", 1_000_000), 1_000_000)
    store.incidents.items["i"] = it
    return cast(Store, store), it


def size(it: Incident) -> int:
    return len(msgspec.json.encode(it))


@pytest.mark.parametrize("pause", [1_000, 61_000, 0, -500])
async def test_a_caller_who_comes_and_goes_for_days(pause: int) -> None:
    store, it = one_report()
    now = 10**12
    for _ in range(1500):
        now += pause
        await abandon(store, "i", now)
        assert (it.state, it.call.state) == (IncidentState.ABANDONED, CallState.ABANDONED)
        await come_back(store, "i", now)
        assert (it.state, it.call.state) == (IncidentState.RAISED, CallState.RINGING)
        assert it.waiting_since == now
    assert it.returns == 1500
    assert it.log.length <= 2 * bounds.RETURNING.most + 1
    assert len(it.calls) == bounds.CALLS
    assert size(it) < 2**20
    assert differences(it) == []
    await abandon(store, "i", now)
    assert differences(it) == []


@pytest.mark.parametrize("pause", [1_000, 61_000, 0, -500])
async def test_a_connection_that_comes_and_goes_for_days(pause: int) -> None:
    store, it = one_report()
    one, names, now = it.call.participants[0], ("i", it.call.id), 10**12
    for _ in range(1500):
        now += pause
        await attendance.joined(store, *names, one.id, now, "media-1")
        assert one.state is ParticipantState.JOINED
        assert one.joined_at == now
        await attendance.left(store, *names, one.id, now, "socket_lost")
        assert one.state is ParticipantState.LEFT
    said = [entry.what for entry in it.log.entries]
    assert said.count("participant.joined") == said.count("participant.left")
    assert 100 <= said.count("participant.joined") <= bounds.ATTENDANCE.most
    assert size(it) < 2**20
    first, then = it.log.entries[1], bounds.said(it.log, ("participant.joined",))[-1]
    assert "often" not in first.data
    if pause == 61_000:
        assert then.data["times"] == bounds.ATTENDANCE.most
    assert then.data["often"] is True


async def test_the_caller_is_one_person_in_all_his_calls() -> None:
    store, it = one_report()
    for now in range(10):
        for _ in range(30):
            names = ("i", it.call.id, it.call.participants[0].id)
            await attendance.joined(store, *names, now, "media-1")
            await attendance.left(store, *names, now, "socket_lost")
        await abandon(store, "i", now)
        await come_back(store, "i", now)
    assert len(bounds.said(it.log, ("participant.joined",))) == bounds.ATTENDANCE.each
    names = ("i", it.call.id, it.call.participants[0].id)
    await attendance.joined(store, *names, 61_000, "media-1")
    assert it.log.entries[-1].data["times"] == 301


async def test_the_log_gets_to_know_of_who_stays() -> None:
    store, it = one_report()
    one, names = it.call.participants[0], ("i", it.call.id)
    for at in range(150):
        await attendance.joined(store, *names, one.id, at, "media-1")
        await attendance.left(store, *names, one.id, at, "socket_lost")
    await attendance.joined(store, *names, one.id, 200, "media-1")
    assert not attendance.is_told(it, one.id)
    await attendance.still_here(store, *names, one.id, 300)
    assert not attendance.is_told(it, one.id)
    await attendance.still_here(store, *names, one.id, 61_000)
    assert attendance.is_told(it, one.id)
    assert it.log.entries[-1].data["times"] == 151
    length = it.log.length
    await attendance.still_here(store, *names, one.id, 200_000)
    assert it.log.length == length


async def test_levels_of_one_participant() -> None:
    store, it = one_report()
    one = it.call.participants[0].id
    for at in range(500):
        await attendance.rung(store, "i", one, at, "text" if at % 2 else "video", "user")
        await attendance.rung(store, "i", one, at, "text" if at % 2 else "video", "network")
    assert it.log.length == 1 + bounds.LEVELS == 201


async def test_all_of_it_together_fits_into_a_document() -> None:
    """As many entries as the tests above allow, of the usual size: the incident can be closed."""
    _, it = one_report()
    now, one = 10**12, it.call.participants[0].id

    def write(count: int, who: Who, what: str, **data: Any) -> None:
        for _ in range(count):
            evidence.append(it.log, who, what, now, now, **data)

    often = {"often": True, "times": 1500}
    person = {"participant": one, "role": "CALLER"}
    for what in ("participant.joined", "participant.left"):
        cause = {"name": "报警人", "cause": "socket_lost"}
        write(bounds.ATTENDANCE.most, SYSTEM, what, **person, **cause, **often)
    write(bounds.RETURNING.most, CALLER_WHO, "incident.abandoned", **often)
    write(bounds.RETURNING.most, CALLER_WHO, "call.ended", call=it.call.id, reason="abandoned")
    write(bounds.HUNG_UP.most, CALLER_WHO, "caller.hung_up", **often)
    place = {"lon": 116.12345678, "lat": 39.12345678, "accuracy": 8.5, "given": [116.1, 39.1]}
    names = {"datum": "GCJ-02", "source": "BROWSER", "station": "w1", "boundaries": "2026-01-01"}
    write(3000, CALLER_WHO, "position", **place, **names)
    letters = message.CALLER_TEXT // 1500
    write(1500, CALLER_WHO, "message", key="a-key-of-a-page", text="字" * letters)
    digest = {"sha256": "f" * 64, "original_sha256": "f" * 64}
    sizes = {"type": "video/mp4", "bytes": 10**8, "width": None, "height": None, "length_ms": 9}
    write(FILES_EACH, CALLER_WHO, "upload", key="a-key", file="f" * 32, **digest, **sizes)
    for _ in range(bounds.CALLS):
        it.calls.append(new_call(now))
        caller = it.call.participants[0]
        write(bounds.LEVELS, SYSTEM, "participant.rung", participant=one, rung="x", cause="network")
        for at in range(recorder.FILES):
            take = (f"recording-{caller.id}-{now + at}", caller.id, caller.role, now, 1.0, 10**8)
            sealed = Recording(*take, "f" * 64, True, True)
            it.call.recordings.append(sealed)
            write(1, SYSTEM, "recording.sealed", **msgspec.to_builtins(sealed))
    size = len(bson.encode(to_document(it)))
    assert size < 12 * 2**20, f"{size / 2**20:.1f} MiB of 16"


# Messages. Each is said by somebody connected, as often as the connection bears.

Say = Callable[[Process, Incident, Person], Awaitable[None]]
OFTEN = 50


async def _many(person: Person, **message: Any) -> None:
    for _ in range(OFTEN):
        await person.socket.send_json(message)
    await person.socket.send_json({"type": "ping", "at": 7})


async def _candidates(process: Process, incident: Incident, person: Person) -> None:
    await _many(person, type="candidate", candidate="rubbish")
    await person.until("pong")


async def _media(process: Process, incident: Incident, person: Person) -> None:
    await _many(person, type="media", audio=True, video=False)
    await person.until("error")


async def _steps(process: Process, incident: Incident, person: Person) -> None:
    for at in range(OFTEN):
        level = "text" if at % 2 else "video"
        await person.socket.send_json({"type": "rung", "rung": level, "cause": "user"})
    await person.socket.send_json({"type": "ping", "at": 7})
    await person.until("pong")
    await asyncio.sleep(2.5)  # until what waits is written


async def _keyframes(process: Process, incident: Incident, person: Person) -> None:
    await _many(person, type="keyframe", participant=incident.call.participants[1].id)
    await person.until("pong")


async def _pings(process: Process, incident: Incident, person: Person) -> None:
    await _many(person, type="ping", at=1)


async def _wrong(process: Process, incident: Incident, person: Person, **message: Any) -> None:
    await person.socket.send_json(message)
    await person.until("error")


async def _hello(process: Process, incident: Incident, person: Person) -> None:
    """Hello with one ticket after the other: each connection replaces the one before."""
    await _wrong(process, incident, person, type="hello", protocol=1, ticket="x")
    for _ in range(OFTEN):
        socket = await process.connect()
        ticket = process.ticket(incident, 0)
        await socket.send_json({"type": "hello", "protocol": 1, "ticket": ticket})
        assert (await hear(socket))["type"] == "welcome"
        await socket.close()


async def _enter(process: Process, incident: Incident, person: Person) -> None:
    await _wrong(process, incident, person, type="enter", ticket=process.ticket(incident, 0))


async def _again(process: Process, incident: Incident, person: Person) -> None:
    """An offer that is answered, and media: as often as there are tickets."""
    await _wrong(process, incident, person, type="offer", sdp="v=0")
    for _ in range(6):
        again = Person()
        await again.connect(process, process.ticket(incident, 0))
        await again.close()


async def _bye(process: Process, incident: Incident, person: Person) -> None:
    await person.socket.send_json({"type": "bye"})
    await person.until("end")


ONCE = 2  # joined and left
SIGNALS: dict[type[messages.Incoming], tuple[Say, int]] = {
    messages.Hello: (_hello, ONCE),
    messages.Enter: (_enter, ONCE),
    messages.Offer: (_again, 2 * 3),  # bounds.ATTENDANCE: 100 each, then one a minute, 1,000
    messages.Candidate: (_candidates, ONCE),
    messages.Media: (_media, ONCE),
    messages.Step: (_steps, ONCE + 4),  # one in 2 s, 200 of a participant
    messages.Keyframe: (_keyframes, ONCE),
    messages.Ping: (_pings, ONCE),
    messages.Bye: (_bye, ONCE),
}


def test_every_message_has_a_bound() -> None:
    assert set(get_args(messages.Client)) == set(SIGNALS), "say what repeating it may add"


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: ["127.0.0.1"])


@pytest.mark.parametrize("kind", SIGNALS, ids=lambda kind: kind.__name__)
async def test_repeating_a_message_adds_no_more_than_it_may(
    process: Process, small: None, loopback: None, kind: type[messages.Incoming]
) -> None:
    incident, person = new_incident(process.store), Person()
    await person.connect(process, process.ticket(incident, 0))
    use, most = SIGNALS[kind]
    await use(process, incident, person)
    await person.close()
    assert await drained(process)
    said = process.entries(incident)[1:]
    assert "participant.joined" in said
    assert len(said) <= most, said
    stored = process.store.incidents.items[incident.id]
    assert stored.call.participants[0].state is ParticipantState.LEFT
    assert stored.call.recordings == []


async def drained(process: Process) -> bool:
    """All connections are gone and all they did is written."""
    end = time.monotonic() + 10
    while process.server.metrics.participants:
        assert time.monotonic() < end
        await asyncio.sleep(0.02)
    return await process.server._reports.drained(10)


async def test_a_level_that_is_known_is_told_to_nobody(process: Process, loopback: None) -> None:
    incident, person, other = new_incident(process.store), Person(), Person()
    await person.connect(process, process.ticket(incident, 0))
    await other.connect(process, process.ticket(incident, 1))
    for level in ("video", "video", "small", "small", "small"):
        await person.socket.send_json({"type": "rung", "rung": level, "cause": "network"})
    await person.socket.send_json({"type": "media", "audio": True, "video": False})
    await other.until("media")
    told = [message for message in other.heard if message["type"] == "rung"]
    assert [message["rung"] for message in told] == ["small"]
    await person.close()
    await other.close()
    assert await drained(process)
    assert process.entries(incident).count("participant.rung") == 1


async def test_without_media_there_is_no_level(process: Process) -> None:
    incident = new_incident(process.store)
    from tests.webrtc.test_description import offer, text
    from tests.webrtc.test_signaling import greet, say

    socket = await greet(process, process.ticket(incident, 0))
    await say(socket, type="offer", sdp=text(offer()))
    for at in range(40):
        await say(socket, type="rung", rung="text" if at % 2 else "small", cause="user")
    await say(socket, type="ping", at=1)
    while (await hear(socket))["type"] != "pong":
        pass
    await socket.close()
    assert await drained(process)
    assert process.entries(incident) == ["incident.raised"]


async def test_the_log_ends_with_the_true_level(
    process: Process, loopback: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(levels, "EVERY", 0.4)
    monkeypatch.setattr(levels, "LEVELS", 3)
    incident, person = new_incident(process.store), Person()
    await person.connect(process, process.ticket(incident, 0))

    async def change(*changes: str) -> list[str]:
        for level in changes:
            await person.socket.send_json({"type": "rung", "rung": level, "cause": "user"})
        await asyncio.sleep(1.0)
        log = process.store.incidents.items[incident.id].log
        return [one.data["rung"] for one in bounds.said(log, ("participant.rung",))]

    assert await change("small", "audio", "text", "small", "audio", "stills") == ["small", "stills"]
    assert await change("video", "stills") == ["small", "stills", "video"]
    assert await change("text") == ["small", "stills", "video"]
    assert process.server.metrics.drops["level_beyond"] >= 1
    assert process.server.metrics.drops["level_merged"] >= 1
    await person.close()


async def test_who_stays_after_coming_and_going_is_in_the_log_as_here(
    process: Process, small: None, loopback: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "ATTENDANCE", Bound(2, 800, 50))
    monkeypatch.setattr(server, "TELL_AGAIN", 1.0)
    incident = new_incident(process.store)
    for _ in range(4):
        person = Person()
        await person.connect(process, process.ticket(incident, 0))
        await person.close()
    person = Person()
    await person.connect(process, process.ticket(incident, 0))
    one = incident.call.participants[0].id
    end = time.monotonic() + 10
    while not attendance.is_told(process.store.incidents.items[incident.id], one):
        assert time.monotonic() < end
        await asyncio.sleep(0.05)
    stored = process.store.incidents.items[incident.id]
    assert stored.call.participants[0].state is ParticipantState.JOINED
    assert stored.call.participants[0].joins == 5
    await person.close()


async def test_recordings_of_who_comes_and_goes_are_few(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.attack.test_media_loop import publisher, sealed, speak

    monkeypatch.setattr(recorder, "FILES", 3)
    incident = new_incident(process.store)
    one = incident.call.participants[0].id
    for _ in range(10):
        # The room is empty each time he goes: the next one is another.
        room = recorder.Recorder(incident.id, incident.call.id, process.server._recordings)
        sender = publisher(one)
        room.came(sender)
        speak(sender)
        await asyncio.sleep(0.05)
        room.went(sender, "socket_lost")
        room.dismissed("closed")
    await sealed(process, incident, 2)
    assert process.server.metrics.recordings_open == 1, "the file he may come back to"
    process.server._recordings.close()
    found = await sealed(process, incident, 3)
    assert len(found) == 3
    assert found[-1].seconds > found[0].seconds, "all later connections are in the last file"
    assert process.server.metrics.drops.get("recording", 0) == 0
