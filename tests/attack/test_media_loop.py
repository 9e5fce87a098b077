"""Nothing a connection does, and no slow disk, stops the event loop of a media process."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import cast

import aioice.ice
import pytest
from aiohttp import ClientSession, ClientTimeout, ClientWebSocketResponse, WSMsgType
from aiortc import (
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    RTCIceCandidate,
    RTCIceGatherer,
    RTCIceParameters,
    RTCIceTransport,
)

from domain.call import Recording
from domain.incident import Incident
from domain.ports import Store
from domain.ticket import Ticket, issue_ticket, random_id
from tests.webrtc.conftest import Start, process, start
from tests.webrtc.media_process import SECRET, Process, new_incident
from tests.webrtc.memory_store import MemoryStore
from tests.webrtc.test_description import offer, text
from tests.webrtc.test_signaling import greet, hear, say
from webrtc.fastpath import Link, Remote, _Ice, new_certificate
from webrtc.forward import Source
from webrtc.metrics import Metrics
from webrtc.port import Port
from webrtc.recorder import Recorder
from webrtc.room import Publisher as RoomPublisher
from webrtc.spool import Label, Spool

__all__ = ["process", "start"]

ROOT = Path(__file__).parents[2]
STRANGER = Remote("abcd", "abcdefghijklmnopqrstuvwx", [("sha-256", ":".join(["AB"] * 32))])
TURNS = [0, 1, 2, 3, 4, 5, 6, 8, 12, 20]


@pytest.fixture(autouse=True)
def alarm() -> Iterator[None]:
    """A loop that spins cannot time out by itself: whatever used the processor for 25 s is interrupted."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise RuntimeError("the event loop was stopped")

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, 25)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)


@pytest.fixture
async def ticks() -> AsyncIterator[list[float]]:
    """How long the loop kept a task waiting that only wants a turn every 5 ms."""
    late: list[float] = []

    async def tick() -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.005)
            late.append(time.monotonic() - began)

    task = asyncio.create_task(tick())
    yield late
    task.cancel()


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def nothing_left(before: set[asyncio.Task[object]]) -> None:
    """No task but those from before runs."""
    end = time.monotonic() + 5.0
    while left := {task for task in asyncio.all_tasks() - before if not task.done()}:
        assert time.monotonic() < end, f"still running: {left}"
        await asyncio.sleep(0.02)


@pytest.fixture
async def port() -> AsyncIterator[Port]:
    one = Port("127.0.0.1", "127.0.0.1", 0, Metrics())
    one.start(asyncio.get_running_loop())
    yield one
    one.close()


def new_link(port: Port) -> Link:
    link = Link(new_certificate(), Metrics())
    link.open([port])
    port.add_link(link)
    return link


@pytest.mark.parametrize("waited_for", [True, False])
@pytest.mark.parametrize("count", TURNS)
async def test_a_link_closed_while_nobody_answers(
    port: Port, ticks: list[float], count: int, waited_for: bool
) -> None:
    before = asyncio.all_tasks()
    link = new_link(port)
    securing = asyncio.create_task(link.secure(STRANGER))
    await turns(count)
    if not waited_for:
        securing.cancel()
    await link.close()
    await link.close()
    assert not link.secured
    if waited_for:
        assert await securing is False
    else:
        await asyncio.wait([securing])
    assert await link.secure(STRANGER) is False
    await nothing_left(before)
    await asyncio.sleep(0.03)
    assert ticks, "the loop had no turn for others"
    assert max(ticks) < 5.0


@pytest.mark.parametrize("count", TURNS)
async def test_ice_alone_stops_after_any_number_of_turns(ticks: list[float], count: int) -> None:
    """Without a link's care: aiortc's own transport spins when it is stopped after one turn."""
    before = asyncio.all_tasks()
    gatherer = RTCIceGatherer(iceServers=[])
    gatherer._connection._local_candidates_end = True
    ice = _Ice(gatherer)
    starting = asyncio.create_task(ice.start(RTCIceParameters("abcd", "a" * 22)))
    await turns(count)
    await ice.stop()
    await asyncio.wait([starting], timeout=5)
    await nothing_left(before)
    assert max(ticks, default=0.0) < 5.0


