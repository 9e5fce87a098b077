"""Voice and video as phones make them, with everything phones write into them."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import av
import numpy as np

# Bytes of a frame of AMR-NB without its head, by mode; 8 is a pause, 15 nothing at all.
AMR = (12, 13, 15, 17, 19, 20, 26, 31, 5)
SECRETS = (
    b"PhoneMaker",
    b"+41.1000+121.1000",
    b"SECRET-TITLE",
    b"SECRET-HANDLER",
    b"x264",
    b"Lavf",
)


def amr(frames: int, mode: int = 0, seed: int = 1) -> bytes:
    """AMR-NB of 20 ms a frame; nothing here encodes it, so what is said is chance."""
    chance = random.Random(seed)
    body = b"".join(bytes([mode << 3 | 4]) + chance.randbytes(AMR[mode]) for _ in range(frames))
    return b"#!AMR\n" + body


def nothing(frames: int) -> bytes:
    """Frames of AMR without anything in them: 20 ms a byte."""
    return b"\x7c" * frames


def sound(
    name: str, codec: str, seconds: float = 2, rate: int = 48_000, layout: str = "stereo"
) -> bytes:
    """A tone in a container with a title and a place."""
    with tempfile.NamedTemporaryFile(suffix="." + name) as file:
        with av.open(file.name, "w", format=name) as made:
            made.metadata.update(title="SECRET-TITLE", location="+41.1000+121.1000/")
            stream = made.add_stream(codec, rate=rate, layout=layout)
            at = 0
            while at < seconds * rate:
                wave = np.sin(np.arange(at, at + 1024) * 2 * np.pi * 440 / rate) * 0.2
                planes = np.stack([wave] * (2 if layout == "stereo" else 1)).astype(np.float32)
                frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout=layout)
                frame.sample_rate, frame.pts = rate, at
                at += 1024
                made.mux(stream.encode(frame))
            made.mux(stream.encode(None))
        return Path(file.name).read_bytes()


def film(seconds: float = 2, turned: int = 90, codec: str = "libx264", audio: str = "aac") -> bytes:
    """160 × 120 at ten pictures a second, to be shown turned; with place, device and title."""
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        options = {"movflags": "+use_metadata_tags"}
        with av.open(file.name, "w", format="mp4", options=options) as made:
            made.metadata.update(
                {
                    "location": "+41.1000+121.1000/",
                    "com.apple.quicktime.make": "PhoneMaker",
                    "title": "SECRET-TITLE",
                }
            )
            video = made.add_stream(codec, rate=10)
            video.width, video.height, video.pix_fmt = 160, 120, "yuv420p"
            video.metadata["handler_name"] = "SECRET-HANDLER"
            video.set_display_rotation(turned)
            heard = made.add_stream(audio, rate=48_000, layout="mono") if audio else None
            for number in range(int(seconds * 10)):
                picture = np.full((120, 160, 3), number * 5 % 255, np.uint8)
                made.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            made.mux(video.encode(None))
            if heard is not None:
                for at in range(0, int(seconds * 48_000), 1024):
                    quiet = np.zeros((1, 1024), np.float32)
                    frame = av.AudioFrame.from_ndarray(quiet, format="fltp", layout="mono")
                    frame.sample_rate, frame.pts = 48_000, at
                    made.mux(heard.encode(frame))
                made.mux(heard.encode(None))
        return Path(file.name).read_bytes()
