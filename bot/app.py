"""The bot's HTTP: callbacks of both platforms, health and metrics; those two alone for a worker."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

from bot import alarm_rows, callbacks, meters
from bot.alarms import ALARMS
from bot.callbacks import Patience
from bot.document import LIMIT
from bot.doors import add_doors
from bot.house import BotHouse
from bot.life import run as life_of
from bot.platforms import connect
from domain.errors import BAD_REQUEST, INTERNAL, METHOD, NOT_FOUND, TOO_LARGE, Refused, StoreDown

log = logging.getLogger("jingmin.bot")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HEALTH_S = 2.0
_OF_STATUS = {404: NOT_FOUND, 405: METHOD, 413: TOO_LARGE}


def create_app(house: BotHouse, patience: Patience | None = None) -> web.Application:
    """The application; while it runs ``house.officials`` and ``house.corps`` are connected
    (if they were not before)."""
    app = web.Application(client_max_size=LIMIT, middlewares=[_refusals])
    callbacks.add_routes(app, house, patience)
    add_doors(app, house)

    async def life(app: web.Application) -> AsyncIterator[None]:
        connected = house.officials or house.corps
        client = None if connected else connect(house)
        tasks = [
            asyncio.create_task(alarm_rows.run(house), name="alarms to the store"),
            asyncio.create_task(life_of(house, "bot"), name="sign of life"),
        ]
        yield
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if client is not None:
            await client.close()

    _add_watching(app, house)
    app.cleanup_ctx.append(life)
    return app


def create_watching(house: BotHouse) -> web.Application:
    """What an operator watches of a worker, which has no other HTTP."""
    app = web.Application(middlewares=[_refusals])
    _add_watching(app, house)
    return app


def _add_watching(app: web.Application, house: BotHouse) -> None:
    async def health(request: web.Request) -> web.Response:
        """200 when the store takes a write and gives it back, else 503; and what the platforms refuse."""
        alarms = [
            {"code": one.trouble, "platform": one.platform, "call": one.call}
            | {"errcode": one.errcode, "since": one.since}
            for one in ALARMS.standing()
        ]
        try:
            async with asyncio.timeout(HEALTH_S):
                await house.store.check()
        except (StoreDown, TimeoutError):
            return web.json_response(
                {"status": "degraded", "store": "down", "alarms": alarms}, status=503
            )
        return web.json_response({"status": "ok", "store": "up", "alarms": alarms})

    app.router.add_get("/healthz", health)
    app.router.add_get("/metrics", meters.serve)


def problem(refused: Refused) -> web.Response:
    """The refusal as RFC 9457 problem details, with the codes of the whole product."""
    fault = refused.fault
    body = {
        "type": f"about:blank#{fault.code}",
        "title": fault.en,
        "status": fault.status,
        "code": fault.code,
        "title_zh": fault.zh,
        "title_en": fault.en,
        "detail": refused.detail,
    }
    return web.Response(
        body=json.dumps(body, ensure_ascii=False).encode(),
        status=fault.status,
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store"},
    )


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except Refused as refused:
        # Neither who nor what: a refusal's detail names fields, never their values.
        log.warning(
            "%s %s: %s", request.method, _route(request), refused.detail or refused.fault.code
        )
        return problem(refused)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        fault = _OF_STATUS.get(error.status, BAD_REQUEST if error.status < 500 else INTERNAL)
        answer = problem(Refused(fault))
        if "Allow" in error.headers:
            answer.headers["Allow"] = error.headers["Allow"]
        return answer
    except (ConnectionError, asyncio.CancelledError):
        raise
    except Exception:
        log.exception("%s %s failed", request.method, _route(request))
        return problem(Refused(INTERNAL))
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "?"
