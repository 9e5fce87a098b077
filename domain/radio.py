"""A station's step that the desk heard by radio or telephone, because nobody there pressed."""

from __future__ import annotations

from domain import evidence
from domain.dispatch import AFTER, responder_of
from domain.incident import Incident, amend, require_mine
from domain.people import DESK, Who, require
from domain.ports import Store
from domain.responder import RESPONDER
from domain.workflow import allows, step


async def record_step(
    store: Store, who: Who, id: str, station: str, event: str, now: int
) -> Incident:
    """acknowledge, depart, arrive or clear in the station's place: log and document say who heard it.

    The same step twice is once, whoever told the first.
    """
    require(who, *DESK)

    def change(it: Incident) -> None:
        require_mine(it, who)
        one = responder_of(it, station)
        if one.at.get(AFTER[event]) is not None and not allows(RESPONDER, one.state, event):
            return
        one.state = step(RESPONDER, one.state, event)
        one.at[str(one.state)] = now
        one.radio[str(one.state)] = who.name
        one.unanswered_at = None
        evidence.append(
            it.log,
            who,
            f"station.{event}",
            now,
            station=one.station,
            name=one.name,
            late=False,
            radio=True,
        )

    return await amend(store, id, change)
