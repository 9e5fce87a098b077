"""Voice and video as browsers play them, without what they tell about place and device.

The copy is made by this file as a program of its own: whatever a broken or hostile file does to a
decoder happens to a child that has no secrets, little memory and half a minute. It reads and writes
memory files, so that nothing sealed is ever on a disk in the clear.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import logging
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from domain.errors import MEDIA_KIND, TOO_LARGE, Refused

LONGEST_VOICE_S = 600
LONGEST_VIDEO_S = 4 * 3600
MOST_PIXELS = 7680 * 4320
WALL_S = 30.0
CPU_S = 20
MEMORY = 1 << 30
LARGEST = 64 * 2**20  # of a copy
PLAYED = frozenset({"h264", "hevc", "vp9", "av1"})
HEARD = frozenset({"aac", "mp3", "opus", "flac"})
# Remarks inside the picture stream: encoders and cameras sign there.
REMARKS = {"h264": "filter_units=remove_types=6", "hevc": "filter_units=remove_types=39|40"}
log = logging.getLogger("jingmin.clips")

# One at a time, as pictures.
_thread = ThreadPoolExecutor(1, thread_name_prefix="clips")


@dataclass(frozen=True, slots=True)
class Clip:
    """``data`` is an MP4: AAC, mono, for voice; for video the streams as they came, ``width`` ×
    ``height`` as they are shown."""

    data: bytes
    type: str
    length_ms: int
    width: int | None = None
    height: int | None = None


async def playable(data: bytes, voice: bool) -> Clip:
    """A copy of a voice message or video without metadata.

    Raises ``media_kind`` for what cannot be decoded or no browser plays, ``too_large`` for what is
    longer or larger than is worked on here.
    """
    return await asyncio.get_running_loop().run_in_executor(_thread, _ask, data, voice)


def _ask(data: bytes, voice: bool) -> Clip:
    with _memory("source") as source, _memory("target") as target:
        _fill(source, data)
        kind = "voice" if voice else "video"
        try:
            child = subprocess.run(
                [sys.executable, os.path.abspath(__file__), kind, str(source), str(target)],
                pass_fds=(source, target),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"LANG": "C.UTF-8", "PATH": os.defpath},
                timeout=WALL_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Refused(TOO_LARGE, "it takes too long to read") from None
        except OSError as error:
            log.error("no copy of a %s is made: %s", kind, error)
            raise Refused(MEDIA_KIND, "it cannot be read now") from error
        if child.returncode == TOO_MUCH:
            raise Refused(TOO_LARGE, "too long or too large")
        size = os.fstat(target).st_size
        if child.returncode != 0 or not 0 < size <= LARGEST:
            raise Refused(MEDIA_KIND, f"the {kind} cannot be read")
        about = json.loads(child.stdout)
        return Clip(_whole(target, size), **about)


@contextlib.contextmanager
def _memory(name: str) -> Iterator[int]:
    file = os.memfd_create(name)
    try:
        yield file
    finally:
        os.close(file)


def _fill(file: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]


def _whole(file: int, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size and (part := os.pread(file, size - len(parts), len(parts))):
        parts += part
    return bytes(parts)


# ---- the child

TOO_MUCH = 3
DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
OPENING = {"protocol_whitelist": "file", "enable_drefs": "0"}
CLOSING = {"movflags": "+faststart", "fflags": "+bitexact"}
# Demuxers are named, never guessed: playlists would make the child open other files.
VOICES = (
    (b"#!AMR", 0, "amr"),
    (b"OggS", 0, "ogg"),
    (b"ID3", 0, "mp3"),
    (b"\xff\xfb", 0, "mp3"),
    (b"\xff\xf3", 0, "mp3"),
    (b"\xff\xf2", 0, "mp3"),
    (b"\xff\xf1", 0, "aac"),
    (b"\xff\xf9", 0, "aac"),
    (b"ftyp", 4, "mov"),
    (b"WAVE", 8, "wav"),
)
FILMS = ((b"ftyp", 4, "mov"),)
SLOT_S = 0.02  # of AMR, whatever is in it


class TooMuchError(Exception):
    """It is longer or larger than is worked on here."""


class NoSenseError(Exception):
    """It is nothing that could be played."""


def _demuxer(source: str, known: tuple[tuple[bytes, int, str], ...]) -> str:
    with open(source, "rb") as file:
        head = file.read(16)
    for magic, at, name in known:
        if head[at : at + len(magic)] == magic:
            return name
    raise NoSenseError


def voice_copy(source: str, target: str) -> dict[str, Any]:
    """Decode what is there and write it as AAC, mono. What the file says of its length is not believed."""
    import av

    name = _demuxer(source, VOICES)
    with (
        av.open(source, format=name, options=dict(OPENING)) as came,
        av.open(target, "w", format="mp4", options=dict(CLOSING)) as made,
    ):
        if not came.streams.audio:
            raise NoSenseError
        stream = came.streams.audio[0]
        given = stream.codec_context.sample_rate
        # Telephone sound at 8 kHz is more than some phones' AAC decoders take.
        rate = 16_000 if given <= 16_000 else 48_000
        out = made.add_stream("aac", rate=rate, layout="mono")
        out.bit_rate = 32_000 if rate == 16_000 else 64_000
        resampler = av.AudioResampler("fltp", "mono", rate)
        written = heard = broken = 0

        def write(frame: av.AudioFrame | None) -> None:
            nonlocal written
            for one in resampler.resample(frame):
                one.pts, one.time_base = written, Fraction(1, rate)
                written += one.samples
                if written > LONGEST_VOICE_S * rate:
                    raise TooMuchError
                made.mux(out.encode(one))

        for packet in came.demux(stream):
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                if name == "amr" and _pause(bytes(packet)[:1], given):
                    frames = [_silence(given)]
                    heard -= 1
                else:
                    broken += 1
                    frames = []
            for frame in frames:
                heard += 1
                frame.pts = None
                write(frame)
        if not heard or broken > heard + 1:
            raise NoSenseError
        write(None)
        made.mux(out.encode(None))
    return {"type": "audio/mp4", "length_ms": max(1, round(written * 1000 / rate))}


def _pause(head: bytes, rate: int) -> bool:
    """Whether a frame of AMR is a pause in speech, which FFmpeg does not decode: silence in its place
    keeps the time."""
    kind = head[0] >> 3 & 15 if head else -1
    return kind >= (8 if rate == 8_000 else 9)


def _silence(rate: int) -> Any:
    import av

    frame = av.AudioFrame("fltp", "mono", round(rate * SLOT_S))
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    frame.sample_rate = rate
    return frame


def video_copy(source: str, target: str) -> dict[str, Any]:
    """The first picture and sound streams as they are in a new container, turned as they were; other
    tracks, where cameras write places, stay behind. One picture is decoded, to know that it can be."""
    import av

    name = _demuxer(source, FILMS)
    with av.open(source, format=name, options=dict(OPENING)) as came:
        film = next((one for one in came.streams.video if not _is_cover(one)), None)
        sound = came.streams.audio[0] if came.streams.audio else None
        if film is None or film.codec_context.name not in PLAYED:
            raise NoSenseError
        if sound is not None and sound.codec_context.name not in HEARD:
            raise NoSenseError
        if film.codec_context.width * film.codec_context.height > MOST_PIXELS:
            raise TooMuchError
        first = next(came.decode(film), None)
        if first is None:
            raise NoSenseError
        size = (first.width, first.height)
        width, height = size if first.rotation % 180 == 0 else size[::-1]
        del first
        came.seek(0)
        with av.open(target, "w", format="mp4", options=dict(CLOSING)) as made:
            length = _remux(came, made, film, sound)
    return {
        "type": "video/mp4",
        "length_ms": max(1, round(length * 1000)),
        "width": width,
        "height": height,
    }


def _remux(came: Any, made: Any, film: Any, sound: Any) -> float:
    """Copy two streams, packet by packet; how many seconds they last."""
    from av.bitstream import BitStreamFilterContext

    codec, length = film.codec_context.name, 0.0
    outs = {film.index: made.add_stream_from_template(film)}
    if sound is not None:
        outs[sound.index] = made.add_stream_from_template(sound)
    cleaner = None
    if codec in REMARKS:
        cleaner = BitStreamFilterContext(REMARKS[codec], film)
    if codec == "hevc":
        context = outs[film.index].codec_context
        context.codec_tag = "hvc1"  # iOS knows no other name
        context.extradata = _without_remarks(context.extradata or b"")
    for packet in came.demux(*(one for one in (film, sound) if one is not None)):
        place = packet.stream.index
        if packet.pts is not None:
            length = max(length, float((packet.pts + (packet.duration or 0)) * packet.time_base))
            if length > LONGEST_VIDEO_S:
                raise TooMuchError
        pieces = [packet] if packet.size else []
        if cleaner is not None and place == film.index:
            pieces = cleaner.filter(packet if packet.size else None)
        for piece in pieces:
            piece.stream = outs[place]
            made.mux(piece)
    return length


def _without_remarks(record: bytes) -> bytes:
    """The head of an HEVC stream (hvcC) without its remarks, which the filter does not reach."""
    kept, at = [], 23
    for _ in range(record[22]):
        begun, count = at, int.from_bytes(record[at + 1 : at + 3], "big")
        at += 3
        for _ in range(count):
            at += 2 + int.from_bytes(record[at : at + 2], "big")
        if at > len(record):
            raise NoSenseError
        if record[begun] & 63 not in (39, 40):
            kept.append(record[begun:at])
    return record[:22] + bytes([len(kept)]) + b"".join(kept)


def _is_cover(stream: Any) -> bool:
    import av

    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _confine() -> None:
    """Nothing is open yet: from here on time, memory and what is written have ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGKILL)
    os.nice(10)
    for limit, most in (
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, LARGEST),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def main(arguments: list[str]) -> int:
    """``voice`` or ``video``, and the numbers of two open files; what was made is said as JSON."""
    kind, *files = arguments
    _confine()
    copy = voice_copy if kind == "voice" else video_copy
    source, target = (f"/proc/self/fd/{int(one)}" for one in files)
    try:
        about = copy(source, target)
    except TooMuchError:
        return TOO_MUCH
    except Exception:  # decoders of broken files raise whatever they like
        return 1
    sys.stdout.write(json.dumps(about))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
