"""A human being is asked for: the officers of the resident's community, or the telephone."""

from __future__ import annotations

from bot import neighbours, tips
from bot.scene import Scene
from bot.turn import Line
from domain.clock import in_china
from domain.place import Jurisdiction
from domain.resident import Resident
from domain.tip import Tip, TipState

LISTED = 8
# A request that is dealt with is not asked again: the next one is new.
_WAITING = (TipState.SUBMITTED, TipState.ASSIGNED, TipState.ANSWERED)


def of_resident(scene: Scene) -> tuple[Jurisdiction | None, Jurisdiction | None]:
    """Station and community of the resident, as the map has them now."""
    for station in scene.house.finder.stations():
        area = tips.area_of(scene.house, station.id, scene.resident.community)
        if area is not None:
            return station, area
    return None, None


async def ask_person(scene: Scene) -> None:
    """Ask the officers of the resident's community to write to him, by a request that is dealt with as a
    tip; without any, say where to telephone. What is asked again on the same day is one request."""
    station, area = of_resident(scene)
    if station is None or area is None:
        await _telephones(scene)
        return
    desk = await tips.desk_for(scene.house, None, area.id, scene.house.clock())
    names = "、".join(one.name for one in desk.called if area.id in one.communities)
    if not names:
        await scene.say("person_alone", phones=_phones(scene, [station]))
        return
    tip = await _request(scene)

    await scene.say(
        "person_asked",
        number=tip.number,
        community=area.name,
        officers=names,
        phones=_phones(scene, [station]),
    )


async def _request(scene: Scene) -> Tip:
    house, resident = scene.house, scene.resident
    line = Line(scene.word("person_words"))
    day = in_china(house.clock(), "%y%m%d")
    tip = await tips.submit(house, resident, f"{resident.id}:person:{day}", [line], "")
    if tip.state not in _WAITING:
        tip = await tips.submit(house, resident, scene.arrival.id, [line], "")

    def consented(row: Resident) -> None:
        row.consented_at = row.consented_at or scene.arrival.at

    await neighbours.amend(house, resident.id, consented)
    return tip


async def _telephones(scene: Scene) -> None:
    known = [one for one in scene.house.finder.stations() if one.telephone]
    if len(known) > LISTED:
        known = []  # of a whole city no list helps: the community is asked
    await scene.say("person_where", phones=_phones(scene, known))


def _phones(scene: Scene, stations: list[Jurisdiction]) -> str:
    """The telephone lines of these stations, each ready to be touched; empty when none is known."""
    return "".join(
        scene.word("person_phone", station=one.name, phone=one.telephone, dial=dial(one.telephone))
        for one in stations
        if one.telephone
    )


def dial(telephone: str) -> str:
    """The number as a link dials it."""
    return "".join(sign for sign in telephone if sign.isdigit() or sign == "+")
