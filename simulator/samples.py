"""Small but real files for those who do not care what is in them."""

from __future__ import annotations

import base64
import random
from pathlib import Path

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
FRAME = 13  # of AMR at 4.75 kbit/s: its head and 95 bits
SLOTS = 150  # of 20 ms


def murmur(slots: int = SLOTS) -> bytes:
    """AMR-NB as phones send it: a voice that says nothing, three seconds long, always the same."""
    # Chance sounds enough like speech, and making it needs no encoder.
    chance = random.Random(110)
    return b"#!AMR\n" + b"".join(b"\x04" + chance.randbytes(FRAME - 1) for _ in range(slots))


CLIP = Path(__file__).with_name("clip.mp4").read_bytes()
SAMPLES = {
    "image": (PIXEL, "photo.png", "image/png"),
    "voice": (murmur(), "voice.amr", "audio/amr"),
    "video": (CLIP, "video.mp4", "video/mp4"),
    "shortvideo": (CLIP, "video.mp4", "video/mp4"),
}
