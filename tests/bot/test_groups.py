"""The registry of groups against the simulated WeCom: events, what gives none, lag, doorways."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from bot import groups, handler
from bot.groups import RECONCILE_MS, GroupKeeper, changed, run_groups
from bot.house import BotHouse
from bot.parcel import Incoming, Kind
from domain.arrival import Platform
from domain.errors import Refused
from domain.group import Bond, GroupState
from domain.people import Person, Role, Who
from domain.registry import bind, make_doorway, remove_doorway, write_welcome
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from simulator.world import World
from tests.bot.conftest import Sim
from tests.bot.street import until
from tests.neighbourhoods import city_of_communities

CHIEF = Who("chief", Role.SUPERVISOR, "科长")
ZHOU = Who("zhou", Role.COMMUNITY_OFFICER, "周警官", "w1")


@pytest.fixture(scope="session")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


class Corp:
    """Officers on record, a keeper, and hands on the simulator."""

    def __init__(self, sim: Sim, world: World, house: BotHouse) -> None:
        self.sim, self.world, self.house, self.store = sim, world, house, house.store
        self.work = house.corps.of("")
        self.keeper = GroupKeeper(house)

    async def officer(self, userid: str, *communities: str) -> None:
        one = Person(userid, userid, userid, Role.COMMUNITY_OFFICER, "", "w1")
        one.userid, one.communities = userid, list(communities)
        await self.store.people.add(one)

    async def made(self, owner: str, name: str = "群", **more: Any) -> str:
        made = await self.sim.post("groups", owner=owner, name=name, **more)
        return str(made["chat_id"])

    async def told(self, chat: str, change: str = "update", detail: str = "") -> None:
        event = Incoming(
            platform=Platform.CONTACT,
            kind=Kind.EVENT,
            sender="sys",
            receiver="corp",
            sent_at=self.house.clock(),
            event="change_external_chat",
            chat=chat,
            change=change,
            detail=detail,
        )
        await changed(self.house, event)

    async def turn(self, after_s: float = 0) -> None:
        if after_s:
            await self.sim.advance(after_s)
        await self.keeper.turn()


@pytest.fixture
async def corp(sim: Sim, world: World, house: BotHouse) -> Corp:
    return Corp(sim, world, house)


async def test_reconciliation_finds_the_groups_of_every_owner(corp: Corp) -> None:
    seeded = await corp.sim.post("seed", owner_count=130, groups=150, members=10)
    for owner in seeded["owners"]:
        await corp.officer(owner, "w1-c1")
    await corp.turn()
    found = await corp.store.groups.find(limit=1000)
    assert {one.id for one in found} == set(seeded["chat_ids"])
    assert {one.community for one in found} == {"w1-c1"}
    assert {one.bound_by for one in found} == {Bond.OWNER}
    assert {(one.members, one.residents) for one in found} == {(11, 10)}
    asked = len(await corp.sim.calls("groupchat/get"))
    await corp.turn(10)
    assert len(await corp.sim.calls("groupchat/get")) == asked, "not read all the time"


async def test_the_groups_of_an_officer_are_read_when_he_comes_on_file_or_into_another_charge(
    corp: Corp,
) -> None:
    """An account made after the worker started waited 30 minutes for its groups."""
    chat = await corp.made("zhang")

    async def charge() -> str | None:
        while not (found := await corp.store.groups.find()) or not found[0].community:
            await asyncio.sleep(0.05)
        return found[0].community

    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        await corp.officer("first")
        running = tasks.create_task(run_groups(corp.house))
        while not await corp.sim.calls("groupchat/list"):
            await asyncio.sleep(0.05)
        await corp.officer("zhang")
        while not (found := await corp.store.groups.find()):
            await asyncio.sleep(0.05)
        assert (found[0].id, found[0].community) == (chat, None)
        one = await corp.store.people.get("zhang")
        one.communities = ["w1-c1"]
        await corp.store.people.save(one)
        assert await charge() == "w1-c1"
        running.cancel()


async def test_a_group_made_in_wecom_is_known_from_its_callback(corp: Corp, bot_url: str) -> None:
    await corp.officer("zhang", "w1-c1")
    chat = await corp.made("zhang")
    await corp.sim.settle()
    assert await corp.store.groups.find() == []
    while await handler.sweep(corp.house):
        pass
    await corp.turn()
    (found,) = await corp.store.groups.find()
    assert (found.id, found.owner, found.community) == (chat, "zhang", "w1-c1")
    await corp.sim.post(f"groups/{chat}/dismiss")
    await corp.sim.settle()
    while await handler.sweep(corp.house):
        pass
    assert (await corp.store.groups.get(chat)).state is GroupState.DISMISSED


async def test_a_crowd_that_joins_keeps_nobody_waiting(
    corp: Corp, bot_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Groups have places of their own: while all of these are taken a resident is answered."""
    done, hold = groups.changed, asyncio.Event()

    async def held(house: BotHouse, one: Incoming) -> None:
        await hold.wait()
        await done(house, one)

    monkeypatch.setattr(groups, "changed", held)
    for number in range(4):
        await corp.made("zhang", f"群{number}")
    await corp.sim.settle()
    await corp.sim.resident()
    running = asyncio.create_task(handler.run(corp.house))

    async def answered() -> bool:
        waiting = await corp.store.arrivals.find({"state": "RECEIVED"})
        return {one.platform for one in waiting} == {Platform.CONTACT}

    await until(answered)
    hold.set()

    async def all_done() -> bool:
        return not await corp.store.arrivals.find({"state": "RECEIVED"})

    await until(all_done)
    running.cancel()


