"""Whom of each station a call reaches: who has its page open, in any process, and who has WeCom.

An open page is kept in the store beside the callers' pages (``domain/presence.py``), one document a
connection.
"""

from __future__ import annotations

from collections import Counter

from domain.people import Person, Role
from domain.presence import Presence, here

PREFIX = "station:"


class OnDuty:
    """What the change feed says of the stations' pages and people; moments are those of ``here``."""

    def __init__(self) -> None:
        self._pages: dict[str, Presence] = {}
        self._wecom: dict[str, str] = {}
        self._told: tuple[dict[str, int], dict[str, int]] = ({}, {})

    def person(self, id: str, item: Person | None) -> None:
        """Somebody of the staff, as he is now; None: gone."""
        self._wecom.pop(id, None)
        if item is None or item.disabled or not item.userid or item.station is None:
            return
        if item.role is Role.STATION_OFFICER:
            self._wecom[id] = item.station

    def bound(self) -> dict[str, int]:
        """How many people of each station have WeCom."""
        return dict(Counter(self._wecom.values()))

    def put(self, id: str, item: Presence | None) -> None:
        """One of ``PREFIX``, as it is now; None: it is gone."""
        if item is None:
            self._pages.pop(id, None)
        else:
            self._pages[id] = item

    def online(self, *moments: int) -> dict[str, int]:
        """How many people of each station are there."""
        people: dict[str, set[str]] = {}
        for id, page in self._pages.items():
            if here(page, *moments):
                station, person, _ = id.removeprefix(PREFIX).rsplit(":", 2)
                people.setdefault(station, set()).add(person)
        return {station: len(those) for station, those in people.items()}

    def changed(self, *moments: int) -> set[str]:
        """Stations of which it is another answer than at the last question; a page whose process died ends
        by its age alone."""
        before, self._told = self._told, (self.online(*moments), self.bound())
        known = {station for counts in (*before, *self._told) for station in counts}
        return {one for one in known if _of(before, one) != _of(self._told, one)}

    def reach(self, station: str) -> tuple[int, int]:
        """How many are there and how many have WeCom, as of the last ``changed``."""
        return _of(self._told, station)


def _of(counts: tuple[dict[str, int], dict[str, int]], station: str) -> tuple[int, int]:
    online, bound = counts
    return online.get(station, 0), bound.get(station, 0)
