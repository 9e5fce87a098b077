"""Incidents as the desk and the stations work on them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from api.away import away_elsewhere
from api.bodies import (
    CloseIn,
    DescribeIn,
    DispatchIn,
    EndCallIn,
    JoinIn,
    MessageIn,
    Ms,
    PriorityIn,
    ReadIn,
    RespondIn,
    StandDownIn,
)
from api.positions import position_of
from api.rooms import join_call
from api.routes import Ask, Routes
from api.shapes import Done, EntryView, IncidentList, IncidentView, JoinView
from api.shapes_thread import UploadView
from api.stood_down import view_for
from api.uploads import UploadQuery, receive, send_file
from api.views import entry_view, view
from domain.calling import end_call
from domain.clock import elapsed
from domain.closing import close
from domain.desk import describe, look, opened
from domain.dispatch import decline, dispatch, invited_participant, respond, stand_down
from domain.errors import (
    BUSY,
    FORBIDDEN,
    MEDIA_KIND,
    NO_MEDIA,
    RANGE,
    TAKEN,
    TOO_LARGE,
    WRONG_STATE,
)
from domain.incident import Incident, IncidentState, answer
from domain.message import read_thread, say
from domain.paging import AT_ONCE, newest_first, page_of
from domain.people import DESK, Role, Who
from domain.queries import incidents_numbered_like, incidents_of
from domain.search import excerpt, words_of
from domain.triage import prioritise

SEEN_BY = (*DESK, Role.STATION_OFFICER)
# Few enough to be found by the index, and what says which one it is.
NUMBER = re.compile(r"0110-\d{6}-J?\d{4,}\Z")

routes = Routes()


class IncidentQuery(Struct, forbid_unknown_fields=True):
    """``q``: each of its words is in number, kind, place, station, dispatcher, disposition, contact, or in
    what was said or noted; ``since`` and ``before`` bound ``raised_at``."""

    state: IncidentState | None = None
    q: Annotated[str, Meta(max_length=100)] = ""
    since: Ms = 0
    before: Ms | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@routes.add("GET", "/incidents", SEEN_BY, mixed=True)
async def list_incidents(ask: Ask, query: IncidentQuery) -> IncidentList:
    """Incidents, newest first; a station sees its own. Those raised at the same time as the last of a
    page are on it, too. It looks back for two seconds at most and says from where it goes on."""
    store, wanted = ask.house.store, query.q.strip()
    if NUMBER.match(wanted.upper()):
        page = await page_of(_numbered(ask, query, wanted.upper()), "raised_at", query.limit)
        await ask.house.audit(ask.who, "incidents.searched", str(len(page.items)))
        return IncidentList(
            [view_for(ask.house, ask.staff, it, None) for it in page.items], page.next
        )
    at_station = ask.staff.role is Role.STATION_OFFICER
    of_state = None if query.state is None else str(query.state)
    those = incidents_of(ask.staff.station or "-" if at_station else None, of_state)
    found = newest_first(
        store.incidents,
        "raised_at",
        ask.now,
        those,
        since=query.since,
        before=query.before,
        at_once=max(20, min(AT_ONCE, query.limit)),
    )
    lines: dict[str, str] = {}
    matches = partial(_matches, query, words_of(wanted), ask.staff, lines)
    page = await page_of(found, "raised_at", query.limit, matches)
    if wanted:
        await ask.house.audit(ask.who, "incidents.searched", str(len(page.items)))
    return IncidentList(
        [view_for(ask.house, ask.staff, it, None) for it in page.items], page.next, lines
    )


@routes.add("GET", "/incidents/{id}", SEEN_BY)
async def read_incident(ask: Ask, id: str) -> IncidentView:
    """The incident with its whole log. Looking is itself logged, once in ten minutes a person."""
    it = await opened(ask.house.store, ask.staff, id, ask.now)
    return view_for(ask.house, ask.staff, it)


@routes.add("POST", "/incidents/{id}/answer", DESK, faults=(TAKEN, WRONG_STATE))
async def answer_incident(ask: Ask, id: str) -> IncidentView:
    """Answer, call back or take over. The second to press gets ``taken`` and sees who has it.
    In every other call of whoever answers he is away from now on."""
    it = await answer(ask.house.store, ask.staff, id, ask.now)
    await away_elsewhere(ask, it)
    if it.answered_at == ask.now:
        ask.house.metrics.answer_seconds.observe(elapsed(it.waiting_since, ask.now) / 1000)
    return view(ask.house, it, 0, ask.staff.station)


@routes.add("POST", "/incidents/{id}/join", SEEN_BY, faults=(WRONG_STATE, FORBIDDEN, NO_MEDIA))
async def join_incident(ask: Ask, id: str, body: JoinIn) -> JoinView:
    """A ticket for the call, for the dispatcher who has it and for a called station."""
    it = await look(ask.house.store, ask.staff, id)
    one = it.call.participant(invited_participant(it, ask.staff))
    return await join_call(ask, it, one, lost=body.lost)


@routes.add("POST", "/incidents/{id}/standby", SEEN_BY, faults=(WRONG_STATE, FORBIDDEN, NO_MEDIA))
async def stand_by(ask: Ask, id: str) -> JoinView:
    """A ticket to make a connection ready while the page rings; entering the call takes ``join``."""
    it = await look(ask.house.store, ask.staff, id)
    one = it.call.participant(invited_participant(it, ask.staff))
    return await join_call(ask, it, one, standby=True)


@routes.add("POST", "/incidents/{id}/dispatch", DESK, faults=(TAKEN, WRONG_STATE))
async def call_station(ask: Ask, id: str, body: DispatchIn) -> IncidentView:
    """Call a station into the incident: its page rings, it may join the call."""
    station = ask.house.finder.station(body.station)
    bureau = ask.house.bureau_name(station)
    it = await dispatch(ask.house.store, ask.staff, id, station, bureau, body.reason, ask.now)
    return view(ask.house, it, 0, ask.staff.station)


@routes.add("POST", "/incidents/{id}/stand-down", DESK, faults=(TAKEN, WRONG_STATE))
async def stand_down_station(ask: Ask, id: str, body: StandDownIn) -> IncidentView:
    """Release a station that is not on scene yet."""
    it = await stand_down(ask.house.store, ask.staff, id, body.station, body.reason, ask.now)
    return view(ask.house, it, 0, ask.staff.station)


@routes.add("POST", "/incidents/{id}/respond", (Role.STATION_OFFICER,), faults=(WRONG_STATE,))
async def station_step(ask: Ask, id: str, body: RespondIn) -> IncidentView:
    """The station's step: acknowledge, depart, arrive, clear."""
    it = await respond(ask.house.store, ask.staff, id, body.event, ask.now, body.device_at)
    return view_for(ask.house, ask.staff, it)


