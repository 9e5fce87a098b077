"""Tips as officers work on them. Who told one is not known here: the key of identities is the bot's."""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from api.bodies import (
    HandOverIn,
    ReassignIn,
    TakeOverIn,
    TipIncidentIn,
    TipLabelsIn,
    TipNoteIn,
    TipReplyIn,
    TipUrgentIn,
)
from api.house import House
from api.intake import WORDS_KEPT
from api.routes import Ask, Routes
from api.shapes_tips import (
    ColleagueList,
    ColleagueView,
    HandedTip,
    HandedTipList,
    TipFiles,
    TipIncidentView,
    TipThread,
    TipView,
)
from api.tip_told import Told, told_of
from api.tip_views import OVER, tip_files, tip_thread, tip_view, words
from api.uploads import send_kept
from domain.beat import officers_for, staff
from domain.desk import look
from domain.errors import (
    FORBIDDEN,
    INVALID,
    RANGE,
    TAKEN,
    TOO_MANY,
    WRONG_STATE,
    NotFound,
    Refused,
    WrongState,
)
from domain.hearers import around
from domain.intake import Report, raise_alarm
from domain.outgoing import about, telling_id
from domain.people import COMMUNITY_PAGE, DESK, Person, Role, Who
from domain.place import Level
from domain.queries import tips_handed_by, tips_of_incident
from domain.queries_messages import messages_about
from domain.succession import accept, heirs, reassign, take_over
from domain.ticket import incident_id_for
from domain.tip import (
    TIP,
    Tip,
    TipState,
    coarse,
    find_upload,
    opened,
    reply,
    require_tip,
)
from domain.tip_labelling import put_labels
from domain.tip_moves import become_incident, call_back, hand_over
from domain.tip_notes import note
from domain.tip_urgency import mark

SEEN_BY = (*COMMUNITY_PAGE, Role.DISPATCHER)
SENT_THERE = (*DESK, Role.STATION_OFFICER)
OPEN = tuple(state for state in TipState if state not in OVER)

routes = Routes()


@routes.add("GET", "/tips/{id}", SEEN_BY)
async def read_tip(ask: Ask, id: str) -> TipThread:
    """A tip with everything said. Looking is itself logged, once in ten minutes a person."""
    return await _thread(
        ask.house, ask.staff, await opened(ask.house.store, ask.staff, id, ask.now)
    )


@routes.add("POST", "/tips/{id}/take", COMMUNITY_PAGE, faults=(TAKEN, WRONG_STATE))
async def take_tip(ask: Ask, id: str) -> TipThread:
    """Take it: the second to press gets ``taken`` and sees who has it. A supervisor takes over, and whoever
    stands in for an officer who is not there."""
    return await _thread(
        ask.house, ask.staff, await accept(ask.house.store, ask.staff, id, ask.now)
    )


@routes.add("POST", "/tips/{id}/take-over", COMMUNITY_PAGE, faults=(TAKEN, WRONG_STATE))
async def take_over_tip(ask: Ask, id: str, body: TakeOverIn) -> TipThread:
    """Take it over from a colleague of the station, who is told; the log says from whom. ``taken`` when
    it is no more his but somebody else's."""
    after = await take_over(ask.house.store, ask.staff, id, body.holder, ask.now)
    return await _thread(ask.house, ask.staff, after)


@routes.add("GET", "/tips/{id}/colleagues", COMMUNITY_PAGE)
async def list_tip_colleagues(ask: Ask, id: str) -> ColleagueList:
    """Who of the tip's station may be given it now."""
    store = ask.house.store
    it = await store.tips.get(id)
    require_tip(ask.staff, it)
    found = heirs(it, await around(store, it.station), ask.now)
    return ColleagueList(
        [ColleagueView(one.id, one.name, list(one.communities), None) for one in found]
    )


@routes.add("POST", "/tips/{id}/reassign", COMMUNITY_PAGE, faults=(TAKEN, WRONG_STATE))
async def reassign_tip(ask: Ask, id: str, body: ReassignIn) -> TipThread:
    """To a colleague of the tip's station, with a reason; who has it now and who had it are told.
    ``taken`` when it is no more ``holder`` who has it."""
    house = ask.house
    sealed = house.content.close(body.text)
    after = await reassign(house.store, ask.staff, id, body.holder, body.to, sealed, ask.now)
    return await _thread(house, ask.staff, after)


