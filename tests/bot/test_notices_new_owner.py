"""A notice that waits for its time while a group gets another owner."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.house import BotHouse
from domain.handing_over import handed_over
from domain.notice import DeliveryState, Notice, Outcome
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from simulator.world import World
from tests.bot.conftest import Sim
from tests.bot.test_notices import GROUPS, HOUR_S, OWNERS, Town
from tests.neighbourhoods import city_of_communities


@pytest.fixture(scope="session")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


@pytest.fixture
async def town(sim: Sim, world: World, house: BotHouse) -> Town:
    one = Town(sim, world, house)
    await one.until_hour(10.2)
    await one.build()
    return one


async def handed(town: Town, chats: list[str], to: str) -> None:
    assert await town.house.corps.of("").hand_over(chats, to) == {}
    for chat in chats:
        await handed_over(town.store, chat, to)


async def planned(town: Town) -> Notice:
    return await town.published(send_at=town.now + 3 * HOUR_S * 1000)


async def sent(town: Town, it: Notice, *owners: str) -> int:
    """How many groups have it once these owners confirmed and the platform was asked."""
    sender = town.sender()
    await town.sim.advance(3 * HOUR_S + 600)
    for _ in range(2):
        await sender.turn()
        await town.sim.advance(10)
    await town.confirm(*owners)
    for _ in range(3):
        await sender.turn()
        await town.sim.advance(700)
    return (await outcomes(town, it))[Outcome.SENT]


async def outcomes(town: Town, it: Notice) -> Counter[Outcome]:
    found = town.store.deliveries.every({"notice": it.id})
    return Counter([how async for one in found for how in one.outcomes.values()])


async def test_a_group_that_changed_hands_meanwhile_has_its_notice_from_its_new_owner(
    town: Town,
) -> None:
    it = await planned(town)
    old, new = town.owners[:2]
    mine = [chat for chat in town.chats if town.world.state.groups[chat].owner == old]
    assert len(mine) > 1
    await handed(town, mine[:1], new)
    assert await sent(town, it, *town.owners) == GROUPS
    assert all(len(town.world.state.groups[chat].reached) == 1 for chat in town.chats)
    assert set(town.masses().values()) == {1}
    assert sum(town.masses().values()) == OWNERS + 1


async def test_all_groups_of_an_owner_go_over_and_he_gets_no_task(town: Town) -> None:
    it = await planned(town)
    old, new, third = town.owners[:3]
    mine = [chat for chat in town.chats if town.world.state.groups[chat].owner == old]
    await handed(town, mine[:1], third)
    await handed(town, mine[1:], new)
    assert await sent(town, it, *town.owners[1:]) == GROUPS
    assert await town.tasks(old) == []
    states = {one.state async for one in town.store.deliveries.every({"notice": it.id})}
    assert states == {DeliveryState.DONE, DeliveryState.CANCELLED}
    assert (await outcomes(town, it)).total() == GROUPS