class Other:
    """The other side of a link: stock aiortc, which goes through with ICE and DTLS."""

    def __init__(self) -> None:
        self.gatherer = RTCIceGatherer(iceServers=[])
        self.ice = RTCIceTransport(self.gatherer)
        self.dtls = RTCDtlsTransport(self.ice, [new_certificate()])

    async def meet(self, link: Link, port: Port) -> Remote:
        await self.gatherer.gather()
        self.ice._connection.ice_controlling = True
        candidate = RTCIceCandidate(1, "1", port.host, port.port, 1, "udp", "host")
        await self.ice.addRemoteCandidate(candidate)
        await self.ice.addRemoteCandidate(None)
        self.dtls._set_role("server")
        self.task = asyncio.create_task(self._secure(link))
        mine = self.gatherer.getLocalParameters()
        prints = self.dtls.getLocalParameters().fingerprints
        return Remote(
            mine.usernameFragment, mine.password, [(one.algorithm, one.value) for one in prints]
        )

    async def _secure(self, link: Link) -> None:
        await self.ice.start(RTCIceParameters(link.ufrag, link.password))
        prints = [RTCDtlsFingerprint(*one) for one in link.fingerprints]
        await self.dtls.start(RTCDtlsParameters(prints))

    async def close(self) -> None:
        self.task.cancel()
        await asyncio.wait([self.task])
        await self.dtls.stop()
        await self.ice.stop()


@pytest.mark.parametrize("moment", ["ice", "dtls", "secured"])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8])
async def test_a_link_closed_while_somebody_answers(
    port: Port, monkeypatch: pytest.MonkeyPatch, ticks: list[float], moment: str, count: int
) -> None:
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: ["127.0.0.1"])
    before = asyncio.all_tasks()
    link, other, reached = new_link(port), Other(), asyncio.Event()
    wanted = {"ice": "completed", "dtls": "connecting", "secured": "connected"}[moment]
    part = link._ice if moment == "ice" else link._dtls
    part.on("statechange", lambda: reached.set() if part.state == wanted else None)
    securing = asyncio.create_task(link.secure(await other.meet(link, port)))
    await asyncio.wait_for(reached.wait(), 30)
    await turns(count)
    await link.close()
    assert not link.secured
    assert await securing in ({True, False} if moment == "secured" else {False})
    await other.close()
    await nothing_left(before)
    assert max(ticks) < 5.0


async def test_a_link_is_secured_and_then_closed(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: ["127.0.0.1"])
    before = asyncio.all_tasks()
    link, other = new_link(port), Other()
    assert await asyncio.wait_for(link.secure(await other.meet(link, port)), 30)
    assert link.secured
    closed = asyncio.Event()
    link.on_closed = closed.set
    await link._connection.close()  # as aioice does when consent is lost
    await asyncio.wait_for(closed.wait(), 30)
    await link.close()
    await other.close()
    await nothing_left(before)


# Through the socket of a media process of its own: what a stranger with one ticket can do.


async def bad(socket: ClientWebSocketResponse) -> None:
    await socket.send_str("{")


async def candidates(socket: ClientWebSocketResponse) -> None:
    for _ in range(62):
        await say(socket, type="candidate", candidate="rubbish", sdpMid="0")


async def bye(socket: ClientWebSocketResponse) -> None:
    await say(socket, type="bye")


async def gone(socket: ClientWebSocketResponse) -> None:
    await socket.close()


async def again(socket: ClientWebSocketResponse) -> None:
    await say(socket, type="offer", sdp=text(offer()))


