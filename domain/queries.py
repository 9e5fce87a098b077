"""Queries by name, of the board and of lists. Each has its index in storage/indexes.py, as a test sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.inbox import HURRIED, UNHURRIED

Criteria = Mapping[str, Any]


def incidents_in(state: str) -> Criteria:
    """Incidents in a state, by when they were raised (``state_1_raised_at_-1``)."""
    return {"state": state, "raised_at": {"$gt": 0}}


def incidents_raised_before(at: int) -> Criteria:
    """Incidents to be forgotten, in the sandbox (``raised_at_-1``)."""
    return {"raised_at": {"$lt": at}}


def unfinished_incidents() -> Criteria:
    """Closed incidents that are not finished (``unfinished_1``)."""
    return {"unfinished": True}


def tips_of(officer: str, state: str) -> Criteria:
    """Tips that an officer has, in a state (``officer_1_state_1``)."""
    return {"officer": officer, "state": str(state)}


def tips_handed_by(person: str) -> Criteria:
    """Tips that a person handed over and nobody took yet (``handed.by_1``)."""
    return {"handed.by": person}


def tips_offered_to(officer: str, state: str) -> Criteria:
    """Tips that are or were offered to an officer, in a state (``called_1_state_1``)."""
    return {"called": officer, "state": str(state)}


def tips_by_turn(whose: Criteria, after: int = 0) -> Criteria:
    """Open tips after a place in the order in which to look at them (``turn_1``, ``station_1_turn_1``,
    ``listed_for_1_turn_1``). ``whose`` is nothing, or one equal: a station, or a person."""
    return {**whose, "turn": {"$gt": after}}


def waiting_tips(whose: Criteria) -> Criteria:
    """Those of them whose resident waits for an answer: urgent ones, then the others, of each whoever
    waits longest first."""
    return {**whose, "turn": {"$gt": 0, "$lt": UNHURRIED}}


def waiting_unmarked(whose: Criteria) -> Criteria:
    """Those that wait and are not urgent."""
    return {**whose, "turn": {"$gt": HURRIED, "$lt": UNHURRIED}}


def tips_labelled(label: str) -> Criteria:
    """Tips with a label (``domain/tip_label.py``); ordered by ``turn`` or ``updated_at``
    (``labels_1_turn_1``, ``labels_1_updated_at_-1``)."""
    return {"labels": label}


def overdue_urgent(whose: Criteria, since: int) -> Criteria:
    """Urgent tips whose resident waits since before ``since``, to the second (``turn_1``,
    ``station_1_turn_1``, ``listed_for_1_turn_1``, ``reminded_1_turn_1``). ``whose`` is nothing, or one
    equal: a station, a person, or how often somebody was reminded."""
    return {**whose, "turn": {"$gt": 0, "$lt": since // 1000}}


def overdue_tips(whose: Criteria, since: int) -> Criteria:
    """Those that are not urgent (the same indexes)."""
    return {**whose, "turn": {"$gt": HURRIED, "$lt": since}}


def unread_tips(person: str) -> Criteria:
    """Tips in which this person has not read what was said last (``unread_for_1``)."""
    return {"unread_for": person}


def tips_of_event(event: str) -> Criteria:
    """Tips that officers linked, for they tell of the same (``event_1``)."""
    return {"event": event}


def viewings_of(tip: str) -> Criteria:
    """Who has a tip open (``tip_1``)."""
    return {"tip": tip}


def viewings_before(at: int) -> Criteria:
    """Open tips of long ago (``at_1``)."""
    return {"at": {"$lt": at}}


def tips_opened(whose: Criteria, since: int, until: int) -> Criteria:
    """Tips of a time, to be counted (``opened_at_1``, ``station_1_opened_at_1``). ``whose`` is nothing, or
    a station."""
    return {**whose, "opened_at": {"$gte": since, "$lt": until}}


def webhook_events_in(state: str) -> Criteria:
    """Webhook events in a state, by ``due_at`` what is due first (``state_1_due_at_1``)."""
    return {"state": str(state)}


def webhook_events_for(integrator: str, state: str) -> Criteria:
    """Webhook events of an integrator in a state, by ``due_at`` (``integrator_1_state_1_due_at_1``)."""
    return {"integrator": integrator, "state": str(state)}


def webhook_events_of(integrator: str) -> Criteria:
    """What an integrator was told, or is to be (``integrator_1_at_-1``)."""
    return {"integrator": integrator}


def webhook_events_before(at: int) -> Criteria:
    """Webhook events to be forgotten (``at_1``)."""
    return {"at": {"$lt": at}}


def notices_published(since: int, until: int) -> Criteria:
    """Notices that went out in a time (``published_at_1``)."""
    return {"published_at": {"$gte": since, "$lt": until}}


def sessions_ended_before(at: int) -> Criteria:
    """Sessions that ended long ago (``expires_at_1``)."""
    return {"expires_at": {"$lt": at}}


def recurring_in(state: str) -> Criteria:
    """Recurring notices in a state (``state_1``)."""
    return {"state": str(state)}


def recurring_of(station: str | None) -> Criteria:
    """Recurring notices of a station; of None those of the supervisors (``station_1``)."""
    return {"station": station}


def recurring_untold() -> Criteria:
    """Recurring notices that stopped, of which supervisors are to hear (``untold_1``)."""
    return {"untold": True}


def notices_sent(since: int, until: int) -> Criteria:
    """Notices that go out in a time, or went (``send_at_1``)."""
    return {"send_at": {"$gte": since, "$lt": until}}
