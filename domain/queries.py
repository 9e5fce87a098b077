"""Queries by name: incidents, tips, recurring notices and webhook events."""

from __future__ import annotations

from domain.inbox import HURRIED, UNHURRIED
from domain.query import Criteria, query


@query("incidents", "state_1_raised_at_-1", order="raised_at")
def incidents_in(state: str) -> Criteria:
    """Incidents in a state, by when they were raised (``state_1_raised_at_-1``)."""
    return {"state": state, "raised_at": {"$gt": 0}}


@query("incidents", "state_1_raised_at_-1")
def incidents_between_states(one: str, other: str) -> Criteria:
    """Incidents whose state stands between two in the order of letters, which are neighbours in that of all
    states this version knows: of another version's."""
    return {"state": {"$gt": one, "$lt": other}}


@query("incidents", "raised_at_-1", order="raised_at")
def incidents_raised_before(at: int) -> Criteria:
    """Incidents to be forgotten, in the sandbox."""
    return {"raised_at": {"$lt": at}}


@query("incidents", "unfinished_1")
def unfinished_incidents() -> Criteria:
    """Closed incidents that are not finished."""
    return {"unfinished": True}


@query("tips", "officer_1_state_1")
def tips_of(officer: str, state: str) -> Criteria:
    """Tips that an officer has, in a state (``officer_1_state_1``)."""
    return {"officer": officer, "state": str(state)}


@query("tips", "handed.by_1")
def tips_handed_by(person: str) -> Criteria:
    """Tips that a person handed over and nobody took yet."""
    return {"handed.by": person}


@query("tips", "called_1_state_1")
def tips_offered_to(officer: str, state: str) -> Criteria:
    """Tips that are or were offered to an officer, in a state (``called_1_state_1``)."""
    return {"called": officer, "state": str(state)}


@query("tips", "turn_1", "station_1_turn_1", "listed_for_1_turn_1", order="turn")
def tips_by_turn(whose: Criteria, after: int = 0) -> Criteria:
    """Open tips after a place in the order in which to look at them (``turn_1``, ``station_1_turn_1``,
    ``listed_for_1_turn_1``). ``whose`` is nothing, or one equal: a station, or a person."""
    return {**whose, "turn": {"$gt": after}}


@query("tips", "turn_1", "station_1_turn_1", "listed_for_1_turn_1", order="turn")
def waiting_tips(whose: Criteria) -> Criteria:
    """Those of them whose resident waits for an answer: urgent ones, then the others, of each whoever
    waits longest first."""
    return {**whose, "turn": {"$gt": 0, "$lt": UNHURRIED}}


@query("tips", "turn_1", "station_1_turn_1", "listed_for_1_turn_1", order="turn")
def waiting_unmarked(whose: Criteria) -> Criteria:
    """Those that wait and are not urgent."""
    return {**whose, "turn": {"$gt": HURRIED, "$lt": UNHURRIED}}


@query("tips", "labels_1_turn_1", "labels_1_updated_at_-1", stretch="turn")
def tips_labelled(label: str) -> Criteria:
    """Tips with a label (``domain/tip_label.py``); ordered by ``turn`` or ``updated_at``
    (``labels_1_turn_1``, ``labels_1_updated_at_-1``)."""
    return {"labels": label}


