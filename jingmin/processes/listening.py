"""Where a process listens: one installation to a port, and connections once they have sent something."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

from aiohttp import web

import starting
from config import Settings
from jingmin.processes.running import installation_of
from serving import Runner

SAYS_NOTHING_S = 10
# Longer than any browser or proxy keeps one: the report goes over the connection that brought the page.
KEEP_ALIVE_S = 3600.0


@contextlib.asynccontextmanager
async def claimed(settings: Settings, name: str, port: int) -> AsyncIterator[None]:
    """Nobody but this installation serves the port."""
    of = await asyncio.to_thread(installation_of, settings)
    with contextlib.closing(await asyncio.to_thread(starting.claim, name, port, of)):
        yield


@contextlib.asynccontextmanager
async def served(
    app: web.Application, host: str, port: int, name: str = "port", token: str = ""
) -> AsyncIterator[None]:
    runner = Runner(
        app, metrics_token=token, handler_cancellation=True, keepalive_timeout=KEEP_ALIVE_S
    )
    await runner.setup()
    try:
        listening = listening_socket(name, host, port, shared=True)
        await web.SockSite(runner, listening, backlog=1024).start()
        yield
    finally:
        await runner.cleanup()


def listening_socket(name: str, host: str, port: int, shared: bool = False) -> socket.socket:
    """A socket that takes connections once they have sent something: who connects and says nothing stays
    with the kernel, which forgets him, and takes nobody's place here. ``shared`` with other processes.
    Raises ``SettingsError`` about the setting ``name``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        found = socket.create_server((host, port), family=family, backlog=1024, reuse_port=shared)
    except OSError as error:
        raise starting.reason(name, host, port, error) from None
    if hasattr(socket, "TCP_DEFER_ACCEPT"):
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SAYS_NOTHING_S)
    return found
