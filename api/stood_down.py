"""Incidents as a station sees them that was stood down: as they were then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.shapes import IncidentView, PositionView, ResponderView
from api.views import view
from domain.evidence import Entry
from domain.incident import Incident, IncidentState, Kind
from domain.people import CALLER, Who
from domain.place import Source
from domain.responder import Responder, ResponderState
from domain.stood_down import seen_until

if TYPE_CHECKING:
    from api.house import House


def view_for(house: House, who: Who, it: Incident, after: int | None = 0) -> IncidentView:
    """``view``; for a station that was stood down as it was then, but for its having been closed."""
    shown, until = view(house, it, after, who.station), seen_until(it, who)
    if until is None:
        return shown
    entries, later = it.log.entries[:until], it.log.entries[until:]
    last = entries[-1]
    shown.entries = [one for one in shown.entries if one.seq <= until]
    shown.log_length, shown.log_head, shown.updated_at = until, last.hash, last.at
    if it.state is not IncidentState.CLOSED:
        shown.state = IncidentState.DISPATCHED
    shown.disposition = shown.unattended_at = shown.unattended_cause = shown.confirmed_at = None
    shown.present, shown.calls = False, []
    shown.said, shown.unread, shown.marks, shown.chat = 0, 0, [], []
    shown.handed_at = None
    shown.words = str(entries[0].data.get("words", ""))
    shown.kind = next(
        (Kind(one.data["before"]) for one in later if one.what == "incident.categorised"), it.kind
    )
    sent = [one for one in entries if one.who.id == CALLER.id]
    kinds = [one.data.get("kind") for one in sent if one.what == "upload"]
    shown.messages = sum(one.what == "message" for one in sent)
    shown.pictures, shown.voices = kinds.count("picture"), kinds.count("voice")
    shown.videos = kinds.count("video")
    if any(_is_fix(one) for one in later):
        shown.position, shown.located = _position(entries, "position", it.raised_at), None
    if any(one.what == "incident.placed" for one in later):
        shown.place = _position(entries, "incident.placed", it.raised_at)
        shown.place_located = None
    shown.responders = [
        _as_of(one, last.at, own=one.station == who.station)
        for one in it.responders
        if one.assigned_at <= last.at
    ]
    return shown


def _is_fix(entry: Entry) -> bool:
    return entry.what == "position" and entry.data.get("shown", True) is True


def _position(entries: list[Entry], what: str, raised_at: int) -> PositionView | None:
    """The last one of the log, which is old now."""
    found = [one for one in entries if one.what == what and (what != "position" or _is_fix(one))]
    if not found:
        return None
    data: dict[str, Any] = found[-1].data
    return PositionView(
        data["lon"],
        data["lat"],
        data.get("accuracy"),
        Source(data.get("source", str(Source.PICKED))),
        None,
        found[-1].at,
        data.get("taken_at") or raised_at,
        data.get("altitude"),
        False,
        True,
    )


def _as_of(one: Responder, now: int, own: bool) -> ResponderView:
    at = {state: when for state, when in one.at.items() if when <= now}
    state = ResponderState(max(at, key=lambda name: at[name])) if at and not own else one.state
    return ResponderView(
        one.station,
        one.name,
        one.bureau,
        state,
        one.assigned_at,
        one.reason,
        one.officer_name,
        None,
        None,
        at,
        {state: name for state, name in one.radio.items() if state in at},
    )
