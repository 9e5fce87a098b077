"""A group whose owner still works there goes to another officer; what the platform says is said on."""

from __future__ import annotations

import asyncio

import pytest

from bot import outbox
from bot.groups import RECONCILE_MS
from bot.house import BotHouse
from domain.errors import Refused
from domain.group import Bond, Group, Handing, NoOwner
from domain.handing_over import ask_to_hand_over, follow_charge, take_back
from domain.people import Person, Role, Who
from domain.registry import bind
from domain.revise import revise
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from simulator.world import World
from tests.bot.conftest import Sim
from tests.bot.test_groups import CHIEF, ZHOU, Corp
from tests.neighbourhoods import city_of_communities

ADMIN = Who("admin", Role.ADMIN, "管理员")
COMMUNITY = "w1-c1"


@pytest.fixture(scope="session")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


@pytest.fixture
async def corp(sim: Sim, world: World, house: BotHouse) -> Corp:
    """``zhang`` answers for a community, ``li`` and ``wang`` for none."""
    corp = Corp(sim, world, house)
    await corp.officer("zhang", COMMUNITY)
    await corp.officer("li")
    await corp.officer("wang")
    for userid in ("zhang", "li", "wang"):
        await sim.post("members", userid=userid, name=userid)
    return corp


async def owned(corp: Corp, owner: str = "zhang") -> str:
    """A group of his, bound by hand to the community."""
    chat = await corp.made(owner, seeded=4)
    await corp.keeper.reconcile()
    await bind(corp.store, ZHOU, corp.house.finder, chat, COMMUNITY)
    return chat


async def moved(corp: Corp, userid: str, *communities: str) -> list[str]:
    """An administrator gives him these communities; the groups asked for."""
    one = await corp.store.people.get(userid)
    before, one.communities = one.communities, list(communities)
    await corp.store.people.save(one)
    changed = set(before) ^ set(communities)
    return await follow_charge(corp.store, ADMIN, one, changed, corp.house.clock())


async def read(corp: Corp, userid: str, word: str) -> list[str]:
    while await outbox.sweep(corp.house):
        pass
    lines = await corp.sim.screen(userid)
    return [text for one in lines if word in (text := str(one["data"].get("content", "")))]


async def ask(corp: Corp, chat: str, to: str = "li") -> Group:
    return await ask_to_hand_over(
        corp.store, CHIEF, corp.house.finder, chat, to, corp.house.clock()
    )


@pytest.mark.parametrize("lag", [0, 20])
@pytest.mark.parametrize("gain_first", [True, False])
async def test_a_community_that_moves_to_another_officer_takes_its_group_along(
    corp: Corp, gain_first: bool, lag: int
) -> None:
    chat = await owned(corp)
    await corp.sim.post("settings", group_lag_s=lag)
    gain, lose = ("li", (COMMUNITY,)), ("zhang", ())
    for userid, communities in (gain, lose) if gain_first else (lose, gain):
        await moved(corp, userid, *communities)
    group = await corp.store.groups.get(chat)
    assert (group.owner, group.handing, group.next_owner) == ("zhang", Handing.ASKED, "li")
    for after in (0, 6, 31, RECONCILE_MS / 1000 + 1):
        await corp.turn(after)
    group = await corp.store.groups.get(chat)
    assert (group.owner, group.handing, group.next_owner) == ("li", Handing.NONE, "")
    assert (group.community, group.bound_by) == (COMMUNITY, Bond.HAND)
    assert corp.world.state.groups[chat].owner == "li"
    for userid in ("zhang", "li"):
        assert len(await read(corp, userid, "群主已更换")) == 1
    assert len(await corp.sim.calls("groupchat/onjob_transfer")) == 1


async def test_a_community_between_two_officers_or_given_back_moves_no_group(corp: Corp) -> None:
    chat = await owned(corp)
    assert await moved(corp, "li", COMMUNITY) == [], "both answer for it"
    assert await moved(corp, "wang", COMMUNITY) == []
    assert await moved(corp, "zhang") == [], "not clear to whom"
    assert await moved(corp, "wang") == [chat]
    await moved(corp, "zhang", COMMUNITY)
    await corp.turn()
    group = await corp.store.groups.get(chat)
    assert (group.owner, group.handing) == ("zhang", Handing.NONE)
    assert not await corp.sim.calls("groupchat/onjob_transfer")


@pytest.mark.parametrize(
    ("what", "why", "word"),
    [
        ({"verified": False}, NoOwner.UNABLE, "实名"),
        ({"contact_right": False}, NoOwner.UNABLE, "客户联系"),
        ({"left": True}, NoOwner.UNKNOWN, "没有这个成员"),
    ],
)
async def test_a_refusal_is_said_in_plain_words_and_the_owner_stays(
    corp: Corp, what: dict[str, bool], why: NoOwner, word: str
) -> None:
    chat = await owned(corp)
    await corp.sim.post("members/li", **what)
    await ask(corp, chat)
    for _ in range(3):
        await corp.turn(1)
    group = await corp.store.groups.get(chat)
    assert (group.owner, group.community) == ("zhang", COMMUNITY)
    assert (group.handing, group.next_owner, group.no_owner) == (Handing.REFUSED, "li", why)
    assert len(await corp.sim.calls("groupchat/onjob_transfer")) == 1
    (said,) = await read(corp, "zhang", "群主没有更换")
    assert word in said
    assert "群主仍是 zhang" in said


