"""The simulated platforms as one web application on one port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from simulator import doors, jssdk, pictures
from simulator.calls import OA, WORK, Desk, Endpoints, Registry
from simulator.control.corp import GroupDesk, MemberDesk
from simulator.control.desk import WorldDesk, polite
from simulator.control.residents import ResidentDesk
from simulator.oa import access as oa_access
from simulator.oa import followers, media, menu, messages, oauth, qrcodes
from simulator.work import access as work_access
from simulator.work import cards, chats, joinways, login, mass, owners
from simulator.work import messages as work_messages
from simulator.world import World

POLICY = "object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
STATIC = Path(__file__).parent / "static"


def endpoints() -> Endpoints:
    """Every API path of both platforms."""
    oa, work = Registry(OA, "oa"), Registry(WORK, "work")
    for register in (
        oa_access.register,
        messages.register,
        media.register,
        menu.register,
        qrcodes.register,
        followers.register,
        oauth.register,
    ):
        register(oa)
    for register in (
        work_access.register,
        work_messages.register,
        cards.register,
        chats.register,
        owners.register,
        joinways.register,
        mass.register,
        login.register,
    ):
        register(work)
    return {**oa.endpoints, **work.endpoints}


def create_app(world: World) -> web.Application:
    """A server of this world; its courier ends with it."""
    app = web.Application(client_max_size=32 * 1024 * 1024)
    desk = Desk(world, endpoints())
    for prefix in (OA, WORK):
        app.router.add_route("*", prefix + "/{rest:.*}", desk.handle)

    async def door(request: web.Request) -> web.Response:
        return doors.page(world, request)

    app.router.add_get(doors.AUTHORIZE, door)
    app.router.add_get(doors.LOGIN, door)
    jssdk.add_routes(app, world)
    pictures.add_routes(app, world)
    control = web.Application(middlewares=[polite])
    for part in (WorldDesk(world), ResidentDesk(world), MemberDesk(world), GroupDesk(world)):
        for route in part.routes():
            control.router.add_route(route.method, route.path.removeprefix("/sim"), route.handler)
    app.add_subapp("/sim", control)
    if (STATIC / "simulator" / "index.html").is_file():

        async def page(request: web.Request) -> web.FileResponse:
            return web.FileResponse(STATIC / "simulator" / "index.html")

        app.router.add_get("/", page)
        app.router.add_static("/assets", STATIC / "assets")

    async def policy(request: web.Request, response: web.StreamResponse) -> None:
        # The page shows what it is sent, pictures and links of every kind; other answers have a stricter one.
        if request.path == "/" or request.path.startswith("/assets/"):
            response.headers["Content-Security-Policy"] = POLICY

    app.on_response_prepare.append(policy)

    async def life(app: web.Application) -> AsyncIterator[None]:
        yield
        await world.courier.close()

    app.cleanup_ctx.append(life)
    return app
