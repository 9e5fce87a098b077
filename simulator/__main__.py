"""python -m simulator: the simulated platforms on one port until SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from simulator.accounts import Config, read
from simulator.app import create_app
from simulator.vault import keep, load, save
from simulator.world import World


async def serve(
    config: Config,
    state: Path | None,
    host: str,
    port: int,
    serving: Callable[[web.Application], web.AppRunner] | None = None,
) -> None:
    """Until the process is asked to end; ``serving`` is how our processes serve an application."""
    world = World(
        config,
        load(state) if state else None,
        state.with_name(state.name + ".media") if state else None,
    )
    app = create_app(world)
    runner = serving(app) if serving else web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    keeper = asyncio.create_task(keep(world, state)) if state else None
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    print(f"simulator on http://{host}:{port}", flush=True)
    await stop.wait()
    if keeper and state:
        keeper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeper
        save(world, state)
    await runner.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    parser.add_argument("--config", type=Path, help="accounts (JSON); without it, built-in ones")
    parser.add_argument("--state", type=Path, help="keep the world in this file")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8114)
    given = parser.parse_args()
    config = read(given.config) if given.config else Config()
    asyncio.run(serve(config, given.state, given.host, given.port))


if __name__ == "__main__":
    main()
