"""A station that was stood down: what it saw so far it may still see, and nothing that came later."""

from __future__ import annotations

from domain.incident import Incident
from domain.people import Role, Who
from domain.responder import ResponderState


def seen_until(it: Incident, who: Who) -> int | None:
    """The ``seq`` of the last entry this officer's station may see; None: all, as everybody who is at work.

    A station that is called again sees all of it again.
    """
    if who.role is not Role.STATION_OFFICER:
        return None
    one = next((one for one in it.responders if one.station == who.station), None)
    if one is None or one.state is not ResponderState.STOOD_DOWN:
        return None
    for entry in reversed(it.log.entries):
        if entry.what == "station.stand_down" and entry.data.get("station") == who.station:
            return entry.seq
    return None
