"""A media process for bench/media.py: no store behind it, its tickets signed with a known key."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from pathlib import Path
from typing import Any

import uvloop
from aiohttp import web

from domain.errors import StoreDown
from webrtc.app import MediaServer, calm_collector, create_app

SECRET = b"bench" * 8


class NoStore:
    """Every question is answered ``store_down``: calls must work all the same."""

    def __getattr__(self, name: str) -> Any:
        return NoStore()

    def __call__(self, *_: Any, **__: Any) -> Any:
        return self._refuse()

    async def _refuse(self) -> None:
        raise StoreDown("no store in this measurement")


class NoFeed:
    async def subscribe(self, size: int = 1000) -> Any:
        await asyncio.Event().wait()
        yield None


class Bare(NoStore):
    feed = NoFeed()


class Unregistered(MediaServer):
    """Without a store there is nothing to register in."""

    async def _register(self) -> None:
        return None


async def main(spool: str, record: bool) -> None:
    logging.disable(logging.WARNING)
    server = Unregistered(
        store=Bare(),  # type: ignore[arg-type]
        secret=SECRET,
        media_id="bench",
        public_url="",
        addresses=["127.0.0.1"],
        origins=[],
        spool=Path(spool),
        record=record,
    )
    await server.start()
    calm_collector()
    runner = web.AppRunner(create_app(server), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(json.dumps({"port": runner.addresses[0][1]}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2] == "record"))
