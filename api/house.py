"""What the api's handlers work with: the ports, the board, and who is asking."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import hashlib
import hmac
import ipaddress
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

from api.board import Board
from api.cross_origin import is_open
from api.devices import PATH as DEVICE_PATH
from api.devices import browser
from api.figures import Figures
from api.integrators import integrator_of
from api.limits import Limits, Sockets
from api.metrics import Metrics
from api.passwords import Passwords
from api.proxies import Networks, address_of, unnamed
from api.routes import CALLER, PUBLIC, Ask, Route, now_ms
from domain.audit import Audit
from domain.call import MEDIA_DEAD_MS
from domain.clock import within
from domain.errors import (
    LOGIN_NEEDED,
    ORIGIN_REFUSED,
    PASSWORD_NEEDED,
    SECOND_FACTOR,
    NotFound,
    Refused,
    StoreDown,
)
from domain.incident import Incident
from domain.intake import Report
from domain.integrator import Integrator, Scope
from domain.lease import Turns
from domain.people import Person, Who
from domain.place import Fix, Jurisdiction, Position
from domain.ports import Finder, Journal, Pictures, Seal, Store, Unread
from domain.position import fix
from domain.probe import ProbeTargets
from domain.publishing import Cap
from domain.receipt_numbers import ReceiptNumbers
from domain.ticket import derive_key, is_session, read_resume
from domain.tip_deadline import Deadlines
from domain.together import Together

if TYPE_CHECKING:
    from api.sandbox import Sandbox

FACES = ("console", "station", "admin", "community")
# What somebody may do who still has to change the initial password or set up the second factor.
BARE = (
    "read_session",
    "log_out",
    "change_password",
    "new_second_factor",
    "confirm_second_factor",
)
# Open to anybody, and for keys that do what callers do.
OF_CALLERS = (
    "report",
    "find_report",
    "answer_in_sandbox",
    "write_in_sandbox",
    "close_in_sandbox",
    "make_sandbox_link",
)
STORE_PATIENCE_S = 2.0
log = logging.getLogger("jingmin.api")


@dataclass(frozen=True, slots=True)
class CorpName:
    """A corp in WeCom: its name in userids, and what people call it."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """``origins`` are the sites whose pages may change something, like ``https://110.example.cn``;
    ``proxies`` the networks whose X-Forwarded-For is believed; ``secure`` marks cookies Secure;
    ``corps`` are those in WeCom besides the city's first; ``wechat_script`` is where the JS-SDK is loaded
    from inside WeChat, ``officer_login`` the bot's door for officers, ``join_codes`` the site of the
    pictures of groups' QR codes, ``simulator`` the demo's WeChat. All are empty without the platform. With
    ``second_factor`` staff without a one-time code can only set one up; ``cap`` is what one group may
    get; ``has_bot``: a platform is configured; ``store_folder`` is where the embedded store lies;
    ``webhook_private`` lets webhooks use http and addresses that are not public;
    ``cors_origins`` are other sites whose pages may use the caller's API, ``embed_origins`` those that may
    show the resident's page within theirs; ``deadlines`` are until when tips are answered."""

    origins: tuple[str, ...]
    city: str
    service: str = "网上110"
    demo: bool = False
    secure: bool = True
    proxies: tuple[str, ...] = ()
    session_ms: int = 12 * 3_600_000
    map_style: str | None = None
    version: str = ""
    pages: Path | None = None
    center: tuple[float, float] = (121.13, 41.1)
    wechat_appid: str = ""
    wechat_script: str = ""
    officer_login: str = ""
    join_codes: str = ""
    simulator: str = ""
    second_factor: bool = True
    corps: tuple[CorpName, ...] = ()
    cap: Cap = field(default_factory=Cap)
    has_bot: bool = False
    store_folder: Path | None = None
    webhook_private: bool = False
    cors_origins: tuple[str, ...] = ()
    embed_origins: tuple[str, ...] = ()
    deadlines: Deadlines = field(default_factory=Deadlines)


