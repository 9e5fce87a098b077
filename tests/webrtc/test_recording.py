"""Frames from packets, files from frames, and what is left of them after kill -9."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np
import pytest

from tests.webrtc.conftest import Start
from tests.webrtc.media_process import new_incident
from tests.webrtc.memory_store import MemoryStore
from webrtc.forward import Source
from webrtc.frames import Frame, Frames, Timeline
from webrtc.matroska import MatroskaFile, finish
from webrtc.metrics import Metrics
from webrtc.spool import Label

ROOT = Path(__file__).parents[2]


def pictures(count: int) -> list[bytes]:
    """Encoded VP8 frames of a moving picture; the first is a keyframe, and every 30th."""
    encoder: Any = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 320, 180, "yuv420p"
    encoder.time_base, encoder.gop_size = Fraction(1, 30), 30
    encoder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    frames: list[bytes] = []
    for index in range(count):
        picture = np.full((180, 320, 3), 90, np.uint8)
        picture[20:90, index % 200 : index % 200 + 60] = 230
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts = index
        frames += [bytes(packet) for packet in encoder.encode(frame)]
    return frames


def probe(path: Path) -> dict[str, Any]:
    """What ffprobe says after decoding every frame; complaints are failures."""
    command = ["ffprobe", "-v", "error", "-count_frames", "-of", "json"]
    command += ["-show_entries", "format=duration:stream=codec_name,nb_read_frames", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    streams = {one["codec_name"]: int(one["nb_read_frames"]) for one in found["streams"]}
    return {"seconds": float(found["format"].get("duration", 0)), **streams}


class Publisher:
    """Packets of encoded frames, as they come from the network."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.sequence = 0

    def packets(self, frame: bytes, timestamp: int) -> list[tuple[int, int, int, bytes]]:
        pieces = [frame[at : at + 500] for at in range(0, len(frame), 500)]
        made = []
        for at, piece in enumerate(pieces):
            self.sequence += 1
            marker = 0x80 if at == len(pieces) - 1 else 0
            payload = (b"\x00" if at else b"\x10") + piece
            made.append((self.sequence, timestamp, marker, payload))
        return made

    def send(self, packet: tuple[int, int, int, bytes], now: float) -> None:
        sequence, timestamp, marker, payload = packet
        self.source.receive(7, sequence, timestamp, marker, payload, now)


@pytest.fixture(scope="module")
def movie() -> list[bytes]:
    return pictures(60)


def recorded() -> tuple[Publisher, list[Frame]]:
    taken: list[Frame] = []
    source = Source("video", 90_000, Metrics())

    def take(frame: Frame) -> bool:
        taken.append(frame)
        return True

    source.add(Frames(source, Timeline(90_000, 0.0), take))
    return Publisher(source), taken


def test_frames_come_out_as_they_went_in(movie: list[bytes]) -> None:
    publisher, taken = recorded()
    for at, frame in enumerate(movie):
        for packet in publisher.packets(frame, at * 3000):
            publisher.send(packet, at / 30)
    assert [frame.data for frame in taken] == movie
    assert taken[0].keyframe
    assert [frame.pts - taken[0].pts for frame in taken] == [at * 3000 for at in range(60)]


def test_disorder_and_repeats_do_no_harm(movie: list[bytes]) -> None:
    publisher, taken = recorded()
    packets = [
        (packet, at / 30)
        for at, frame in enumerate(movie)
        for packet in publisher.packets(frame, at * 3000)
    ]
    head, rest = packets[:1], packets[1:]
    for at in range(0, len(rest) - 3, 4):
        rest[at : at + 4] = rest[at + 3], rest[at + 1], rest[at], rest[at + 2]
    for packet, now in head + rest:
        publisher.send(packet, now)
        publisher.send(packet, now)
    assert [frame.data for frame in taken] == movie


def test_after_a_loss_the_picture_waits_for_a_keyframe(movie: list[bytes]) -> None:
    publisher, taken = recorded()
    for at, frame in enumerate(movie):
        for packet in publisher.packets(frame, at * 3000):
            if at != 10:
                publisher.send(packet, at / 30)
    assert [frame.data for frame in taken] == movie[:10] + movie[30:]
    assert publisher.source.wish.due(99.0) is False


def test_a_file_starts_with_a_keyframe(movie: list[bytes]) -> None:
    publisher, taken = recorded()
    for at, frame in enumerate(movie[5:]):
        for packet in publisher.packets(frame, at * 3000):
            publisher.send(packet, at / 30)
    assert taken[0].data == movie[30]
    assert len(taken) == 30