ENDS: dict[str, Callable[[ClientWebSocketResponse], Awaitable[None]]] = {
    "bad message": bad,
    "candidates": candidates,
    "bye": bye,
    "closed socket": gone,
    "second offer": again,
}
TRIES = 40


def ticket() -> str:
    names = {"incident": random_id(), "call": random_id(), "participant": random_id()}
    until = int(time.time() * 1000) + 60_000
    rest = {"role": "CALLER", "name": "x", "media": "media-1", "expires": until}
    return issue_ticket(SECRET, Ticket(**names, **rest, nonce=random_id()))  # type: ignore[arg-type]


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    """A media process of its own, without a store."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.webrtc.doomed", str(tmp_path / "spool")],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert child.stdout is not None
    yield (await asyncio.to_thread(child.stdout.readline)).strip()
    child.kill()
    child.wait()
    child.stdout.close()


@pytest.mark.parametrize("end", ENDS)
async def test_a_connection_that_ends_when_its_media_begins(url: str, end: str) -> None:
    async with ClientSession(timeout=ClientTimeout(total=10)) as session:
        for _ in range(TRIES):
            socket = await session.ws_connect(url + "/rtc")
            await say(socket, type="hello", protocol=1, ticket=ticket())
            assert (await hear(socket))["type"] == "welcome"
            await say(socket, type="offer", sdp=text(offer()))
            await ENDS[end](socket)
            while not socket.closed:
                if (await socket.receive(timeout=30)).type is not WSMsgType.TEXT:
                    break
            await socket.close()
        socket = await session.ws_connect(url + "/rtc")
        await say(socket, type="hello", protocol=1, ticket=ticket())
        assert (await hear(socket))["type"] == "welcome"
        await socket.close()
        async with session.get(url + "/metrics") as answer:
            assert "jingmin_media_participants" in await answer.text()


async def test_connections_leave_no_tasks_behind(process: Process) -> None:
    incident = new_incident(process.store)
    before = asyncio.all_tasks()
    for end in list(ENDS.values()) * 3:
        socket = await greet(process, process.ticket(incident, 0))
        assert (await hear(socket))["type"] == "welcome"
        await say(socket, type="offer", sdp=text(offer()))
        await end(socket)
        await socket.close()
    await nothing_left(before)
    assert process.server.metrics.participants == 0


# The disk: no file or folder is touched by the loop's thread.

WATCHED: dict[str, list[str]] = {}
DISK = {"open", "os.mkdir", "os.remove", "os.rmdir", "os.rename", "os.scandir", "os.listdir"}


def _audit(event: str, args: tuple[object, ...]) -> None:
    """Note what the main thread does below a folder that is watched."""
    if WATCHED and event in DISK and threading.current_thread() is threading.main_thread():
        for folder, seen in WATCHED.items():
            if str(args[0]).startswith(folder):
                seen.append(f"{event} {args[0]}")


sys.addaudithook(_audit)


@pytest.fixture
def on_the_loop(tmp_path: Path) -> Iterator[list[str]]:
    """What the loop's thread did to files of the spool."""
    seen: list[str] = []
    WATCHED[str(tmp_path / "spool")] = seen
    yield seen
    WATCHED.clear()


def publisher(participant: str) -> RoomPublisher:
    metrics = Metrics()
    sound, picture = Source("audio", 48_000, metrics), Source("video", 90_000, metrics)
    return RoomPublisher(participant, "CALLER", "x", sound, picture, True, True)


def speak(one: RoomPublisher, began: int = 0) -> None:
    """Sound of 200 ms."""
    now = asyncio.get_running_loop().time()
    for at in range(began, began + 10):
        one.sound.receive(5, at, at * 960, 0, b"\xfc\xff\xfe", now)


def recorder(process: Process, incident: Incident) -> Recorder:
    return Recorder(incident.id, incident.call.id, process.server._recordings)


