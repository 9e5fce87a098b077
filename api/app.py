"""The api application: routes, errors, health, the sweep, and what must go on in the background."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from functools import cache, partial
from typing import Any

import msgspec
from aiohttp import WSCloseCode, web

from api import (
    asyncapi,
    away,
    beats,
    call_back,
    caller,
    charge,
    desks,
    group_owners,
    groups,
    incidents,
    intake,
    integrators,
    jssdk,
    notice_calendar,
    notice_pictures,
    notice_presets,
    notices,
    openapi,
    people,
    platform_alarms,
    prepared_answers,
    probe,
    probe_page,
    proof,
    reach,
    recurring,
    resume,
    sandbox_script,
    second_factor,
    session,
    territory,
    tip_events,
    tip_lists,
    tip_many,
    tip_sheet,
    tip_viewings,
    tips,
    verify,
    webhooks,
)
from api.collector import leave_alone
from api.compression import compress, may_compress
from api.cross_origin import add_preflights, allow, is_open
from api.disk_watch import watch_disk
from api.forgetting import forgetting
from api.house import STORE_PATIENCE_S, House
from api.live import caller_feed, staff_feed
from api.metrics import HealthView
from api.notice_page import notice_page
from api.notice_pictures import public_picture
from api.openapi_page import page
from api.pages import add_pages
from api.problems import id_of, problem, stamp
from api.routes import PUBLIC, Route, Routes, now_ms, run
from api.sandbox import Sandbox
from api.signing import sign_logs
from api.store_watch import watch_store
from api.webhook_sending import WebhookSender
from domain.errors import (
    BAD_REQUEST,
    INTERNAL,
    METHOD,
    NOT_FOUND,
    TOO_LARGE,
    Fault,
    Refused,
)
from domain.lasting import lasting
from domain.open_files import OPEN_FILES
from domain.sweep import sweep

SWEEP_S = 1.0
AT_ONCE = 100
log = logging.getLogger("jingmin.api")
own = Routes()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@own.add("GET", "/openapi.json", PUBLIC, raw_answer="application/json")
async def read_openapi(ask: Any) -> web.Response:
    """This document."""
    text = await asyncio.to_thread(_described, ask.house.settings.demo, ask.house.settings.version)
    return web.Response(body=text, content_type="application/json")


@own.add("GET", "/asyncapi.json", PUBLIC, raw_answer="application/json")
async def read_asyncapi(ask: Any) -> web.Response:
    """The messages of the live feed, as an AsyncAPI 3 document."""
    return web.Response(body=await asyncio.to_thread(_told), content_type="application/json")


@own.add("GET", "/docs", PUBLIC, raw_answer="text/html")
async def read_docs(ask: Any) -> web.Response:
    """The document to read."""
    text = await asyncio.to_thread(_readable, ask.house.settings.demo, ask.house.settings.version)
    answer = web.Response(text=text, content_type="text/html")
    answer.headers["Content-Security-Policy"] = DOCS_POLICY
    return answer


DOCS_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


# A tenth of a second each: once a process, and not on its loop.
@cache
def _described(demo: bool, version: str) -> bytes:
    return msgspec.json.encode(openapi.document(all_routes(demo), version))


@cache
def _told() -> bytes:
    return msgspec.json.encode(asyncapi.live_feed())


@cache
def _readable(demo: bool, version: str) -> str:
    return page(openapi.document(all_routes(demo), version), openapi.PREFIX)


def all_routes(demo: bool) -> list[Route]:
    """Every REST route; the demo's own only in the demo."""
    rooms = (
        own,
        territory,
        intake,
        call_back,
        caller,
        session,
        second_factor,
        incidents,
        away,
        desks,
        verify,
        people,
        proof,
        beats,
        charge,
        tip_lists,
        tip_sheet,
        tip_events,
        tip_viewings,
        tip_many,
        tips,
        prepared_answers,
        jssdk,
        probe,
        probe_page,
        resume,
        notice_calendar,
        notice_pictures,
        notice_presets,
        recurring,
        notices,
        group_owners,
        groups,
        reach,
        platform_alarms,
        integrators,
        webhooks,
        sandbox_script,
    )
    found = [
        route
        for room in rooms
        for route in (room.routes if isinstance(room, Routes) else room.routes.routes)
    ]
    return [route for route in found if demo or not route.demo]


def create_app(house: House) -> web.Application:
    """The application; starting it starts the background tasks, stopping ends sockets and tasks."""
    app = web.Application(middlewares=[_errors], client_max_size=2**20)
    app[HOUSE] = house
    house.sandbox = Sandbox(house)
    routes = all_routes(house.settings.demo)
    add_preflights(app, openapi.PREFIX, routes, house.settings.cors_origins)
    for route in routes:
        app.router.add_route(route.method, openapi.PREFIX + route.path, _handler(route, house))
    app.router.add_get(openapi.PREFIX + "/live", partial(staff_feed, house))
    app.router.add_get(openapi.PREFIX + "/live/caller", partial(caller_feed, house))
    app.router.add_get("/n/{number}", partial(notice_page, house))
    app.router.add_get("/n/{number}/picture", partial(public_picture, house))
    app.router.add_get("/healthz", partial(_health, house))
    app.router.add_get("/metrics", partial(_metrics, house))
    if house.settings.pages is not None:
        add_pages(app, house.settings.pages, house.settings)
    app.on_response_prepare.append(stamp)
    app.on_startup.append(_start)
    app.on_shutdown.append(_close_sockets)
    app.on_cleanup.append(_stop)
    return app


