"""Log-in of staff: Argon2id, one-time codes, opaque revocable sessions, back-off."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress

import msgspec
from aiohttp import web

from api.bodies import CodeIn, DemoLoginIn, EntryIn, LoginIn
from api.house import FACES, House, session_id
from api.passwords import drawn, new_totp, totp_step
from api.routes import PUBLIC, Ask, Routes
from api.shapes import DemoPerson, DemoView, Done, MeView, TotpView
from api.views import me_view
from domain.entry import spend
from domain.errors import (
    LOGIN_FAILED,
    LOGIN_SLOWED,
    NOT_FOUND,
    TICKET_BAD,
    Conflict,
    NotFound,
    Refused,
)
from domain.people import COMMUNITY_PAGE, STAFF, Attempts, Person, Role, Session
from domain.place import Source, Wgs84
from domain.revise import revise
from domain.ticket import EntryKind, read_entry

# Tries before waiting begins, and the longest wait in ms: of an account from one address, of an
# address (a whole station may be behind one), of an account from anywhere.
DOORS = {"pair": (4, 15 * 60_000), "addr": (60, 60_000), "login": (40, 10_000)}
HALVED_MS = 10 * 60_000  # failures are halved each time this has passed
KNOWN_MS = 90 * 86_400_000  # so long an account is known at an address it logged in from
KEPT_MS = 6 * 3_600_000
SWEPT = 50
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
    an account from one address each further try has to wait, twice as long each time. Whole accounts
    and whole addresses have more tries, and do not count for an account that logged in from the same
    address in the last 90 days, so that nobody can lock out a desk from elsewhere. Failures are
    halved every ten minutes.
    """
    house = ask.house
    address = house.address(ask.request)
    login = body.login.lower()
    doors = [f"pair:{login}@{address}"]
    if not await _known(house, f"known:{login}@{address}", ask.now):
        house.limits.spend(address, "login")
        doors += [f"addr:{address}", f"login:{login}"]
    # Counted before the password is looked at, so that many at once are not all the first.
    counted: list[str] = []
    try:
        for door in doors:
            await _count(house, door, ask.now)
            counted.append(door)
    except Refused:
        for door in counted:
            await _give_back(house, door)
        raise
    found = await house.store.people.find({"login": body.login.lower()}, limit=1)
    person = found[0] if found and not found[0].disabled else None
    right = await house.passwords.verify(person.password if person else None, body.password)
    if right and person is not None and person.totp is not None:
        right = await _code_right(house, person, body.code or "")
    if not right or person is None:
        await house.audit(None, "login.failed", body.login.lower()[:64], refused=True)
        raise Refused(LOGIN_FAILED)
    await house.store.attempts.remove(doors[0])
    for door in doors[1:]:
        await _give_back(house, door)
    await _remember(house, f"known:{login}@{address}", ask.now)
    return await _begin(ask, person)


@routes.add("POST", "/session/demo", PUBLIC, answer=MeView, demo=True, faults=(NOT_FOUND,))
async def log_in_demo(ask: Ask, body: DemoLoginIn) -> web.Response:
    """Log in a member of the demo's staff with one click. Exists in the demo only."""
    found = await ask.house.store.people.find({"login": body.login}, limit=1)
    if not found or not found[0].demo or not ask.house.settings.demo:
        raise NotFound("no such demo person")
    return await _begin(ask, found[0])


@routes.add("POST", "/session/entry", PUBLIC, answer=MeView, faults=(TICKET_BAD,))
async def log_in_entry(ask: Ask, body: EntryIn) -> web.Response:
    """Log in an officer who came through the WeCom door; sets the cookie of the face ``community``."""
    house = ask.house
    house.limits.spend(house.address(ask.request), "login")
    ticket = read_entry(house.secret, body.ticket, EntryKind.OFFICER, ask.now)
    found = await house.store.people.find({"_id": ticket.subject}, limit=1)
    if not found or found[0].disabled or found[0].role not in COMMUNITY_PAGE:
        raise Refused(TICKET_BAD, "nobody who may log in here")
    await spend(house.store, ticket, ask.now)
    return await _begin(ask, found[0], "community")


@routes.add("GET", "/session", STAFF)
async def read_session(ask: Ask) -> MeView:
    """Who I am."""
    return _me(ask)


@routes.add("DELETE", "/session", STAFF, answer=Done)
async def log_out(ask: Ask) -> web.Response:
    """Log out; open live sockets of this session are closed, too."""
    if ask.session is not None:
        await ask.house.store.sessions.remove(ask.session.id)
        await ask.house.audit(ask.who, "logout")
    response = web.Response(body=msgspec.json.encode(Done()), content_type="application/json")
    if ask.session is not None:
        response.del_cookie(f"jingmin_{ask.session.face}", path="/")
    return response


