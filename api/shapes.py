"""What goes over the wire: requests and answers of the REST API and the live feed.

These types validate requests, encode answers and make the OpenAPI document. All times are Unix
milliseconds (UTC), positions in answers are WGS-84 degrees, distances metres.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from domain.call import CallState, ParticipantRole, ParticipantState
from domain.incident import Disposition, IncidentState, Kind
from domain.people import Role
from domain.place import Certainty, Datum, Source
from domain.responder import ResponderState

Id = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
Key = Annotated[
    str,
    Meta(
        min_length=8,
        max_length=128,
        description="idempotency key; the same key gives the same answer",
    ),
]
Text = Annotated[str, Meta(min_length=1, max_length=4000)]
ShortText = Annotated[str, Meta(max_length=1000)]
Ms = Annotated[int, Meta(ge=0, le=9_007_199_254_740_991, description="Unix time in milliseconds")]


class Request(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A request body: members not named here are refused."""


# ---- requests


class PositionIn(Request):
    """A position as the device gave it; without its datum it is refused."""

    lon: Annotated[float, Meta(ge=-180, le=180)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    datum: Datum
    accuracy: Annotated[float, Meta(ge=0, le=10_000_000)] | None = None
    source: Source = Source.BROWSER
    at: Ms | None = None


class MessageIn(Request):
    """A line of text; ``kind`` lets the caller say what it is about."""

    key: Key
    text: Text
    device_at: Ms | None = None
    kind: Kind | None = None


class ReturnIn(Request):
    """The caller is back; ``changed`` (情况有变) raises a closed incident again."""

    changed: bool = False


class LoginIn(Request):
    login: Annotated[str, Meta(min_length=1, max_length=64)]
    password: Annotated[str, Meta(min_length=1, max_length=256)]
    code: Annotated[str, Meta(pattern="^[0-9]{6}$")] | None = None


class DemoLoginIn(Request):
    login: Annotated[str, Meta(min_length=1, max_length=64)]


class DispatchIn(Request):
    """Call this station into the incident. ``reason`` says why when it is not the first candidate."""

    station: Annotated[str, Meta(min_length=1, max_length=64)]
    reason: ShortText = ""


class StandDownIn(Request):
    station: Annotated[str, Meta(min_length=1, max_length=64)]
    reason: ShortText = ""


class RespondIn(Request):
    """A station's step: acknowledge, depart, arrive or clear."""

    event: Annotated[str, Meta(pattern="^(acknowledge|depart|arrive|clear)$")]
    device_at: Ms | None = None


class DescribeIn(Request):
    """The desk's facts; what is left out stays as it is."""

    kind: Kind | None = None
    note: Annotated[str, Meta(min_length=1, max_length=4000)] | None = None
    place: PositionIn | None = None


class CloseIn(Request):
    disposition: Disposition
    words: Annotated[str, Meta(max_length=4000)] = ""


class PersonIn(Request):
    login: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9._-]{1,63}$")]
    name: Annotated[str, Meta(min_length=1, max_length=64)]
    role: Role
    password: Annotated[str, Meta(min_length=12, max_length=256)]
    station: Annotated[str, Meta(min_length=1, max_length=64)] | None = None


class PersonPatch(Request):
    disabled: bool | None = None
    role: Role | None = None
    station: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    password: Annotated[str, Meta(min_length=12, max_length=256)] | None = None
    reset_totp: bool = False


# ---- answers


class Problem(Struct, omit_defaults=True):
    """RFC 9457 problem details; ``code`` is stable, ``title_zh`` and ``title_en`` are for people."""

    type: str
    title: str
    status: int
    code: str
    title_zh: str
    title_en: str
    detail: str = ""
    facts: dict[str, Any] = {}


class PositionView(Struct):
    lon: float
    lat: float
    accuracy: float | None
    source: Source
    at: int | None
    received_at: int


class CandidateView(Struct):
    """A station that may be responsible; ``share`` of the circle, ``distance`` in metres."""

    station: str
    name: str
    bureau: str
    share: float
    distance: float


class LocatedView(Struct):
    certainty: Certainty
    candidates: list[CandidateView]
    why_zh: str
    why_en: str
    boundary_version: str
    place: str
    grid: str | None
    community: str | None


class Receipt(Struct):
    """The report is durable. ``journaled``: kept on disk because the store is away, replayed later."""

    id: str
    number: str
    token: str
    raised_at: int
    missing: list[str]
    journaled: bool
    silent: bool


class WhoView(Struct):
    id: str
    role: Role
    name: str


class EntryView(Struct):
    """A log entry. ``what`` and ``data`` are described in ``docs/log.md``."""

    seq: int
    at: int
    device_at: int | None
    who: WhoView
    what: str
    data: dict[str, Any]
    hash: str


class ParticipantView(Struct):
    id: str
    role: ParticipantRole
    name: str
    state: ParticipantState
    person: str | None
    station: str | None
    invited_at: int
    joined_at: int | None
    left_at: int | None


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


class ResponderView(Struct):
    station: str
    name: str
    bureau: str
    state: ResponderState
    assigned_at: int
    reason: str
    officer_name: str
    unanswered_at: int | None
    at: dict[str, int]


