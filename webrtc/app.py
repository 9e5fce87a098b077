"""The HTTP side of a media process: the signalling socket, health and metrics."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Callable

from aiohttp import WSCloseCode, WSMsgType, web

from domain.errors import ORIGIN_REFUSED, PROTOCOL, TOO_LARGE, Refused
from domain.open_files import OPEN_FILES
from webrtc.messages import MAX_OFFER
from webrtc.server import MediaServer
from webrtc.signaling import Connection

__all__ = ["MediaServer", "create_app", "run_media"]
SERVER: web.AppKey[MediaServer] = web.AppKey("server")


class _Socket:
    """The WebSocket as a connection sees it."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket

    async def receive(self) -> str | None:
        message = await self._socket.receive()
        if message.type is WSMsgType.TEXT:
            return str(message.data)
        if message.type is WSMsgType.BINARY:
            raise Refused(PROTOCOL, "text frames only")
        if message.type is WSMsgType.ERROR and self._socket.close_code == 1009:
            raise Refused(TOO_LARGE, "message over 256 KiB")
        return None

    async def send(self, text: str) -> None:
        await self._socket.send_str(text)

    async def close(self, refused: bool) -> None:
        code = WSCloseCode.POLICY_VIOLATION if refused else WSCloseCode.OK
        await self._socket.close(code=code)


async def _rtc(request: web.Request) -> web.StreamResponse:
    server = request.app[SERVER]
    origin = request.headers.get("Origin")
    if origin is not None and origin not in server.origins:
        fault = ORIGIN_REFUSED
        return web.json_response({"code": fault.code, "title": fault.en}, status=fault.status)
    socket = web.WebSocketResponse(heartbeat=15.0, max_msg_size=MAX_OFFER, timeout=2.0)
    await socket.prepare(request)
    await server.serve(Connection(_Socket(socket), server))
    return socket


async def _healthz(request: web.Request) -> web.Response:
    try:
        async with asyncio.timeout(2.0):
            await request.app[SERVER].store.check()
    except (Refused, TimeoutError):
        return web.json_response({"ok": False, "store": "down"}, status=503)
    return web.json_response({"ok": True})


async def _metrics(request: web.Request) -> web.Response:
    body = request.app[SERVER].metrics.text() + OPEN_FILES.text()
    return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4"})


def create_app(server: MediaServer) -> web.Application:
    """``/rtc``, ``/healthz``, ``/metrics`` of a media process the caller starts and stops."""
    app = web.Application()
    app[SERVER] = server
    app.router.add_get("/rtc", _rtc)
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/metrics", _metrics)
    return app


def calm_collector() -> None:
    """Packets make short-lived tuples by the thousand: look for cycles seldom, skip what stays."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


async def run_media(
    server: MediaServer,
    listening: socket.socket,
    serving: Callable[[web.Application], web.AppRunner],
    draining: asyncio.Event,
) -> None:
    """Serve on this socket until cancelled, or until it is drained once ``draining`` is set; then everybody
    is told and recordings are finished."""
    runner = serving(create_app(server))
    await server.start()
    calm_collector()
    try:
        await runner.setup()
        await web.SockSite(runner, listening).start()
        await draining.wait()
        await server.drain()
    finally:
        await server.stop()
        await runner.cleanup()
