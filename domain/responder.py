"""Responder: a station sent to an incident. States as a table, verbs in ``dispatch.py``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from domain.workflow import Table


class ResponderState(StrEnum):
    ASSIGNED = "ASSIGNED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    EN_ROUTE = "EN_ROUTE"
    ON_SCENE = "ON_SCENE"
    CLEARED = "CLEARED"
    STOOD_DOWN = "STOOD_DOWN"


# Officers skip buttons in a hurry: a later step may come first, an earlier one never after it.
RESPONDER: Table[ResponderState] = {
    ResponderState.ASSIGNED: {
        "acknowledge": ResponderState.ACKNOWLEDGED,
        "depart": ResponderState.EN_ROUTE,
        "arrive": ResponderState.ON_SCENE,
        "stand_down": ResponderState.STOOD_DOWN,
    },
    ResponderState.ACKNOWLEDGED: {
        "depart": ResponderState.EN_ROUTE,
        "arrive": ResponderState.ON_SCENE,
        "clear": ResponderState.CLEARED,
        "stand_down": ResponderState.STOOD_DOWN,
    },
    ResponderState.EN_ROUTE: {
        "arrive": ResponderState.ON_SCENE,
        "clear": ResponderState.CLEARED,
        "stand_down": ResponderState.STOOD_DOWN,
    },
    ResponderState.ON_SCENE: {"clear": ResponderState.CLEARED},
    ResponderState.CLEARED: {"assign": ResponderState.ASSIGNED},
    ResponderState.STOOD_DOWN: {"assign": ResponderState.ASSIGNED},
}


@dataclass(slots=True)
class Responder:
    """A station at work on an incident; ``at`` has the time (Unix ms) of each step by its state.

    ``radio`` names the dispatcher who heard a step by radio and recorded it, by the same state.
    ``unanswered_at`` is set when nobody there took it within 15 s; the desk then offers the next.
    ``changed_at``: the caller said that the situation changed, and nobody there has seen it yet.
    """

    station: str
    name: str
    bureau: str
    state: ResponderState
    assigned_at: int
    reason: str = ""
    officer: str | None = None
    officer_name: str = ""
    unanswered_at: int | None = None
    changed_at: int | None = None
    at: dict[str, int] = field(default_factory=dict)
    radio: dict[str, str] = field(default_factory=dict)


BUSY = (
    ResponderState.ASSIGNED,
    ResponderState.ACKNOWLEDGED,
    ResponderState.EN_ROUTE,
    ResponderState.ON_SCENE,
)


def at_work(those: Iterable[Responder]) -> list[Responder]:
    """Those who were sent and are not done, whatever became of the incident."""
    return [one for one in those if one.state in BUSY]


def took_it(those: Iterable[Responder]) -> list[Responder]:
    """Those at work of whom somebody has said so."""
    return [one for one in at_work(those) if one.state is not ResponderState.ASSIGNED]
