"""What the desk does in the sandbox: whoever develops an app says it himself, with the key of his test."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from api.bodies import Key, Request
from api.call_back import LINK_MS
from api.integrators import HEADER
from api.routes import PUBLIC, Ask, Routes
from api.shapes import CallerView, EntryView
from api.shapes_caller import LinkView
from api.views import caller_view, entry_view
from domain.closing import close
from domain.errors import FORBIDDEN, LOGIN_NEEDED, WRONG_STATE, NotFound, Refused
from domain.incident import OPEN, Disposition, Incident, answer
from domain.message import say
from domain.people import Role, Who
from domain.ticket import issue_link, random_id

DESK = Who("sandbox", Role.DISPATCHER, "测试接警员")
routes = Routes()


class ScriptLine(Request):
    """A line from the desk; the same ``key`` again is the same line."""

    text: Annotated[str, Meta(min_length=1, max_length=4000)]
    key: Key | None = None


class ScriptClose(Request):
    """How it ends."""

    disposition: Disposition = Disposition.RESOLVED
    words: Annotated[str, Meta(max_length=4000)] = ""


@routes.add("POST", "/sandbox/incidents/{id}/answer", PUBLIC, faults=(FORBIDDEN, WRONG_STATE))
async def answer_in_sandbox(ask: Ask, id: str) -> CallerView:
    """The desk of the sandbox answers a report of the same key."""
    await _mine(ask, id)
    return caller_view(await answer(ask.house.store, DESK, id, ask.now))


@routes.add("POST", "/sandbox/incidents/{id}/message", PUBLIC, faults=(FORBIDDEN, WRONG_STATE))
async def write_in_sandbox(ask: Ask, id: str, body: ScriptLine) -> EntryView:
    """The desk of the sandbox, which has answered, writes to the caller."""
    it = await _mine(ask, id)
    if it.state not in OPEN:
        raise Refused(WRONG_STATE, "answer it first", state=str(it.state))
    key = body.key or random_id()
    return entry_view(await say(ask.house.store, DESK, id, key, body.text, ask.now))


@routes.add("POST", "/sandbox/incidents/{id}/close", PUBLIC, faults=(FORBIDDEN, WRONG_STATE))
async def close_in_sandbox(ask: Ask, id: str, body: ScriptClose) -> CallerView:
    """The desk of the sandbox, which has answered, closes the case."""
    await _mine(ask, id)
    it = await close(ask.house.store, DESK, id, body.disposition, body.words, ask.now)
    return caller_view(it)


@routes.add("POST", "/sandbox/incidents/{id}/link", PUBLIC, faults=(FORBIDDEN, WRONG_STATE))
async def make_sandbox_link(ask: Ask, id: str) -> LinkView:
    """A link that opens the caller's page of a test, which says all the time that nobody comes."""
    await _mine(ask, id)
    expires_at = ask.now + LINK_MS
    return LinkView("/110/#back=" + issue_link(ask.house.secret, id, expires_at), expires_at)


async def _mine(ask: Ask, id: str) -> Incident:
    """The test, if it came with this key. Raises ``login_needed`` without a key, ``forbidden`` for a key
    that is not of the sandbox."""
    if ask.integrator is None:
        raise Refused(LOGIN_NEEDED, HEADER)
    if not ask.house.apart:
        raise Refused(FORBIDDEN, "a key of the sandbox alone")
    it = await ask.house.store.incidents.get(id)
    if it.channel is None or it.channel.integrator != ask.integrator.id:
        raise NotFound("no such report of this key")
    return it
