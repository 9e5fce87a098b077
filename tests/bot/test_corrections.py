"""A correction reaches everybody whom the mistake reached, the next day where a share is used up."""

from __future__ import annotations

from collections import Counter

import pytest

from bot import outbox
from domain.approving import approve
from domain.delivery import MAX_ATTEMPTS, tomorrow
from domain.group import Group
from domain.notice import DeliveryState, Notice, Outcome
from domain.people import Person, Role
from domain.publishing import Cap, misled, publish, rehearse
from domain.writing import Words, correct
from tests.bot.test_notices import CHIEF, GROUPS, SECOND, Town, finder, town

__all__ = ["finder", "town"]
DAY_S = 86_400


async def corrected(town: Town, it: Notice, cap: Cap | None = None, urgent: bool = False) -> Notice:
    if not [one async for one in town.store.people.every({"_id": CHIEF.id})]:
        chief = Person(CHIEF.id, CHIEF.id, CHIEF.name, Role.SUPERVISOR, "", None)
        chief.userid = "Zhang"
        await town.store.people.add(chief)
    words = Words("停水时间更正", "停水改为明晚。", [], urgent=urgent)
    finder = town.house.finder
    second = await correct(town.store, finder, CHIEF, it.id, f"c-{it.id}", words, town.now)
    second = await approve(town.store, finder, SECOND, second.id, second.version, town.now)
    return await publish(town.store, finder, SECOND, second.id, town.now, cap or Cap())


async def author_reads(town: Town) -> list[str]:
    for _ in range(3):
        await outbox.sweep(town.house)
    lines = await town.sim.screen("Zhang")
    return [text for text in (str(line["data"].get("content")) for line in lines) if "更正" in text]


async def went_out(town: Town) -> Notice:
    it = await town.published()
    await town.sender().turn()
    await town.sim.advance(5)
    await town.confirm(*town.owners)
    await town.sender().turn()
    assert await town.outcomes(it) == {"SENT": GROUPS}
    return it


async def confirmed(town: Town, it: Notice) -> Counter[str]:
    sender = town.sender()
    for _ in range(3):
        await sender.turn()
        await town.sim.advance(5)
        await town.confirm(*town.owners)
    await sender.turn()
    found = await town.store.deliveries.find({"notice": it.id}, limit=100)
    return Counter(str(how) for one in found for how in one.outcomes.values())


@pytest.mark.parametrize("urgent", [False, True])
@pytest.mark.parametrize("known", [True, False])
async def test_a_correction_on_the_same_day_goes_out_on_the_next(
    town: Town, known: bool, urgent: bool
) -> None:
    """Known: the corp's rule is in our settings. Else the platform is the first to say no (41048)."""
    it = await went_out(town)
    second = await corrected(town, it, Cap(day=1) if known else Cap(), urgent)
    assert second.groups == GROUPS
    sender = town.sender()
    await sender.turn()
    found = (await town.deliveries(second)).values()
    assert {one.state for one in found} == {DeliveryState.PLANNED}
    first = tomorrow(town.now)
    assert all(first <= one.due_at < first + 600_000 for one in found)
    assert await town.outcomes(second) == {"WAITING": GROUPS}

    (said,) = await author_reads(town)
    assert second.number in said
    assert f"{GROUPS} 个群" in said
    assert " 00:0" in said
    await sender.turn()
    assert len(await author_reads(town)) == 1, "told once"

    await town.sim.advance((first - town.now) / 1000 - 5)
    before = len(town.world.state.masses)
    await sender.turn()
    assert len(town.world.state.masses) == before, "not a second too early"
    await town.sim.advance(605)
    assert await confirmed(town, second) == {"SENT": GROUPS}
    read = await town.store.notices.get(second.id)
    assert (read.totals, read.settled_at is not None) == ({Outcome.SENT: GROUPS}, True)


async def test_groups_that_had_their_share_follow_on_the_next_day(town: Town) -> None:
    it = await town.published()
    await town.sender().turn()
    await town.sim.advance(5)
    await town.confirm(*town.owners[:-2])  # two owners' groups never had the mistake
    await town.sender().turn()
    left = (await town.outcomes(it))["WAITING"]
    second = await corrected(town, it)
    outcomes = await confirmed(town, second)
    assert outcomes == {"SENT": left, "WAITING": GROUPS - left}
    assert len(await author_reads(town)) == 1
    await town.sim.advance(DAY_S)
    assert await confirmed(town, second) == {"SENT": GROUPS}


async def test_a_part_of_an_owners_groups_follows_and_none_is_counted_twice(town: Town) -> None:
    it = await went_out(town)
    await town.sim.advance(DAY_S)
    chat = town.chats[0]
    town.world.state.groups[chat].reached.append(town.world.clock.now())  # by something else
    second = await corrected(town, it)
    assert await confirmed(town, second) == {"SENT": GROUPS - 1, "CAPPED": 1}
    (said,) = await author_reads(town)
    assert "1 个群" in said
    await town.sim.advance(DAY_S)
    assert await confirmed(town, second) == {"SENT": GROUPS}
    last = list(town.world.state.masses.values())[-1]
    assert list(last.deliveries) == [chat], "nobody gets it twice"


async def test_it_ends_where_no_day_allows_it(town: Town) -> None:
    it = await went_out(town)
    second = await corrected(town, it)
    sender = town.sender()
    for _ in range(MAX_ATTEMPTS + 2):
        for group in town.world.state.groups.values():
            group.reached.append(town.world.clock.now())
        await sender.turn()
        await town.sim.advance(DAY_S)
    assert {one.state for one in (await town.deliveries(second)).values()} == {DeliveryState.FAILED}
    assert await town.outcomes(second) == {"CAPPED": GROUPS}


async def test_what_is_no_correction_is_left_out_as_before(town: Town) -> None:
    await went_out(town)
    it = await town.published()
    await town.sender().turn()
    assert await town.outcomes(it) == {"CAPPED": GROUPS}


async def test_a_correction_goes_to_those_who_got_the_mistake_and_to_nobody_else(
    town: Town,
) -> None:
    """Wherever their groups belong now; a group that came since never read what was wrong."""
    it = await went_out(town)
    groups = [one async for one in town.store.groups.every()]
    groups.sort(key=lambda one: one.id)
    moved, refused, area = groups[0], groups[1], groups[0].community
    moved.community = None
    await town.store.groups.save(moved)
    found = [one async for one in town.store.deliveries.every({"notice": it.id})]
    (of_refused,) = [one for one in found if refused.id in one.outcomes]
    of_refused.outcomes[refused.id] = Outcome.REFUSED
    await town.store.deliveries.save(of_refused)
    fresh = Group("fresh", "新群", groups[2].owner, community=area, members=10)
    await town.store.groups.add(fresh)

    async def for_whom(everybody: bool) -> set[str]:
        plan = await rehearse(
            town.store,
            it.communities,
            False,
            None,
            "mark",
            town.now,
            Cap(),
            corrects=it.id,
            everybody=everybody,
        )
        assert plan.empty == []
        return {one.group.id for one in plan.shares}

    all_of_them = {one.id for one in groups}
    assert await for_whom(False) == all_of_them - {refused.id}
    assert await for_whom(True) == all_of_them | {"fresh"}
    second = await corrected(town, it)
    planned = [one async for one in town.store.deliveries.every({"notice": second.id})]
    assert {chat for one in planned for chat in one.outcomes} == all_of_them - {refused.id}
    # What puts the correction right is also for those whom only the first mistake reached.
    assert await misled(town.store, second.id) == all_of_them - {refused.id}
