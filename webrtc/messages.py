"""The messages of PROTOCOL.md, strictly typed. One struct, one message; a test compares both."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from domain.errors import PROTOCOL, TOO_LARGE, Refused
from domain.json_limits import DEEP, check_json

VERSION = 1
MAX_MESSAGE = 64 << 10
MAX_OFFER = 256 << 10
Rung = Literal["video", "small", "audio", "stills", "text"]
Cause = Literal["user", "network", "device"]
Reason = Literal["closed", "replaced", "bye", "media_lost", "shutdown", "removed"]


class Incoming(Struct, tag_field="type"):
    """What a client says."""


class Hello(Incoming, tag="hello"):
    protocol: int
    ticket: str


class Enter(Incoming, tag="enter"):
    ticket: str


class Offer(Incoming, tag="offer"):
    sdp: str


class Candidate(Incoming, tag="candidate"):
    candidate: str | None = None
    sdpMid: str | None = None
    sdpMLineIndex: int | None = None


class Media(Incoming, tag="media"):
    audio: bool
    video: bool


class Step(Incoming, tag="rung"):
    rung: Rung
    cause: Cause


class Keyframe(Incoming, tag="keyframe"):
    participant: str


class Ping(Incoming, tag="ping"):
    at: int


class Bye(Incoming, tag="bye"):
    pass


Client = Hello | Enter | Offer | Candidate | Media | Step | Keyframe | Ping | Bye


class Outgoing(Struct, tag_field="type"):
    """What the server says."""


class Somebody(Struct):
    """Another participant, as welcome lists them."""

    participant: str
    role: str
    name: str
    audio: bool
    video: bool
    rung: str


class IceServer(Struct):
    urls: list[str]
    username: str
    credential: str


class SlotPlace(Struct):
    slot: int
    audio_mid: str
    video_mid: str


class Welcome(Outgoing, tag="welcome"):
    protocol: int
    participant: str
    role: str
    call: str
    slots: int
    silent: bool
    ice_servers: list[IceServer]
    participants: list[Somebody]


class Answer(Outgoing, tag="answer"):
    sdp: str
    slots: list[SlotPlace]


class Connected(Outgoing, tag="connected"):
    pass


class Participant(Outgoing, tag="participant"):
    participant: str
    role: str
    name: str
    state: Literal["joined", "left"]
    cause: str
    audio: bool
    video: bool
    rung: str


class SlotShows(Outgoing, tag="slot"):
    slot: int
    participant: str | None


class MediaOf(Outgoing, tag="media"):
    participant: str
    audio: bool
    video: bool


class StepOf(Outgoing, tag="rung"):
    participant: str
    rung: str
    cause: str


class Quality(Outgoing, tag="quality"):
    participant: str
    kbps: int
    loss: float
    rtt_ms: int
    video: bool
    audio: bool


class Pong(Outgoing, tag="pong"):
    at: int
    server_at: int


class Error(Outgoing, tag="error"):
    code: str
    title_zh: str
    title_en: str
    detail: str


class End(Outgoing, tag="end"):
    reason: Reason


Server = (
    Welcome
    | Answer
    | Connected
    | Participant
    | SlotShows
    | MediaOf
    | StepOf
    | Quality
    | Pong
    | Error
    | End
)

_decoder: msgspec.json.Decoder[Client] = msgspec.json.Decoder(Client)
_encoder = msgspec.json.Encoder()


def read(text: str) -> Client:
    """The message in a text frame; raises ``protocol`` or ``too_large``."""
    if len(text) > MAX_OFFER:
        raise Refused(TOO_LARGE, "message over 256 KiB")
    try:
        check_json(text, 4 * MAX_OFFER)  # a character has at most four bytes
    except Refused:
        raise Refused(PROTOCOL, DEEP) from None
    try:
        message = _decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeError) as problem:
        raise Refused(PROTOCOL, str(problem)[:200]) from None
    if len(text) > MAX_MESSAGE and not isinstance(message, Offer):
        raise Refused(TOO_LARGE, "message over 64 KiB")
    return message


def write(message: Outgoing) -> str:
    """The text frame for a message."""
    return _encoder.encode(message).decode()
