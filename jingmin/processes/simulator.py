"""``jingmin simulator``: the demo's WeChat and WeCom."""

from __future__ import annotations

import argparse
import asyncio
from functools import partial

import msgspec

from config import Settings, SettingsError
from demo import platform_accounts
from heartbeat import Heartbeat
from serving import Runner
from simulator.__main__ import serve as simulate
from simulator.accounts import Config


def simulator(settings: Settings, options: argparse.Namespace) -> int:
    """The simulated WeChat and WeCom alone, with the accounts of the demo."""

    if not settings.demo:
        raise SettingsError("demo: the simulator belongs to the demo")
    folder = settings.data / "simulator"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    accounts = msgspec.convert(platform_accounts(settings), Config)
    port, serving = settings.simulator_port, partial(Runner, shutdown_timeout=0.5)
    work = simulate(accounts, folder / "world.json", "127.0.0.1", port, serving)
    asyncio.run(Heartbeat().during(work))
    return 0
