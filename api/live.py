"""The live feed (``LIVE.md``): snapshot, then changes, one WebSocket a screen.

A screen holds the set of incidents that changed since it was last sent to, not a queue of messages:
a slow one is sent the latest state later and never delays another.
"""

from __future__ import annotations

import asyncio

import msgspec
from aiohttp import WSMsgType, web

from api.caller import caller_state
from api.caller_presence import CallerPresence
from api.changes import change_for
from api.desk_presence import connected_desk, on_duty
from api.house import House
from api.limits import SOCKETS, UNKNOWN_SOCKETS
from api.messages import (
    CallerSnapshot,
    Hello,
    IncidentGone,
    Ping,
    Pong,
    PresenceOf,
    Reach,
    Snapshot,
    SnapshotPart,
    StoreState,
    Touched,
    encode,
)
from api.routes import Ask, now_ms
from api.screens import (
    NO_HELLO,
    SESSION_OVER,
    TRY_LATER,
    Screen,
    one_of,
    open_screen,
    read_message,
    say_problem,
    turn_away,
)
from api.shapes_stations import StationReach
from api.stood_down import view_for
from api.views import me_view
from domain.errors import LOGIN_NEEDED, NOT_FOUND, TOKEN_BAD, TOO_MANY, NotFound, Refused, StoreDown
from domain.incident import Incident
from domain.people import DESK, Person, Role, Session
from domain.stood_down import seen_until
from domain.ticket import read_resume
from domain.triage import rank

HELLO_S = 10.0
MOST_UNREADABLE = 20  # numbers that a screen is told
SILENT_S = 40.0
PART = 500  # incidents in one frame: some 50 ms to send where each is as long as it may be
AT_ONCE = 100  # views made before the loop may do something else: some 10 ms


async def staff_feed(house: House, request: web.Request) -> web.WebSocketResponse:
    """``/live``: for the desk everything not closed, for a station its own; a community page hears
    what it has to read again."""
    house.require_origin(request)
    ask = Ask(request, house, now_ms())
    try:
        id = house.session_of(request)
        house.limits.spend(f"session:{id}", "socket")
        await house.log_in(ask, id)
    except Refused as refused:
        if refused.fault not in (LOGIN_NEEDED, TOO_MANY):
            raise
        # A page hears nothing of a refused handshake, and would try again for ever; of this code it does.
        screen = await open_screen(request)
        return await turn_away(screen, refused)
    session, person = ask.session, ask.person
    assert session is not None
    assert person is not None
    house.require_set_up(person)
    if person.role not in (*DESK, Role.STATION_OFFICER, Role.COMMUNITY_OFFICER):
        raise Refused(NOT_FOUND)
    screen = await open_screen(request)
    with one_of(house, f"session:{id}", screen, SOCKETS):
        async with (
            connected_desk(house, session, person),
            on_duty(house, person, session.face),
        ):
            return await _run(house, screen, "staff", _StaffSide(house, screen, session, person))


async def caller_feed(house: House, request: web.Request) -> web.WebSocketResponse:
    """``/live/caller``: the caller's own incident, by resume token in the first message."""
    origin = house.origin(request)
    house.require_origin(request, missing_ok=True, others=house.settings.cors_origins)
    screen = await open_screen(request)
    try:
        with one_of(house, f"origin:{origin}", screen, UNKNOWN_SOCKETS):
            async with asyncio.timeout(HELLO_S) as screen.hello:
                message = await screen.socket.receive()
            screen.hello = None
        hello = read_message(message.data if message.type is WSMsgType.TEXT else "")
        if not isinstance(hello, Hello):
            raise Refused(TOKEN_BAD)
        if house.sandbox is not None:
            house = await house.sandbox.of_token(hello.token) or house
        incident = read_resume(house.secret, hello.token)
        house.limits.spend(f"incident:{incident}", "socket")
        await house.arrived(incident)
        await caller_state(house, incident)
    except (TimeoutError, msgspec.DecodeError, UnicodeDecodeError):
        await screen.socket.close(code=TRY_LATER if screen.replaced else NO_HELLO)
        return screen.socket
    except Refused as refused:
        return await turn_away(screen, refused)
    side, there = _CallerSide(house, screen, incident), CallerPresence(house, incident)
    screen.pinged = there.pinged
    watching = asyncio.create_task(there.keep(), name="presence")
    try:
        with one_of(house, f"incident:{incident}", screen, SOCKETS):
            return await _run(house, screen, "caller", side)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