async def sealed(process: Process, incident: Incident, count: int) -> list[Recording]:
    """The recordings in the incident, when there are so many."""
    call = process.store.incidents.items[incident.id].call
    end = time.monotonic() + 60
    while len(found := process.store.incidents.items[incident.id].call.recordings) < count:
        assert time.monotonic() < end, call.recordings
        await asyncio.sleep(0.05)
    return list(found)


async def test_a_slow_disk_does_not_stop_the_loop(
    process: Process,
    monkeypatch: pytest.MonkeyPatch,
    on_the_loop: list[str],
    ticks: list[float],
) -> None:
    slow: list[str] = []

    def slowly(name: str) -> None:
        real = getattr(Path, name)

        def late(path: Path, *args: object, **more: object) -> object:
            if "spool" in path.parts:
                slow.append(name)
                if threading.current_thread() is threading.main_thread():
                    on_the_loop.append(f"{name} {path}")
                time.sleep(0.1)
            return real(path, *args, **more)

        monkeypatch.setattr(Path, name, late)

    for name in ("mkdir", "write_bytes", "read_bytes", "unlink", "rmdir", "exists", "stat"):
        slowly(name)
    incident = new_incident(process.store)
    one = publisher(incident.call.participants[0].id)
    room = recorder(process, incident)
    ticks.clear()
    room.came(one)
    speak(one)
    room.went(one, "bye")
    await sealed(process, incident, 1)
    assert {"mkdir", "write_bytes", "read_bytes"} <= set(slow)
    assert on_the_loop == [], "the loop waited for the disk"
    assert max(ticks) < 5.0


async def test_a_disk_that_does_not_answer_stops_recordings_alone(
    start: Start, tmp_path: Path, ticks: list[float]
) -> None:
    folder = tmp_path / "spool" / "i" / "c"
    folder.mkdir(parents=True)
    pipe = folder / "p-1.json"
    os.mkfifo(pipe)
    process = await start()
    incident = new_incident(process.store)
    one = publisher(incident.call.participants[0].id)
    room = recorder(process, incident)
    room.came(one)
    speak(one)
    room.went(one, "bye")
    await asyncio.sleep(0.3)
    socket = await greet(process, process.ticket(incident, 1))
    assert (await hear(socket))["type"] == "welcome"
    await socket.close()
    assert process.server.metrics.recordings_sealed == 0
    assert max(ticks) < 5.0
    end = os.open(pipe, os.O_WRONLY)
    pipe.unlink()
    os.close(end)
    await sealed(process, incident, 1)


async def test_no_folder_is_taken_away_from_a_recording_that_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another recording of the call is sealed, and its folder removed, between folder and label."""
    spool = Spool(tmp_path, "media-1", cast(Store, MemoryStore()), Metrics())
    label = Label("i", "c", "p", "CALLER", 1, "media-1")
    path, real = spool.begin(label), Path.write_bytes
    between = threading.Event()

    def late(file: Path, data: bytes) -> int:
        between.set()
        time.sleep(0.3)
        return real(file, data)

    monkeypatch.setattr(Path, "write_bytes", late)
    preparing = asyncio.create_task(asyncio.to_thread(spool.prepare, path, label))
    await asyncio.to_thread(between.wait, 5)
    await asyncio.to_thread(spool._remove, path.with_name("p-0.mkv"))
    await preparing
    assert path.with_suffix(".json").exists()
    spool.close()


async def test_recordings_beyond_the_bound_are_not_begun(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that hangs keeps a thread for each recording."""
    monkeypatch.setattr("webrtc.spool.MOST_OPEN", 1)
    incident = new_incident(process.store)
    room = recorder(process, incident)
    for at in range(3):
        one = publisher(incident.call.participants[at].id)
        room.came(one)
        speak(one)
    assert process.server.metrics.recordings_open == 1
    assert process.server.metrics.drops["recording"] == 20
    room.dismissed("closed")
    await sealed(process, incident, 1)
