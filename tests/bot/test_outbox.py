"""The outbox against the platforms' rules: credit, order, fall-back, lost answers, dead processes."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import carrier, neighbours, outbox
from bot.house import BotHouse
from bot.post import Notice, Subject, parts, to_officers, to_resident
from domain.arrival import Arrival, Platform
from domain.outgoing import CLAIM_MS, NEVER, Message, MessageState, claim
from domain.resident import (
    CREDIT,
    Credit,
    Trigger,
    earn,
    exhaust,
    resident_id,
    spend,
)
from storage.store import MongoStore
from tests.bot.conftest import Sim

TIP = Subject("about-a-tip", True, Notice("tip", {"thing1": "有答复", "thing3": "来看"}))


class Post:
    """Queues to one resident, and looks at what became of it."""

    def __init__(self, sim: Sim, house: BotHouse, store: MongoStore, openid: str) -> None:
        self.sim, self.house, self.store, self.openid = sim, house, store, openid
        self.id = resident_id(house.secret, openid)
        self.count = 0

    async def contact(self, trigger: Trigger = Trigger.MESSAGE) -> None:
        """The resident writes, at the platform and in our ledger."""
        if trigger is Trigger.MESSAGE:
            await self.sim.post(f"residents/{self.openid}/text", content="在吗")
        else:
            await self.sim.post(f"residents/{self.openid}/click", key="HELP")
        await self.known()
        now, self.count = self.house.clock(), self.count + 1
        arrival = Arrival(f"a{self.count}", Platform.OFFICIAL, self.id, "", now, now, self.count)
        await neighbours.earned(self.house, arrival, trigger)
        await neighbours.heard(self.house, self.id)

    async def known(self) -> None:
        await neighbours.known(self.house, self.id, self.openid, self.house.clock())

    async def queue(self, id: str, text: str, subject: Subject | None = None) -> None:
        await to_resident(self.house, id, self.id, text, subject)

    async def sweep(self, times: int = 30) -> None:
        for _ in range(times):
            if not await outbox.sweep(self.house):
                return

    async def message(self, id: str) -> Message:
        return await self.store.messages.get(id)

    async def got(self, via: str = "custom") -> list[str]:
        lines = await self.sim.chat(self.openid)
        return [str(line["data"].get("content", "")) for line in lines if line.get("via") == via]


@pytest.fixture
async def post(sim: Sim, house: BotHouse, store: MongoStore) -> Post:
    one = Post(sim, house, store, await sim.resident())
    await one.known()
    # Following gave the platform's account three messages that our ledger does not count on.
    await sim.advance(61)
    return one


# ---- credit and order


async def test_messages_go_out_in_their_order_within_the_credit(post: Post) -> None:
    await post.contact()
    for number in range(8):
        await post.queue(f"m{number}", f"第{number}句")
    await post.sweep()
    assert await post.got() == [f"第{number}句" for number in range(5)]
    held = await post.message("m5")
    assert (held.state, held.reason, held.due_at) == (MessageState.QUEUED, "no_credit", NEVER)
    log = await post.sim.calls("message/custom/send")
    assert len(log) == 5, "what is known to have no credit is not even tried"
    # The next contact brings the rest, in order, before anything newer.
    await post.contact()
    await post.queue("m8", "第8句")
    await post.sweep()
    assert await post.got() == [f"第{number}句" for number in range(9)]


async def test_two_processes_never_overdraw_nor_send_twice(post: Post) -> None:
    await post.contact()
    for number in range(12):
        await post.queue(f"m{number}", f"第{number}句")

    async def process() -> None:
        for _ in range(20):
            await outbox.sweep(post.house)
            await asyncio.sleep(0.01)

    await asyncio.gather(*(process() for _ in range(4)))
    assert await post.got() == [f"第{number}句" for number in range(5)]
    answers = [one["answer"] for one in await post.sim.calls("message/custom/send")]
    assert all("45047" not in str(one) for one in answers)


async def test_one_that_another_process_takes_meanwhile_is_waited_for(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is neither seen to be sent nor to wait, by who looks for the one first and then for the other."""
    await post.contact()
    for number in range(2):
        await post.queue(f"m{number}", f"第{number}句")
    find, messages = post.store.messages.find, post.store.messages

    async def taken_after(*given: Any, **named: Any) -> Any:
        found = await find(*given, **named)
        first = await post.message("m0")
        if given[0]["rank"] == first.rank and first.state is MessageState.QUEUED:
            await carrier.claimed(post.house, first, carrier.TEMPLATE)
        return found

    second = await post.message("m1")
    monkeypatch.setattr(messages, "find", taken_after)
    await outbox.deliver(post.house, second)
    assert await post.got() == []
    assert (await post.message("m1")).state is MessageState.QUEUED


async def test_a_click_gives_three_for_a_minute(post: Post) -> None:
    await post.contact(Trigger.CLICK)
    for number in range(4):
        await post.queue(f"m{number}", f"第{number}句")
    await post.sweep()
    assert len(await post.got()) == 3


