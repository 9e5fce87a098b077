"""What goes out over the wire about tips. Nothing here names who told one.

Times of an anonymous tip are those of the store, to five minutes. Positions are WGS-84 degrees.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from api.shapes import AreaShareView, PositionView, Problem, WhoView
from api.tip_told import Told
from domain.incident import IncidentState
from domain.outgoing import MessageState
from domain.tip import TipState
from domain.tip_label import Category


class TipView(Struct):
    """A tip in the inbox. ``next`` is what has to be done: take, answer, wait (for the resident),
    close, 110 or over; ``told`` what became of the last reply on its way to the resident;
    ``waiting_since`` since when the resident waits for an answer, ``due_at`` until when he is to get it
    (null when nobody waits); ``first`` the beginning of what was said; ``urgent`` that somebody may be in
    danger; ``category`` (empty: none yet) and ``tags`` what officers say it is about; ``event`` is the same
    in tips that were linked; ``unread`` how many lines of the resident's I have yet to read, where it is in
    my own list."""

    id: str
    number: str
    version: int
    state: TipState
    station: str
    station_name: str
    community: str | None
    community_name: str
    officer: str | None
    officer_name: str
    called: list[str]
    opened_at: int
    updated_at: int
    taken_at: int | None
    answered_at: int | None
    closed_at: int | None
    waiting_since: int | None
    due_at: int | None
    next: str
    told: Told
    incident: str | None
    anonymous: bool
    reopened: int
    urgent: bool
    category: Category
    tags: list[str]
    event: str | None
    unread: int
    pictures: int
    first: str
    position: PositionView | None
    place: str
    areas: list[AreaShareView]


class TipList(Struct):
    """``next`` is the ``before`` of the next page (of those that wait its ``after``), None at the end.
    Looking may stop before it found ``limit``, or any: it looked at everything up to ``next``, and goes
    on there."""

    tips: list[TipView]
    next: int | None


class TipCounts(Struct):
    """``longest`` is since when the resident who waits longest does so, None when nobody waits; ``overdue``
    are those of ``waiting`` whose ``due_at`` is past."""

    open: int
    waiting: int
    longest: int | None
    overdue: int
    unread: int


class TipEntryView(Struct):
    """A line of the thread. ``text`` is opened from its seal, None when there is none or (``damaged``)
    when it cannot be opened. ``data`` is described in ``docs/log.md``."""

    seq: int
    at: int
    who: WhoView
    what: str
    text: str | None
    data: dict[str, Any]
    hash: str
    damaged: bool = False


class TipSending(Struct):
    """A message to the resident on its way; ``seq`` is the line it tells of. ``reason`` no_credit: it
    waits until the resident writes again, for the platform allows no other way."""

    seq: int | None
    state: MessageState
    reason: str
    created_at: int
    sent_at: int | None
    by: str


class TipIncidentView(Struct):
    """How the incident stands that the tip became. What is said and done there is not part of it."""

    number: str
    state: IncidentState
    raised_at: int
    closed_at: int | None


class TipThread(Struct):
    """A tip with everything said. ``named`` is what the resident chose to say about himself, ``followed``
    the incident it became."""

    tip: TipView
    named: str
    entries: list[TipEntryView]
    sending: list[TipSending]
    followed: TipIncidentView | None = None


class TipEvent(Struct):
    """The tips that tell of one event, this one too, the oldest first. No resident knows of the others."""

    tips: list[TipView]


class TipSaid(Struct):
    """What became of one text in one of several tips: ``problem`` says why it was not said. ``number`` is
    empty where the tip is not for whoever asks."""

    id: str
    number: str
    problem: Problem | None


class TipSaidList(Struct):
    rows: list[TipSaid]


class TipViewer(Struct):
    """Somebody else who has the tip open now; ``writing``: words are in his form."""

    name: str
    writing: bool


class TipViewers(Struct):
    """Whoever writes first, 20 at most. ``again_ms``: after so long a page says so again."""

    people: list[TipViewer]
    again_ms: int


class HandedTip(Struct):
    """A tip that I handed over and nobody took yet."""

    id: str
    number: str
    station: str
    station_name: str
    at: int


class HandedTipList(Struct):
    """The last one handed over first."""

    tips: list[HandedTip]


class TipFiles(Struct):
    """Pictures, voice and video of the tip that became an incident: lines ``upload`` of its thread."""

    number: str
    files: list[TipEntryView]


class PreparedAnswerView(Struct):
    """A text that officers of a station say often. ``{编号}`` and ``{派出所}`` in it stand for the number of
    a tip and its station."""

    id: str
    text: str
    version: int


class PreparedAnswerList(Struct):
    """In the order in which they were made; ``most`` is how many a station may have."""

    answers: list[PreparedAnswerView]
    most: int


class ColleagueView(Struct):
    """Somebody of the same station who may stand in."""

    id: str
    name: str
    communities: list[str]
    away_until: int | None


class ColleagueList(Struct):
    colleagues: list[ColleagueView]


class JsSdkView(Struct):
    """What ``wx.config`` needs for one page address, and where its script is."""

    appid: str
    timestamp: int
    nonce: str
    signature: str
    script: str
