"""What the desk notes about an incident, and the record of who looked at it. No state changes here."""

from __future__ import annotations

from typing import Any

from domain import evidence
from domain.clock import within
from domain.errors import INVALID, NotFound, Refused
from domain.incident import Incident, IncidentState, Kind, amend
from domain.people import DESK, Who, require, require_visible
from domain.place import Fix
from domain.ports import Store
from domain.stood_down import seen_until

LOOK_EVERY_MS = 600_000


async def describe(
    store: Store,
    who: Who,
    id: str,
    now: int,
    *,
    kind: Kind | None = None,
    note: str | None = None,
    place: Fix | None = None,
) -> Incident:
    """The desk's own facts: category, a note, where it happens. Allowed after closing, too: logged."""
    require(who, *DESK)

    def change(it: Incident) -> None:
        if kind is not None and kind is not it.kind:
            evidence.append(
                it.log, who, "incident.categorised", now, kind=str(kind), before=str(it.kind)
            )
            it.kind = kind
        if note:
            evidence.append(it.log, who, "incident.note", now, words=note)
        if place is not None:
            if it.state is IncidentState.CLOSED:
                raise Refused(INVALID, "the place of a closed incident stays")
            it.place = place
            evidence.append(
                it.log,
                who,
                "incident.placed",
                now,
                lon=place.wgs84.lon,
                lat=place.wgs84.lat,
                datum=str(place.given_datum),
                boundaries=place.located.boundary_version,
            )

    return await amend(store, id, change)


async def look(store: Store, who: Who, id: str) -> Incident:
    """The incident, when ``who`` may know of it; else ``NotFound``."""
    it = await store.incidents.get(id)
    require_visible(who, it.stations())
    return it


async def opened(store: Store, who: Who, id: str, now: int, file: str | None = None) -> Incident:
    """``look``, and the log says so: once in ten minutes for each person and thing looked at."""
    it = await look(store, who, id)
    seen = it.log.entries[: seen_until(it, who)]
    if file is not None and all(entry.data.get("file") != file for entry in seen):
        raise NotFound("no such file in this incident")
    what = "incident.opened" if file is None else "file.opened"

    def known(doc: Incident) -> bool:
        return any(
            entry.what == what
            and entry.who.id == who.id
            and entry.data.get("file") == file
            and within(entry.at, now, LOOK_EVERY_MS)
            for entry in doc.log.entries
        )

    def change(doc: Incident) -> None:
        if not known(doc):
            about: dict[str, Any] = {} if file is None else {"file": file}
            evidence.append(doc.log, who, what, now, **about)

    if known(it):
        return it
    return await amend(store, id, change)
