"""Voice and video as browsers play them, without what they tell about place and device.

The copy is made by this file as a program of its own, in children that ``confinement`` describes:
whatever a broken or hostile file does to a decoder happens to a child that can only compute, with
little memory and half a minute.
"""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from confinement import Limits
from decoder_process import NoSenseError, TooMuchError, serve
from decoding import Decoders
from domain.errors import MEDIA_KIND, Refused

LONGEST_VOICE_S = 600
LONGEST_VIDEO_S = 4 * 3600
MOST_PIXELS = 7680 * 4320
PLAYED = frozenset({"h264", "hevc", "vp9", "av1"})
HEARD = frozenset({"aac", "mp3", "opus", "flac"})
# Remarks inside the picture stream: encoders and cameras sign there.
REMARKS = {"h264": "filter_units=remove_types=6", "hevc": "filter_units=remove_types=39|40"}

DECODERS = Decoders(
    "clips",
    os.path.abspath(__file__),
    Limits(cpu_s=20, wall_s=30.0, memory=1 << 30, largest=64 * 2**20),
)


@dataclass(frozen=True, slots=True)
class Clip:
    """``data`` is an MP4: AAC, mono, for voice; for video the streams as they came, ``width`` ×
    ``height`` as they are shown."""

    data: bytes
    type: str
    length_ms: int
    width: int | None = None
    height: int | None = None


async def playable(data: bytes, voice: bool, by: str = "") -> Clip:
    """A copy of a voice message or video without metadata. ``by`` names the sender, whose clips are
    worked on one after the other.

    Raises ``media_kind`` for what cannot be decoded or no browser plays, ``too_large`` for what is
    longer or larger than is worked on here, and ``busy`` when its turn does not come in time.
    """
    about, made = await DECODERS.decode({"voice": voice}, data, by)
    length, width, height = about.get("length_ms"), about.get("width"), about.get("height")
    sizes = (width, height)
    if not isinstance(length, int) or not all(isinstance(one, int | None) for one in sizes):
        raise Refused(MEDIA_KIND, "it cannot be read")
    return Clip(made, "audio/mp4" if voice else "video/mp4", length, width, height)


# ---- the child

OPENING = {"enable_drefs": "0"}
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
    (b"\x1aE\xdf\xa3", 0, "matroska"),  # WebM
)
FILMS = ((b"ftyp", 4, "mov"),)
BUFFER = 1 << 18
SLOT_S = 0.02  # of AMR, whatever is in it


class Memory(io.RawIOBase):
    """An open file from its beginning; nothing is opened for it."""

    def __init__(self, file: int) -> None:
        self.name = ""  # FFmpeg asks for one
        self._file, self._at = file, 0

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, to: int, whence: int = 0) -> int:
        begun = (0, self._at, os.fstat(self._file).st_size)[whence]
        self._at = begun + to
        return self._at

    def read(self, size: int = -1) -> bytes:
        data = os.pread(self._file, size, self._at)
        self._at += len(data)
        return data

    def write(self, data: Any) -> int:
        count = os.pwrite(self._file, data, self._at)
        self._at += count
        return count


def _read(source: int, name: str) -> Any:
    import av

    return av.open(Memory(source), format=name, options=dict(OPENING), buffer_size=BUFFER)


def _write(target: int) -> Any:
    """An MP4 whose head comes first: for that FFmpeg reads again what it wrote, and nothing else."""
    import av

    return av.open(
        Memory(target),
        "w",
        format="mp4",
        options=dict(CLOSING),
        buffer_size=BUFFER,
        io_open=lambda url, flags, options: Memory(target),
    )


def _demuxer(source: int, known: tuple[tuple[bytes, int, str], ...]) -> str:
    head = os.pread(source, 16, 0)
    for magic, at, name in known:
        if head[at : at + len(magic)] == magic:
            return name
    raise NoSenseError


def voice_copy(source: int, target: int) -> dict[str, Any]:
    """Decode what is there and write it as AAC, mono. What the file says of its length is not believed."""
    import av

    name = _demuxer(source, VOICES)
    with _read(source, name) as came, _write(target) as made:
        if not came.streams.audio:
            raise NoSenseError
        stream = came.streams.audio[0]
        stream.codec_context.thread_count = 1
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


def video_copy(source: int, target: int) -> dict[str, Any]:
    """The first picture and sound streams as they are in a new container, turned as they were; other
    tracks, where cameras write places, stay behind. One picture is decoded, to know that it can be."""
    name = _demuxer(source, FILMS)
    with _read(source, name) as came:
        film = next((one for one in came.streams.video if not _is_cover(one)), None)
        sound = came.streams.audio[0] if came.streams.audio else None
        if film is None or film.codec_context.name not in PLAYED:
            raise NoSenseError
        if sound is not None and sound.codec_context.name not in HEARD:
            raise NoSenseError
        if film.codec_context.width * film.codec_context.height > MOST_PIXELS:
            raise TooMuchError
        film.codec_context.thread_count = 1
        first = next(came.decode(film), None)
        if first is None:
            raise NoSenseError
        size = (first.width, first.height)
        width, height = size if first.rotation % 180 == 0 else size[::-1]
        del first
        came.seek(0)
        with _write(target) as made:
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


def work(job: dict[str, Any], source: int, target: int) -> dict[str, Any]:
    """The job of a child: the clip in ``source`` as a browser plays it into ``target``."""
    return (voice_copy if job["voice"] else video_copy)(source, target)


def rehearse() -> None:
    """A second of voice, and a file that is nothing, for parts are loaded when first needed."""
    import av.bitstream

    source, target = os.memfd_create("source"), os.memfd_create("target")
    os.write(source, b"#!AMR\n" + b"\x04" + bytes(12) + b"\x44" + bytes(5) + b"\x7c" * 8)
    voice_copy(source, target)
    assert "h264_mp4toannexb" in av.bitstream.bitstream_filters_available
    for file in (source, target):
        os.close(file)


if __name__ == "__main__":
    serve(work, rehearse)