HOUSE = web.AppKey("house", House)


def _handler(route: Route, house: House) -> Handler:
    compressible = may_compress(route)
    others = house.settings.cors_origins if is_open(route) else ()

    async def handle(request: web.Request) -> web.StreamResponse:
        response: web.StreamResponse | None = None
        try:
            response = await run(route, house, request)
            if compressible:
                await compress(request, response)
            return response
        except Refused as refused:
            if refused.fault.status in (401, 403, 404) and route.access != PUBLIC:
                about = (route.method, route.path, refused.fault.code, id_of(request))
                log.info("%s %s refused: %s (request %s)", *about)
            response = problem(request, refused)
            return response
        finally:
            if others and response is not None and not response.prepared:
                allow(request, response, others)
            status = str(response.status) if response is not None else "500"
            house.metrics.requests.labels(route.name, status).inc()

    return handle


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except Refused as refused:
        return problem(request, refused)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        fault = _OF_STATUS.get(error.status)
        if fault is None:
            fault = BAD_REQUEST if error.status < 500 else INTERNAL
        answer = problem(request, Refused(fault))
        if "Allow" in error.headers:
            answer.headers["Allow"] = error.headers["Allow"]
        return answer
    except (ConnectionError, asyncio.CancelledError):
        raise
    except Exception:
        route = request.match_info.route.name or "?"
        log.exception("%s %s failed (request %s)", request.method, route, id_of(request))
        return problem(request, Refused(INTERNAL))
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if request.path.startswith(openapi.PREFIX):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


_OF_STATUS: dict[int, Fault] = {404: NOT_FOUND, 405: METHOD, 413: TOO_LARGE}


def _disk(house: House) -> str:
    return "low" if house.disk_low else "ok"


async def _health(house: House, request: web.Request) -> web.Response:
    waiting = len(house.journal.waiting())
    up = house.store_up
    view = HealthView(
        "ok" if up else "degraded",
        "up" if up else "down",
        waiting,
        _disk(house),
        house.store.unread,
        house.settings.version,
    )
    # Whoever comes through the proxy learns whether it works, and nothing else.
    told = {"status": view.status} if "X-Forwarded-For" in request.headers else view
    return web.Response(
        body=msgspec.json.encode(told), status=200 if up else 503, content_type="application/json"
    )


async def _metrics(house: House, request: web.Request) -> web.Response:
    house.metrics.store_up.set(house.store_up)
    house.metrics.journaled.set(len(house.journal.waiting()))
    counts: dict[str, int] = {}
    for it in house.board.open_incidents():
        counts[str(it.state)] = counts.get(str(it.state), 0) + 1
    for state in ("RAISED", "ANSWERED", "DISPATCHED", "ABANDONED"):
        house.metrics.incidents.labels(state).set(counts.get(state, 0))
    await house.figures.refresh(house)
    return web.Response(body=house.metrics.text() + OPEN_FILES.text(), content_type="text/plain")


async def _start(app: web.Application) -> None:
    house = app[HOUSE]
    work: dict[str, Callable[[], Awaitable[None]]] = {
        "store health": lambda: watch_store(house),
        "disk": lambda: watch_disk(house),
        "sweep": lambda: _sweeping(house),
        "checkpoints": lambda: sign_logs(house),
        "forgetting": lambda: forgetting(house),
        "collector": lambda: leave_alone(house.board),
        "webhooks": WebhookSender(house).run,
    }
    house.background = [
        asyncio.create_task(lasting(name, one), name=name) for name, one in work.items()
    ]
    # What an earlier process left on disk rings, too, while the store is away.
    for number, one in enumerate(house.journal.waiting(), 1):
        house.board.show_journaled(one)
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)


async def _close_sockets(app: web.Application) -> None:
    sockets = list(app[HOUSE].open_sockets)
    await asyncio.gather(
        *(one.close(code=WSCloseCode.SERVICE_RESTART) for one in sockets), return_exceptions=True
    )


async def _stop(app: web.Application) -> None:
    house = app[HOUSE]
    if house.writing:
        await asyncio.wait(list(house.writing.values()), timeout=STORE_PATIENCE_S)
    for task in house.background:
        task.cancel()
    await asyncio.gather(*house.background, return_exceptions=True)
    await house.board.stop()
    if house.sandbox is not None:
        await house.sandbox.stop()
    house.passwords.close()


async def _sweeping(house: House) -> None:
    while True:
        # A little chance keeps many processes from sweeping in step.
        await asyncio.sleep(SWEEP_S * (0.75 + random.random() / 2))
        if not house.store_up:
            continue
        house.numbers.keep(now_ms())
        try:
            waiting, judge = house.board.sweepable(), house.may_judge_media(now_ms())
            await sweep(house.store, waiting, now_ms(), judge, house.board.gone_since)
        except Refused as refused:
            log.warning("sweep: %s", refused.fault.code)
        except Exception:
            log.exception("sweep failed")
