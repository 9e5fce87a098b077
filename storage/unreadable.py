"""Documents that this version cannot read: of a newer version, or damaged. They stay as they are, and keep
nobody from the others."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from domain.ports import Unread

MOST = 1_000  # remembered of one process; more are skipped all the same
log = logging.getLogger("jingmin.store")


class Unreadable:
    """Those that were met, by collection and id, until they are read or gone."""

    def __init__(self) -> None:
        self._met: dict[tuple[str, str], Unread | None] = {}  # None: closed

    def meet(self, collection: str, document: Mapping[str, Any], error: ValueError) -> None:
        """One was met: said once in the log, with its id and where in it the trouble is, and nothing else
        of what it says."""
        key = collection, str(document.get("_id"))
        known = key in self._met
        if known or len(self._met) < MOST:
            over = document.get("state") == "CLOSED"
            name = str(document.get("number") or key[1])[:64]
            self._met[key] = None if over else Unread(name, _stations(document))
        if not known:
            log.error("%s %s: this version cannot read it%s", *key, _place(error))

    def forget(self, collection: str, id: str) -> None:
        """It was read, or is gone."""
        if self._met and self._met.pop((collection, id), None) is not None:
            log.warning("%s %s: it is no trouble any more", collection, id)

    def open(self, collection: str) -> list[Unread]:
        """Those that are not closed, as far as somebody can tell."""
        return sorted(one for (of, _), one in self._met.items() if of == collection and one)

    def __len__(self) -> int:
        return len(self._met)


def _stations(document: Mapping[str, Any]) -> tuple[str, ...]:
    responders = document.get("responders")
    if not isinstance(responders, list):
        return ()
    found = [one.get("station") for one in responders if isinstance(one, dict)]
    return tuple(sorted({one for one in found if isinstance(one, str)}))


def _place(error: ValueError) -> str:
    """Where in the document, as msgspec says it; never the value."""
    _, found, place = str(error).rpartition(" - at `")
    return f" (at {place.rstrip('`')})" if found else ""
