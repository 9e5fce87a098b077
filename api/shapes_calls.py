"""What goes out about a call: its participants and recordings."""

from __future__ import annotations

from msgspec import Struct

from domain.call import CallState, ParticipantRole, ParticipantState


class ParticipantView(Struct):
    """``away_at``: since when a dispatcher is in another call (``AWAY`` while he is connected);
    ``turned_at``: when he answered, or came back. He talks in the one of his calls he turned to last."""

    id: str
    role: ParticipantRole
    name: str
    state: ParticipantState
    person: str | None
    station: str | None
    invited_at: int
    joined_at: int | None
    left_at: int | None
    away_at: int | None
    turned_at: int | None


class RecordingView(Struct):
    file: str
    participant: str
    role: ParticipantRole
    started_at: int
    seconds: float
    bytes: int
    sha256: str
    video: bool
    audio: bool


class CallView(Struct):
    id: str
    state: CallState
    started_at: int
    ended_at: int | None
    participants: list[ParticipantView]
    recordings: list[RecordingView]


class CallerParticipant(Struct):
    """``away_at``: since when the dispatcher is in another call."""

    id: str
    role: ParticipantRole
    name: str
    state: ParticipantState
    away_at: int | None