async def test_members_are_counts_and_nothing_else(corp: Corp) -> None:
    await corp.officer("zhang", "w1-c1")
    openid = await corp.sim.resident(name="李小明")
    chat = await corp.made("zhang", residents=[openid])
    await corp.turn()
    it = await corp.store.groups.get(chat)
    assert (it.members, it.residents) == (2, 1)
    stored = json.dumps(it, default=lambda one: {s: getattr(one, s) for s in one.__slots__})
    external = next(iter(corp.world.state.residents.values())).external_userid
    for secret in ("李小明", openid, external):
        assert secret not in stored
    calls = await corp.sim.calls("groupchat/get")
    assert all('"need_name":1' not in str(call) for call in calls)


async def test_an_event_makes_a_group_be_read_until_its_members_moved(corp: Corp) -> None:
    await corp.officer("zhang", "w1-c1")
    one, two = await corp.sim.resident(), await corp.sim.resident()
    chat = await corp.made("zhang", residents=[one])
    await corp.turn()
    await corp.turn(700)
    await corp.turn(700)
    corp.world.settings.group_lag_s = 20
    await corp.sim.post(f"groups/{chat}/join", residents=[two], scene=3)
    await corp.told(chat, detail="add_member")
    await corp.turn()
    it = await corp.store.groups.get(chat)
    assert (it.residents, it.dirty_at is not None) == (1, True), "what it read is older"
    await corp.turn(6)
    assert (await corp.store.groups.get(chat)).residents == 1
    await corp.turn(31)
    it = await corp.store.groups.get(chat)
    assert (it.residents, it.dirty_at) == (2, None)


async def test_a_group_that_never_moves_is_left_after_some_tries(corp: Corp) -> None:
    await corp.officer("zhang", "w1-c1")
    chat = await corp.made("zhang")
    await corp.turn()
    await corp.told(chat, detail="change_notice")
    before = len(await corp.sim.calls("groupchat/get"))
    for after in (0, 6, 31, 121, 601):
        await corp.turn(after)
    assert (await corp.store.groups.get(chat)).dirty_at is None
    assert len(await corp.sim.calls("groupchat/get")) - before == 5


async def test_a_group_nobody_knew_is_kept_from_its_first_event(corp: Corp) -> None:
    await corp.turn()  # nobody is known
    await corp.officer("zhang", "w1-c1")
    chat = await corp.made("zhang", name="新群")
    await corp.told(chat, "create")
    await corp.told(chat, "create")
    await corp.turn()
    it = await corp.store.groups.get(chat)
    assert (it.name, it.owner, it.community) == ("新群", "zhang", "w1-c1")


async def test_callbacks_about_groups_arrive_by_themselves(corp: Corp, bot_url: str) -> None:
    assert bot_url
    await corp.made("zhang", name="新群")
    await corp.sim.settle()
    found = await corp.store.arrivals.find({"person": "groups"})
    assert len(found) == 1


