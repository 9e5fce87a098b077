"""What goes out over the wire: the answers of the REST API, also carried by the live feed.

These types encode answers and make the OpenAPI document. All times are Unix milliseconds (UTC),
positions WGS-84 degrees, distances metres.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from api.shapes_caller import CallerStanding
from api.shapes_calls import CallerParticipant, CallView
from api.shapes_thread import ChatLineView, MarkView
from domain.call import CallState
from domain.emergency import Gravity
from domain.incident import Disposition, IncidentState, Kind
from domain.people import Role
from domain.place import Certainty, Level, Source
from domain.responder import ResponderState
from domain.track import Why
from domain.triage import Urgency


class Problem(Struct, omit_defaults=True):
    """RFC 9457 problem details; ``code`` is stable, ``title_zh`` and ``title_en`` are for people.
    ``request_id`` is what the server's log calls the request."""

    type: str
    title: str
    status: int
    code: str
    title_zh: str
    title_en: str
    detail: str = ""
    facts: dict[str, Any] = {}
    request_id: str = ""


class PositionView(Struct):
    """A position in WGS-84. ``taken_at`` is when the device was there, by the server's clock; ``stale``:
    that is two minutes ago or more, and nothing has confirmed it since, as of the time of this answer;
    ``abroad``: not within 50 km of China."""

    lon: float
    lat: float
    accuracy: float | None
    source: Source
    at: int | None
    received_at: int
    taken_at: int
    altitude: float | None = None
    abroad: bool = False
    stale: bool = False


class PositionTaken(Struct):
    """What became of a fix: whether it is shown now, why (null: it was not even logged), and which of
    its members could not be used."""

    shown: bool
    why: Why | None
    missing: list[str]


class CandidateView(Struct):
    """A station that may be responsible; ``share`` of the circle, ``distance`` in metres."""

    station: str
    name: str
    bureau: str
    share: float
    distance: float


class AreaShareView(Struct):
    """A bureau, community or grid that is possible; ``share`` of the circle."""

    level: Level
    id: str
    name: str
    share: float


class LocatedView(Struct):
    """Who answers for a position. ``grid``, ``community`` and ``place`` name only what has 0.8 of the
    circle or more; ``areas`` are those possible, the likeliest of a level first."""

    certainty: Certainty
    candidates: list[CandidateView]
    why_zh: str
    why_en: str
    boundary_version: str
    place: str
    grid: str | None
    community: str | None
    areas: list[AreaShareView]


class Receipt(Struct):
    """The report is durable. ``journaled``: kept on disk, because the store is away or slow, and
    stored as soon as it answers; ``external_id``: the app's own id of it, with an integrator's key;
    ``sandbox``: a developer's test, nobody comes."""

    id: str
    number: str
    token: str
    raised_at: int
    missing: list[str]
    journaled: bool
    silent: bool
    external_id: str = ""
    sandbox: bool = False


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


class ResponderView(Struct):
    station: str
    name: str
    bureau: str
    state: ResponderState
    assigned_at: int
    reason: str
    officer_name: str
    unanswered_at: int | None
    changed_at: int | None
    at: dict[str, int]
    radio: dict[str, str]


class IncidentView(Struct):
    """An incident as staff see it. ``entries`` holds the whole log in answers to GET, only what is
    new since the last message in the live feed, nothing in lists and snapshots.
    ``messages``, ``pictures``, ``voices``, ``videos`` count what the caller sent. ``via`` is where it
    came from: ``web`` (the page), ``app`` (an integrator's: ``caller.channel``), ``wechat`` (the page,
    entered from the Official Account), ``chat`` (what was written there) or ``tip`` (handed over;
    ``GET /tips?incident=`` finds it).
    ``caller``: whether he hung up, and how to reach him; ``present``: the caller's page is open;
    ``confirmed_at``: when it said last that the position has not
    changed; ``stands_for``: so many more reports came from the same address, and say nothing.
    ``gravity`` is what words and kind say, ``priority`` what the desk set instead, ``urgency`` the class
    among those that wait; ``returns``: how often the caller gave up and came back; ``said``: ``seq`` of
    the last thing that others said to whom this is shown, the desk or a station, ``unread``: how much of
    that his side has not read.
    ``unattended_cause``: why ``unattended_at`` is set (docs/log.md), None: its dispatcher is not in the call.
    ``raised_at`` never changes, ``waiting_since`` is when it began to wait this time; ``handed_at``:
    since then the station finishes the case."""

    id: str
    number: str
    version: int
    kind: Kind
    silent: bool
    via: str
    state: IncidentState
    raised_at: int
    updated_at: int
    answered_at: int | None
    closed_at: int | None
    unattended_at: int | None
    unattended_cause: str | None
    escalation: int
    gravity: Gravity
    priority: Gravity | None
    urgency: Urgency
    returns: int
    reopened_at: int | None
    waiting_since: int
    handed_at: int | None
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
    caller: CallerStanding
    journaled: bool = False
    present: bool = False
    confirmed_at: int | None = None
    stands_for: int = 0
    said: int = 0
    unread: int = 0
    marks: list[MarkView] = []
    chat: list[ChatLineView] = []
    entries: list[EntryView] = []


