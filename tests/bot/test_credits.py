"""The credits of a chat belong to words: steps are said with them, and the desk sees what waits."""

from __future__ import annotations

import random
from typing import Any

import pytest

from bot import handler
from bot.followers import LEAVES
from bot.post import Letter, close
from bot.progress import Progress
from domain import closing, incident, message
from domain.dispatch import dispatch, respond
from domain.incident import Disposition, Incident
from domain.marks import ChatState
from domain.outgoing import Channel, Message, MessageState, Rank
from tests.bot.street import Street
from tests.bot.test_progress import DESK, PATROL, finder, street, work

__all__ = ["finder", "street"]
SEND, TEMPLATE = "message/custom/send", "message/template/send"
ANSWERED, CALLED, COMING, ARRIVED = "110 已接听", "已通知", "已经出发", "已到现场"


async def chat_report(street: Street) -> Incident:
    await street.sim.advance(61)  # what following gave is over
    for text in ("救命，有人撬门", "1"):
        await street.say(text)
        await work(street)
    (it,) = await street.store.incidents.find({})
    return await incident.answer(street.store, DESK, it.id, street.house.clock())


async def on_the_way(street: Street, it: Incident, *steps: str) -> None:
    """The station is called, and does these."""
    store, now = street.store, street.house.clock()
    await dispatch(store, DESK, it.id, street.house.finder.station("w1"), "西区分局", "", now)
    for one in ("acknowledge", *steps):
        await respond(store, PATROL, it.id, one, now)


async def write(street: Street, it: Incident, *lines: str) -> list[int]:
    """The desk writes; the entries' numbers."""
    written = []
    for line in lines:
        entry = await message.say(
            street.store, DESK, it.id, f"key-{line}", line, street.house.clock()
        )
        written.append(entry.seq)
    return written


async def pass_on(street: Street, seconds: float = 3.0) -> None:
    """Everything is looked at, told and sent, and after some seconds once more."""
    for _ in range(2):
        await work(street, follow=True)
        await street.sim.advance(seconds)
        await work(street, follow=True)
    await Progress(street.house).read_again(3_600_000)


async def lines_of(street: Street, it: Incident) -> dict[int, tuple[ChatState, str]]:
    found = (await street.store.incidents.get(it.id)).chat
    return {one.seq: (one.state, one.reason) for one in found}


async def words(street: Street) -> list[str]:
    """The desk's lines on the phone, in their order."""
    heard = "\n".join(await street.heard()).split("\n")
    return [line.removeprefix("110：") for line in heard if line.startswith("110：")]


async def announced(street: Street) -> int:
    return len(await street.sim.calls(TEMPLATE))


async def test_steps_leave_the_credits_to_what_the_desk_writes(street: Street) -> None:
    it = await chat_report(street)
    await pass_on(street)
    await on_the_way(street, it, "depart", "arrive")
    await pass_on(street)
    said = ["躲进房间", "锁好门", "不要出声"]
    seqs = await write(street, it, *said)
    await pass_on(street)
    assert await words(street) == said
    assert set((await lines_of(street, it)).values()) == {(ChatState.SENT, "")}
    assert set(await lines_of(street, it)) == set(seqs)
    heard = "\n".join(await street.heard())
    assert [heard.count(part) for part in (ANSWERED, CALLED, COMING, ARRIVED)] == [1, 1, 1, 1]


async def test_what_happened_is_said_with_the_next_line_and_before_it(street: Street) -> None:
    it = await chat_report(street)
    await on_the_way(street, it, "depart")
    await write(street, it, "民警快到了")
    before = len(await street.heard())
    await work(street, follow=True)
    (line,) = (await street.heard())[before:]
    parts = [line.index(part) for part in (ANSWERED, CALLED, COMING, "110：民警快到了")]
    assert parts == sorted(parts)


async def test_with_the_answer_to_what_the_resident_writes_it_is_said_too(street: Street) -> None:
    it = await chat_report(street)
    await pass_on(street)
    await on_the_way(street, it, "depart", "arrive")
    await pass_on(street)
    assert ARRIVED not in "\n".join(await street.heard())
    before = len(await street.heard())
    await street.say("我在三楼")
    await work(street)
    (line,) = (await street.heard())[before:]
    assert line.index("110 已收到") < line.index(CALLED) < line.index(ARRIVED)


async def test_the_desk_sees_what_did_not_arrive_and_a_template_announces_it_once(
    street: Street,
) -> None:
    it = await chat_report(street)
    said = [f"第{number}句" for number in range(8)]
    seqs = await write(street, it, *said)
    await pass_on(street)
    arrived = await words(street)
    assert arrived == said[: len(arrived)]
    assert len(arrived) >= 4
    lines = await lines_of(street, it)
    for number, seq in enumerate(seqs):
        waits = (ChatState.WAITING, "no_credit")
        assert lines[seq] == ((ChatState.SENT, "") if number < len(arrived) else waits), number
    assert await announced(street) == 1
    (shown,) = [one for one in await street.sim.chat(street.openid) if one["via"] == "template"]
    assert it.number in str(shown)
    assert "110 有话对您说" in str(shown)
    assert not [one for one in said if one in str(shown)], "a locked phone shows it"
    await street.say("好的")
    await pass_on(street)
    assert await words(street) == said
    assert {state for state, _ in (await lines_of(street, it)).values()} == {ChatState.SENT}