async def test_urgent_goes_before_what_waits(post: Post) -> None:
    for number in range(7):
        await post.queue(f"m{number}", f"第{number}句")
    await post.sweep()
    await post.contact()
    await to_resident(post.house, "now", post.id, "请先拨打110", urgent=True)
    await post.sweep()
    assert (await post.got())[0] == "请先拨打110"


async def test_without_credit_a_template_announces_and_the_message_waits(post: Post) -> None:
    await post.queue("m1", "您的线索已处理", TIP)
    await post.sweep()
    assert await post.got() == []
    lines = [line for line in await post.sim.chat(post.openid) if line.get("via") == "template"]
    assert len(lines) == 1
    assert "您的线索已处理" not in str(lines[0]), "a locked phone shows it"
    held = await post.message("m1")
    assert (held.state, held.reason) == (MessageState.QUEUED, "no_credit")
    await post.sweep()
    assert len(await post.sim.calls("message/template/send")) == 1
    await post.contact()
    await post.sweep()
    assert await post.got() == ["您的线索已处理"]
    done = await post.message("m1")
    assert (done.state, done.to, done.body) == (MessageState.SENT, "", "")


async def test_an_announcement_does_not_wait_behind_a_held_message(post: Post) -> None:
    await post.queue("m1", "已接手")
    await post.queue("m2", "有答复", TIP)
    await post.sweep()
    assert len(await post.sim.calls("message/template/send")) == 1
    await post.contact()
    await post.sweep()
    assert await post.got() == ["已接手", "有答复"]


@pytest.mark.parametrize("code", [45015, 45047])
async def test_the_platforms_word_beats_our_count(post: Post, code: int) -> None:
    await post.contact()
    await post.sim.fault("message/custom/send", "error", code=code, count=1)
    await post.queue("m1", "有答复", TIP)
    await post.sweep()
    assert await post.got() == []
    assert len(await post.sim.calls("message/template/send")) == 1
    assert (await post.message("m1")).reason == "no_credit"
    assert not await neighbours.may_send(post.house, post.id, post.house.clock())


async def test_a_window_ends_at_the_platform_before_it_ends_for_us(post: Post) -> None:
    await post.contact()
    await post.sim.advance(48 * 3600 + 1)
    await post.queue("m1", "太晚了")
    await post.sweep()
    assert await post.sim.calls("message/custom/send") == []


# ---- what goes wrong


async def test_a_lost_answer_is_never_sent_again(post: Post) -> None:
    await post.contact()
    await post.sim.fault("message/custom/send", "lost", count=1)
    await post.queue("m1", "只说一次")
    await post.queue("m2", "下一句")
    await post.sweep()
    lost = await post.message("m1")
    assert (lost.state, lost.reason) == (MessageState.FAILED, "unknown")
    assert await post.got() == ["只说一次", "下一句"], "it had arrived, and nothing waits for it"


async def test_busy_is_tried_again_later(post: Post) -> None:
    await post.contact()
    await post.sim.fault("message/custom/send", "error", code=-1, count=1)
    await post.queue("m1", "再试一次")
    await post.sweep()
    waiting = await post.message("m1")
    assert waiting.state is MessageState.QUEUED
    assert waiting.due_at > post.house.clock()
    await post.sim.advance(10)
    await post.sweep()
    assert await post.got() == ["再试一次"]


async def test_a_quota_holds_until_it_begins_anew(post: Post) -> None:
    await post.contact()
    await post.sim.fault("message/custom/send", "error", code=45009, count=1)
    await post.queue("m1", "明天再说")
    await post.sweep()
    held = await post.message("m1")
    assert (held.state, held.reason) == (MessageState.QUEUED, "quota")
    assert post.house.clock() < held.due_at <= post.house.clock() + 24 * 3_600_000
    assert held.attempts == 0


@pytest.mark.parametrize("code", [43004, 50005, 48002])
async def test_whoever_refuses_is_marked_and_left_alone(post: Post, code: int) -> None:
    await post.contact()
    await post.sim.fault("message/custom/send", "error", code=code, count=1)
    await post.queue("m1", "一")
    await post.queue("m2", "二")
    await post.sweep()
    assert not (await post.store.residents.get(post.id)).reachable
    assert (await post.message("m1")).reason == "unreachable"
    assert len(await post.sim.calls("message/custom/send")) == 1


async def test_a_template_s_fields_have_the_account_s_names(post: Post) -> None:
    official = post.house.officials.of("")
    assert official is not None
    official.settings = dataclasses.replace(
        official.settings, fields={"tip": ["thing2", "character_string1", ""]}
    )
    parts = {"what": "有答复" * 10, "number": "T-1", "hint": "来看"}
    await post.queue("m1", "有答复", Subject("about-a-tip", True, Notice("tip", parts)))
    await post.sweep()
    (line,) = [one for one in await post.sim.chat(post.openid) if one.get("via") == "template"]
    shown = {name: one["value"] for name, one in line["data"]["data"].items()}
    assert shown == {"thing2": ("有答复" * 10)[:20], "character_string1": "T-1"}