class IncidentView(Struct):
    """An incident as staff see it. ``entries`` holds the whole log in answers to GET, only what is
    new since the last message in the live feed, nothing in lists and snapshots.
    ``messages``, ``pictures``, ``voices``, ``videos`` count what the caller sent."""

    id: str
    number: str
    version: int
    kind: Kind
    silent: bool
    state: IncidentState
    raised_at: int
    updated_at: int
    answered_at: int | None
    closed_at: int | None
    unattended_at: int | None
    escalation: int
    words: str
    missing: list[str]
    position: PositionView | None
    located: LocatedView | None
    place: PositionView | None
    place_located: LocatedView | None
    dispatcher: str | None
    dispatcher_name: str
    disposition: Disposition | None
    calls: list[CallView]
    responders: list[ResponderView]
    messages: int
    pictures: int
    voices: int
    videos: int
    log_length: int
    log_head: str
    journaled: bool = False
    entries: list[EntryView] = []


class IncidentList(Struct):
    """``next`` is the ``before`` of the next page, None at the end."""

    incidents: list[IncidentView]
    next: int | None


class CallerStation(Struct):
    name: str
    state: ResponderState
    at: int


class CallerParticipant(Struct):
    id: str
    role: ParticipantRole
    name: str
    state: ParticipantState


class CallerView(Struct):
    """The incident as its caller sees it. ``tracking`` false: the page stops sending positions."""

    id: str
    number: str
    version: int
    silent: bool
    state: IncidentState
    raised_at: int
    answered_at: int | None
    closed_at: int | None
    disposition: Disposition | None
    tracking: bool
    watchers: list[str]
    stations: list[CallerStation]
    call: str
    call_state: CallState
    participants: list[CallerParticipant]
    entries: list[EntryView]
    journaled: bool = False


class JoinView(Struct):
    media_url: str
    ticket: str
    participant: str
    call: str


class UploadView(Struct):
    """``file`` is the id to fetch it by; ``kind`` picture, voice or video."""

    file: str
    kind: str
    type: str
    bytes: int
    sha256: str
    seq: int


class MeView(Struct):
    id: str
    login: str
    name: str
    role: Role
    station: str | None
    station_name: str | None
    totp: bool
    demo: bool


class PersonView(Struct):
    id: str
    login: str
    name: str
    role: Role
    station: str | None
    totp: bool
    disabled: bool


class PersonList(Struct):
    people: list[PersonView]


class TotpView(Struct):
    """A new second factor: shown once; ``uri`` is for the authenticator's QR code."""

    secret: str
    uri: str


class CodeIn(Request):
    code: Annotated[str, Meta(pattern="^[0-9]{6}$")]


class FlawView(Struct):
    seq: int
    what: str


class VerifyView(Struct):
    """``sound`` when the chain, its checkpoints and every sealed file are as they were written."""

    sound: bool
    entries: int
    files: int
    flaws: list[FlawView]


class StationView(Struct):
    id: str
    name: str
    bureau: str
    synthetic: bool


class StationList(Struct):
    stations: list[StationView]
    boundary_version: str


class ConfigView(Struct):
    """What a page needs to know before anybody logs in."""

    city: str
    service: str
    demo: bool
    notice_version: str
    live_path: str
    map_style: str | None
    server_at: int


class DemoPerson(Struct):
    login: str
    name: str
    role: Role
    face: str
    station: str | None


class DemoView(Struct):
    people: list[DemoPerson]
    center: list[float]


class HealthView(Struct):
    status: str
    store: str
    journaled: int
    version: str


class Done(Struct):
    done: bool = True


# ---- live feed (see api/LIVE.md)


class StoreState(Struct, tag="store", tag_field="type"):
    """``state`` up or down; ``journaled`` reports wait on disk for the store to come back."""

    state: str
    journaled: int


class Snapshot(Struct, tag="snapshot", tag_field="type"):
    """Everything this screen shows, as of now. ``reason`` is first, lost or behind."""

    reason: str
    me: MeView
    incidents: list[IncidentView]
    store: str
    journaled: int
    at: int


class IncidentChange(Struct, tag="incident", tag_field="type"):
    """An incident as it is now; keep the higher ``version``."""

    incident: IncidentView


class IncidentGone(Struct, tag="gone", tag_field="type"):
    """An incident this screen may no longer show."""

    id: str


class CallerSnapshot(Struct, tag="caller", tag_field="type"):
    """The caller's incident as it is now, with all its entries."""

    incident: CallerView
    store: str


class Pong(Struct, tag="pong", tag_field="type"):
    at: int
    server_at: int


class LiveProblem(Struct, tag="error", tag_field="type"):
    code: str
    title_zh: str
    title_en: str


class Hello(Struct, tag="hello", tag_field="type"):
    """The caller's first message."""

    token: Annotated[str, Meta(max_length=4096)]


class Ping(Struct, tag="ping", tag_field="type"):
    at: int = 0


LiveIn = Hello | Ping
LiveOut = (
    Snapshot | IncidentChange | IncidentGone | StoreState | CallerSnapshot | Pong | LiveProblem
)

encode = msgspec.json.Encoder().encode