class _StaffSide:
    def __init__(self, house: House, screen: Screen, session: Session, person: Person) -> None:
        self._house, self._screen = house, screen
        self._session, self._person = session, person
        # Once more after listening began: a log-out in between would not be heard of.
        self._doubted = True

    def heard(self, kind: str, id: str) -> None:
        screen = self._screen
        if kind == "incident":
            screen.dirty[id] = None
        elif kind == "presence":
            if not self._follows(id):
                return
            screen.moved[id] = None
        elif kind == "reach":
            if self._session.face == "community" or self._person.role not in DESK:
                return
            screen.reach[id] = None
        elif kind in ("tips", "handed", "notices", "groups"):
            if not self._reads(kind, id):
                return
            screen.touched["tips" if kind == "handed" else kind] = None
        elif kind == "store":
            screen.store_changed = True
        elif kind == "reset":
            screen.reset = "lost"
            self._doubted = True
        elif kind == "session" and id == self._session.id:
            screen.over = True
        elif kind == "person" and id == self._person.id:
            self._doubted = True
        else:
            return
        screen.wake.set()

    async def flush(self) -> None:
        screen, house = self._screen, self._house
        if self._session.expires_at < now_ms() or (self._doubted and await self._ended()):
            screen.over = True
            return
        if screen.reset is not None:
            await self._snapshot(screen.reset)
        if screen.store_changed:
            screen.store_changed = False
            waiting, low = len(house.journal.waiting()), house.disk_low
            await screen.send(StoreState(_store(house), waiting, low, self._unreadable()))
        while screen.touched:
            what = next(iter(screen.touched))
            del screen.touched[what]
            await screen.send(Touched(what))
        if screen.reach:
            duty, those = house.board.on_duty, sorted(screen.reach)
            screen.reach.clear()
            await screen.send(Reach([StationReach(one, *duty.reach(one)) for one in those]))
        while screen.dirty:
            id = next(iter(screen.dirty))
            del screen.dirty[id]
            it = house.board.get(id)
            if it is None or not self._sees(it):
                if screen.sent.pop(id, None) is not None:
                    await screen.send(IncidentGone(id))
                continue
            after = screen.sent.get(id, 0)
            who = self._person.who()
            screen.sent[id] = seen_until(it, who) or it.log.length
            text = change_for(house, who, it, after)
            if text is not None:
                await screen.send_text(text)
        while screen.moved:
            id = next(iter(screen.moved))
            del screen.moved[id]
            if id in screen.sent:
                seen = house.board.seen(id)
                await screen.send(PresenceOf(id, seen.present, seen.confirmed_at))

    async def _ended(self) -> bool:
        """Whether the session was revoked, or the person may no longer see what is shown here."""
        self._doubted = False
        try:
            await self._house.store.sessions.get(self._session.id)
            person = await self._house.store.people.get(self._person.id)
        except StoreDown:
            self._doubted = True
            return False
        except NotFound:
            return True
        rights = (person.disabled, person.role, person.station)
        return rights != (False, self._person.role, self._person.station)

    async def _snapshot(self, reason: str) -> None:
        screen, house = self._screen, self._house
        screen.reset = None
        screen.dirty.clear()
        screen.moved.clear()
        part: list[msgspec.Raw] = []
        screen.sent = {}
        first = True
        for number, known in enumerate(sorted(house.board.incidents(), key=rank), 1):
            # Thousands take a second; what changes meanwhile is dirty and sent after this.
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
            it = house.board.get(known.id)
            if it is None or not self._sees(it):
                continue
            if len(part) == PART:
                await self._send_part(part, reason if first else "", more=True)
                part, first = [], False
            screen.sent[it.id] = it.log.length
            part.append(msgspec.Raw(encode(view_for(house, self._person.who(), it, None))))
        await self._send_part(part, reason if first else "", more=False)

    async def _send_part(self, part: list[msgspec.Raw], reason: str, more: bool) -> None:
        """The snapshot's first part, with its ``reason``, or one of those that follow."""
        if not reason:
            await self._screen.send(SnapshotPart(part, more))
            return
        house = self._house
        me, waiting = me_view(house, self._person), len(house.journal.waiting())
        state, low, lost = _store(house), house.disk_low, self._unreadable()
        first = Snapshot(reason, me, part, state, waiting, low, lost, now_ms(), more)
        await self._screen.send(first)

    def _unreadable(self) -> list[str]:
        """Of an officer those at which his own station is at work."""
        found, station = self._house.unreadable, self._person.station
        if self._person.role not in DESK:
            found = [one for one in found if station in one.stations]
        return [one.name for one in found][:MOST_UNREADABLE]

    def _follows(self, id: str) -> bool:
        """Whether this screen is told at once that the caller is still there: of what waits everybody on
        the desk, of the others whoever has it. The rest learns it with the next change."""
        it = self._house.board.get(id)
        if it is None or not self._sees(it) or seen_until(it, self._person.who()) is not None:
            return False
        mine = it.dispatcher in (None, self._person.id)
        return mine or self._person.role is Role.STATION_OFFICER

    def _sees(self, it: Incident) -> bool:
        if self._house.board.hidden(it.id):
            return False
        if self._person.role is Role.COMMUNITY_OFFICER or self._session.face == "community":
            return False
        return self._person.role in DESK or self._person.station in it.stations()

    def _reads(self, kind: str, station: str) -> bool:
        """Community pages show these, and the desk tips that became incidents; tips of another station
        are not even heard of."""
        if self._session.face != "community":
            return kind == "handed" and self._person.role in DESK
        everywhere = kind != "tips" or self._person.role is Role.SUPERVISOR
        return everywhere or self._person.station == station


