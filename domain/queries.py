"""Queries by name. Each has its index in storage/indexes.py, which a test looks at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Criteria = Mapping[str, Any]


def incidents_in(state: str) -> Criteria:
    """Incidents in a state, by when they were raised (``state_1_raised_at_-1``)."""
    return {"state": state, "raised_at": {"$gt": 0}}


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