@routes.add("POST", "/session/totp", STAFF)
async def new_second_factor(ask: Ask) -> TotpView:
    """A secret for an authenticator; it counts once a code made with it was sent by PUT."""
    person = _person(ask)
    secret, uri = new_totp(person.login)
    person.totp_pending = secret
    await ask.house.store.people.save(person)
    return TotpView(secret, uri, await asyncio.to_thread(drawn, uri))


@routes.add("PUT", "/session/totp", STAFF, faults=(LOGIN_FAILED,))
async def confirm_second_factor(ask: Ask, body: CodeIn) -> MeView:
    """Switch the second factor on with its first code."""
    person = _person(ask)
    secret = person.totp_pending
    step = totp_step(secret, body.code, 0) if secret else None
    if secret is None or step is None:
        raise Refused(LOGIN_FAILED, "the code does not belong to the new secret")
    person.totp, person.totp_pending, person.totp_used = secret, None, step
    await ask.house.store.people.save(person)
    await ask.house.audit(ask.who, "totp.set")
    return _me(ask)


@routes.add("GET", "/demo", PUBLIC, demo=True, faults=(NOT_FOUND,))
async def read_demo(ask: Ask) -> DemoView:
    """The demo's staff, for the start page."""
    people = await ask.house.store.people.find({"demo": True}, order="login", limit=300)
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


async def end_sessions(house: House, person: str) -> None:
    """Revoke every session of a person."""
    ids = [one.id async for one in house.store.sessions.every({"person": person})]
    for id in ids:
        await house.store.sessions.remove(id)


async def _begin(ask: Ask, person: Person, face: str = "") -> web.Response:
    face = face or ask.request.headers.get("Jingmin-Face", "console")
    if face not in FACES:
        face = "console"
    house = ask.house
    old = ask.request.cookies.get(f"jingmin_{face}")
    if old:
        await house.store.sessions.remove(session_id(old))
    token = secrets.token_urlsafe(32)
    await house.store.sessions.add(
        Session(session_id(token), person.id, face, ask.now, ask.now + house.settings.session_ms)
    )
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
    return response


async def _known(house: House, mark: str, now: int) -> bool:
    try:
        return (await house.store.attempts.get(mark)).until > now
    except NotFound:
        return False


async def _remember(house: House, mark: str, now: int) -> None:
    def seen(it: Attempts) -> None:
        it.until = now + KNOWN_MS

    with suppress(Conflict):  # somebody else remembers it at this moment
        await revise(house.store.attempts, mark, seen, lambda: Attempts(mark))
    # Whoever comes in takes a few counts with him that have aged to nothing.
    old = {"at": {"$gt": 0, "$lt": now - KEPT_MS}, "until": {"$lt": now}}
    for one in await house.store.attempts.find(old, limit=SWEPT):
        await house.store.attempts.remove(one.id)


async def _count(house: House, door: str, now: int) -> None:
    """Count a try and let it pass, in one step; raises ``login_slowed`` when it has to wait."""
    free, longest = DOORS[door.partition(":")[0]]

    def change(it: Attempts) -> None:
        if it.until > now:
            raise Refused(LOGIN_SLOWED, seconds=(it.until - now + 999) // 1000)
        halvings = max(0, now - it.at) // HALVED_MS
        it.failures >>= halvings
        it.at = it.at + halvings * HALVED_MS if it.failures else now
        it.failures += 1
        beyond = it.failures - free
        if beyond >= 0:
            it.until = now + min(1000 * 2 ** min(beyond, 20), longest)

    try:
        await revise(house.store.attempts, door, change, lambda: Attempts(door))
    except Conflict:
        raise Refused(LOGIN_SLOWED, seconds=1) from None


async def _give_back(house: House, door: str) -> None:
    def change(it: Attempts) -> None:
        it.failures, it.until = max(0, it.failures - 1), 0

    with suppress(Conflict, NotFound):
        await revise(house.store.attempts, door, change)


async def _code_right(house: House, person: Person, code: str) -> bool:
    step = totp_step(person.totp or "", code, person.totp_used)
    if step is None:
        return False
    person.totp_used = step
    try:
        await house.store.people.save(person)
    except Conflict:
        return False  # the same code was used at the same moment
    return True


def _person(ask: Ask) -> Person:
    if ask.person is None:
        raise Refused(LOGIN_FAILED)
    return ask.person


def _me(ask: Ask) -> MeView:
    person = _person(ask)
    return me_view(ask.house, person)
