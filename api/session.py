"""Sessions of staff: opaque and revocable, begun by password, WeCom or (in the demo) one click."""

from __future__ import annotations

import contextlib

import msgspec
from aiohttp import web

from api.bodies import DemoLoginIn, EntryIn, LoginIn, PasswordIn
from api.desks import empty_hands, require_empty_hands
from api.devices import remember
from api.house import FACES, House, session_id
from api.login import check_log_in, check_password
from api.routes import PUBLIC, Ask, Routes
from api.shapes import Done, MeView
from api.shapes_site import DemoPerson, DemoView
from api.views import me_view
from domain.entry import spend
from domain.errors import (
    CONFLICT,
    IN_HAND,
    INVALID,
    LOGIN_FAILED,
    LOGIN_SLOWED,
    NOT_FOUND,
    TICKET_BAD,
    NotFound,
    Refused,
)
from domain.forgetting import forget_all
from domain.people import COMMUNITY_PAGE, STAFF, Person, Role, Session
from domain.place import Source, Wgs84
from domain.ports import Store
from domain.queries_people import (
    people_of_demo,
    person_named,
    person_of,
    sessions_ended_before,
    sessions_of,
)
from domain.ticket import EntryKind, is_session, issue_session, read_entry

ENDED_KEPT_MS = 7 * 86_400_000
HOME = {
    Role.DISPATCHER: "console",
    Role.SUPERVISOR: "console",
    Role.STATION_OFFICER: "station",
    Role.COMMUNITY_OFFICER: "community",
    Role.ADMIN: "console",
}

routes = Routes()


@routes.add("POST", "/session", PUBLIC, answer=MeView, faults=(LOGIN_FAILED, LOGIN_SLOWED))
async def log_in(ask: Ask, body: LoginIn) -> web.Response:
    """Log in; the answer is MeView and sets the cookie of the face in the header Jingmin-Face.

    Unknown account, wrong password and wrong code are one and the same error. After four failures of
    an account from one address each further try has to wait, 1 s and twice as long each time, at most
    15 minutes: ``login_slowed`` with ``seconds`` and Retry-After. A whole account, from anywhere, has
    60; then there is one try in 10 s, but for whoever sends its right one-time code. ``recovery`` is a
    recovery code in place of ``code``, used up by a log-in. In a browser in
    which the person logged in within 180 days (cookie ``jingmin_device``) only its own failures count:
    five, then 1 s to 60 s. An address never shuts; with more than 60 failures its log-ins come after
    the others'. Failures are halved every ten minutes, a right password leaves none.
    """
    return await _begin(ask, await check_log_in(ask, body), proved=True)


@routes.add("POST", "/session/demo", PUBLIC, answer=MeView, demo=True, faults=(NOT_FOUND,))
async def log_in_demo(ask: Ask, body: DemoLoginIn) -> web.Response:
    """Log in a member of the demo's staff with one click. Exists in the demo only."""
    found = await ask.house.store.people.find(person_named(body.login), limit=1)
    if not found or not found[0].demo or not ask.house.settings.demo:
        raise NotFound("no such demo person")
    return await _begin(ask, found[0])


@routes.add("POST", "/session/entry", PUBLIC, answer=MeView, faults=(TICKET_BAD,))
async def log_in_entry(ask: Ask, body: EntryIn) -> web.Response:
    """Log in an officer who came through the WeCom door; sets the cookie of the face ``community``."""
    house = ask.house
    ticket = read_entry(house.secret, body.ticket, EntryKind.OFFICER, ask.now)
    house.limits.spend(f"ticket:{ticket.nonce}", "ticket")
    found = await house.store.people.find(person_of(ticket.subject), limit=1)
    if not found or found[0].disabled or found[0].role not in COMMUNITY_PAGE:
        raise Refused(TICKET_BAD, "nobody who may log in here")
    await spend(house.store, ticket, ask.now)
    return await _begin(ask, found[0], "community")


@routes.add("GET", "/session", STAFF)
async def read_session(ask: Ask) -> MeView:
    """Who I am."""
    return _me(ask)


@routes.add("DELETE", "/session", STAFF, answer=Done, faults=(IN_HAND,))
async def log_out(ask: Ask) -> web.Response:
    """Log out; open live sockets of this session are closed, too. Whoever has incidents in hand hands
    them over first: ``in_hand`` with ``incidents`` (id and number)."""
    await require_empty_hands(ask)
    if ask.session is not None:
        await ask.house.store.sessions.remove(ask.session.id)
        await ask.house.audit(ask.who, "logout")
    response = web.Response(body=msgspec.json.encode(Done()), content_type="application/json")
    if ask.session is not None:
        response.del_cookie(f"jingmin_{ask.session.face}", path="/")
    return response


