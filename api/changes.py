"""What the live feed sends of a change: encoded once for all screens that may see as much."""

from __future__ import annotations

from api.house import House
from api.messages import IncidentChange, encode
from api.stood_down import view_for
from api.views import view
from domain.incident import Incident, IncidentState
from domain.people import Who
from domain.stood_down import seen_until

CHANGES_KEPT = 256  # encoded changes: screens are sent the same within moments


def change_for(house: House, who: Who, it: Incident, after: int) -> bytes | None:
    """The message for a screen that has the entries up to ``after``; None: it hears nothing new, because
    its station was stood down."""
    until = seen_until(it, who)
    if until is not None:
        if after >= until and it.state is not IncidentState.CLOSED:
            return None
        return encode(IncidentChange(view_for(house, who, it, after)))
    board, texts = house.board, house.change_texts
    # Of a station its own: what is unread there, and whether it sees the line the caller left.
    key = (it.id, it.version, after, board.seen(it.id), board.journaled(it.id), who.station)
    text = texts.get(key)
    if text is None:
        text = texts[key] = encode(IncidentChange(view(house, it, after, who.station)))
        while len(texts) > CHANGES_KEPT:
            del texts[next(iter(texts))]
    return text
