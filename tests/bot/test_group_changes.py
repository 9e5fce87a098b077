"""The everyday life of groups: full, dismissed, made anew, without an owner, never confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot import handler, outbox
from bot.group_lines import MISSED, heir_of
from bot.groups import RECONCILE_MS, run_groups
from bot.house import BotHouse
from domain.group import Bond, Group, GroupState
from domain.people import Person, Role
from domain.registry import bind, make_doorway, write_community_welcome, write_welcome
from domain.revise import revise
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from simulator.world import World
from tests.bot.conftest import Sim
from tests.bot.street import until
from tests.bot.test_groups import CHIEF, ZHOU, Corp
from tests.neighbourhoods import city_of_communities

DAY = 86_400_000


@pytest.fixture(scope="session")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


@pytest.fixture
async def corp(sim: Sim, world: World, house: BotHouse) -> Corp:
    return Corp(sim, world, house)


@pytest.fixture
async def running(corp: Corp) -> AsyncIterator[Corp]:
    """The keeper of a worker, with its first reconciliation behind it."""
    task = asyncio.create_task(run_groups(corp.house))
    yield corp
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def read(corp: Corp, userid: str) -> list[str]:
    """What the app wrote to an officer."""
    while await outbox.sweep(corp.house):
        pass
    return [str(line["data"].get("content", "")) for line in await corp.sim.screen(userid)]


async def poster(corp: Corp, community: str = "w1-c1") -> str:
    """A join code that is ready; its id."""
    door = await make_doorway(
        corp.store, ZHOU, corp.house.finder, f"key-of-{community}", community, "海报", 1
    )

    async def ready() -> bool:
        return (await corp.store.doorways.get(door.id)).url != ""

    await until(ready)
    return door.id


async def chats(corp: Corp, door: str) -> list[str]:
    config = (await corp.store.doorways.get(door)).config
    return corp.world.state.joinways[config].chat_id_list


async def known(corp: Corp, chat: str) -> None:
    async def there() -> bool:
        return bool(await corp.store.groups.find({"_id": chat, "synced_at": {"$gt": 0}}))

    await until(there)


# ---- nobody is kept out


async def test_a_poster_leads_away_from_a_dismissed_group_at_once(running: Corp) -> None:
    """It led into nothing until the next reconciliation, half an hour later."""
    corp = running
    await corp.officer("zhang", "w1-c1")
    old, other = await corp.made("zhang", seeded=3), await corp.made("zhang", seeded=9)
    await corp.told(old, "create")
    await corp.told(other, "create")
    await known(corp, old)
    await known(corp, other)
    door = await poster(corp)
    assert set(await chats(corp, door)) == {old, other}
    await corp.sim.post(f"groups/{old}/dismiss")
    await corp.told(old, "dismiss")

    async def moved() -> bool:
        return await chats(corp, door) == [other]

    await until(moved)


async def test_before_a_group_is_full_its_officers_make_another_and_the_poster_leads_there(
    running: Corp,
) -> None:
    corp = running
    await corp.officer("zhang", "w1-c1")
    await corp.officer("li", "w1-c1")
    old = await corp.made("zhang", seeded=440)
    await corp.told(old, "create")
    await known(corp, old)
    door = await poster(corp)
    assert not any("群快满了" in text for text in await read(corp, "zhang"))
    people = [await corp.sim.resident(name=f"居民{number}") for number in range(12)]
    await corp.sim.post(f"groups/{old}/join", residents=people, scene=3)
    await corp.told(old, detail="add_member")

    async def asked() -> bool:
        return any("群快满了" in text for text in await read(corp, "zhang"))

    await until(asked)
    for userid in ("zhang", "li"):
        said = [text for text in await read(corp, userid) if "群快满了" in text]
        assert len(said) == 1
        assert "w1-c1 社区" in said[0]
        assert "453/500" in said[0]
    new = await corp.made("li", name="w1-c1 社区警民群二")
    await corp.told(new, "create")

    async def leads() -> bool:
        return (await chats(corp, door))[0] == new

    await until(leads)


async def test_a_corp_whose_groups_take_two_hundred_is_asked_in_time(corp: Corp) -> None:
    corp.house.settings = replace(corp.house.settings, group_capacity=200)
    await corp.officer("zhang", "w1-c1")
    chat = await corp.made("zhang", seeded=185)
    large = await corp.made("zhang", seeded=230)
    await corp.turn()
    group = await corp.store.groups.get(chat)
    assert (group.capacity, group.nearly_full) == (200, True)
    assert not (await corp.store.groups.get(large)).nearly_full, "it plainly takes more"


async def test_when_no_group_is_left_its_officers_hear_it_once(running: Corp) -> None:
    corp = running
    await corp.officer("zhang", "w1-c1")
    chat = await corp.made("zhang", seeded=3)
    await corp.told(chat, "create")
    await known(corp, chat)
    await corp.sim.post(f"groups/{chat}/dismiss")
    await corp.told(chat, "dismiss")

    async def told() -> bool:
        return any("没有群了" in text for text in await read(corp, "zhang"))

    await until(told)
    await corp.keeper.reconcile()
    assert len([text for text in await read(corp, "zhang") if "没有群了" in text]) == 1


# ---- no binding is lost


async def test_a_group_made_anew_under_its_name_is_where_it_was(corp: Corp) -> None:
    await corp.officer("zhang", "w1-c1", "w1-c2")
    old = await corp.made("zhang", name="河畔邻里")
    await corp.turn()
    await bind(corp.store, ZHOU, corp.house.finder, old, "w1-c2")
    await corp.sim.post(f"groups/{old}/dismiss")
    await corp.told(old, "dismiss")
    new = await corp.made("zhang", name="河畔邻里")
    await corp.told(new, "create")
    for after in (0, 6, 31):
        await corp.turn(after)
    group = await corp.store.groups.get(new)
    assert (group.community, group.bound_by) == ("w1-c2", Bond.NAME)


async def test_a_name_that_two_dismissed_groups_had_says_nothing(corp: Corp) -> None:
    await corp.officer("zhang", "w1-c1", "w1-c2")
    for number, community in enumerate(("w1-c1", "w1-c2")):
        gone = Group(f"gone{number}", "邻里群", "zhang", community, Bond.HAND)
        gone.state = GroupState.DISMISSED
        await corp.store.groups.add(gone)
    new = await corp.made("zhang", name="邻里群")
    await corp.turn()
    assert (await corp.store.groups.get(new)).community is None


async def test_a_group_whose_owner_left_goes_to_who_is_in_charge_and_stays_where_it_is(
    corp: Corp,
) -> None:
    await corp.officer("zhang", "w1-c1")
    await corp.officer("li", "w1-c1", "w1-c2")
    chat = await corp.made("zhang", seeded=5)
    await corp.turn()
    await bind(corp.store, ZHOU, corp.house.finder, chat, "w1-c1")
    await corp.sim.post("members/zhang", left=True)
    await corp.turn(RECONCILE_MS / 1000 + 1)
    await corp.turn(1)
    await corp.turn(RECONCILE_MS / 1000 + 1)
    group = await corp.store.groups.get(chat)
    assert (group.owner.lower(), group.community, group.orphaned) == ("li", "w1-c1", False)
    said = [text for text in await read(corp, "li") if "群已转给您" in text]
    assert len(said) == 1
    assert len(await corp.sim.calls("groupchat/transfer")) == 1


@pytest.mark.parametrize("refused", [False, True])
async def test_where_it_is_not_clear_who_is_next_a_person_decides(
    corp: Corp, refused: bool
) -> None:
    await corp.officer("zhang", "w1-c1")
    await corp.officer("li", "w1-c1")
    if not refused:
        await corp.officer("wang", "w1-c1")
    boss = Person("chief", "chief", "科长", Role.SUPERVISOR, "", None)
    boss.userid = "boss"
    await corp.store.people.add(boss)
    await corp.sim.post("members", userid="boss", name="科长")
    chat = await corp.made("zhang")
    await corp.turn()
    await bind(corp.store, CHIEF, corp.house.finder, chat, "w1-c1")
    if refused:
        await corp.sim.fault("groupchat/transfer", "error", code=60111)
    await corp.sim.post("members/zhang", left=True)
    for _ in range(3):
        await corp.turn(RECONCILE_MS / 1000 + 1)
    group = await corp.store.groups.get(chat)
    assert (group.owner.lower(), group.orphaned, group.community) == ("zhang", True, "w1-c1")
    for userid in ("boss", "li"):
        assert len([text for text in await read(corp, userid) if "群没有群主" in text]) == 1


def test_the_heir_is_who_stands_in() -> None:
    def one(id: str, **more: object) -> Person:
        person = Person(id, id, id, Role.COMMUNITY_OFFICER, "", "w1")
        person.userid, person.communities = id, ["c1"]
        for name, value in more.items():
            setattr(person, name, value)
        return person

    group = Group("g", "群", "Zhang", "c1")
    zhang, deputy = one("zhang"), one("deputy", communities=[])
    assert heir_of(group, [zhang, deputy], 5) is None
    assert heir_of(group, [zhang, one("li")], 5) == one("li")
    away = one("li", away_until=DAY, deputy="deputy")
    assert heir_of(group, [zhang, away, deputy], 5) == deputy
    assert heir_of(group, [zhang, one("li", disabled=True)], 5) is None
    assert heir_of(group, [zhang, one("li"), one("wang")], 5) is None


async def test_an_owner_the_corp_named_itself_is_known_before_the_next_reconciliation(
    corp: Corp,
) -> None:
    """The group stayed marked, and got no notice, for half an hour."""
    await corp.officer("zhang", "w1-c1")
    await corp.officer("li", "w1-c1")
    await corp.officer("wang", "w1-c1")
    chat = await corp.made("zhang")
    await corp.turn()
    await corp.sim.post("members/zhang", left=True)
    await corp.turn(RECONCILE_MS / 1000 + 1)
    assert (await corp.store.groups.get(chat)).orphaned
    await corp.work.inherit([chat], "li")
    await corp.told(chat, detail="change_owner")
    await corp.turn(1)
    group = await corp.store.groups.get(chat)
    assert (group.owner, group.orphaned) == ("li", False)


# ---- newcomers


async def test_each_community_greets_in_its_own_words_and_one_refusal_stops_no_other(
    corp: Corp, caplog: pytest.LogCaptureFixture
) -> None:
    finder = corp.house.finder
    await write_welcome(corp.store, CHIEF, "欢迎", 1)
    for community in ("w1-c1", "w1-c2"):
        await write_community_welcome(
            corp.store, ZHOU, finder, community, f"欢迎来到 {community}", 1
        )
    await corp.sim.fault("group_welcome_template/add", "error", code=41055, count=1)
    for _ in range(3):
        await corp.turn()
    said = {one.content["text"]["content"] for one in corp.world.state.welcomes.values()}
    assert len(said) == 2, "one was refused"
    assert len([one for one in caplog.records if "41055" in one.getMessage()]) == 1
    await corp.turn(RECONCILE_MS / 1000 + 1)
    await write_community_welcome(corp.store, ZHOU, finder, "w1-c1", "您好", 2)
    await corp.turn()
    said = {one.content["text"]["content"] for one in corp.world.state.welcomes.values()}
    assert said == {"欢迎", "欢迎来到 w1-c2", "您好"}


async def test_a_community_without_words_of_its_own_any_more_leaves_no_template_behind(
    corp: Corp,
) -> None:
    finder = corp.house.finder
    for text in ("您好", "", "您好", " ", ""):
        it = await write_community_welcome(corp.store, ZHOU, finder, "w1-c1", text, 1)
        await corp.turn()
        said = [one.content["text"]["content"] for one in corp.world.state.welcomes.values()]
        assert said == ([text] if text.strip() else [])
        it = await corp.store.welcomes.get(it.id)
        assert (it.text, it.applied) == (text.strip(), text.strip())


# ---- owners


async def test_an_owner_who_never_confirms_is_named_with_who_could(running: Corp) -> None:
    corp = running
    await corp.officer("zhang", "w1-c1")
    await corp.officer("li", "w1-c1")
    chat = await corp.made("zhang")
    await corp.told(chat, "create")
    await known(corp, chat)

    def missed(group: Group) -> None:
        group.missed_sends += 1

    for _ in range(MISSED):
        assert not any("没人确认" in text for text in await read(corp, "li"))
        await revise(corp.store.groups, chat, missed)

    async def told() -> bool:
        return any("没人确认" in text for text in await read(corp, "li"))

    await until(told)
    (said,) = [text for text in await read(corp, "zhang") if "没人确认" in text]
    assert "zhang" in said
    assert "li" in said


async def test_an_owner_learns_once_what_to_write_where_a_tip_was_told_in_a_group(
    corp: Corp,
) -> None:
    await corp.officer("zhang", "w1-c1")
    for _ in range(3):
        await corp.made("zhang")
    await corp.made("wang")  # nobody of ours
    for _ in range(2):
        await corp.turn(RECONCILE_MS / 1000 + 1)
    assert len([text for text in await read(corp, "zhang") if "两句话" in text]) == 1
    assert not any("两句话" in text for text in await read(corp, "wang"))


@pytest.mark.parametrize(
    ("text", "told"), [("群", True), ("群里有线索", True), ("Group", True), ("你好", False)]
)
async def test_an_officer_asks_the_app_for_the_two_sentences(
    corp: Corp, bot_url: str, text: str, told: bool
) -> None:
    await corp.officer("zhang", "w1-c1")
    await corp.sim.post("members/zhang/text", content=text, wait=True)
    while await handler.sweep(corp.house):
        pass
    (said,) = (await read(corp, "zhang"))[-1:]
    assert ("打110" in said) == told
