"""What a file is, by its first bytes; what its sender calls it does not count."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.message import FileKind


@dataclass(frozen=True, slots=True)
class Media:
    """``kind`` picture, voice or video; ``type`` the media type it is stored and served as."""

    kind: FileKind
    type: str


_PLAIN: tuple[tuple[bytes, FileKind, str], ...] = (
    (b"\xff\xd8\xff", FileKind.PICTURE, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", FileKind.PICTURE, "image/png"),
    (b"OggS", FileKind.VOICE, "audio/ogg"),
    (b"ID3", FileKind.VOICE, "audio/mpeg"),
    (b"#!AMR", FileKind.VOICE, "audio/amr"),
    (b"\xff\xf1", FileKind.VOICE, "audio/aac"),
    (b"\xff\xf9", FileKind.VOICE, "audio/aac"),
    (b"\xff\xfb", FileKind.VOICE, "audio/mpeg"),
)


MOST_STRAY = 16

# What may be sent, and what may be answered; a stored file of any other type is answered as bytes.
PICTURES = ("image/jpeg", "image/png", "image/webp")
SOUNDS = (
    "audio/aac",
    "audio/amr",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "audio/webm",
)
SENT = (*PICTURES, *SOUNDS, "video/mp4", "video/webm")
BYTES = "application/octet-stream"
ANSWERED = (*SENT, "audio/speex")

# What a saved file is called: players go by it.
_ENDINGS = {
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/speex": "spx",
    "audio/wav": "wav",
    "audio/webm": "webm",
    "image/jpeg": "jpg",
    "image/png": "png",
    "video/mp4": "mp4",
    "video/webm": "webm",
}


def answered_as(type: str) -> str:
    """The media type of an answer with a stored file of this type: never one that a browser would run."""
    return type if type in ANSWERED else BYTES


def saved_as(file: str, type: str) -> str:
    """The name for a stored file when it is saved."""
    return f"{file}.{_ENDINGS[type]}" if type in _ENDINGS else file


def recognise(head: bytes, claimed: str) -> Media | None:
    """The kind of file that starts with ``head`` (512 bytes are enough), or None.

    Containers that hold sound or pictures alike (WebM, MP4) are voice when the sender says audio/*.
    """
    for magic, kind, media_type in _PLAIN:
        if head.startswith(magic):
            return Media(kind, media_type)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Media(FileKind.PICTURE, "image/webp")
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return Media(FileKind.VOICE, "audio/wav")
    voice = claimed.lower().startswith("audio/")
    if head[:4] == b"\x1aE\xdf\xa3" and re.search(rb"webm|matroska", head[:64]):
        return Media(FileKind.VOICE, "audio/webm") if voice else Media(FileKind.VIDEO, "video/webm")
    if head[4:8] == b"ftyp":
        if head[8:12] in (b"heic", b"heix", b"mif1", b"avif"):
            return None
        if voice or head[8:12] in (b"M4A ", b"M4B "):
            return Media(FileKind.VOICE, "audio/mp4")
        return Media(FileKind.VIDEO, "video/mp4")
    # Some programs leave a few bytes, as a newline, before a JPEG.
    if head.find(b"\xff\xd8\xff", 0, MOST_STRAY + 3) >= 0:
        return Media(FileKind.PICTURE, "image/jpeg")
    return None
