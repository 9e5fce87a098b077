"""The demo's WeChat has a group for every community of its officers, however slowly they are added."""

from __future__ import annotations

import asyncio

from demo import furnish, seed
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from simulator.world import World
from storage.store import MongoStore
from tests.bot.conftest import Sim
from tests.neighbourhoods import city_of_communities


async def test_each_community_gets_its_group_though_its_officer_came_late(
    sim: Sim, simulator_url: str, store: MongoStore, world: World
) -> None:
    finder = BoundaryFinder(Boundaries.from_geojson(city_of_communities()))
    await seed(store, finder, hash_password)
    officers = [one async for one in store.people.every({"demo": True}) if one.userid]
    for one in officers:
        await store.people.remove(one.id)
        world.add_member(one.userid or "", one.name)

    furnishing = asyncio.create_task(furnish(store, finder, simulator_url))
    for one in officers:
        await store.people.add(one)
        await asyncio.sleep(0.25)  # longer than furnish waits between two looks
    await asyncio.wait_for(furnishing, 30)

    groups = (await sim.get("groups", limit=1000))["groups"]
    cared_for = {id for one in officers for id in one.communities}
    assert {one["name"] for one in groups} == {f"{id} 社区警民群" for id in cared_for}
    assert len(cared_for) > len(officers)
    # A worker that starts again furnishes again.
    await asyncio.wait_for(furnish(store, finder, simulator_url), 30)
    assert len((await sim.get("groups", limit=1000))["groups"]) == len(groups)
    followers = (await sim.get("residents", limit=1000))["residents"]
    assert [one["name"] for one in followers] == ["居民甲"]


async def hash_password(password: str) -> str:
    return password
