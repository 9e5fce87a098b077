"""``jingmin api``: one api process."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
from functools import partial

import starting
from api.app import create_app
from api.house import House
from config import Settings
from demo import seed
from heartbeat import Heartbeat
from jingmin.assembly.api import build_house
from jingmin.assembly.areas import keep_boundaries
from jingmin.processes.areas import boundaries_to_start
from jingmin.processes.listening import claimed, served
from jingmin.processes.running import installation_of, run, signalled, store_of
from locate.boundaries import Boundaries

# What the process hears of the change feed: it has to read all of it.
API_HEARS = (
    "incidents",
    "people",
    "sessions",
    "presences",
    "media_processes",
    "tips",
    "groups",
    "doorways",
    "notices",
    "deliveries",
)
log = logging.getLogger("jingmin")


def api(settings: Settings, options: argparse.Namespace) -> int:
    """An api process alone; any number of them may run on one store."""
    return run(partial(_api, settings))


async def _api(settings: Settings, beat: Heartbeat) -> int:
    place = {"port": (settings.host, settings.port)}
    await asyncio.to_thread(lambda: starting.require_ports(place, installation_of(settings)))
    boundaries = await boundaries_to_start(settings)
    if boundaries is None:
        return 2
    store = await store_of(settings, API_HEARS, beat)
    # What a dead process left in the journal is read here.
    house = await asyncio.to_thread(build_house, settings, store, boundaries)
    beat.late = house.metrics.loop_lag.observe
    gc.freeze()  # modules and map: nothing the collector would find garbage in
    async with (
        claimed(settings, "port", settings.port),
        served(create_app(house), settings.host, settings.port, token=settings.metrics_token),
    ):
        preparing = asyncio.create_task(_prepare(house, boundaries))
        log.info("api on %s:%s", settings.host, settings.port)
        asked = [asyncio.create_task(one.wait()) for one in (signalled(), house.unusable_store)]
        await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        for one in (preparing, *asked):
            one.cancel()
    await house.store.close()
    await asyncio.to_thread(house.journal.close)
    return 2 if house.unusable_store.is_set() else 0


async def _prepare(house: House, boundaries: Boundaries) -> None:
    """Once the store is there: the demo's staff, and the boundary version as documents."""
    while not house.store_up:
        await asyncio.sleep(0.1)
    if house.settings.demo:
        await seed(house.store, house.finder, house.passwords.hash)
    await keep_boundaries(house.store, boundaries)