async def test_dismissal_by_event_and_without_one(corp: Corp) -> None:
    await corp.officer("zhang", "w1-c1")
    one, two = await corp.made("zhang"), await corp.made("zhang")
    await corp.turn()
    await corp.sim.post(f"groups/{one}/dismiss")
    await corp.sim.post(f"groups/{two}/dismiss")
    await corp.told(one, "dismiss")
    assert (await corp.store.groups.get(one)).state is GroupState.DISMISSED
    assert (await corp.store.groups.get(two)).state is GroupState.ACTIVE
    await corp.told(one)  # an older event comes late
    await corp.turn(RECONCILE_MS / 1000 + 1)
    for chat in (one, two):
        it = await corp.store.groups.get(chat)
        assert (it.state, it.dirty_at) == (GroupState.DISMISSED, None)


async def test_a_change_made_through_the_api_gives_no_event_and_is_found(corp: Corp) -> None:
    await corp.officer("zhang", "w1-c1")
    await corp.officer("li", "w1-c2")
    chat = await corp.made("zhang")
    await corp.turn()
    assert (await corp.store.groups.get(chat)).community == "w1-c1"
    assert await corp.work.hand_over([chat], "li") == {}
    await corp.turn(RECONCILE_MS / 1000 + 1)
    it = await corp.store.groups.get(chat)
    assert (it.owner, it.community) == ("li", "w1-c1"), "its people live where they lived"


async def test_a_group_that_is_called_like_one_of_them_belongs_to_it(corp: Corp) -> None:
    names = {one.id: one.name for one in corp.house.finder.communities("w1")}
    await corp.officer("zhang", "w1-c1", "w1-c2")
    chat = await corp.made("zhang", name=f"{names['w1-c2']}警民群")
    other = await corp.made("zhang", name=f"{names['w1-c1']}和{names['w1-c2']}")
    await corp.turn()
    it = await corp.store.groups.get(chat)
    assert (it.community, it.bound_by) == ("w1-c2", Bond.NAME)
    it = await corp.store.groups.get(other)
    assert (it.community, it.bound_by) == (None, Bond.NONE), "two names say nothing"


async def test_a_notice_stays_in_its_community_when_owners_change_and_move(corp: Corp) -> None:
    await corp.officer("zhang", "w1-c1")
    await corp.officer("li", "w1-c2")
    chat = await corp.made("zhang")
    await corp.turn()
    await corp.sim.post(f"groups/{chat}/owner", owner="li")
    await corp.told(chat, detail="change_owner")
    for after in (0, 6, 31, RECONCILE_MS / 1000 + 1):
        await corp.turn(after)
        assert (await corp.store.groups.get(chat)).community == "w1-c1"
    one = await corp.store.people.get("li")
    one.communities = ["w1-c5"]
    await corp.store.people.save(one)
    await corp.turn(RECONCILE_MS / 1000 + 1)
    it = await corp.store.groups.get(chat)
    assert (it.owner, it.community) == ("li", "w1-c1")


async def test_an_owner_of_several_communities_says_nothing_of_a_group(corp: Corp) -> None:
    await corp.officer("zhang", "w1-c1", "w1-c2")
    chat = await corp.made("zhang")
    await corp.turn()
    assert (await corp.store.groups.get(chat)).community is None
    it = await bind(corp.store, ZHOU, corp.house.finder, chat, "w1-c2")
    assert (it.community, it.bound_by) == ("w1-c2", Bond.HAND)
    await corp.sim.post(f"groups/{chat}/owner", owner="wang")
    await corp.officer("wang", "w1-c5")
    await corp.told(chat, detail="change_owner")
    await corp.turn()
    it = await corp.store.groups.get(chat)
    assert (it.owner, it.community) == ("wang", "w1-c2"), "a hand's word stays"
    for community in ("e1-c1", "nowhere"):
        with pytest.raises(Refused):
            await bind(corp.store, ZHOU, corp.house.finder, chat, community)


