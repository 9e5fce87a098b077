"""A route: who may call it, what goes in, what comes out. Read off the handler's own signature.

A handler is ``async def name(ask: Ask, id: str, body: SomeIn, query: SomeQuery) -> SomeView``: ``body`` is
validated from JSON, ``query`` from the query string, other names come from the path. The same
declaration makes the OpenAPI document and the role matrix that a test walks.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_type_hints

import msgspec
from aiohttp import web

from api.members import BODY_LIMIT, BODY_S, read_members
from domain.errors import (
    BAD_REQUEST,
    FORBIDDEN,
    INVALID,
    LOGIN_NEEDED,
    TOO_LARGE,
    Fault,
    Refused,
)
from domain.json_limits import check_json
from domain.people import Role, Who

if TYPE_CHECKING:
    from api.house import House
    from domain.integrator import Integrator
    from domain.people import Person, Session

PUBLIC = "public"
CALLER = "caller"

Handler = Callable[..., Awaitable[Any]]


@dataclass(slots=True)
class Ask:
    """One request with what is known of whoever asks."""

    request: web.Request
    house: House
    now: int
    who: Who | None = None
    person: Person | None = None
    session: Session | None = None
    incident: str | None = None
    integrator: Integrator | None = None

    @property
    def staff(self) -> Who:
        if self.who is None:
            raise Refused(LOGIN_NEEDED)
        return self.who

    @property
    def caller_incident(self) -> str:
        """The incident id of the caller's resume token."""
        if self.incident is None:
            raise Refused(LOGIN_NEEDED)
        return self.incident


@dataclass(frozen=True, slots=True)
class Route:
    """``access`` is ``PUBLIC``, ``CALLER`` or the roles that may ask."""

    method: str
    path: str
    access: str | tuple[Role, ...]
    handler: Handler
    summary: str
    status: int
    body: type[Any] | None
    query: type[Any] | None
    answer: Any
    faults: tuple[Fault, ...]
    raw_body: bool | tuple[str, ...]
    raw_answer: str | None
    demo: bool = False
    lenient: type[msgspec.Struct] | None = None
    mixed: bool = False

    @property
    def name(self) -> str:
        return self.handler.__name__


@dataclass(slots=True)
class Routes:
    """The routes of one file; ``api/app.py`` puts them together."""

    routes: list[Route] = field(default_factory=list)

    def add(
        self,
        method: str,
        path: str,
        access: str | tuple[Role, ...],
        *,
        status: int = 200,
        faults: tuple[Fault, ...] = (),
        raw_body: bool | tuple[str, ...] = False,
        raw_answer: str | None = None,
        answer: type[Any] | None = None,
        demo: bool = False,
        lenient: type[msgspec.Struct] | None = None,
        mixed: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Declare the decorated handler a route. ``raw_body`` (perhaps the media types it takes) and
        ``raw_answer`` (a media type) leave reading or writing bytes to the handler; ``answer`` is what a
        handler that makes its own response (for a cookie) answers; ``demo`` routes exist in the demo only.
        A ``lenient`` route takes the members of that body, whatever they are, as ``members``: what
        somebody in danger sends is judged member by member, never refused as a whole. A ``mixed`` answer
        has the words of several strangers: it is never compressed (api/compression.py)."""

        def declare(handler: Handler) -> Handler:
            hints = get_type_hints(handler, localns={"Ask": Ask})
            self.routes.append(
                Route(
                    method,
                    path,
                    access,
                    handler,
                    inspect.getdoc(handler) or handler.__name__,
                    status,
                    hints.get("body"),
                    hints.get("query"),
                    answer or hints.get("return"),
                    faults,
                    raw_body,
                    raw_answer,
                    demo,
                    lenient,
                    mixed,
                )
            )
            return handler

        return declare


async def run(route: Route, house: House, request: web.Request) -> web.StreamResponse:
    """Identify, check, validate, call, encode. Raises ``Refused``; the app turns it into a problem."""
    if house.sandbox is not None:
        house = await house.sandbox.asked(request, route.name == "report") or house
    ask = Ask(request, house, now_ms())
    await house.identify(ask, route)
    try:
        return await _answer(ask, route, house, request)
    except Refused as refused:
        if ask.who is not None and refused.fault.status in (403, 404):
            about = f"{route.method} {route.path} {refused.fault.code}"
            await house.audit(ask.who, "refused", about, refused=True)
        raise


async def _answer(ask: Ask, route: Route, house: House, request: web.Request) -> web.StreamResponse:
    if isinstance(route.access, tuple) and ask.staff.role not in route.access:
        raise Refused(FORBIDDEN)
    arguments: dict[str, Any] = dict(request.match_info)
    if route.query is not None:
        arguments["query"] = read_query(request, route.query)
    if route.body is not None:
        arguments["body"] = decode(await read_body(request), route.body)
    if route.lenient is not None:
        arguments["members"] = await read_members(request, route.lenient.__struct_fields__)
    answer = await route.handler(ask, **arguments)
    if isinstance(answer, web.StreamResponse):
        return answer
    return web.Response(
        body=msgspec.json.encode(answer), status=route.status, content_type="application/json"
    )


async def read_body(request: web.Request, limit: int = BODY_LIMIT) -> bytes:
    """The body, at most ``limit`` bytes; raises ``too_large``."""
    if request.content_length is not None and request.content_length > limit:
        raise Refused(TOO_LARGE, f"at most {limit} bytes")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for piece in request.content.iter_chunked(16_384):
                body += piece
                if len(body) > limit:
                    raise Refused(TOO_LARGE, f"at most {limit} bytes")
    except TimeoutError:
        raise Refused(BAD_REQUEST, f"the body took more than {BODY_S:.0f} s") from None
    return bytes(body)


def decode(body: bytes, kind: type[Any]) -> Any:
    """``body`` as ``kind``; raises ``bad_request`` for broken JSON and ``invalid`` for other shapes."""
    check_json(body, BODY_LIMIT)
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise Refused(INVALID, str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(BAD_REQUEST, f"not JSON: {error}") from None


def read_query(request: web.Request, kind: type[Any]) -> Any:
    """The query string as ``kind``; unknown names are refused, but for ``face``."""
    values = {name: value for name, value in request.query.items() if name != "face"}
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Refused(INVALID, str(error)) from None


def now_ms() -> int:
    """The server's clock in Unix milliseconds."""
    return time.time_ns() // 1_000_000
