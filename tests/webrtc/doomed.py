"""A media process of its own for tests that kill it: prints its URL, has no store."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import uvloop
from aiohttp import web

from tests.webrtc.media_process import SECRET
from tests.webrtc.memory_store import MemoryStore
from webrtc.app import MediaServer, create_app


async def main(spool: str) -> None:
    store = MemoryStore()
    server = MediaServer(
        store=store,
        secret=SECRET,
        media_id="media-1",
        public_url="",
        addresses=["127.0.0.1"],
        origins=[],
        spool=Path(spool),
    )
    await server.start()
    store.down = True
    app = create_app(server)

    async def show(request: web.Request) -> web.StreamResponse:
        return web.FileResponse(Path(__file__).with_name("page.html"))

    app.router.add_get("/page", show)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    server.origins = frozenset([url])
    print(url, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
