"""Who is at a desk: whose page is open, in any process, and since when those who left have none.

An open page is kept in the store beside the callers' pages (``domain/presence.py``), one document a
connection, which stays for a day after it was closed: whoever comes back in time has not left.
"""

from __future__ import annotations

from domain.presence import DESKS, Presence, here


def seat(session: str, person: str) -> str:
    """What the pages of a person in a session are kept under."""
    return f"{DESKS}{session}:{person}"


class Seats:
    """What the change feed says of the desks' pages; moments are those of ``here``."""

    def __init__(self) -> None:
        self._pages: dict[str, Presence] = {}
        self._of: dict[str, set[str]] = {}  # the open pages of a person
        self._left: dict[str, int] = {}

    def put(self, id: str, item: Presence | None) -> None:
        """One of ``DESKS``, as it is now; None: nothing is known of it any more."""
        person, before = _person(id), self._pages.pop(id, None)
        last = item or before
        if item is not None and item.open:
            self._pages[id] = item
            self._of.setdefault(person, set()).add(id)
        else:
            self._of.get(person, set()).discard(id)
        if last is not None:
            self._left[person] = max(last.seen_at, self._left.get(person, 0))

    def at_desk(self, session: str, *moments: int) -> bool:
        """Whether a page of this session is open."""
        start = f"{DESKS}{session}:"
        return any(id.startswith(start) and here(one, *moments) for id, one in self._pages.items())

    def any(self, *moments: int) -> bool:
        """Whether somebody is at a desk."""
        return any(here(one, *moments) for one in self._pages.values())

    def gone_since(self, person: str, *moments: int) -> int | None:
        """Since when somebody has no page open (Unix ms, 0: since before yesterday); None: he has one."""
        if any(here(self._pages[id], *moments) for id in self._of.get(person, ())):
            return None
        return self._left.get(person, 0)


def _person(id: str) -> str:
    return id.removeprefix(DESKS).split(":")[1]