async def test_a_step_that_waits_is_announced(street: Street) -> None:
    it = await chat_report(street)
    await pass_on(street)
    await on_the_way(street, it, "depart", "arrive")
    await pass_on(street)
    waiting = await street.store.messages.find({"state": str(MessageState.QUEUED)})
    assert {(one.rank, one.reason) for one in waiting} == {(Rank.STATUS, "no_credit")}
    assert await announced(street) == 1


async def test_that_it_is_over_takes_what_credit_there_is(street: Street) -> None:
    it = await chat_report(street)
    await pass_on(street)
    await write(street, it, "一", "二")
    await pass_on(street)
    await closing.close(street.store, DESK, it.id, Disposition.RESOLVED, "", street.house.clock())
    await pass_on(street)
    assert "已处理完毕" in "\n".join(await street.heard())


@pytest.mark.parametrize(
    ("fault", "lost"),
    [
        ({"action": "error", "code": -1}, False),
        ({"action": "error", "code": 45009}, False),
        ({"action": "error", "code": 45002}, False),
        ({"action": "error", "code": 45047}, False),
        ({"action": "http", "code": 502}, True),
    ],
)
async def test_what_was_to_be_said_with_a_line_is_lost_only_when_nobody_knows(
    street: Street, fault: dict[str, Any], lost: bool
) -> None:
    it = await chat_report(street)
    await street.sim.fault(SEND, count=1, **fault)
    (seq,) = await write(street, it, "锁好门")
    await pass_on(street)
    if lost:
        assert (await lines_of(street, it))[seq][0] is ChatState.UNKNOWN, "the desk is told"
        return
    if fault.get("code") == 45002:
        assert (await lines_of(street, it))[seq] == (ChatState.REFUSED, "45002")
    await street.sim.advance(24 * 3600)
    await street.say("还在吗")
    await pass_on(street)
    assert "\n".join(await street.heard()).count(ANSWERED) == 1


async def test_the_number_to_call_stands_before_how_the_matter_stands(street: Street) -> None:
    it = await chat_report(street)
    await pass_on(street)
    await on_the_way(street, it)
    await pass_on(street)
    await street.say("救命！他进来了")
    await pass_on(street)
    for text in await street.heard():
        if "tel:110" in text and CALLED in text:
            assert text.index("tel:110") < text.index(CALLED)
    assert CALLED in "\n".join(await street.heard())


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_words_arrive_in_order_or_the_desk_knows(
    street: Street, seed: int
) -> None:
    """Steps, lines, contacts and faults in any order: no line is lost or doubled without a word to the
    desk, none overtakes another, and the platform never has to say that a credit is overdrawn."""
    dice = random.Random(seed)
    it = await chat_report(street)
    said: dict[int, str] = {}
    steps = iter(["depart", "arrive"])
    await on_the_way(street, it)
    for number in range(14):
        what = dice.choice(["line", "line", "line", "step", "contact", "fault", "wait"])
        if what == "line":
            (seq,) = await write(street, it, f"第{number}句")
            said[seq] = f"第{number}句"
        elif what == "step" and (step := next(steps, "")):
            await respond(street.store, PATROL, it.id, step, street.house.clock())
        elif what == "contact":
            await street.say(f"我说 {number}")
        elif what == "fault":
            faults: list[dict[str, Any]] = [{"action": "lost"}, {"action": "error", "code": -1}]
            fault = dice.choice(faults)
            await street.sim.fault(SEND, count=1, **fault)
        else:
            await street.sim.advance(dice.choice([1, 40]))
        await work(street, follow=True)
    arrived, lines = await words(street), {}
    for _ in range(3):  # a line that was put off for a while
        await street.sim.advance(700)
        await pass_on(street)
        arrived, lines = await words(street), await lines_of(street, it)
    order = list(said.values())
    assert [order.index(one) for one in arrived] == sorted(order.index(one) for one in arrived)
    assert len(arrived) == len(set(arrived))
    for seq, text in said.items():
        state, reason = lines[seq]
        if state is ChatState.SENT:
            assert text in arrived
        else:
            assert state is ChatState.UNKNOWN or (text not in arrived and reason), (text, state)
    codes = [str(one["answer"]) for one in await street.sim.calls(SEND)]
    assert not [one for one in codes if "45047" in one or "45015" in one]


async def test_a_notice_to_thousands_keeps_no_answer_waiting_and_leaves_its_credit(
    street: Street,
) -> None:
    await street.sim.advance(61)
    store, now = street.store, street.house.clock()
    await street.say("帮助")
    while await handler.sweep(street.house):
        pass
    await store.messages.add_many(
        [
            Message(
                f"n{number}",
                street.resident,
                Channel.OFFICIAL,
                close(street.house, Letter(body={"msgtype": "text", "text": {"content": "停水"}})),
                number + 1,
                now - 60_000,
                rank=Rank.NOTICE,
                leaves=LEAVES,
            )
            for number in range(6)
        ]
    )
    before = len(await street.heard())
    await work(street)
    new = (await street.heard())[before:]
    assert ["停水" in one for one in new] == [False, True, True]
