"""Who is looked at first: how grave an incident is, and its place among those that wait.

What the caller's words say is stored when they come (``Incident.gravity``): a word is read once, however
often the incident is shown, and an incident that was grave stays so. All else follows from the document.
"""

from __future__ import annotations

from enum import StrEnum

from domain import evidence
from domain.call import CallState, transferred_at
from domain.emergency import Gravity, calm, graver, gravity
from domain.errors import WRONG_STATE, Refused
from domain.hang_up import HangUp, weighed
from domain.incident import OPEN, Incident, IncidentState, Kind, amend
from domain.people import DESK, SYSTEM, Who, require
from domain.ports import Store


class Urgency(StrEnum):
    """The classes of what waits, the most urgent first."""

    LIFE = "LIFE"
    SILENT = "SILENT"
    BACK = "BACK"  # came back, was raised again, lost its dispatcher, or was handed over
    URGENT = "URGENT"
    ORDINARY = "ORDINARY"


CLASSES = tuple(Urgency)
# Of these kinds nobody waits to be told more; a word that all is well makes them urgent only.
LIFE_KINDS = frozenset({Kind.FIRE, Kind.RESCUE, Kind.MEDICAL})
URGENT_KINDS = frozenset({Kind.CRIME, Kind.LOST})


def gravity_of(it: Incident) -> Gravity:
    """What words and kind say together."""
    said = _said(it)
    if it.kind in LIFE_KINDS:
        return graver(said, Gravity.URGENT if calm(it.words) else Gravity.LIFE)
    return graver(said, Gravity.URGENT if it.kind in URGENT_KINDS else Gravity.ORDINARY)


def urgency(it: Incident) -> Urgency:
    """The class; what the desk set by hand goes before all."""
    if it.priority is not None:
        return Urgency(str(it.priority))
    found = weighed(gravity_of(it), it.hung_up)
    if found is Gravity.LIFE:
        return Urgency.LIFE
    if it.silent:
        return Urgency.SILENT
    if it.hung_up is HangUp.MISTAKE:
        return Urgency(str(found))
    if it.returns or it.reopened_at is not None or calls_again(it):
        return Urgency.BACK
    if it.unattended_at is not None or (it.state in OPEN and transferred_at(it) is not None):
        return Urgency.BACK
    return Urgency(str(found))


def calls_again(it: Incident) -> bool:
    """Whether the caller of an open case rings whoever has it."""
    return it.state in OPEN and it.call.state is CallState.RINGING


def rank(it: Incident) -> tuple[int, int, int, int]:
    """Sorts what waits before the rest, by class; in a class first who was spoken to and has lost his
    dispatcher, then what rings, then call-backs; the longest wait first."""
    waits = it.state in (IncidentState.RAISED, IncidentState.ABANDONED)
    alone = it.state in OPEN and it.unattended_at is not None
    waits = waits or alone or calls_again(it)
    if not waits:
        return 1, int(it.state is IncidentState.CLOSED), 0, -it.updated_at
    place = 0 if alone else 2 if it.state is IncidentState.ABANDONED else 1
    return 0, CLASSES.index(urgency(it)), place, it.unattended_at or it.waiting_since


def hear(it: Incident, text: str, now: int) -> None:
    """The caller says more: it can only become graver, and then a lower priority set by hand ends."""
    said = gravity(text)
    it.gravity = graver(_said(it), said)
    if it.priority is not None and graver(said, it.priority) is not it.priority:
        _set(it, SYSTEM, None, now, cause="words")


async def prioritise(
    store: Store, who: Who, id: str, priority: Gravity | None, now: int
) -> Incident:
    """Set the priority by hand; None: what words and kind say counts again. The same again is nothing."""
    require(who, *DESK)

    def change(it: Incident) -> None:
        if it.priority is priority:
            return
        if it.state is IncidentState.CLOSED:
            raise Refused(WRONG_STATE, "a closed incident has no priority")
        _set(it, who, priority, now, cause="desk")

    return await amend(store, id, change)


def _said(it: Incident) -> Gravity:
    return gravity(it.words) if it.gravity is None else it.gravity


def _set(it: Incident, who: Who, priority: Gravity | None, now: int, cause: str) -> None:
    before = it.priority
    it.priority = priority
    names = [None if one is None else str(one) for one in (priority, before)]
    evidence.append(
        it.log, who, "incident.priority", now, priority=names[0], before=names[1], cause=cause
    )