@routes.add("POST", "/tips/{id}/reply", COMMUNITY_PAGE, faults=(TAKEN, WRONG_STATE, FORBIDDEN))
async def reply_to_tip(ask: Ask, id: str, body: TipReplyIn) -> TipThread:
    """Ask back, answer, close or reject; supplement or reopen what is over: the resident reads it in
    WeChat. The same key again changes nothing."""
    house = ask.house
    sealed = house.content.close(body.text)
    it = await reply(house.store, ask.staff, id, body.key, body.event, sealed, ask.now)
    return await _thread(house, ask.staff, it)


@routes.add("POST", "/tips/{id}/notes", COMMUNITY_PAGE, faults=(TOO_MANY,))
async def note_in_tip(ask: Ask, id: str, body: TipNoteIn) -> TipThread:
    """A note for whoever of the police may see the tip, also when it is over; the resident is not told.
    The same key again changes nothing."""
    house = ask.house
    sealed = house.content.close(body.text)
    return await _thread(
        house, ask.staff, await note(house.store, ask.staff, id, body.key, sealed, ask.now)
    )


@routes.add("POST", "/tips/{id}/urgent", COMMUNITY_PAGE, faults=(TOO_MANY,))
async def mark_tip(ask: Ask, id: str, body: TipUrgentIn) -> TipThread:
    """Mark it urgent, or take the mark off: urgent ones are above the others in the order of waiting."""
    house = ask.house
    return await _thread(
        house, ask.staff, await mark(house.store, ask.staff, id, body.urgent, ask.now)
    )


@routes.add("PATCH", "/tips/{id}/labels", COMMUNITY_PAGE, faults=(TOO_MANY,))
async def label_tip(ask: Ask, id: str, body: TipLabelsIn) -> TipThread:
    """What it is about: one category, and tags of which each has 12 characters and a tip 10. The resident
    is not told. The same again changes nothing."""
    house = ask.house
    it = await put_labels(house.store, ask.staff, id, body.category, body.add, body.remove, ask.now)
    return await _thread(house, ask.staff, it)


@routes.add("POST", "/tips/{id}/hand-over", COMMUNITY_PAGE, faults=(WRONG_STATE,))
async def hand_over_tip(ask: Ask, id: str, body: HandOverIn) -> TipView:
    """To another station: its community officers are called, and this one no longer sees it."""
    house = ask.house
    it = await house.store.tips.get(id)
    require_tip(ask.staff, it)
    station = house.finder.station(body.station)
    if station.id == it.station:
        raise Refused(INVALID, "this station has it already", field="station")
    called = await _called(house, it, station.id, ask.now)
    sealed = house.content.close(body.text) if body.text else ""
    after = await hand_over(
        house.store,
        ask.staff,
        id,
        station.id,
        station.name,
        [one.id for one in called],
        sealed,
        ask.now,
    )
    return tip_view(house.content, house.settings.deadlines, after, ask.staff.id)


@routes.add("DELETE", "/tips/{id}/hand-over", COMMUNITY_PAGE, faults=(TAKEN,))
async def call_tip_back(ask: Ask, id: str) -> TipView:
    """What I handed over is mine again as it was, as long as nobody there took it. A supervisor gives it
    back."""
    house = ask.house
    it = await call_back(house.store, ask.staff, id, ask.now)
    return tip_view(house.content, house.settings.deadlines, it, ask.staff.id)


@routes.add("GET", "/tips/handed", COMMUNITY_PAGE)
async def list_handed(ask: Ask) -> HandedTipList:
    """What I handed over and nobody took yet: where it is, and nothing that is said there."""
    found = [
        HandedTip(it.id, it.number, it.station, it.station_name, it.handed.at)
        async for it in ask.house.store.tips.every(tips_handed_by(ask.staff.id))
        if it.handed is not None
    ]
    return HandedTipList(sorted(found, key=lambda one: -one.at))


@routes.add("POST", "/tips/{id}/incident", COMMUNITY_PAGE, faults=(TAKEN, WRONG_STATE))
async def raise_tip(ask: Ask, id: str, body: TipIncidentIn) -> TipThread:
    """To 110: raises an incident with the tip's words and position; the desk rings. Again: the same."""
    house = ask.house
    it = await house.store.tips.get(id)
    require_tip(ask.staff, it)
    if it.incident is None:
        if "hand_over" not in TIP[it.state]:
            raise WrongState(f"a tip that is {it.state} does not go to 110")
        report = _report(house, ask.staff, it, body, ask.now)
        incident = await raise_alarm(house.store, report, ask.now)
        if incident.number != report.number:
            house.numbers.give_back(report.number)
        it = await become_incident(
            house.store, ask.staff, id, incident.id, incident.number, ask.now
        )
    return await _thread(house, ask.staff, it)