async def test_a_doorway_brings_people_into_its_community_s_groups(corp: Corp) -> None:
    await corp.officer("zhang", "w1-c1")
    finder = corp.house.finder
    door = await make_doorway(corp.store, ZHOU, finder, "key-of-door", "w1-c1", "东门海报", 1)
    assert len(door.state) <= 30
    again = await make_doorway(corp.store, ZHOU, finder, "key-of-door", "w1-c1", "东门海报", 2)
    assert again.id == door.id
    await corp.turn()
    assert (await corp.store.doorways.get(door.id)).config == "", "there is no group to lead to"
    chat = await corp.made("zhang", seeded=5)
    await corp.told(chat, "create")
    await corp.turn()
    await corp.turn()
    door = await corp.store.doorways.get(door.id)
    assert (door.chats, door.url != "") == ([chat], True)
    way = corp.world.state.joinways[door.config]
    assert (way.state, way.auto_create_room, way.remark) == (door.state, 1, "东门海报")
    openid = await corp.sim.resident()
    await corp.sim.post(f"residents/{openid}/join", config_id=door.config)
    await corp.told(chat, detail="add_member")
    await corp.turn()
    assert (await corp.store.groups.get(chat)).brought == {door.state: 1}

    await remove_doorway(corp.store, ZHOU, finder, door.id)
    await corp.turn()
    assert corp.world.state.joinways == {}
    assert (await corp.store.doorways.get(door.id)).url == ""
    with pytest.raises(Refused):
        await make_doorway(corp.store, ZHOU, finder, "key-other", "e1-c1", "西门", 3)


async def test_a_full_group_overflows_into_one_that_belongs_to_the_community(corp: Corp) -> None:
    await corp.officer("zhang", "w1-c1", "w1-c2")
    corp.world.settings.group_size = 8
    chat = await corp.made("zhang", name="一群", seeded=5)
    await corp.turn()
    await bind(corp.store, ZHOU, corp.house.finder, chat, "w1-c1")
    door = await make_doorway(
        corp.store, ZHOU, corp.house.finder, "key-of-door", "w1-c1", "海报", 1
    )
    await corp.turn()
    door = await corp.store.doorways.get(door.id)
    for _ in range(4):
        openid = await corp.sim.resident()
        await corp.sim.post(f"residents/{openid}/join", config_id=door.config)
    groups = (await corp.sim.get("groups"))["groups"]
    assert len(groups) == 2
    new = next(one for one in groups if one["chat_id"] != chat)
    assert new["name"].startswith("w1-c1 社区警民群")
    await corp.told(new["chat_id"], "create")
    await corp.turn()
    it = await corp.store.groups.get(new["chat_id"])
    assert (it.community, it.bound_by) == ("w1-c1", Bond.DOORWAY)


async def test_a_doorway_to_full_or_dead_groups_leads_elsewhere(corp: Corp) -> None:
    await corp.officer("zhang", "w1-c1")
    old = await corp.made("zhang", seeded=470)
    await corp.turn()
    door = await make_doorway(
        corp.store, ZHOU, corp.house.finder, "key-of-door", "w1-c1", "海报", 1
    )
    await corp.turn()
    door = await corp.store.doorways.get(door.id)
    assert door.chats == [old]
    fresh = await corp.made("zhang", seeded=3)
    await corp.turn(RECONCILE_MS / 1000 + 1)
    door = await corp.store.doorways.get(door.id)
    assert door.chats[0] == fresh
    assert corp.world.state.joinways[door.config].chat_id_list[0] == fresh
    await corp.sim.post(f"groups/{old}/dismiss")
    await corp.told(old, "dismiss")
    await corp.turn(RECONCILE_MS / 1000 + 1)
    assert corp.world.state.joinways[door.config].chat_id_list == [fresh]


async def test_the_welcome_text_reaches_the_platform_once(corp: Corp) -> None:
    with pytest.raises(Refused):
        await write_welcome(corp.store, ZHOU, "欢迎", 1)
    await write_welcome(corp.store, CHIEF, "欢迎 %NICKNAME%", 1)
    await corp.turn()
    await corp.turn()
    await write_welcome(corp.store, CHIEF, "您好 %NICKNAME%", 2)
    await corp.turn()
    (only,) = corp.world.state.welcomes.values()
    assert only.content["text"]["content"] == "您好 %NICKNAME%"


async def test_a_platform_that_says_no_does_not_stop_the_others(corp: Corp) -> None:
    await corp.officer("zhang", "w1-c1")
    chats = [await corp.made("zhang") for _ in range(5)]
    await corp.sim.fault("groupchat/get", "error", code=60011, count=2)
    await corp.turn()
    assert len(await corp.store.groups.find()) == 3
    await corp.turn(RECONCILE_MS / 1000 + 1)
    assert {one.id for one in await corp.store.groups.find()} == set(chats)
