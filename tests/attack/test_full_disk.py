"""A disk without room interrupts a recording, and no more: it goes on, and the log says so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from domain.evidence import Entry
from domain.incident import Incident
from tests.attack.test_media_loop import publisher, recorder, sealed
from tests.webrtc.conftest import Start, process, start
from tests.webrtc.media_process import Process, new_incident
from tests.webrtc.test_recording import Publisher, movie, probe
from webrtc import spool as spools
from webrtc.room import Publisher as RoomPublisher

__all__ = ["movie", "process", "start"]

GAP = ["recording.interrupted", "recording.continued"]


class Talking:
    """Sound and picture of somebody who goes on sending, whatever becomes of it."""

    def __init__(self, one: RoomPublisher, movie: list[bytes]) -> None:
        self.one, self.movie = one, movie
        self.picture = Publisher(one.picture)
        self.task = asyncio.create_task(self.run())

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for at in range(100_000):
            now = loop.time()
            self.one.sound.receive(5, at & 0xFFFF, at * 1600, 0, b"\xfc\xff\xfe", now)
            for packet in self.picture.packets(self.movie[at % 60], at * 3000):
                self.picture.send(packet, now)
            await asyncio.sleep(1 / 30)


Talk = Callable[[Process, Incident, int], RoomPublisher]


@pytest.fixture
async def talk(movie: list[bytes]) -> AsyncIterator[Talk]:
    talking: list[Talking] = []

    def begin(process: Process, incident: Incident, at: int) -> RoomPublisher:
        one = publisher(incident.call.participants[at].id)
        talking.append(Talking(one, movie))
        return one

    yield begin
    for one in talking:
        one.task.cancel()


def gaps(process: Process, incident: Incident) -> list[Entry]:
    entries = process.store.incidents.items[incident.id].log.entries
    return [entry for entry in entries if entry.what in GAP]


async def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


async def test_a_file_that_breaks_is_followed_by_another(
    process: Process, tmp_path: Path, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is no folder for a while: what is written then fails as on a full disk."""
    monkeypatch.setattr("webrtc.recorder.SURE", 0.5)
    incident = new_incident(process.store)
    one = talk(process, incident, 0)
    folder = tmp_path / "spool" / incident.id
    folder.parent.mkdir(exist_ok=True)
    folder.write_bytes(b"")
    room = recorder(process, incident)
    room.came(one)
    await until(lambda: gaps(process, incident))
    await asyncio.sleep(1.5)
    assert [entry.what for entry in gaps(process, incident)] == GAP[:1], "one fact of all tries"
    folder.unlink()
    await until(lambda: len(gaps(process, incident)) == 2)
    before, after = gaps(process, incident)
    assert before.data == {"participant": one.participant, "role": "CALLER", "cause": "failed"}
    assert 1.0 < after.data["seconds"] < 15.0
    await asyncio.sleep(6.0)  # a busy machine sends fewer pictures a second
    room.went(one, "bye")
    (recording,) = await sealed(process, incident, 1)
    assert recording.video
    assert recording.audio
    assert 1.0 < recording.seconds < 15.0, "its times begin with it"
    (tmp_path / "sealed.mkv").write_bytes(process.store.files.held[recording.file])
    assert probe(tmp_path / "sealed.mkv")["vp8"] > 20
    assert process.server.metrics.recordings_open == 0


@pytest.mark.parametrize("recorded_before", [True, False])
async def test_recordings_pause_while_the_disk_has_little_room(
    start: Start,
    tmp_path: Path,
    talk: Talk,
    monkeypatch: pytest.MonkeyPatch,
    recorded_before: bool,
) -> None:
    monkeypatch.setattr("webrtc.recorder.SURE", 0.2)
    monkeypatch.setattr(spools, "LOOK_EVERY", 0.05)
    process = await start()
    incident = new_incident(process.store)
    one = talk(process, incident, 0)
    room = recorder(process, incident)
    if recorded_before:
        room.came(one)
        await until(lambda: list(tmp_path.rglob("*.mkv")))
        await asyncio.sleep(0.5)
    monkeypatch.setattr(spools, "LEAST_FREE", 1 << 60)
    monkeypatch.setattr(spools, "ENOUGH_FREE", 1 << 60)
    await until(lambda: process.server.metrics.recordings_paused == 1)
    if not recorded_before:
        room.came(one)
    await until(lambda: gaps(process, incident))
    if recorded_before:
        await sealed(process, incident, 1)
    monkeypatch.setattr(spools, "LEAST_FREE", 0)
    await asyncio.sleep(0.3)
    assert process.server.metrics.recordings_paused == 1, "there is room, and not enough yet"
    assert not list(tmp_path.rglob("*.mkv"))
    monkeypatch.setattr(spools, "ENOUGH_FREE", 0)
    await until(lambda: len(gaps(process, incident)) == 2)
    before, _ = gaps(process, incident)
    assert before.data["cause"] == "disk_full"
    room.went(one, "bye")
    found = await sealed(process, incident, 1 + recorded_before)
    assert all(recording.seconds < 10 for recording in found)
    assert process.server.metrics.recordings_paused == 0


async def test_the_log_has_a_bounded_number_of_interruptions(process: Process) -> None:
    incident = new_incident(process.store)
    one = publisher(incident.call.participants[0].id)
    recordings = process.server._recordings
    room = recorder(process, incident)
    room.came(one)
    label = room._takes[one]._label
    for _ in range(30):
        recordings.interrupted(label, "failed")
        recordings.continued(label, recordings.clock())
    assert await process.server._reports.drained(10)
    entries = gaps(process, incident)
    assert [entry.what for entry in entries] == GAP * 20
    assert entries[38].data["often"] is True
