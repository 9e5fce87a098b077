"""Tips from the chat: whose they are to deal with, and how they get into the store.

Without a position the station of the resident's community has a tip; without a community the city's:
the station of the first supervisor (by log-in) who belongs to one, else the first station by id, and
every supervisor is called. The teller is written, under the identity key, before the tip.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from bot import loose
from bot.house import BotHouse
from bot.turn import Line
from domain import tip as tips
from domain.beat import officers_for, staff
from domain.errors import FORBIDDEN, Duplicate, NotFound, Refused
from domain.outgoing import mark
from domain.paging import named
from domain.people import Person, Role
from domain.place import Fix, Gcj02, Jurisdiction, Level, Source
from domain.ports import Page
from domain.position import fix
from domain.queries_messages import tellers_of_resident
from domain.resident import Resident, Teller, told_by
from domain.tip import COARSE_MS, Tip, tip_number
from domain.tip_urgency import grave

# A finger on WeChat's map is about this exact; the platform says nothing.
PICKED_M = 50.0


@dataclass(frozen=True, slots=True)
class Desk:
    """Who deals with a tip."""

    station: Jurisdiction
    community: Jurisdiction | None
    called: list[Person]


async def submit(
    house: BotHouse,
    resident: Resident,
    arrival: str,
    lines: list[Line],
    named: str,
    community: str | None = None,
) -> Tip:
    """Keep the tip that is complete with this arrival; the same arrival again gives the first. Without a
    position it is ``community``'s, or the resident's."""
    now, secret = house.clock(), house.secret
    id = mark(secret, arrival, "tip")
    rough = now - now % COARSE_MS
    teller = Teller(
        id, house.identity.close(resident.id), told_by(secret, resident.id), opened_at=rough
    )
    with contextlib.suppress(Duplicate):
        await house.store.tellers.add(teller)
    lines = [await loose.keep(house, line) for line in lines]
    anonymous = not named
    place = next((one for one in reversed(lines) if one.placed), None)
    fix = locate(house, place, rough if anonymous else now) if place is not None else None
    desk = await desk_for(house, fix, community or resident.community, now)
    tip = Tip(
        id=id,
        number=tip_number(id, now),
        station=desk.station.id,
        station_name=desk.station.name,
        opened_at=now,
        updated_at=now,
        community=desk.community.id if desk.community else None,
        community_name=desk.community.name if desk.community else "",
        anonymous=anonymous,
        named=house.content.close(named) if named else "",
        position=fix,
        called=[one.id for one in desk.called],
        urgent=any(grave(line.text) for line in lines),
    )
    entries = [entry for line in lines for entry in logged(house, line)]
    return await tips.submit(house.store, tip, entries, now)


async def add(house: BotHouse, id: str, arrival: str, line: Line, event: str) -> Tip:
    """More from the resident, or how it went. Raises ``WrongState`` and ``too_many``."""
    now = house.clock()
    if event == "add":
        entries = logged(house, await loose.keep(house, line))
    else:
        entries = [("message", {"text": house.content.close(line.text)})]
    tip = await house.store.tips.get(id)
    for number, (what, data) in enumerate(entries):
        key = mark(house.secret, f"{arrival}:{number}", "line")
        tip = await tips.add(house.store, id, key, what, data, now, event, urgent=grave(line.text))
    return tip


def logged(house: BotHouse, line: Line) -> list[tuple[str, dict[str, Any]]]:
    """A line as entries of the log: its file, its place, its words."""
    found: list[tuple[str, dict[str, Any]]] = []
    words = {"text": house.content.close(line.text)} if line.text else {}
    if line.file is not None:
        found.append(("upload", tips.upload(line.file)))
    if line.lon is not None and line.lat is not None:
        fix = locate(house, line, 0)
        if fix is not None:
            at = fix.wgs84
            found.append(("position", {"lon": at.lon, "lat": at.lat, **words}))
            words = {}
    if words:
        found.append(("message", words))
    return found


def locate(house: BotHouse, line: Line, at: int) -> Fix | None:
    """Where it is, in WGS-84; None for what is no place on the ground. ``at`` is Unix ms."""
    if line.lon is None or line.lat is None:
        return None
    try:
        given = Gcj02(line.lon, line.lat, accuracy=PICKED_M, source=Source.WECHAT)
    except Refused:
        return None
    return fix(house.finder, given, at)


async def desk_for(house: BotHouse, fix: Fix | None, community: str | None, now: int) -> Desk:
    """Who deals with what happens there, or with what a resident of ``community`` tells."""
    if fix is not None and fix.located.candidates:
        station = house.finder.station(fix.located.candidates[0].station)
        area = area_of(house, station.id, fix.located.community)
        possible = [one.id for one in fix.located.possible(Level.COMMUNITY)]
        return await _desk(house, station, area, now, possible)
    for station in house.finder.stations():
        area = area_of(house, station.id, community)
        if area is not None:
            return await _desk(house, station, area, now)
    return await _city(house)


async def _desk(
    house: BotHouse,
    station: Jurisdiction,
    area: Jurisdiction | None,
    now: int,
    possible: Collection[str] = (),
) -> Desk:
    known = area.id if area else None
    found = await officers_for(house.store, station.id, known, now, possible)
    if not found:
        found = await _there(house, Role.STATION_OFFICER, station.id)
    return Desk(station, area, found)


async def _city(house: BotHouse) -> Desk:
    supervisors = await _there(house, Role.SUPERVISOR)
    for one in supervisors:
        if one.station is None:
            continue
        try:
            return Desk(house.finder.station(one.station), None, supervisors)
        except NotFound:
            continue
    stations = sorted(house.finder.stations(), key=lambda one: one.id)
    if not stations:
        raise Refused(FORBIDDEN, "no station is known")
    return Desk(stations[0], None, supervisors)


async def _there(house: BotHouse, role: Role, station: str | None = None) -> list[Person]:
    found = await staff(house.store, role, station)
    return [one for one in found if not one.disabled]


def area_of(house: BotHouse, station: str, community: str | None) -> Jurisdiction | None:
    """The community of this station with this id."""
    if community is None:
        return None
    areas = house.finder.communities(station)
    return next((one for one in areas if one.id == community), None)


async def mine(house: BotHouse, resident: str, limit: int = 9) -> Page[Tip]:
    """The resident's tips, the newest first; whether he has ``more``."""
    tellers = await tellers_of(house, resident, limit)
    found = [one async for one in named(house.store.tips, "_id", (one.id for one in tellers))]
    page = Page(sorted(found, key=lambda it: (-it.opened_at, it.number)))
    page.more = tellers.more
    return page


async def tellers_of(house: BotHouse, resident: str, limit: int = 200) -> Page[Teller]:
    """The links to this resident's tips, the newest first; whether there are ``more``."""
    return await house.store.tellers.find(
        tellers_of_resident(told_by(house.secret, resident)),
        order="opened_at",
        descending=True,
        limit=limit,
    )


async def teller_of(house: BotHouse, tip: str) -> str | None:
    """The id of the resident who told this tip; None when the link was deleted."""
    try:
        teller = await house.store.tellers.get(tip)
    except NotFound:
        return None
    return house.identity.open(teller.sealed)


async def is_mine(house: BotHouse, resident: str, tip: str) -> bool:
    """Whether this resident told this tip."""
    try:
        teller = await house.store.tellers.get(tip)
    except NotFound:
        return False
    return teller.told == told_by(house.secret, resident)