async def test_a_template_that_was_blocked_is_noted(post: Post) -> None:
    await post.queue("m1", "有答复", TIP)
    await post.sweep()
    msgid = (await post.message("m1")).platform_id
    assert msgid
    await outbox.finished(post.house, post.id, msgid, "failed:user block")
    assert not (await post.store.residents.get(post.id)).reachable
    assert (await post.message("m1")).reason == "unreachable"


async def test_a_process_that_died_while_sending_leaves_no_second_message(post: Post) -> None:
    await post.contact()
    await post.queue("m1", "半句")
    dying = await post.message("m1")
    claim(dying, "dead", post.house.clock(), "custom")
    await post.store.messages.save(dying)
    await post.sweep()
    assert (await post.message("m1")).state is MessageState.SENDING, "the claim still holds"
    await post.sim.advance(CLAIM_MS / 1000 + 1)
    await post.sweep()
    dead = await post.message("m1")
    assert (dead.state, dead.reason) == (MessageState.FAILED, "unknown")
    assert await post.got() == []


async def test_a_process_that_died_while_announcing_keeps_the_message(post: Post) -> None:
    await post.queue("m1", "有答复", TIP)
    dying = await post.message("m1")
    claim(dying, "dead", post.house.clock(), "template")
    await post.store.messages.save(dying)
    await post.sim.advance(CLAIM_MS / 1000 + 1)
    await post.sweep()
    assert (await post.message("m1")).reason == "no_credit"
    await post.contact()
    await post.sweep()
    assert await post.got() == ["有答复"]
    assert await post.sim.calls("message/template/send") == []


async def test_an_officers_message_is_repeated_for_the_platform_drops_the_second(
    post: Post,
) -> None:
    await post.sim.fault("message/send", "lost", count=1)
    body = {"msgtype": "text", "text": {"content": "新补充"}}
    await to_officers(post.house, "w1", ["Zhang"], body, "tip")
    await post.sweep()
    await post.sim.advance(10)
    await post.sweep()
    assert (await post.message("w1")).state is MessageState.SENT
    lines = await post.sim.screen("Zhang")
    assert len([one for one in lines if "新补充" in str(one)]) == 1


async def test_the_same_id_is_one_message(post: Post) -> None:
    await post.contact()
    await post.queue("m1", "一次")
    await post.queue("m1", "两次")
    await post.sweep()
    assert await post.got() == ["一次"]


async def test_a_long_answer_goes_in_parts(post: Post) -> None:
    await post.contact()
    text = "\n".join(f"第{number}行的内容写得很长很长" for number in range(80))
    await post.queue("m1", text)
    await post.sweep()
    got = await post.got()
    assert len(got) > 1
    assert "\n".join(got) == text


async def test_nothing_overtakes_what_another_process_is_sending(post: Post) -> None:
    await post.contact()
    await post.queue("m1", "先说这句")
    await post.queue("m2", "再说这句")
    sending = await post.message("m1")
    claim(sending, "another", post.house.clock(), "custom")
    await post.store.messages.save(sending)
    await post.sweep()
    assert await post.got() == []


# ---- properties


@given(st.text(max_size=4_000))
def test_parts_fit_and_lose_nothing_but_the_very_end(text: str) -> None:
    found = parts(text)
    assert 1 <= len(found) <= 3
    assert all(0 < len(one.encode()) <= 2_048 for one in found)


events = st.lists(
    st.tuples(st.sampled_from(["spend", *Trigger]), st.integers(0, 3_000_000)), max_size=60
)


@given(events)
def test_the_ledger_never_promises_more_than_the_platform_gives(
    steps: list[tuple[Any, int]],
) -> None:
    """Against a platform that replaces windows of a kind and uses the one that ends first."""
    ledger, platform, now = Credit("r"), dict[Trigger, tuple[int, int]](), 1_000_000
    for number, (what, wait) in enumerate(steps):
        now += wait
        if isinstance(what, Trigger):
            count, length = CREDIT[what]
            platform[what] = (count, now + length)
            earn(ledger, what, now, now, f"a{number}")
            earn(ledger, what, now, now, f"a{number}")
        elif spend(ledger, now):
            usable = [one for one, (left, until) in platform.items() if left > 0 and until > now]
            assert usable, "the platform would refuse"
            first = min(usable, key=lambda one: platform[one][1])
            left, until = platform[first]
            platform[first] = (left - 1, until)


def test_the_same_arrival_again_brings_nothing_back_that_the_platform_denied() -> None:
    ledger = Credit("r")
    earn(ledger, Trigger.MESSAGE, 1_000, 1_000, "a1")
    assert spend(ledger, 2_000)
    exhaust(ledger)
    earn(ledger, Trigger.MESSAGE, 1_000, 1_000, "a1")
    assert not spend(ledger, 3_000)
    earn(ledger, Trigger.MESSAGE, 1_000, 2_500, "a2")
    assert sum(spend(ledger, 3_000) for _ in range(9)) == 5


async def test_a_message_to_whoever_withdrew_is_not_sent(post: Post) -> None:
    await post.store.residents.remove(post.id)
    await post.queue("m1", "谁")
    await post.sweep()
    assert (await post.message("m1")).reason == "nobody"
    assert await post.sim.calls("message/custom/send") == []
