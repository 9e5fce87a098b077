"""The HTTP server of every process: what holds for each of its answers and connections.

Whatever the application is: every answer carries the headers of ``HEADERS``, a malformed request costs one
line of the log without its content, a head that does not come to its end and a reader that does not read
are ended, and there is always room for one more report.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import ClassVar

from aiohttp import web
from aiohttp.typedefs import Middleware
from aiohttp.web_protocol import RequestHandler
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

from domain.open_files import OPEN_FILES

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=31536000",  # counts over https only (RFC 6797, 8.1)
    # Of what is no page: nothing in it is run or shown in a frame. Pages have one of their own.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
HEAD_S = 15.0  # from the first byte of a request's head to its last
READS_S = 120.0  # a reader that leaves what was sent to him
METRICS = "/metrics"
PROCESS = CollectorRegistry()
ProcessCollector(registry=PROCESS)  # process_start_time_seconds, processor, memory, open files
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = logging.getLogger("jingmin.serving")


class Runner(web.AppRunner):
    """``web.AppRunner`` with the server of the file's head. With a ``metrics_token`` only who sends it along
    is told ``/metrics``; without one whoever reaches this port is."""

    def __init__(self, app: web.Application, *, metrics_token: str = "", **more: object) -> None:
        app.middlewares.insert(0, _watched(metrics_token))
        app.on_response_prepare.append(_add_headers)
        app.middlewares.insert(0, _keep_room)
        super().__init__(app, access_log=None, **more)  # type: ignore[arg-type]

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        server.__class__ = _Server
        return server


async def _add_headers(request: web.BaseRequest, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def _watched(token: str) -> Middleware:
    """``/metrics`` to whoever may see it, with what every process has to say of itself."""
    expected = f"Bearer {token}".encode()

    @web.middleware
    async def watched(request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        if resource is None or resource.canonical != METRICS:
            return await handler(request)
        said = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if token and not hmac.compare_digest(said, expected):
            return web.Response(status=401, text="401\n", headers={"WWW-Authenticate": "Bearer"})
        response = await handler(request)
        if isinstance(response, web.Response) and isinstance(response.body, bytes):
            response.body += await asyncio.to_thread(generate_latest, PROCESS)  # reads /proc
        return response

    return watched


@web.middleware
async def _keep_room(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The last connections are for requests that end, a report among them, not for feeds."""
    if OPEN_FILES.now > OPEN_FILES.lasting and "Upgrade" in request.headers:
        OPEN_FILES.refused += 1
        raise web.HTTPServiceUnavailable(headers={"Retry-After": "5", "Connection": "close"})
    return await handler(request)


class _Server(web.Server):
    def __call__(self) -> RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class _Connection(RequestHandler):
    """One connection: its time-outs, its errors, and its place among the others."""

    __slots__ = ("_head", "_reads", "_taken")
    _all: ClassVar[dict[_Connection, None]] = {}  # the oldest first

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._head: asyncio.TimerHandle | None = None
        self._reads: asyncio.TimerHandle | None = None
        self._taken = True
        super().connection_made(transport)
        self._all[self] = None
        OPEN_FILES.now = len(self._all)
        if OPEN_FILES.now > OPEN_FILES.connections:
            OPEN_FILES.refused += 1
            self._weakest().abort()

    def _weakest(self) -> _Connection:
        """The oldest that nobody waits at, else the oldest that has us wait, else this new one."""
        owing = self
        for one in self._all:
            if one is self:
                continue
            if one.idle:
                return one
            if owing is self and one.owes:
                owing = one
        return owing

    def connection_lost(self, exc: BaseException | None) -> None:
        self._all.pop(self, None)
        OPEN_FILES.now = len(self._all)
        self._stop_waiting()
        super().connection_lost(exc)

    @property
    def idle(self) -> bool:
        """Nobody waits for its answer: between two requests, or before the end of the first head."""
        return self._current_request is None and not self._messages

    @property
    def owes(self) -> bool:
        """His turn: the rest of what he sends, or to read what was sent to him."""
        asked = self._current_request
        return self._reads is not None or (asked is not None and not asked.content.is_eof())

    def abort(self) -> None:
        """End it at once, whatever waits to be read there."""
        self._all.pop(self, None)
        if self.transport is not None:  # of uvloop: no asyncio.Transport
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.idle:
            if self._head is not None:
                self._head.cancel()
                self._head = None
        elif self._head is None and self.transport is not None:
            self._head = self._loop.call_later(HEAD_S, self.abort)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._reads is None:
            self._reads = self._loop.call_later(READS_S, self.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._reads is not None:
            self._reads.cancel()
            self._reads = None

    def _stop_waiting(self) -> None:
        for one in (self._head, self._reads):
            if one is not None:
                one.cancel()
        self._head = self._reads = None

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What cannot be read as a request. Neither log nor answer say what was in it."""
        log.info("a request that cannot be read: %s", type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("an answer was begun already")
        response = web.Response(status=status, text=f"{status}\n", headers=HEADERS)
        response.force_close()
        return response

    def log_exception(self, *about: object, **more: object) -> None:
        error = more.get("exc_info")
        log.error("a request failed in the server: %s", type(error).__name__)
