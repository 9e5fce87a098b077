"""Any application as every process serves one, on a port of this test."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from jingmin.processes import listening
from tests.ports import free_port


@contextlib.asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[int]:
    port = free_port()
    async with listening.served(app, "127.0.0.1", port):
        yield port


async def raw(port: int, sent: bytes) -> bytes:
    """What comes back for these very bytes, until the server ends the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        await writer.drain()
        async with asyncio.timeout(30):
            return await reader.read()
    finally:
        writer.close()