class IncidentList(Struct):
    """``next`` is the ``before`` of the next page, None at the end. Looking may stop before it found
    ``limit``, or any: it looked at everything after ``next``, and goes on there.
    ``found``: by id, where in what was said or noted the words of the question are."""

    incidents: list[IncidentView]
    next: int | None
    found: dict[str, str] = {}


class CallerStation(Struct):
    name: str
    state: ResponderState
    at: int


class CallerView(Struct):
    """The incident as its caller sees it. ``tracking`` false: the page stops sending positions;
    ``called_back_at``: 110 rings at his page since then, after he hung up; ``contact`` is what he left;
    ``read``: the ``seq`` up to which police have read. Since ``handed_at`` the station finishes the case.
    ``put_through_since``: it was answered, and is being put through to another dispatcher since.
    ``sandbox``: a developer's test, nobody comes; its page must say so all the time."""

    id: str
    number: str
    version: int
    silent: bool
    kind: Kind
    state: IncidentState
    raised_at: int
    waiting_since: int
    answered_at: int | None
    closed_at: int | None
    handed_at: int | None
    disposition: Disposition | None
    put_through_since: int | None
    tracking: bool
    watchers: list[str]
    stations: list[CallerStation]
    call: str
    call_state: CallState
    participants: list[CallerParticipant]
    entries: list[EntryView]
    called_back_at: int | None = None
    contact: str = ""
    journaled: bool = False
    read: int = 0
    sandbox: bool = False


class JoinView(Struct):
    media_url: str
    ticket: str
    participant: str
    call: str


class MeView(Struct):
    id: str
    login: str
    name: str
    role: Role
    station: str | None
    station_name: str | None
    totp: bool
    demo: bool
    communities: list[str] = []
    away_until: int | None = None
    deputy: str | None = None
    code_needed: bool = False
    password_needed: bool = False
    recovery_left: int = 0


class PersonView(Struct):
    id: str
    login: str
    name: str
    role: Role
    station: str | None
    totp: bool
    disabled: bool
    userid: str | None = None
    communities: list[str] = []
    away_until: int | None = None
    deputy: str | None = None


class CorpView(Struct):
    """A corp in WeCom; ``name`` is what its members' userids begin with."""

    name: str
    title: str


class PersonList(Struct):
    """By login; ``next`` is the ``after`` of the next page, None at the end. ``corps`` are those besides
    the city's first."""

    people: list[PersonView]
    next: str | None
    corps: list[CorpView]


class InitialPassword(Struct):
    """A person's new password: shown once, to be changed at the first log-in."""

    login: str
    password: str


class SecondFactorView(MeView):
    """Who I am, now with a second factor; ``recovery_codes`` are shown once."""

    recovery_codes: list[str] = []


class RecoverySheet(Struct):
    """Ten codes, shown once; each is good once in place of a one-time code."""

    recovery_codes: list[str]


class TotpView(Struct):
    """A new second factor: shown once; ``picture`` is ``uri`` as a QR code, a ``data:`` address."""

    secret: str
    uri: str
    picture: str


class FlawView(Struct):
    seq: int
    what: str


class VerifyView(Struct):
    """``sound`` when the chain, its checkpoints and every sealed file are as they were written."""

    sound: bool
    entries: int
    files: int
    flaws: list[FlawView]


class Done(Struct):
    done: bool = True