@query(
    "tips", "turn_1", "station_1_turn_1", "listed_for_1_turn_1", "reminded_1_turn_1", order="turn"
)
def overdue_urgent(whose: Criteria, since: int) -> Criteria:
    """Urgent tips whose resident waits since before ``since``, to the second (``turn_1``,
    ``station_1_turn_1``, ``listed_for_1_turn_1``, ``reminded_1_turn_1``). ``whose`` is nothing, or one
    equal: a station, a person, or how often somebody was reminded."""
    return {**whose, "turn": {"$gt": 0, "$lt": since // 1000}}


@query(
    "tips", "turn_1", "station_1_turn_1", "listed_for_1_turn_1", "reminded_1_turn_1", order="turn"
)
def overdue_tips(whose: Criteria, since: int) -> Criteria:
    """Those that are not urgent (the same indexes)."""
    return {**whose, "turn": {"$gt": HURRIED, "$lt": since}}


@query("tips", "unread_for_1")
def unread_tips(person: str) -> Criteria:
    """Tips in which this person has not read what was said last."""
    return {"unread_for": person}


@query("tips", "event_1")
def tips_of_event(event: str) -> Criteria:
    """Tips that officers linked, for they tell of the same."""
    return {"event": event}


@query("viewings", "tip_1")
def viewings_of(tip: str) -> Criteria:
    """Who has a tip open."""
    return {"tip": tip}


@query("viewings", "at_1", order="at")
def viewings_before(at: int) -> Criteria:
    """Open tips of long ago."""
    return {"at": {"$lt": at}}


@query("tips", "opened_at_1", "station_1_opened_at_1")
def tips_opened(whose: Criteria, since: int, until: int) -> Criteria:
    """Tips of a time, to be counted (``opened_at_1``, ``station_1_opened_at_1``). ``whose`` is nothing, or
    a station."""
    return {**whose, "opened_at": {"$gte": since, "$lt": until}}


@query("webhook_events", "state_1_due_at_1", order="due_at")
def webhook_events_in(state: str) -> Criteria:
    """Webhook events in a state, by ``due_at`` what is due first (``state_1_due_at_1``)."""
    return {"state": str(state)}


@query("webhook_events", "state_1_due_at_1", order="due_at")
def webhook_events_due_after(state: str, at: int) -> Criteria:
    """Webhook events in a state that are due later than that (``state_1_due_at_1``)."""
    return {"state": str(state), "due_at": {"$gt": at}}


@query("webhook_events", "integrator_1_state_1_due_at_1", order="due_at")
def webhook_events_for(integrator: str, state: str) -> Criteria:
    """Webhook events of an integrator in a state, by ``due_at`` (``integrator_1_state_1_due_at_1``)."""
    return {"integrator": integrator, "state": str(state)}


@query("webhook_events", "integrator_1_at_-1", order="at")
def webhook_events_of(integrator: str) -> Criteria:
    """What an integrator was told, or is to be (``integrator_1_at_-1``)."""
    return {"integrator": integrator}


@query("webhook_events", "at_1")
def webhook_events_before(at: int) -> Criteria:
    """Webhook events to be forgotten."""
    return {"at": {"$lt": at}}


@query("recurring", "state_1")
def recurring_in(state: str) -> Criteria:
    """Recurring notices in a state."""
    return {"state": str(state)}


@query("recurring", "station_1")
def recurring_of(station: str | None) -> Criteria:
    """Recurring notices of a station; of None those of the supervisors."""
    return {"station": station}


@query("recurring", "untold_1")
def recurring_untold() -> Criteria:
    """Recurring notices that stopped, of which supervisors are to hear."""
    return {"untold": True}


@query(
    "incidents",
    "state_1_raised_at_-1",
    "responders.station_1_raised_at_-1",
    "raised_at_-1",
    stretch="raised_at",
)
def incidents_of(station: str | None, state: str | None) -> Criteria:
    """For a station what it is sent to, else by state, or all: by one equal, for with more the store reads
    all of a station's, however old. By ``raised_at``."""
    if station is not None:
        return {"responders.station": station}
    return {} if state is None else {"state": str(state)}


@query("incidents", "number_1")
def incidents_numbered(number: str) -> Criteria:
    """The incident with this number."""
    return {"number": number}


@query("incidents", "number_1", order="number")
def incidents_between(first: str, behind: str) -> Criteria:
    """Incidents whose number is above ``first`` and below ``behind``."""
    return {"number": {"$gt": first, "$lt": behind}}


@query("incidents", "number_1")
def incidents_numbered_like(start: str) -> Criteria:
    """Incidents whose number begins so."""
    return {"number": {"$gte": start, "$lt": f"{start}~"}}


@query("incidents", "updated_at_-1", order="updated_at")
def incidents_changed(since: int) -> Criteria:
    """Incidents that changed since, in that order."""
    return {"updated_at": {"$gte": since}}


@query("tips", "updated_at_-1", order="updated_at")
def tips_changed(since: int) -> Criteria:
    """Tips that changed since, in that order."""
    return {"updated_at": {"$gte": since}}


@query("tips", "number_1")
def tips_numbered(number: str) -> Criteria:
    """The tip with this number."""
    return {"number": number}


@query("tips", "incident_1")
def tips_of_incident(incident: str) -> Criteria:
    """The tip that became this incident."""
    return {"incident": incident}


@query("tips", "unread_for_1")
def unarranged_tips() -> Criteria:
    """Tips of which nothing says yet where they stand in the lists."""
    return {"unread_for": None}


@query("tips", "updated_at_-1", stretch="updated_at")
def all_tips() -> Criteria:
    """Tips, by ``updated_at`` or ``turn``."""
    return {}


@query("tips", "station_1_updated_at_-1", stretch="updated_at")
def tips_at(station: str) -> Criteria:
    """Tips of a station, by ``updated_at`` or ``turn``."""
    return {"station": station}


@query("tips", "listed_for_1_updated_at_-1", stretch="updated_at")
def tips_listed_for(person: str) -> Criteria:
    """Tips in the list of a person, by ``updated_at`` or ``turn``."""
    return {"listed_for": person}


@query("tips", "reminded_1_turn_1", stretch="turn")
def tips_reminded(level: int | None) -> Criteria:
    """Tips of whose wait this was the last to be reminded, by ``turn``."""
    return {"reminded": level}
