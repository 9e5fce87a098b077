"""``jingmin serve`` and ``demo``: keeps all processes of one machine running."""

from __future__ import annotations

import argparse
import asyncio
import logging
from functools import partial
from pathlib import Path

import aiohttp

import starting
from config import PREFIX, Settings
from demo import simulated
from domain.errors import UnusableStore
from heartbeat import Heartbeat
from jingmin.assembly.areas import boundary_file
from jingmin.boundary_commands import judge
from jingmin.processes.running import installation_of, run, signalled, uri_of_store
from jingmin.store import require_readable
from jingmin.terminal import progress
from network_settings import check_media, doubts, listeners
from storage.embedded import EmbeddedStore
from supervisor import Child

# Nobody on a line waits for these: calls, reports and callbacks come first when processors are short.
YIELDS = {"worker": 5, "simulator": 10}
log = logging.getLogger("jingmin")


def serve(settings: Settings, options: argparse.Namespace) -> int:
    """The whole product on this machine: store (if embedded), media and api process, and bot and worker
    where a platform is configured."""
    if settings.demo:
        settings = simulated(settings)
    check_media(settings)
    with starting.hold(settings.data):
        starting.require_ports(
            listeners(settings), installation_of(settings), settings.media_udp_port
        )
        for doubt in doubts(settings):
            log.warning(doubt)
        boundaries = boundary_file(settings)
        return run(partial(_supervise, settings, boundaries))


async def _supervise(settings: Settings, boundaries: Path, beat: Heartbeat) -> int:
    stop = signalled()
    say = progress if settings.demo else lambda zh, en: None
    say("检查示例城市的辖区边界", "checking the boundaries of the sample city")
    environment = {**settings.environment(), PREFIX + "BOUNDARIES": str(boundaries)}
    if not await judge(boundaries, settings.data, environment):
        return 2
    embedded = (
        None if settings.store_uri else EmbeddedStore(settings.data / "store", settings.store_port)
    )
    if embedded is not None:
        say("启动数据库 (第一次稍慢)", "starting the store (the first time takes longer)")
        await embedded.launch()
        environment[PREFIX + "STORE_URI"] = await asyncio.to_thread(lambda: embedded.uri)
        environment[PREFIX + "WORKER_AT_ONCE"] = str(settings.worker_at_once or 1)
    try:
        await require_readable(await asyncio.to_thread(uri_of_store, settings), settings)
    except UnusableStore:
        if embedded is not None:
            await asyncio.to_thread(embedded.stop)
        raise
    names = ["media", "api"]
    if settings.has_bot:
        names += ["bot", "worker"]
    if settings.demo:
        names.append("simulator")
    say(f"启动 {' '.join(names)}", f"starting {', '.join(names)}")
    children = [Child(name, [name], environment, YIELDS.get(name, 0)) for name in names]
    keepers = [asyncio.create_task(child.keep()) for child in children]
    refusing = [asyncio.create_task(child.refused.wait()) for child in children]
    if embedded is not None:
        watching = embedded.keep_running(lambda: any(child.building for child in children))
        keepers.append(asyncio.create_task(watching))
    if settings.demo:
        keepers.append(asyncio.create_task(announce(settings, stop)))
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait([asked, *refusing], return_when=asyncio.FIRST_COMPLETED)
    ends = [asked, *refusing, *keepers]
    for one in ends:
        one.cancel()
    await asyncio.gather(*ends, return_exceptions=True)
    for child in reversed(children):
        await child.stop()
    if embedded is not None:
        await asyncio.to_thread(embedded.stop)
    return 2 if any(child.refused.is_set() for child in children) else 0


async def announce(settings: Settings, stop: asyncio.Event) -> None:
    """Wait until the demo answers, then say where to look."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(2)) as client:
        while not stop.is_set():
            try:
                async with client.get(
                    f"{settings.site}/healthz", allow_redirects=False
                ) as response:
                    if response.status == 200:
                        break
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.1)
    site = settings.site
    print(
        f"""
  警民110 / Jingmin 110 — demo

  从这里开始 · start here     {site}/
  居民手机 · resident         {site}/110/
  接警台 · dispatcher desk    {site}/console/
  派出所 · police station     {site}/station/
  社区民警 · community police {site}/community/
  微信 (模拟) · WeChat         http://127.0.0.1:{settings.simulator_port}/
  接口文档 · API              {site}/api/v1/docs

  Ctrl-C 结束, 数据留在 {settings.data} · Ctrl-C ends it; data stays in {settings.data}
""",
        flush=True,
    )
