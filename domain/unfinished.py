"""Closed, and not finished: somebody wrote and the desk has not read it, or a station is not done.

Kept in the document (``Incident.unfinished``), so that the store finds them however many newer are closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.marks import DESK_SIDE, read_by, said_to
from domain.responder import at_work

if TYPE_CHECKING:
    from domain.incident import Incident


def unfinished(it: Incident) -> bool:
    """Whether a closed incident must stay on the board."""
    if it.closed_at is None:
        return False
    unread = said_to(it.log.entries, DESK_SIDE) > read_by(it.marks, DESK_SIDE)
    return unread or bool(at_work(it.responders))


def lately(it: Incident) -> int:
    """When somebody last had to do with a closed incident: it was closed, or something was said there."""
    return max(it.closed_at or 0, it.said_at or 0)
