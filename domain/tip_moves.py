"""A tip that goes elsewhere: to another station, back from there, or to 110."""

from __future__ import annotations

from domain import evidence
from domain.errors import TAKEN, NotFound, Refused
from domain.people import COMMUNITY_PAGE, Role, Who
from domain.ports import Store
from domain.tip import TELLER, TIP, Handed, Tip, amend, require_tip
from domain.workflow import step


async def hand_over(
    store: Store,
    who: Who,
    id: str,
    station: str,
    station_name: str,
    called: list[str],
    sealed: str,
    now: int,
) -> Tip:
    """The wrong desk: another station has it from now on, and nobody of this one."""

    def change(it: Tip) -> None:
        require_tip(who, it)
        if it.station == station and it.officer is None:
            return
        it.state = step(TIP, it.state, "hand_over")
        before = it.station
        it.handed = Handed(
            who.id,
            now,
            it.station,
            it.station_name,
            it.community,
            it.community_name,
            it.officer,
            it.officer_name,
            list(it.called),
        )
        it.station, it.station_name, it.called = station, station_name, list(called)
        it.officer, it.officer_name, it.taken_at = None, "", None
        it.community, it.community_name = None, ""
        it.event = None  # the others of it stay here
        evidence.append(
            it.log, who, "tip.handed_over", now, before=before, station=station, text=sealed
        )

    return await amend(store, id, change)


async def call_back(store: Store, who: Who, id: str, now: int) -> Tip:
    """Whoever handed it over has it back as it was, or a supervisor gives it back. Raises ``taken`` when
    somebody there took it meanwhile, ``NotFound`` for who did not hand it over."""

    def change(it: Tip) -> None:
        if who.role not in COMMUNITY_PAGE:  # he may have another post by now
            raise NotFound()
        over = [entry for entry in it.log.entries if entry.what == "tip.handed_over"]
        if not over or (who.role is not Role.SUPERVISOR and over[-1].who.id != who.id):
            raise NotFound()
        handed = it.handed
        if handed is None:
            raise Refused(TAKEN, name=it.station_name)
        before = it.station
        it.station, it.station_name = handed.station, handed.station_name
        it.community, it.community_name = handed.community, handed.community_name
        it.officer, it.officer_name = handed.officer, handed.officer_name
        it.taken_at = now if it.officer is not None else None
        it.called, it.handed = list(handed.called), None
        evidence.append(it.log, who, "tip.called_back", now, before=before, station=it.station)

    return await amend(store, id, change)


async def become_incident(
    store: Store, who: Who, id: str, incident: str, number: str, now: int
) -> Tip:
    """It was urgent: 110 has it now, as this incident. The same incident again changes nothing."""

    def change(it: Tip) -> None:
        if who is not TELLER:
            require_tip(who, it)
        if it.incident == incident:
            return
        if it.incident is not None:
            raise Refused(TAKEN, "110 has it already")
        it.state = step(TIP, it.state, "hand_over")
        it.incident = incident
        evidence.append(it.log, who, "tip.became_incident", now, incident=incident, number=number)

    return await amend(store, id, change)