@dataclass(slots=True)
class House:
    """The api's rooms' doors. ``content`` opens what tips say, ``tokens`` the ticket of the JS-SDK;
    the key of identities is the bot's alone. ``background`` tasks end with the process. Reports are
    stored ``together``; those that the store has not answered for yet are in ``writing``, by id.
    ``integrators`` are those whose reports came here, as they were last read. ``apart``: this is the
    sandbox's (api/sandbox.py); ``sandbox`` is that of the real one. ``turns`` says which process does
    what one is enough for; ``targets`` what a phone outside is to try, with credentials good until
    then (Unix ms)."""

    settings: ApiSettings
    store: Store
    finder: Finder
    pictures: Pictures
    journal: Journal[Report]
    secret: bytes
    board: Board
    numbers: ReceiptNumbers
    passwords: Passwords
    limits: Limits
    metrics: Metrics
    spool: Path
    content: Seal
    tokens: Seal
    log: Audit
    clock: Callable[[], int] = now_ms
    store_up: bool = False
    store_up_since: int | None = None
    disk_low: bool = False
    unreadable: list[Unread] = field(default_factory=list)
    background: list[asyncio.Task[None]] = field(default_factory=list)
    proxies: Networks = ()
    targets: Callable[[int], ProbeTargets] = lambda until: ProbeTargets()
    proxy_doubted: bool = False
    ending: set[asyncio.Task[None]] = field(default_factory=set)
    change_texts: dict[tuple[object, ...], bytes] = field(default_factory=dict)
    sockets: Sockets = field(default_factory=Sockets)
    open_sockets: set[web.WebSocketResponse] = field(default_factory=set)
    area_cache: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    together: Together[Incident] = field(init=False)
    writing: dict[str, asyncio.Task[Incident | None]] = field(default_factory=dict)
    integrators: dict[str, Integrator] = field(default_factory=dict)
    apart: bool = False
    sandbox: Sandbox | None = None
    turns: Turns = field(init=False)
    unusable_store: asyncio.Event = field(default_factory=asyncio.Event)
    figures: Figures = field(default_factory=Figures)

    def __post_init__(self) -> None:
        self.turns = Turns(lambda: self.store, lambda: self.clock())
        self.together = Together(lambda: self.store.incidents, STORE_PATIENCE_S)

    async def open_store(self) -> None:
        """Once the store answers: indexes, feed, board, numbers. Raises ``StoreDown`` until then, and
        ``UnusableStore``."""
        await self.store.open()
        if not self.board.loaded:
            await self.board.start()
        await self.numbers.fill(self.clock())

    def may_judge_media(self, now: int) -> bool:
        """Whether heartbeats had time to arrive since the store was last away, this process stood still, or
        the clock was set."""
        if self.store_up_since is None or self.board.standstill.within(2 * MEDIA_DEAD_MS):
            return False
        return not within(self.store_up_since, now, 2 * MEDIA_DEAD_MS)

    async def identify(self, ask: Ask, route: Route) -> None:
        """Fill in who asks; raises ``login_needed``, ``token_bad`` or ``origin_refused``."""
        request = ask.request
        if route.access == PUBLIC and route.name == "report" and not self.apart:
            return
        if route.access in (PUBLIC, CALLER):
            of_callers = route.access == CALLER or route.name in OF_CALLERS
            scope = Scope.CALLER if of_callers else Scope.PUBLIC
            ask.integrator = await integrator_of(self, request, scope)
        if route.name == "report":
            if ask.integrator is None:
                raise StoreDown("the key cannot be judged now")
            self.limits.spend(f"key:{ask.integrator.id}", "test")
            return
        if route.access == PUBLIC and (ask.integrator is None or is_log_in(request)):
            self._limit_public(request, ask.now)
        if request.method not in ("GET", "HEAD"):
            others = self.settings.cors_origins if is_open(route) else ()
            missing_ok = route.access == CALLER or route.path.startswith("/sandbox/")
            self.require_origin(request, missing_ok=missing_ok, others=others)
        if route.access == CALLER:
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            try:
                if scheme.lower() != "bearer" or not token:
                    raise Refused(LOGIN_NEEDED)
                ask.incident = read_resume(self.secret, token)
            except Refused:
                self.limits.spend(self.origin(request), "refused")
                raise
            if ask.integrator is None:
                self.limits.spend(f"incident:{ask.incident}", "request")
            await self.settled(ask.incident)
            await self.arrived(ask.incident)
        elif route.access != PUBLIC:
            await self.settled(request.match_info.get("id", ""))
            session = self.session_of(request)
            self.limits.spend(f"session:{session}", "request")
            await self.log_in(ask, session)
            if route.name not in BARE:
                self.require_set_up(ask.person)

    async def settled(self, incident: str) -> None:
        """Wait, 2 s at most, until the store has answered for a report: its receipt and its ring may
        have come before."""
        if (writing := self.writing.get(incident)) is not None:
            await asyncio.wait({writing}, timeout=STORE_PATIENCE_S)

    async def arrived(self, incident: str) -> None:
        """Wait, 2 s at most, for the report of a token that this process does not know: another one gave
        the receipt, and the store has not answered that for it yet."""
        end = time.monotonic() + STORE_PATIENCE_S
        while self.board.get(incident) is None and time.monotonic() < end:
            try:
                await self.store.incidents.get(incident)
            except NotFound:
                await asyncio.sleep(0.1)
                continue
            except StoreDown:
                pass
            return

    def _limit_public(self, request: web.Request, now: int) -> None:
        # Whatever others at this address do, a browser known here gets as far as the password.
        device = None
        if is_log_in(request):
            device = browser(self.secret, request, now)
        if device is not None:
            self.limits.spend(f"device:{device}", "request")
        else:
            self.limits.spend(self.origin(request), "public")

    def session_of(self, request: web.Request) -> str:
        """The id of the session of the face that is meant, without asking the store; a cookie that is
        none of ours costs the origin and raises ``login_needed``."""
        token = request.cookies.get(f"jingmin_{face_of(request)}", "")
        if not is_session(self.secret, token):
            self.limits.spend(self.origin(request), "refused")
            raise Refused(LOGIN_NEEDED)
        return session_id(token)

    async def log_in(self, ask: Ask, id: str) -> None:
        """Fill in the person behind a session; raises ``login_needed`` when it is over."""
        try:
            session = await self.store.sessions.get(id)
            person = await self.store.people.get(session.person)
        except NotFound:
            raise Refused(LOGIN_NEEDED) from None
        if session.expires_at < ask.now or person.disabled:
            raise Refused(LOGIN_NEEDED)
        if session.face != face_of(ask.request):
            raise Refused(LOGIN_NEEDED)
        ask.session, ask.person, ask.who = session, person, person.who()

    def require_set_up(self, person: Person | None) -> None:
        """Raises ``password_needed`` for staff that has to change the initial password first,
        ``second_factor`` for staff that has to set up the one-time code."""
        if person is not None and person.password_initial:
            raise Refused(PASSWORD_NEEDED)
        if person is not None and self.needs_code(person):
            raise Refused(SECOND_FACTOR)

    def needs_code(self, person: Person) -> bool:
        """Whether this person must set up the one-time code before anything else; never in the demo."""
        return self.settings.second_factor and not self.settings.demo and person.totp is None

    def require_origin(
        self, request: web.Request, missing_ok: bool = False, others: tuple[str, ...] = ()
    ) -> None:
        """Requests that change something come from our own pages, from those of ``others``, or from no page
        at all."""
        origin = request.headers.get("Origin")
        if origin is None and missing_ok:
            return
        if origin is None or origin.rstrip("/") not in (*self.settings.origins, *others):
            raise Refused(ORIGIN_REFUSED)

    def address(self, request: web.Request) -> str:
        """The client's address; X-Forwarded-For counts only from configured proxies."""
        if not self.proxy_doubted and (near := unnamed(request, self.proxies)):
            self.proxy_doubted = True
            log.warning(
                "proxies: %s sends X-Forwarded-For and is not named; all who come through it "
                "are one address to the limits",
                near,
            )
        return address_of(request, self.proxies)

    def origin(self, request: web.Request) -> str:
        """A name for the client's address (of IPv6 its first 64 bits) that does not tell it."""
        address = self.address(request)
        with contextlib.suppress(ValueError):
            known = ipaddress.ip_address(address.partition("%")[0])
            if isinstance(known, ipaddress.IPv6Address):
                known = known.ipv4_mapped or ipaddress.IPv6Address(int(known) >> 64 << 64)
            address = str(known)
        key = derive_key(self.secret, "origin")
        return hmac.new(key, address.encode(), hashlib.sha256).hexdigest()[:24]

    def fix(self, position: Position, now: int, device_now: int | None = None) -> Fix:
        """A reported position located; the finder never fails for a position."""
        return fix(self.finder, position, now, device_now)

    async def audit(
        self, who: Who | None, what: str, about: str = "", refused: bool = False
    ) -> None:
        """Note something outside an incident; a store that is down does not stop the work."""
        await self.log.note(who, what, self.clock(), about, refused)

    async def areas(self, level: str) -> tuple[bytes, bytes]:
        """GeoJSON of one level, plain and as gzip, encoded once."""
        if level not in self.area_cache:

            def encoded() -> tuple[bytes, bytes]:
                plain = msgspec.json.encode(self.finder.geojson(level))
                return plain, gzip.compress(plain, 9, mtime=0)

            self.area_cache[level] = await asyncio.to_thread(encoded)
        return self.area_cache[level]

    def bureau_name(self, station: Jurisdiction) -> str:
        """The name of the bureau above a station, or nothing."""
        for bureau in self.finder.bureaus():
            if bureau.id == station.parent:
                return bureau.name
        return ""

    def station_name(self, station: str | None) -> str | None:
        if station is None:
            return None
        try:
            return self.finder.station(station).name
        except NotFound:
            return None


def is_log_in(request: web.Request) -> bool:
    """Whether it is under the addresses of log-ins, which no key makes easier to try."""
    return request.path.startswith(DEVICE_PATH)


def face_of(request: web.Request) -> str:
    """The face a request is for: by header, or for sockets and pictures by the query."""
    face = request.headers.get("Jingmin-Face") or request.query.get("face", "console")
    return face if face in FACES else ""


def session_id(token: str) -> str:
    """Only the hash of a session's token is stored."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