async def test_one_group_that_is_refused_keeps_no_other(corp: Corp) -> None:
    chats = [await owned(corp) for _ in range(3)]
    for owner in ("li", "zhang"):
        await corp.work.hand_over(chats[:1], owner)
    for chat in chats:
        await ask(corp, chat)
    await corp.turn()
    found = [await corp.store.groups.get(chat) for chat in chats]
    assert [one.owner for one in found] == ["zhang", "li", "li"]
    assert found[0].no_owner is NoOwner.OFTEN
    assert (await ask(corp, chats[0])).no_owner is NoOwner.NONE, "asked again"


async def test_more_than_a_hundred_groups_go_over_in_calls_the_platform_takes(corp: Corp) -> None:
    await corp.sim.post("seed", owners=["zhang"], groups=130, members=1)
    await corp.keeper.reconcile()
    assert len(await corp.store.groups.find(limit=500)) == 130
    await moved(corp, "li", COMMUNITY)
    assert len(await moved(corp, "zhang")) == 130
    await corp.turn()
    assert {one.owner async for one in corp.store.groups.every()} == {"li"}
    assert len(await corp.sim.calls("groupchat/onjob_transfer")) == 2


async def test_an_owner_who_left_meanwhile_is_succeeded_all_the_same(corp: Corp) -> None:
    chat = await owned(corp)
    await corp.sim.post("members/zhang", left=True)
    await ask(corp, chat)
    for _ in range(2):
        await corp.turn(1)
    assert (await corp.store.groups.get(chat)).owner == "li"


async def test_silence_is_asked_again_with_pauses_and_not_for_ever(corp: Corp) -> None:
    chat = await owned(corp)
    await corp.sim.fault("groupchat/onjob_transfer", "error", code=-1)
    await ask(corp, chat)
    for _ in range(60):
        await corp.turn(31)
    group = await corp.store.groups.get(chat)
    assert (group.handing, group.no_owner) == (Handing.REFUSED, NoOwner.SILENT)
    assert len(await read(corp, "zhang", "群主没有更换")) == 1


async def test_a_done_call_whose_answer_was_lost_is_no_refusal(corp: Corp) -> None:
    chat = await owned(corp)
    await ask(corp, chat)
    await corp.sim.fault("groupchat/onjob_transfer", "lost", count=1)
    await corp.turn()
    assert (await corp.store.groups.get(chat)).owner == "zhang"
    await corp.turn(31)
    group = await corp.store.groups.get(chat)
    assert (group.owner, group.handing) == ("li", Handing.NONE)


async def test_what_was_done_in_the_client_or_dismissed_is_waited_for_no_more(corp: Corp) -> None:
    chats = [await owned(corp) for _ in range(2)]
    await corp.sim.fault("groupchat/onjob_transfer", "error", code=-1)
    for chat in chats:
        await ask(corp, chat)
    await corp.turn()
    await corp.sim.post(f"groups/{chats[0]}/owner", owner="li")
    await corp.told(chats[0], detail="change_owner")
    await corp.sim.post(f"groups/{chats[1]}/dismiss")
    await corp.told(chats[1], "dismiss")
    await corp.turn(1)
    found = [await corp.store.groups.get(chat) for chat in chats]
    assert [one.handing for one in found] == [Handing.NONE, Handing.NONE]


async def test_who_may_ask_and_for_whom(corp: Corp) -> None:
    chat = await owned(corp)
    now, finder = corp.house.clock(), corp.house.finder
    station = Who("duty", Role.STATION_OFFICER, "所长", "w1")
    zhang, li = (Who(one, Role.COMMUNITY_OFFICER, one, "w1") for one in ("zhang", "li"))
    elsewhere = Who("duty2", Role.STATION_OFFICER, "所长", "e1")
    far = Person("far", "far", "far", Role.COMMUNITY_OFFICER, "", "e1", userid="far")
    await corp.store.people.add(far)
    for who in (li, elsewhere, ADMIN):
        with pytest.raises(Refused):
            await ask_to_hand_over(corp.store, who, finder, chat, "li", now)
    for to in ("far", "zhang"):
        with pytest.raises(Refused):
            await ask_to_hand_over(corp.store, station, finder, chat, to, now)
    for who in (station, zhang):
        await ask_to_hand_over(corp.store, who, finder, chat, "li", now)
        assert (await take_back(corp.store, who, finder, chat)).handing is Handing.NONE


async def test_two_processes_hand_over_once_in_effect(corp: Corp) -> None:
    chat = await owned(corp)
    await ask(corp, chat)
    other = Corp(corp.sim, corp.world, corp.house)
    await other.keeper.reconcile()
    await asyncio.gather(corp.turn(), other.turn())
    assert corp.world.state.groups[chat].handed != []
    assert len(corp.world.state.groups[chat].handed) == 1
    assert len(await read(corp, "zhang", "群主已更换")) == 1
    assert not await read(corp, "zhang", "群主没有更换")


async def test_a_group_that_goes_back_and_forth_is_told_of_each_time(corp: Corp) -> None:
    chat = await owned(corp)
    corp.world.settings.hand_quarter = 3
    for number, to in enumerate(("li", "zhang", "li"), 1):
        await ask(corp, chat, to)
        await corp.turn(60)
        assert corp.world.state.groups[chat].owner == to
        assert len(await read(corp, "zhang", "群主已更换")) == number


async def test_another_wish_that_comes_during_the_call_is_not_lost(corp: Corp) -> None:
    chat = await owned(corp)
    await ask(corp, chat)

    def other(it: Group) -> None:
        it.next_owner = "wang"

    await corp.sim.fault("groupchat/onjob_transfer", "slow", seconds=3, count=1)
    turn = asyncio.create_task(corp.turn())
    while not corp.world.faults.shown()[0]["hits"]:
        await asyncio.sleep(0.01)
    await revise(corp.store.groups, chat, other)
    await turn
    await corp.turn(1)
    assert corp.world.state.groups[chat].owner == "wang"