def test_sound_and_picture_are_put_together_by_sender_reports() -> None:
    second = 1 << 32
    taken: list[Frame] = []
    metrics = Metrics()
    sources = Source("audio", 48_000, metrics), Source("video", 90_000, metrics)
    lines = Timeline(48_000, 10.0), Timeline(90_000, 10.0)
    sinks = []
    for source, line in zip(sources, lines, strict=True):
        sinks.append(Frames(source, line, lambda frame: not taken.append(frame)))
        source.add(sinks[-1])
    sinks[0].counterpart, sinks[1].counterpart = lines[1], lines[0]
    sources[0].receive(1, 1, 0, 0, b"sound", 10.0)
    sources[1].receive(2, 1, 0, 0x80, b"\x10\x50\0\0\0\0\0\0\0\0\0", 10.5)
    sources[0].report(1000 * second, 0, 10.6)
    sources[1].report(1000 * second + second // 4, 0, 10.6)
    sources[1].receive(2, 2, 90_000, 0x80, b"\x10\x51\0\0", 11.5)
    assert [frame.pts for frame in taken] == [0, 45_000, 22_500 + 90_000]


def test_a_file_decodes_and_is_finished(tmp_path: Path, movie: list[bytes]) -> None:
    done: list[bool] = []
    file = MatroskaFile(tmp_path / "live.mkv", lambda: done.append(True))
    for at, data in enumerate(movie):
        file.put(Frame(True, at * 3000, data, at % 30 == 0))
        file.put(Frame(False, at * 1600, b"\xfc\xff\xfe", True))
    file.close()
    wait_until(lambda: bool(done))
    finished = finish(tmp_path / "live.mkv", tmp_path / "final.mkv")
    assert finished.video
    assert finished.audio
    assert finished.bytes == (tmp_path / "final.mkv").stat().st_size
    found = probe(tmp_path / "final.mkv")
    assert found["vp8"] == 60
    assert 1.9 < found["seconds"] < 2.1
    assert abs(found["seconds"] - finished.seconds) < 0.1


def test_sound_alone(tmp_path: Path) -> None:
    done: list[bool] = []
    file = MatroskaFile(tmp_path / "live.mkv", lambda: done.append(True))
    for at in range(100):
        file.put(Frame(False, at * 960, b"\xfc\xff\xfe", True))
    file.close()
    wait_until(lambda: bool(done))
    finished = finish(tmp_path / "live.mkv", tmp_path / "final.mkv")
    assert (finished.video, finished.audio) == (False, True)
    assert probe(tmp_path / "final.mkv")["opus"] == 100


def test_a_broken_file_is_kept_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "live.mkv").write_bytes(b"\x1a\x45\xdf\xa3 torn")
    finished = finish(tmp_path / "live.mkv", tmp_path / "final.mkv")
    assert (finished.seconds, finished.video, finished.audio) == (0.0, False, False)
    assert finished.bytes == 9


WRITER = """
import json, sys, time
from pathlib import Path
from webrtc.frames import Frame
from webrtc.matroska import MatroskaFile
frames = [bytes.fromhex(one) for one in json.loads(Path(sys.argv[1]).read_text())]
file = MatroskaFile(Path(sys.argv[2]), lambda: None)
began = time.monotonic()
at = 0
while True:
    file.put(Frame(True, at * 3000, frames[at % 60], at % 30 == 0))
    file.put(Frame(False, at * 1600, b"\\xfc\\xff\\xfe", True))
    print(at / 30, flush=True)
    at += 1
    time.sleep(max(began + at / 30 - time.monotonic(), 0))
"""


async def test_kill_9_loses_less_than_a_second(
    tmp_path: Path, movie: list[bytes], start: Start
) -> None:
    """A writer is killed; the next media process finishes and seals what it left."""
    store = MemoryStore()
    incident = new_incident(store)
    one = incident.call.participants[0]
    folder = tmp_path / "spool" / incident.id / incident.call.id
    folder.mkdir(parents=True)
    path = folder / f"{one.id}-1.mkv"
    label = Label(incident.id, incident.call.id, one.id, str(one.role), 1, "media-dead")
    path.with_suffix(".json").write_bytes(msgspec.json.encode(label))
    (tmp_path / "movie.json").write_text(json.dumps([frame.hex() for frame in movie]))
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path / "movie.json"), str(path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert writer.stdout is not None
    written = 0.0
    while written < 3.0:
        written = float(await asyncio.to_thread(writer.stdout.readline))
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    process = await start(store=store)
    until = time.monotonic() + 60
    while not store.files.held and time.monotonic() < until:
        await asyncio.sleep(0.05)
    (id,) = store.files.held
    (tmp_path / "sealed.mkv").write_bytes(store.files.held[id])
    found = probe(tmp_path / "sealed.mkv")
    assert found["seconds"] > written - 1.0, f"lost {written - found['seconds']:.2f} s"
    assert found["vp8"] > 30 * (written - 1.0)
    while "recording.sealed" not in process.entries(incident):
        await asyncio.sleep(0.02)
    (recording,) = store.incidents.items[incident.id].call.recordings
    assert recording.participant == one.id
    assert recording.bytes == len(store.files.held[id])
    while list((tmp_path / "spool").rglob("*.*")):
        await asyncio.sleep(0.02)


async def test_files_of_a_living_process_are_left_alone(tmp_path: Path, start: Start) -> None:
    store = MemoryStore()
    await start(store=store, media_id="media-other", spool=tmp_path / "elsewhere")
    incident = new_incident(store)
    folder = tmp_path / "spool" / incident.id / incident.call.id
    folder.mkdir(parents=True)
    label = {"incident": incident.id, "call": incident.call.id, "participant": "p"}
    label |= {"role": "CALLER", "started_at": 1, "media": "media-other"}
    (folder / "p-1.json").write_text(json.dumps(label))
    (folder / "p-1.mkv").write_bytes(b"being written")
    await start(store=store)
    await asyncio.sleep(0.3)
    assert (folder / "p-1.mkv").exists()
    assert not store.files.held


async def test_a_recording_waits_for_the_store(tmp_path: Path, start: Start) -> None:
    store = MemoryStore()
    process = await start(store=store)
    incident = new_incident(store)
    folder = tmp_path / "spool" / incident.id / incident.call.id
    folder.mkdir(parents=True)
    label = {"incident": incident.id, "call": incident.call.id, "participant": "p"}
    label |= {"role": "CALLER", "started_at": 1, "media": "media-1"}
    (folder / "p-1.mkv").write_bytes(b"torn")
    (folder / "p-1.json").write_text(json.dumps(label))
    store.down = True
    await process.server._spool.sweep()
    assert (folder / "p-1.mkv").exists()
    store.down = False
    await process.server._spool.sweep()
    assert not folder.exists()
    assert process.entries(incident)[-1] == "recording.sealed"


def wait_until(true: Any, seconds: float = 5.0) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)
