"""The caller's own incident, by resume token."""

from __future__ import annotations

from aiohttp import web

from api.bodies import ContactIn, FixIn, HangUpIn, JoinIn, LineIn, ReadIn, ReturnIn
from api.house import House
from api.members import Members, key, number, text, word
from api.rooms import join_call
from api.routes import CALLER, Ask, Routes
from api.shapes import CallerView, Done, EntryView, JoinView, PositionTaken
from api.shapes_thread import UploadView
from api.uploads import UploadQuery, receive, send_file
from api.views import caller_view, entry_view
from domain.call_back import turn_silent
from domain.caller_position import move
from domain.calling import call_again
from domain.contact import leave_contact
from domain.errors import (
    BUSY,
    DATUM_MISSING,
    INVALID,
    MEDIA_KIND,
    NO_MEDIA,
    RANGE,
    TOO_LARGE,
    WRONG_STATE,
    NotFound,
    Refused,
    StoreDown,
)
from domain.hang_up import HangUp
from domain.incident import Kind, abandon, come_back
from domain.intake import compose
from domain.message import read_thread, say
from domain.people import CALLER as CALLER_WHO
from domain.position import read_position, unix_ms
from domain.ticket import random_id
from domain.track import SHOWN

WORDS_KEPT = 4000
CANNOT_SPEAK = "CANNOT_SPEAK"

routes = Routes()


@routes.add("GET", "/my/incident", CALLER)
async def my_incident(ask: Ask) -> CallerView:
    """My report as it stands."""
    return await caller_state(ask.house, ask.caller_incident)


@routes.add(
    "POST", "/my/position", CALLER, lenient=FixIn, faults=(WRONG_STATE, DATUM_MISSING, INVALID)
)
async def my_position(ask: Ask, members: Members) -> PositionTaken:
    """Where I am now. A member that cannot be used costs that member (``missing``); without longitude,
    latitude or datum there is no position, which is refused. ``why`` says what became of the fix, null
    when it told nothing and came too often. Refused with ``wrong_state`` once the incident is closed."""
    position, missing = read_position(members.values)
    device_now = members.take("device_at", unix_ms, None)
    if position is None:
        fault = DATUM_MISSING if missing == ["position", "position.datum"] else INVALID
        raise Refused(fault, "no position can be made of it", missing=[*missing, *members.missing])
    fix = ask.house.fix(position, ask.now, device_now)
    why = await move(ask.house.store, ask.caller_incident, fix, ask.now)
    return PositionTaken(why in SHOWN, why, [*missing, *members.missing])


@routes.add("POST", "/my/messages", CALLER, lenient=LineIn, faults=(INVALID,))
async def my_message(ask: Ask, members: Members) -> EntryView:
    """Send a line of text; the same key again gives the first entry. Text beyond 4,000 characters is
    cut; members that cannot be used are left out. Without any text there is nothing to send."""
    words = members.take("text", text, "")[:WORDS_KEPT]
    if not words:
        raise Refused(INVALID, "there is no text", missing=["text", *members.missing])
    entry = await say(
        ask.house.store,
        CALLER_WHO,
        ask.caller_incident,
        members.take("key", key, "") or random_id(),
        words,
        ask.now,
        members.take("device_at", unix_ms, None),
        members.take("kind", word(Kind), None),
        answers=members.take("answers", number, None),
    )
    return entry_view(entry)


@routes.add("POST", "/my/read", CALLER)
async def my_reading(ask: Ask, body: ReadIn) -> Done:
    """How far my page has the thread, and how far it was on my screen."""
    await read_thread(
        ask.house.store, CALLER_WHO, ask.caller_incident, body.received, body.read, ask.now
    )
    return Done()


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
async def my_join(ask: Ask, body: JoinIn) -> JoinView:
    """A ticket for the call of my incident; an abandoned report rings again."""
    it = await come_back(ask.house.store, ask.caller_incident, ask.now)
    return await join_call(ask, it, it.call.participants[0], lost=body.lost)


@routes.add("POST", "/my/hangup", CALLER, lenient=HangUpIn)
async def my_hangup(ask: Ask, members: Members) -> Done:
    """I hang up, and perhaps say why. An unanswered report stays in the queue, to be called back; who
    cannot speak (``CANNOT_SPEAK``) does not hang up, but goes on in silence."""
    reason = members.take("reason", text, "").strip().upper()
    if reason == CANNOT_SPEAK:
        await turn_silent(ask.house.store, ask.caller_incident, ask.now)
        return Done()
    why = HangUp(reason) if reason in tuple(HangUp) else None
    await abandon(ask.house.store, ask.caller_incident, ask.now, why)
    return Done()


@routes.add("POST", "/my/contact", CALLER, lenient=ContactIn, faults=(INVALID,))
async def my_contact(ask: Ask, members: Members) -> CallerView:
    """I leave a telephone number or a name, 60 characters at most; empty takes it back."""
    line = members.take("contact", text, "")
    return caller_view(await leave_contact(ask.house.store, ask.caller_incident, line, ask.now))


@routes.add("POST", "/my/return", CALLER, lenient=ReturnIn)
async def my_return(ask: Ask, members: Members) -> CallerView:
    """I am back; with ``changed`` (情况有变) a closed incident is raised again, with ``call`` whoever has
    an open one is rung."""
    store, id = ask.house.store, ask.caller_incident
    it = await come_back(store, id, ask.now, members.yes("changed"))
    if members.yes("call"):
        it = await call_again(store, id, ask.now)
    return caller_view(it)


async def caller_state(house: House, id: str) -> CallerView:
    """The caller's view, from the store or, while that is away, from the board or the journal."""
    try:
        return caller_view(await house.store.incidents.get(id))
    except (NotFound, StoreDown):
        waiting = house.journal.find(id)
        if waiting is not None:
            it = compose(waiting, waiting.received_at)
            return caller_view(it, journaled=house.board.journaled(id))
        known = house.board.get(id)
        if known is not None:
            return caller_view(known)
        raise