@routes.add(
    "PUT",
    "/session/password",
    STAFF,
    answer=MeView,
    faults=(LOGIN_FAILED, LOGIN_SLOWED, CONFLICT),
)
async def change_password(ask: Ask, body: PasswordIn) -> web.Response:
    """One's own password; tries of the old one count as log-ins. Every other session of the person
    ends, and no other browser counts as known any more."""
    person, house = _person(ask), ask.house
    if body.new == body.old:
        raise Refused(INVALID, "another password than before", field="new")
    await check_password(ask, person, body.old)
    person.password, person.password_initial = await house.passwords.hash(body.new), False
    person.devices += 1
    await house.store.people.save(person)
    await end_sessions(house.store, person.id, but=ask.session.id if ask.session else "")
    await house.audit(ask.who, "password.changed")
    response = web.Response(body=msgspec.json.encode(_me(ask)), content_type="application/json")
    remember(house, ask.request, response, person, ask.now)
    return response


@routes.add("GET", "/demo", PUBLIC, demo=True, faults=(NOT_FOUND,))
async def read_demo(ask: Ask) -> DemoView:
    """The demo's staff, for the start page."""
    people = await ask.house.store.people.find(people_of_demo(), order="login", limit=300)
    return DemoView(
        [
            DemoPerson(
                one.login,
                one.name,
                one.role,
                HOME.get(one.role, "console"),
                ask.house.station_name(one.station),
            )
            for one in people
        ],
        list(ask.house.settings.center),
        _suggested(ask.house, people),
        ask.house.settings.simulator,
    )


def _suggested(house: House, people: list[Person]) -> str | None:
    called = [
        (one.assigned_at, one.station)
        for it in house.board.open_incidents()
        for one in it.responders
    ]
    if called:
        station = max(called)[1]
    else:
        near = house.finder.locate(Wgs84(*house.settings.center, source=Source.PICKED)).candidates
        station = near[0].station if near else ""
    officers = [one for one in people if one.role is Role.STATION_OFFICER]
    return next((one.login for one in officers if one.station == station), None)


async def end_sessions(store: Store, person: str, but: str = "") -> None:
    """Revoke every session of a person, ``but`` one."""
    sessions = store.sessions
    if not but:
        await sessions.remove_many(sessions_of(person))
        return
    for id in [one.id async for one in sessions.every(sessions_of(person))]:
        if id != but:
            await sessions.remove(id)


async def forget_sessions(house: House, now: int) -> int:
    """Remove sessions that ended a week ago and more, however many; returns how many. Until then the next
    log-in at that browser still finds whose incidents to hand on."""
    old = sessions_ended_before(now - ENDED_KEPT_MS)
    return await forget_all(house.store.sessions, old, "expires_at")


async def _begin(ask: Ask, person: Person, face: str = "", *, proved: bool = False) -> web.Response:
    face = face or ask.request.headers.get("Jingmin-Face", "console")
    if face not in FACES:
        face = "console"
    house = ask.house
    old = ask.request.cookies.get(f"jingmin_{face}")
    if old and is_session(house.secret, old):
        await _replace(house, session_id(old), person)
    token = issue_session(house.secret)
    session = Session(
        session_id(token),
        person.id,
        face,
        ask.now,
        ask.now + house.settings.session_ms,
        ask.now if proved else 0,
    )
    await house.store.sessions.add(session)
    await house.audit(person.who(), "login")
    view = me_view(house, person)
    response = web.Response(body=msgspec.json.encode(view), content_type="application/json")
    response.set_cookie(
        f"jingmin_{face}",
        token,
        path="/",
        httponly=True,
        samesite="Strict",
        secure=house.settings.secure,
        max_age=house.settings.session_ms // 1000,
    )
    remember(house, ask.request, response, person, ask.now)
    return response


async def _replace(house: House, id: str, person: Person) -> None:
    """End the session that was in this browser; a colleague's incidents do not stay with nobody."""
    with contextlib.suppress(NotFound):
        before = (await house.store.sessions.get(id)).person
        await house.store.sessions.remove(id)
        if before != person.id:
            await empty_hands(house.store, before, house.clock(), "logged_out")


def _person(ask: Ask) -> Person:
    if ask.person is None:
        raise Refused(LOGIN_FAILED)
    return ask.person


def _me(ask: Ask) -> MeView:
    person = _person(ask)
    return me_view(ask.house, person)
