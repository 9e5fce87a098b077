"""What goes out of a thread: files, and how far each side has read."""

from __future__ import annotations

from msgspec import Struct

from domain.marks import ChatState


class MarkView(Struct):
    """How far one side is: ``caller``, ``desk`` or a station's id. ``received`` and ``read`` are the ``seq``
    of the last thing another side said that its page has, and that was on its screen."""

    side: str
    received: int
    read: int


class ChatLineView(Struct):
    """What became of a line that goes to the caller's chat; ``reason`` says why it waits or was refused:
    ``no_credit`` (until the caller writes again), ``unreachable``, ``quota``, or the platform's code."""

    seq: int
    state: ChatState
    reason: str


class UploadView(Struct):
    """``file`` is the id to fetch it by; ``kind`` picture, voice or video."""

    file: str
    kind: str
    type: str
    bytes: int
    sha256: str
    seq: int
