"""CORS: pages of other sites that build on the caller's API, as the installation names them.

Exact origins alone. No cookie is ever taken along (there is no ``Access-Control-Allow-Credentials``), and
staff's API answers nobody: what such a page may do anybody may who has no session.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from api.problems import HEADER as REQUEST_ID
from api.routes import CALLER, PUBLIC, Route

Handler = Callable[[web.Request], Awaitable[web.Response]]

OPEN = (
    "read_config",
    "report",
    "resume_by_link",
    "read_public_notice",
    "read_openapi",
    "read_asyncapi",
)
ASKED = "Authorization, Content-Type, Idempotency-Key, Range"
SHOWN = f"Content-Range, Retry-After, {REQUEST_ID}"
KEPT_S = 600


def is_open(route: Route) -> bool:
    """Whether pages of other sites may ask for it: what callers do. Not log-ins, not the staff's, and not
    what takes an integrator's key, which no page may have."""
    return route.access == CALLER or (route.access == PUBLIC and route.name in OPEN)


def allow(request: web.Request, response: web.StreamResponse, origins: tuple[str, ...]) -> None:
    """Let the page read the answer when its origin is named; the answer depends on the origin anyway."""
    _vary(response)
    origin = request.headers.get("Origin")
    if origin is not None and origin in origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = SHOWN


def add_preflights(
    app: web.Application, prefix: str, routes: list[Route], origins: tuple[str, ...]
) -> None:
    """Answer the question browsers ask before they send what they would not send by themselves."""
    if not origins:
        return
    methods: dict[str, list[str]] = {}
    for route in routes:
        if is_open(route):
            methods.setdefault(route.path, []).append(route.method)
    for path, of in methods.items():
        app.router.add_route("OPTIONS", prefix + path, _preflight(of, origins))


def _preflight(methods: list[str], origins: tuple[str, ...]) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        response = web.Response(status=204)
        allow(request, response, origins)
        if "Access-Control-Allow-Origin" in response.headers:
            response.headers["Access-Control-Allow-Methods"] = ", ".join(methods)
            response.headers["Access-Control-Allow-Headers"] = ASKED
            response.headers["Access-Control-Max-Age"] = str(KEPT_S)
        return response

    return answer


def _vary(response: web.StreamResponse) -> None:
    named = response.headers.get("Vary", "")
    if "origin" not in named.lower().replace(" ", "").split(","):
        response.headers["Vary"] = f"{named}, Origin".lstrip(", ")