class _CallerSide:
    def __init__(self, house: House, screen: Screen, incident: str) -> None:
        self._house, self._screen, self._incident = house, screen, incident

    def heard(self, kind: str, id: str) -> None:
        if (kind == "incident" and id == self._incident) or kind in ("reset", "store", "desks"):
            self._screen.reset = "changed"
            self._screen.wake.set()

    async def flush(self) -> None:
        if self._screen.reset is None:
            return
        self._screen.reset = None
        try:
            view = await caller_state(self._house, self._incident)
        except Refused as refused:
            await say_problem(self._screen, refused.fault)
            return
        await self._screen.send(
            CallerSnapshot(view, _store(self._house), self._house.board.desks())
        )


async def _run(
    house: House, screen: Screen, name: str, side: _StaffSide | _CallerSide
) -> web.WebSocketResponse:
    socket = screen.socket
    gauge = house.metrics.sockets.labels(name)
    gauge.inc()
    unlisten = house.board.listen(side.heard)
    house.open_sockets.add(socket)
    reader = asyncio.create_task(_read(screen), name="live reader")
    try:
        while not socket.closed and not reader.done():
            await side.flush()
            while screen.pongs:
                await screen.send(Pong(screen.pongs.pop(0), now_ms()))
            if screen.replaced:
                await socket.close(code=TRY_LATER)
                break
            if screen.over:
                await socket.close(code=SESSION_OVER)
                break
            screen.wake.clear()
            if screen.dirty or screen.touched or screen.moved or screen.reset or screen.reach:
                continue
            if screen.store_changed or screen.pongs or reader.done():
                continue
            try:
                async with asyncio.timeout(30):
                    await screen.wake.wait()
            except TimeoutError:
                continue
    except (ConnectionError, TimeoutError):
        await socket.close(code=1011)
    finally:
        gauge.dec()
        unlisten()
        house.open_sockets.discard(socket)
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
    return socket


async def _read(screen: Screen) -> None:
    """Until the page goes, says nothing for 40 s, or says something that is not in the protocol."""
    try:
        while True:
            async with asyncio.timeout(SILENT_S):
                message = await screen.socket.receive()
            if message.type is not WSMsgType.TEXT:
                return
            ping = read_message(message.data)
            if isinstance(ping, Ping) and len(screen.pongs) < 10:
                screen.pongs.append(ping.at)
                screen.pinged(ping)
                screen.wake.set()
    except (TimeoutError, msgspec.DecodeError):
        return
    finally:
        screen.wake.set()


def _store(house: House) -> str:
    return "up" if house.store_up else "down"