@routes.add("POST", "/incidents/{id}/decline", (Role.STATION_OFFICER,), faults=(WRONG_STATE,))
async def decline_call(ask: Ask, id: str) -> IncidentView:
    """The station cannot take part; the desk is offered the next in line at once."""
    it = await decline(ask.house.store, ask.staff, id, ask.now)
    return view_for(ask.house, ask.staff, it)


@routes.add("POST", "/incidents/{id}/messages", SEEN_BY)
async def write_message(ask: Ask, id: str, body: MessageIn) -> EntryView:
    """A line to the caller; the same key again gives the first entry."""
    store, asks = ask.house.store, None if body.ask is None else str(body.ask)
    entry = await say(store, ask.staff, id, body.key, body.text, ask.now, body.device_at, ask=asks)
    return entry_view(entry)


@routes.add("POST", "/incidents/{id}/read", SEEN_BY)
async def read_messages(ask: Ask, id: str, body: ReadIn) -> Done:
    """How far this side's page has the thread, and how far it was on a screen. For the desk it counts
    of who has the incident, and of anybody once it is closed; others only look."""
    await read_thread(ask.house.store, ask.staff, id, body.received, body.read, ask.now)
    return Done()


@routes.add(
    "POST", "/incidents/{id}/uploads", SEEN_BY, raw_body=True, faults=(MEDIA_KIND, TOO_LARGE, BUSY)
)
async def upload_file(ask: Ask, id: str, query: UploadQuery) -> UploadView:
    """A picture (a snapshot of the video, say) or clip as the raw body."""
    it = await look(ask.house.store, ask.staff, id)
    return await receive(ask, ask.staff, it, query)