@routes.add("GET", "/tips/{id}/files/{file}", SEEN_BY, raw_answer="*/*", faults=(RANGE,))
async def read_tip_file(ask: Ask, id: str, file: str) -> web.StreamResponse:
    """A picture, voice or video of this tip, without what it told about place and device; ranges are
    served. Each look is logged."""
    it = await opened(ask.house.store, ask.staff, id, ask.now, file)
    return await send_kept(ask, file, str(find_upload(it, file)["type"]))


@routes.add("GET", "/incidents/{id}/tip", SENT_THERE)
async def read_incident_tip(ask: Ask, id: str) -> TipFiles:
    """What the tip behind an incident has to show, for the desk and the stations sent there. The tip
    itself stays with its own station."""
    house = ask.house
    it = await look(house.store, ask.staff, id)
    return tip_files(house.content, await _behind(house, it.id))


@routes.add(
    "GET", "/incidents/{id}/tip/files/{file}", SENT_THERE, raw_answer="*/*", faults=(RANGE,)
)
async def read_incident_tip_file(ask: Ask, id: str, file: str) -> web.StreamResponse:
    """A picture, voice or video of the tip behind this incident. The tip's log names who looked."""
    house = ask.house
    it = await look(house.store, ask.staff, id)
    behind = await _behind(house, it.id)
    if behind is None:
        raise NotFound("no tip became this incident")
    tip = await opened(house.store, ask.staff, behind.id, ask.now, file, through=it)
    return await send_kept(ask, file, str(find_upload(tip, file)["type"]))


async def _behind(house: House, incident: str) -> Tip | None:
    found = await house.store.tips.find(tips_of_incident(incident), limit=1)
    return found[0] if found else None


async def _thread(house: House, who: Who, it: Tip) -> TipThread:
    found = house.store.messages.every(messages_about(about(house.secret, it.id)))
    messages = sorted([one async for one in found], key=lambda one: one.seq)
    lines = {telling_id(house.secret, it.id, one.seq): one.seq for one in it.log.entries}
    told = (await told_of(house.store, house.secret, [it], house.clock())).get(it.id, Told.NOTHING)
    followed = await _followed(house, it)
    deadlines = house.settings.deadlines
    return tip_thread(house.content, deadlines, it, who.id, messages, lines, followed, told)


async def _followed(house: House, it: Tip) -> TipIncidentView | None:
    """How the incident stands that the tip became; None when it became none, or it is not in the store."""
    if it.incident is None:
        return None
    try:
        became = house.board.get(it.incident) or await house.store.incidents.get(it.incident)
    except NotFound:
        return None
    return TipIncidentView(became.number, became.state, became.raised_at, became.closed_at)


async def _called(house: House, it: Tip, station: str, now: int) -> list[Person]:
    known = {one.id for one in house.finder.communities(station)}
    community, possible = None, []
    if it.position is not None:
        located = it.position.located
        community = located.community if located.community in known else None
        possible = [one.id for one in located.possible(Level.COMMUNITY) if one.id in known]
    found = await officers_for(house.store, station, community, now, possible)
    if found:
        return found
    # Nobody of the community police is there: whoever is at the station.
    at_station = await staff(house.store, Role.STATION_OFFICER, station)
    return [one for one in at_station if not one.disabled]


def _report(house: House, who: Who, it: Tip, body: TipIncidentIn, now: int) -> Report:
    key = f"tip:{it.id}"
    lines = [f"线索 {it.number}，由{who.name}转来。"]
    if body.text:
        lines.append(f"民警：{body.text}")
    lines += words(house.content, it)
    position = it.position
    if position is not None:
        # What 110 is told of an anonymous tip's times is no more than officers are.
        at = coarse(it, position.received_at)
        position = replace(position, received_at=at, taken_at=coarse(it, position.taken))
    return Report(
        id=incident_id_for(house.secret, key),
        key=key,
        number=house.numbers.take(now),
        received_at=now,
        words="\n".join(lines)[:WORDS_KEPT],
        via="tip",
        position=position,
        missing=[] if position is not None else ["position"],
    )
