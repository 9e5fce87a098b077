"""A clock that is set back by a day keeps nothing of the bot waiting for a day."""

from __future__ import annotations

import pytest

from bot import conversation
from bot.dialog import LATE_MS
from bot.groups import UNREAD_MS
from bot.handing_over import PAUSE_MS
from bot.tokens import Tokens
from domain import delivery as steps
from domain.arrival import TOKEN_MS
from domain.clock import DAY_MS
from domain.delivery import CAPPED, LONGEST_PAUSE_MS, latest, marker, new_delivery
from domain.group import Handing
from domain.notice import DeliveryState
from domain.revise import revise
from storage.store import MongoStore
from tests.bot.street import Street
from tests.bot.test_groups import Corp
from tests.bot.test_handing_over import ask, corp, owned
from tests.bot.test_handler import converse, street, work
from tests.bot.test_notices import Town, finder, town
from tests.bot.test_outbox_clock import Hands
from tests.bot.test_tokens import SEAL

__all__ = ["corp", "finder", "street", "town"]
NOW = 1_795_000_000_000


# ---- notices to groups


@pytest.mark.parametrize("restarted", [False, True])
async def test_what_was_put_off_before_the_clock_was_set_back_goes_after_its_pause(
    town: Town, restarted: bool
) -> None:
    hands = Hands(town.house)
    it = await town.published()
    hands.ahead = DAY_MS
    for one in (await town.deliveries(it)).values():
        one.attempts, one.reason = 3, "45009"
        one.due_at = town.now + 20_000  # tried again in 20 s
        await town.store.deliveries.save(one)
    sender = town.sender()
    await sender.turn()
    assert not town.masses()
    hands.ahead = 0
    if restarted:
        sender = town.sender()
    await sender.turn()
    waits = [one.due_at - town.now for one in (await town.deliveries(it)).values()]
    assert max(waits) <= LONGEST_PAUSE_MS
    hands.ahead = LONGEST_PAUSE_MS + 1
    await sender.turn()
    assert set(town.masses().values()) == {1}


async def test_what_is_sent_at_a_time_of_day_waits_for_it_though_the_clock_was_set_back(
    town: Town,
) -> None:
    hands = Hands(town.house)
    hands.ahead = DAY_MS
    sender, send_at = town.sender(), town.now + 3 * 3_600_000
    it = await town.published(send_at=send_at)
    await sender.turn()
    hands.ahead = 0
    await sender.turn()
    assert {one.due_at for one in (await town.deliveries(it)).values()} == {send_at}
    assert not town.masses()


def test_no_task_is_put_off_for_longer_than_is_said() -> None:
    it = new_delivery("n", "zhang", 1, {"g": 3}, NOW)
    assert latest(it, NOW + 9 * DAY_MS, NOW) == NOW + 9 * DAY_MS
    assert latest(it, None, NOW) == NOW + steps.PUBLISHED_MS
    for _ in range(steps.MAX_ATTEMPTS - 1):
        steps.claim(it, "p", NOW)
        steps.release(it, "busy", 0, NOW)
        assert NOW < it.due_at <= latest(it, None, NOW)
    it.reason = CAPPED
    assert latest(it, None, NOW) == steps.tomorrow(NOW)
    steps.claim(it, "p", NOW)
    steps.created(it, "task", (), NOW, "created")
    assert it.state is DeliveryState.CREATED
    assert it.due_at <= steps.next_look(it, NOW + DAY_MS) <= latest(it, None, NOW + DAY_MS)
    assert marker(it)


# ---- groups


async def test_a_group_that_is_handed_over_is_asked_for_after_its_own_pause(corp: Corp) -> None:
    hands = Hands(corp.house)
    chat = await owned(corp)
    hands.ahead = DAY_MS
    group = await ask(corp, chat)
    group.handing_tries, group.handing_at = 1, corp.house.clock() + PAUSE_MS
    await corp.store.groups.save(group)
    hands.ahead = DAY_MS - 1_000
    await corp.turn(0)
    assert (await corp.store.groups.get(chat)).owner == "zhang", "a small step changes nothing"
    hands.ahead = 0
    await corp.turn(0)
    group = await corp.store.groups.get(chat)
    assert (group.owner, group.handing) == ("li", Handing.NONE)


async def test_a_group_that_changed_is_read_though_the_clock_was_set_back(corp: Corp) -> None:
    chat, before = await owned(corp), corp.house.clock()

    def changed(it: object) -> None:
        it.dirty_at, it.ask_at, it.asked = before, before + DAY_MS + UNREAD_MS, 1  # type: ignore[attr-defined]

    await revise(corp.store.groups, chat, changed)
    await corp.turn(0)
    assert (await corp.store.groups.get(chat)).synced_at >= before


# ---- conversations


async def test_a_conversation_that_stopped_half_way_ends_half_an_hour_after_the_clock_was_set(
    street: Street,
) -> None:
    hands = Hands(street.house)
    await converse(street, [("text", {"content": "线索"}), ("text", {"content": "楼道杂物"})])
    hands.ahead = -DAY_MS
    assert await conversation.end_late(street.house) == 0, "he may be writing just now"
    hands.ahead = LATE_MS + 1_000 - DAY_MS
    assert await conversation.end_late(street.house) == 1
    await work(street.house)
    assert "您的线索还没提交" in (await street.heard())[-1]


async def test_who_goes_on_after_the_clock_was_set_back_is_believed_by_the_new_clock(
    street: Street,
) -> None:
    await converse(street, [("text", {"content": "线索"})])
    (dialog,) = await street.store.dialogs.find({})
    dialog.at += DAY_MS
    await street.store.dialogs.save(dialog)
    await converse(street, [("text", {"content": "楼道杂物"})])
    (dialog,) = await street.store.dialogs.find({})
    assert dialog.at <= street.house.clock()


# ---- tokens


async def test_a_token_is_not_good_for_longer_than_any_platform_gives_one(
    store: MongoStore,
) -> None:
    wall, given = NOW + DAY_MS, 0

    async def fetch(force: bool) -> tuple[str, int]:
        nonlocal given
        given += 1
        return f"token-{given}", TOKEN_MS // 1_000

    tokens = Tokens(store, SEAL, "p", lambda: wall)
    assert [await tokens.get("official", fetch) for _ in range(2)] == ["token-1"] * 2
    wall = NOW
    assert await tokens.get("official", fetch) == "token-2"
    other = Tokens(store, SEAL, "q", lambda: wall)
    assert await other.get("official", fetch) == "token-2"
