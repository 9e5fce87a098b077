"""The caller's own incident, by resume token."""

from __future__ import annotations

from aiohttp import web

from api.bodies import MessageIn, PositionIn, ReturnIn
from api.house import House
from api.positions import position_of
from api.rooms import join_call
from api.routes import CALLER, Ask, Routes
from api.shapes import CallerView, Done, EntryView, JoinView, UploadView
from api.uploads import UploadQuery, receive, send_file
from api.views import caller_view, entry_view
from domain.errors import (
    BUSY,
    MEDIA_KIND,
    NO_MEDIA,
    RANGE,
    TOO_LARGE,
    WRONG_STATE,
    NotFound,
    StoreDown,
)
from domain.incident import abandon, come_back
from domain.intake import compose
from domain.message import move, say
from domain.people import CALLER as CALLER_WHO

routes = Routes()


@routes.add("GET", "/my/incident", CALLER)
async def my_incident(ask: Ask) -> CallerView:
    """My report as it stands."""
    return await caller_state(ask.house, ask.caller_incident)


@routes.add("POST", "/my/position", CALLER, faults=(WRONG_STATE,))
async def my_position(ask: Ask, body: PositionIn) -> Done:
    """Where I am now. Refused with ``wrong_state`` once the incident is closed."""
    await move(
        ask.house.store, ask.caller_incident, ask.house.fix(position_of(body), ask.now), ask.now
    )
    return Done()


@routes.add("POST", "/my/messages", CALLER)
async def my_message(ask: Ask, body: MessageIn) -> EntryView:
    """Send a line of text; the same key again gives the first entry."""
    entry = await say(
        ask.house.store,
        CALLER_WHO,
        ask.caller_incident,
        body.key,
        body.text,
        ask.now,
        body.device_at,
        body.kind,
    )
    return entry_view(entry)


@routes.add("POST", "/my/uploads", CALLER, raw_body=True, faults=(MEDIA_KIND, TOO_LARGE, BUSY))
async def my_upload(ask: Ask, query: UploadQuery) -> UploadView:
    """Send a picture, voice or video clip as the raw body; the same key again gives the first."""
    it = await ask.house.store.incidents.get(ask.caller_incident)
    return await receive(ask, CALLER_WHO, it, query)


@routes.add("GET", "/my/files/{file}", CALLER, raw_answer="*/*", faults=(RANGE,))
async def my_file(ask: Ask, file: str) -> web.StreamResponse:
    """A picture or clip of my thread."""
    it = await ask.house.store.incidents.get(ask.caller_incident)
    return await send_file(ask, it, file, recordings=False)


@routes.add("POST", "/my/join", CALLER, faults=(WRONG_STATE, NO_MEDIA))
async def my_join(ask: Ask) -> JoinView:
    """A ticket for the call of my incident; an abandoned report rings again."""
    it = await come_back(ask.house.store, ask.caller_incident, ask.now)
    return await join_call(ask, it, it.call.participants[0])


@routes.add("POST", "/my/hangup", CALLER)
async def my_hangup(ask: Ask) -> Done:
    """I hang up. An unanswered report stays in the queue, to be called back."""
    await abandon(ask.house.store, ask.caller_incident, ask.now)
    return Done()


@routes.add("POST", "/my/return", CALLER)
async def my_return(ask: Ask, body: ReturnIn) -> CallerView:
    """I am back; with ``changed`` (情况有变) a closed incident is raised again."""
    it = await come_back(ask.house.store, ask.caller_incident, ask.now, body.changed)
    return caller_view(it)


async def caller_state(house: House, id: str) -> CallerView:
    """The caller's view, from the store or, while that is away, from the board or the journal."""
    try:
        return caller_view(await house.store.incidents.get(id))
    except (NotFound, StoreDown):
        waiting = house.journal.find(id)
        if waiting is not None:
            return caller_view(compose(waiting, waiting.received_at), journaled=True)
        known = house.board.get(id)
        if known is not None:
            return caller_view(known)
        raise
