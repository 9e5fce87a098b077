"""What the log says an incident must look like: the document beside the log may not say otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain.evidence import Entry, Flaw
from domain.incident import Incident, IncidentState
from domain.place import Fix
from domain.responder import BUSY, ResponderState

_STATE = {
    "incident.raised": IncidentState.RAISED,
    "incident.answered": IncidentState.ANSWERED,
    "station.called": IncidentState.DISPATCHED,
    "incident.abandoned": IncidentState.ABANDONED,
    "incident.returned": IncidentState.RAISED,
    "incident.reopened": IncidentState.RAISED,
    "incident.closed": IncidentState.CLOSED,
}
# What an entry marked ``often`` leaves open: the caller comes and goes more often than is written.
_COMING_AND_GOING = {str(IncidentState.RAISED), str(IncidentState.ABANDONED)}
_STATION = {
    "station.called": ResponderState.ASSIGNED,
    "station.acknowledge": ResponderState.ACKNOWLEDGED,
    "station.depart": ResponderState.EN_ROUTE,
    "station.arrive": ResponderState.ON_SCENE,
    "station.clear": ResponderState.CLEARED,
    "station.stand_down": ResponderState.STOOD_DOWN,
}


def differences(it: Incident) -> list[Flaw]:
    """Every fact of the document that its log tells otherwise, at the entry that tells it."""
    told: dict[str, tuple[int, Any]] = {}
    often = False
    for entry in it.log.entries:
        for name, value in _facts(entry):
            told[name] = (entry.seq, value)
        if entry.what == "incident.answered" and _sent(told):
            told["state"] = (entry.seq, str(IncidentState.DISPATCHED))
        if entry.what in _STATE:
            often = entry.data.get("often") is True
    found = _present(it)
    if often and {told["state"][1], found["state"]} <= _COMING_AND_GOING:
        told["state"] = (told["state"][0], found["state"])
    flaws = [
        Flaw(seq, f"{name} in the document is not what the log says")
        for name, (seq, value) in told.items()
        if found.get(name) != value
    ]
    flaws += [Flaw(0, f"{name} is not in the log") for name in found.keys() - told.keys()]
    return flaws


def _sent(told: dict[str, tuple[int, Any]]) -> bool:
    """Whether somebody is at work, as far as it was told."""
    return any(name.startswith("station ") and value in BUSY for name, (_, value) in told.items())


def _facts(entry: Entry) -> Iterator[tuple[str, Any]]:
    what, data = entry.what, entry.data
    if what in _STATE:
        yield "state", str(_STATE[what])
    if what == "incident.raised":
        for name in ("number", "words", "silent", "kind"):
            yield name, data[name]
        yield "disposition", None
        yield "dispatcher", None
        yield "priority", None
        yield "handed", None
    elif what in ("incident.answered", "incident.taken_over"):
        yield "dispatcher", entry.who.id
    elif what == "incident.transferred":
        yield "dispatcher", data["to"]
    elif what == "incident.reopened":
        yield "dispatcher", None
        yield "disposition", None
        yield "priority", None
        yield "handed", None
    elif what == "caller.silent":
        yield "silent", True
    elif what == "incident.handed":
        yield "handed", entry.at
    elif what == "incident.taken_back":
        yield "handed", None
    elif what == "incident.priority":
        yield "priority", data["priority"]
    elif what == "incident.closed":
        yield "disposition", data["disposition"]
    elif what == "incident.categorised":
        yield "kind", data["kind"]
    elif what == "position" and data.get("shown", True):
        yield "position", [data["lon"], data["lat"], data["accuracy"]]
    elif what == "incident.placed":
        yield "place", [data["lon"], data["lat"]]
    elif what in _STATION:
        yield f"station {data['station']}", str(_STATION[what])
    elif what == "recording.sealed":
        yield f"recording {data['file']}", data["sha256"]


def _present(it: Incident) -> dict[str, Any]:
    found: dict[str, Any] = {
        "state": str(it.state),
        "number": it.number,
        "words": it.words,
        "silent": it.silent,
        "kind": str(it.kind),
        "disposition": None if it.disposition is None else str(it.disposition),
        "dispatcher": it.dispatcher,
        "priority": None if it.priority is None else str(it.priority),
        "handed": it.handed_at,
    }
    if it.position is not None:
        found["position"] = [*_point(it.position), it.position.wgs84.accuracy]
    if it.place is not None:
        found["place"] = _point(it.place)
    for one in it.responders:
        found[f"station {one.station}"] = str(one.state)
    for call in it.calls:
        for recording in call.recordings:
            found[f"recording {recording.file}"] = recording.sha256
    return found


def _point(fix: Fix) -> list[float]:
    return [fix.wgs84.lon, fix.wgs84.lat]
