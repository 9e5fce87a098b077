"""What answers a call for help is held up by nothing: not by other messages, quotas or lost answers."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import carrier, outbox
from bot.post import to_officers, to_resident
from domain.outgoing import (
    MAX_ATTEMPTS,
    NEVER,
    URGENT_CLAIM_MS,
    URGENT_MS,
    Channel,
    Message,
    MessageState,
    Rank,
    claim,
    release,
)
from domain.resident import Trigger
from tests.bot.street import until
from tests.bot.test_outbox import Post, post

__all__ = ["post"]
HELP = "请先拨打110"
SEND = "message/custom/send"


async def urgent(post: Post, id: str = "now", text: str = HELP) -> None:
    await to_resident(post.house, id, post.id, text, urgent=True)


async def test_that_it_is_urgent_is_said_and_not_hidden_in_its_order(post: Post) -> None:
    await post.queue("m1", "已收到")
    await urgent(post)
    first, second = await post.message("m1"), await post.message("now")
    assert (first.urgent, second.urgent) == (False, True)
    assert first.seq < second.seq


@pytest.mark.parametrize("code", [45009, 45011, 45002, 45015, -1])
async def test_one_refusal_of_another_message_does_not_hold_it(post: Post, code: int) -> None:
    await post.contact()
    await post.sim.fault(SEND, "error", code=code, count=1)
    await post.queue("m1", "明天再说")
    await post.sweep()
    await post.queue("m2", "也明天")
    await urgent(post)
    await post.sweep()
    assert HELP in await post.got()


@pytest.mark.parametrize("code", [45009, 45002, -1, 40001, 48001])
async def test_a_refusal_is_not_the_end_of_it(post: Post, code: int) -> None:
    await post.contact()
    # A token that is not taken is renewed once within the call.
    await post.sim.fault(SEND, "error", code=code, count=2 if code == 40001 else 1)
    await urgent(post)
    await post.sweep()
    assert await post.got() == []
    await post.sim.advance(2)
    await post.sweep()
    assert await post.got() == [HELP]


@pytest.mark.parametrize("fault", [{"action": "http", "code": 502}, {"action": "lost"}])
async def test_it_is_repeated_when_its_outcome_is_unknown(
    post: Post, fault: dict[str, Any]
) -> None:
    await post.contact()
    await post.sim.fault(SEND, count=1, **fault)
    await urgent(post)
    await post.sweep()
    await post.sim.advance(2)
    await post.sweep()
    assert set(await post.got()) == {HELP}
    assert (await post.message("now")).state is MessageState.SENT


async def test_a_platform_that_does_not_answer_is_asked_again(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrier, "URGENT_S", 0.3)
    await post.contact()
    await post.sim.fault(SEND, "slow", seconds=3, count=1)
    await urgent(post)
    await post.sweep()
    assert (await post.message("now")).reason == "unknown"
    monkeypatch.setattr(carrier, "URGENT_S", 8.0)
    await post.sim.advance(2)
    await post.sweep()
    assert await post.got() == [HELP]


async def test_a_process_that_died_while_sending_it_leaves_it_to_another(post: Post) -> None:
    await post.contact()
    await urgent(post)
    dying = await post.message("now")
    claim(dying, "dead", post.house.clock(), "custom")
    await post.store.messages.save(dying)
    await post.sim.advance(URGENT_CLAIM_MS / 1000 + 1)
    await post.sweep()
    await post.sim.advance(2)
    await post.sweep()
    assert await post.got() == [HELP]


async def test_after_all_tries_it_waits_for_the_next_contact(post: Post) -> None:
    await post.contact()
    await post.sim.fault(SEND, "http", code=502, count=MAX_ATTEMPTS)
    await urgent(post)
    for _ in range(MAX_ATTEMPTS + 2):
        await post.sweep()
        await post.sim.advance(700)
    held = await post.message("now")
    assert (held.state, held.reason, held.due_at) == (MessageState.QUEUED, "unknown", NEVER)
    await post.contact()
    await post.sweep()
    assert await post.got() == [HELP]


async def test_a_quota_that_stays_used_up_is_waited_for_in_the_end(post: Post) -> None:
    await post.contact()
    await post.sim.fault(SEND, "error", code=45009, count=MAX_ATTEMPTS)
    await urgent(post)
    for _ in range(MAX_ATTEMPTS + 2):
        await post.sweep()
        await post.sim.advance(700)
    held = await post.message("now")
    assert held.reason == "quota"
    assert post.house.clock() < held.due_at <= post.house.clock() + 24 * 3_600_000
    await post.contact()
    await post.sweep()
    assert await post.got() == [HELP], "a contact does not wait for midnight"


async def test_a_contact_ends_the_pause_before_the_next_try(post: Post) -> None:
    await post.contact()
    await post.sim.fault(SEND, "http", code=502, count=1)
    await urgent(post)
    await post.sweep()
    await post.contact()
    await post.sweep()
    assert HELP in await post.got()


async def test_it_is_tried_whatever_we_counted_and_once(post: Post) -> None:
    """The ledger can be wrong: a callback that was lost gave credit that we do not know of."""
    await post.sim.post(f"residents/{post.openid}/text", content="在吗")
    await urgent(post)
    await post.sweep()
    assert await post.got() == [HELP]
    await post.sim.advance(49 * 3600)
    await urgent(post, "later")
    before = len(await post.sim.calls(SEND))
    await post.sweep()
    await post.sim.advance(700)
    await post.sweep()
    assert len(await post.sim.calls(SEND)) == before + 1
    assert (await post.message("later")).reason == "no_credit"


async def test_what_helps_nobody_any_more_has_failed(post: Post) -> None:
    await urgent(post)
    await post.sweep()
    assert (await post.message("now")).due_at == NEVER
    await post.sim.advance(URGENT_MS / 1000 + 60)
    await post.contact()
    await post.sweep()
    assert await post.got() == []
    assert (await post.message("now")).state is MessageState.FAILED


async def test_the_rest_waits_for_it_only_while_it_is_due(post: Post) -> None:
    await post.contact()
    await post.queue("m1", "下一句")
    await urgent(post)
    await post.sim.fault(SEND, "error", code=45002, count=1)
    await post.sweep()
    assert await post.got() == ["下一句"]
    await post.sim.advance(2)
    await post.sweep()
    assert await post.got() == ["下一句", HELP]


async def test_it_has_places_of_its_own(post: Post) -> None:
    """Every place of the others is taken by a call that hangs, one of them for this very person."""
    house = post.house
    house.settings = replace(house.settings, at_once=1)
    await post.contact()
    await post.sim.fault(SEND, "hang", count=1)
    await post.queue("m1", "慢")
    running = asyncio.create_task(outbox.run(house))

    async def hanging() -> bool:
        return (await post.message("m1")).state is MessageState.SENDING

    await until(hanging)
    await urgent(post)

    async def arrived() -> bool:
        return HELP in await post.got()

    await until(arrived, patience=10.0)  # the call that hangs ends after 15 s
    assert (await post.message("m1")).state is MessageState.SENDING
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_station_that_is_called_waits_for_no_tip(post: Post) -> None:
    body = {"msgtype": "text", "text": {"content": "新线索"}}
    await post.sim.fault("message/send", "error", code=45009, count=1)
    await to_officers(post.house, "tip", ["Zhang"], body, "tip")
    await post.sweep()
    call = {"msgtype": "text", "text": {"content": "110 请求出警"}}
    await to_officers(post.house, "call", ["Zhang"], call, "it", urgent=True)
    await post.sweep()
    lines = [str(one) for one in await post.sim.screen("Zhang")]
    assert ["110 请求出警" in one for one in lines] == [True]


async def test_a_call_from_a_menu_wakes_it_too(post: Post) -> None:
    await urgent(post)
    await post.sweep()
    await post.contact(Trigger.CLICK)
    await post.sweep()
    assert await post.got() == [HELP]


async def test_what_an_older_version_queued_is_found(post: Post) -> None:
    """There urgency was an order key, 10**18 before its time, and a notice's 10**17 behind."""
    await post.contact()
    await post.queue("m1", "已收到")
    await post.queue("n1", "通告")
    await urgent(post)
    database, now = post.store._database.messages, time.time_ns()
    for id, seq in (("m1", now), ("now", now - 10**18), ("n1", now + 10**17)):
        await database.update_one({"_id": id}, {"$unset": {"rank": 1}, "$set": {"seq": seq}})
    await database.drop_index("state_1_rank_1_due_at_1")
    await post.store.open()
    await post.store.migrated()
    found = [(await post.message(id)).rank for id in ("now", "m1", "n1")]
    assert found == [Rank.URGENT, Rank.SAID, Rank.NOTICE]
    await post.sweep()
    assert await post.got() == [HELP, "已收到", "通告"]


steps = st.lists(st.tuples(st.sampled_from(["claim", "release"]), st.integers(0, 900_000)))


@given(st.booleans(), steps)
def test_every_retry_has_an_end(is_urgent: bool, moves: list[tuple[str, int]]) -> None:
    """Whatever the platform answers: it is tried so many times, and after two days it is over."""
    one = Message(
        "m", "r", Channel.OFFICIAL, "b", 1, 0, rank=Rank.URGENT if is_urgent else Rank.SAID
    )
    now = 0
    for what, wait in moves:
        now += wait
        if one.state is MessageState.QUEUED and one.due_at <= now and what == "claim":
            claim(one, "p", now)
        elif one.state is MessageState.SENDING and what == "release":
            release(one, now, "unknown")
    assert one.attempts <= MAX_ATTEMPTS
    if one.state is MessageState.SENDING:
        one.attempts = MAX_ATTEMPTS
        release(one, URGENT_MS + 1, "unknown")
        assert str(one.state) == "FAILED"
