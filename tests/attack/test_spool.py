"""No file that was cut off keeps a recording out of the incident, or the log of the machine full."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from domain.incident import Incident
from tests.attack.test_media_loop import sealed
from tests.webrtc.conftest import Start, process, start
from tests.webrtc.media_process import Process, new_incident
from tests.webrtc.memory_store import MemoryStore
from tests.webrtc.test_recording import movie, wait_until
from webrtc.frames import Frame
from webrtc.matroska import MatroskaFile

__all__ = ["movie", "process", "start"]

ROOT = Path(__file__).parents[2]


def left_behind(spool: Path, incident: Incident, **files: bytes) -> Path:
    """The folder of a recording of the caller with these files, written an hour ago."""
    folder = spool / incident.id / incident.call.id
    folder.mkdir(parents=True)
    one = incident.call.participants[0]
    label = {"incident": incident.id, "call": incident.call.id, "participant": one.id}
    label |= {"role": str(one.role), "started_at": 5, "media": "media-dead"}
    for kind, data in ({"json": json.dumps(label).encode()} | files).items():
        path = folder / f"{one.id}-5.{kind}"
        path.write_bytes(data)
        os.utime(path, (time.time() - 3600,) * 2)
    return folder


@pytest.mark.parametrize(
    "files",
    [
        {"facts": b""},
        {"facts": b'{"sha256":"ab'},
        {"facts": b'{"sha256":"ab","bytes":4,"seconds":1,"video":true,"audio":true}'},
        {"facts": b"", "final": b"to"},
        {"json": b""},
        {"json": b'{"incident":"'},
        {"json": b"\xff\xfe\0"},
        {"json": b"", "facts": b"", "part": b"{"},
    ],
)
async def test_a_recording_is_sealed_whatever_beside_it_was_cut_off(
    start: Start, tmp_path: Path, files: dict[str, bytes]
) -> None:
    store = MemoryStore()
    incident = new_incident(store)
    folder = left_behind(tmp_path / "spool", incident, mkv=b"torn", **files)
    process = await start(store=store)
    (recording,) = await sealed(process, incident, 1)
    one = incident.call.participants[0]
    assert (recording.participant, recording.role, recording.started_at) == (one.id, one.role, 5)
    assert store.files.held[recording.file] == b"torn"
    await gone(folder)


@pytest.mark.parametrize("files", [{"json": b""}, {"json": b"{", "mkv": b""}, {"part": b"{"}])
async def test_what_has_no_frames_and_no_label_is_removed(
    start: Start, tmp_path: Path, files: dict[str, bytes]
) -> None:
    store = MemoryStore()
    incident = new_incident(store)
    folder = left_behind(tmp_path / "spool", incident, **files)
    await start(store=store)
    await gone(folder)
    assert not store.files.held


async def test_what_may_still_be_written_is_left_alone(process: Process, tmp_path: Path) -> None:
    incident = new_incident(process.store)
    folder = left_behind(tmp_path / "spool", incident, json=b"", mkv=b"torn")
    for path in folder.iterdir():
        os.utime(path)
    await process.server._spool.sweep()
    assert len(list(folder.iterdir())) == 2
    assert not process.store.files.held


async def test_what_cannot_be_sealed_is_told_seldom_and_counted(
    process: Process,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its incident is not in the store."""
    spool = process.server._spool
    nowhere = new_incident(MemoryStore())
    left_behind(tmp_path / "spool", nowhere, mkv=b"torn")
    other = new_incident(process.store)
    with caplog.at_level(logging.WARNING):
        for _ in range(20):
            await spool.sweep()
    assert len([one for one in caplog.records if "waits" in one.getMessage()]) == 1
    assert process.server.metrics.recordings_stuck == 0
    monkeypatch.setattr("webrtc.spool.EVERY", 0.0)
    spool._tries.clear()
    for _ in range(6):
        await spool.sweep()
    assert process.server.metrics.recordings_stuck == 1
    left_behind(tmp_path / "spool", other, mkv=b"torn")
    await sealed(process, other, 1)
    process.store.incidents.items[nowhere.id] = nowhere
    await sealed(process, nowhere, 1)
    await spool.sweep()
    assert process.server.metrics.recordings_stuck == 0


FULL_DISK = """
import asyncio, resource, sys
from pathlib import Path
from webrtc.matroska import finish
from webrtc.metrics import Metrics
from webrtc.spool import Label, Spool

async def main():
    root = Path(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
    try:
        if sys.argv[2] == "label":
            spool, label = Spool(root, "m", None, Metrics()), Label("i", "c", "p", "CALLER", 1, "m")
            spool.prepare(spool.begin(label), label)
        else:
            finish(root / "live.mkv", root / "final.mkv")
    except OSError as problem:
        print("refused", problem.errno, flush=True)

asyncio.run(main())
"""


def on_a_full_disk(folder: Path, what: str, limit: int) -> str:
    """A process that may not write files beyond this size, which a full disk looks like."""
    command = [sys.executable, "-c", FULL_DISK, str(folder), what, str(limit)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ).stdout


def test_a_label_is_whole_or_not_there(tmp_path: Path) -> None:
    assert "refused" in on_a_full_disk(tmp_path, "label", 10)
    assert list((tmp_path / "i" / "c").iterdir()) == []
    assert on_a_full_disk(tmp_path, "label", 10_000) == ""
    assert [one.name for one in (tmp_path / "i" / "c").iterdir()] == ["p-1.json"]


def test_a_recording_is_not_finished_short_when_there_is_no_room(
    tmp_path: Path, movie: list[bytes]
) -> None:
    done: list[bool] = []
    file = MatroskaFile(tmp_path / "live.mkv", lambda: done.append(True))
    for at, data in enumerate(movie):
        file.put(Frame(True, at * 3000, data, at % 30 == 0))
    file.close()
    wait_until(lambda: bool(done))
    size = (tmp_path / "live.mkv").stat().st_size
    for part in (2, 4):
        assert "refused" in on_a_full_disk(tmp_path, "finish", size * part // 5)


async def gone(folder: Path) -> None:
    end = time.monotonic() + 10
    while folder.exists():
        assert time.monotonic() < end, list(folder.iterdir())
        await asyncio.sleep(0.02)