@routes.add("PATCH", "/incidents/{id}", DESK)
async def describe_incident(ask: Ask, id: str, body: DescribeIn) -> IncidentView:
    """Category, note, or the place where it happens (the caller's position stays its own)."""
    place = None if body.place is None else ask.house.fix(position_of(body.place), ask.now)
    it = await describe(
        ask.house.store, ask.staff, id, ask.now, kind=body.kind, note=body.note, place=place
    )
    return view(ask.house, it, 0, ask.staff.station)


@routes.add("POST", "/incidents/{id}/priority", DESK, faults=(WRONG_STATE,))
async def set_priority(ask: Ask, id: str, body: PriorityIn) -> IncidentView:
    """The desk's own word on who is looked at first; it goes before what words and kind say."""
    it = await prioritise(ask.house.store, ask.staff, id, body.priority, ask.now)
    return view(ask.house, it, 0, ask.staff.station)


@routes.add("POST", "/incidents/{id}/close", DESK, faults=(TAKEN, WRONG_STATE))
async def close_incident(ask: Ask, id: str, body: CloseIn) -> IncidentView:
    """Close with a disposition: the call ends and the caller's position is no longer taken."""
    it = await close(
        ask.house.store,
        ask.staff,
        id,
        body.disposition,
        body.words,
        ask.now,
        stand_down=body.stand_down,
    )
    return view(ask.house, it, 0, ask.staff.station)


@routes.add("POST", "/incidents/{id}/end-call", DESK, faults=(TAKEN, WRONG_STATE))
async def end_the_call(ask: Ask, id: str, body: EndCallIn) -> IncidentView:
    """End the call while the case goes on, with its dispatcher or with the station."""
    it = await end_call(ask.house.store, ask.staff, id, ask.now, to_station=body.to_station)
    return view(ask.house, it)


@routes.add("GET", "/incidents/{id}/files/{file}", SEEN_BY, raw_answer="*/*", faults=(RANGE,))
async def read_file(ask: Ask, id: str, file: str) -> web.StreamResponse:
    """A picture, clip or recording of this incident; ranges are served."""
    it = await opened(ask.house.store, ask.staff, id, ask.now, file)
    return await send_file(ask, it, file)


async def _numbered(ask: Ask, query: IncidentQuery, start: str) -> AsyncIterator[Incident]:
    """Those whose number begins so, the newest first; by the index of numbers alone."""
    shelf = ask.house.store.incidents
    named = [one async for one in shelf.every(incidents_numbered_like(start))]
    for it in sorted(named, key=lambda one: -one.raised_at):
        raised = query.since < it.raised_at < (query.before or it.raised_at + 1)
        kept = query.state in (None, it.state)
        seen = ask.staff.role is not Role.STATION_OFFICER or any(
            one.station == ask.staff.station for one in it.responders
        )
        if raised and kept and seen:
            yield it


def _matches(
    query: IncidentQuery, words: list[str], staff: Who, lines: dict[str, str], it: Incident
) -> bool:
    if query.state not in (None, it.state):
        return False
    if not words:
        return True
    line = excerpt(it, words, contact=staff.role in DESK)
    if line:
        lines[it.id] = line
    return line is not None
