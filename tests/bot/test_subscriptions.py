"""Subscription messages: asked for after a tip and a report, one for each acceptance, again after caps."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import aiohttp
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import handler, outbox
from bot.house import BotHouse
from bot.post import Notice, Subject, to_resident
from domain.outgoing import MessageState
from domain.resident import Credit, resident_id
from domain.subscription import MOST, accept, give_back, refuse, use
from simulator.crypto import page_signature
from simulator.world import World
from storage.store import MongoStore
from tests.bot.conftest import Sim, with_official
from tests.bot.street import Street
from tests.bot.working import working

__all__ = ["working"]

IDS = {"tip": "reminder-tip", "incident": "reminder-incident"}
ANSWER = Subject("about-a-tip", True, Notice("tip", {"what": "有答复", "hint": "来看"}))


@pytest.fixture
def asked(house: BotHouse, world: World) -> None:
    """An account with subscription messages, and no templates that would do instead."""
    world.config.oa.templates += IDS.values()
    with_official(house, subscriptions=IDS, templates={})
    official = house.settings.officials[0]
    house.officials.of("").settings = official


class Reminded:
    """A resident, what he chooses, and what reaches him without credit."""

    def __init__(self, sim: Sim, house: BotHouse, store: MongoStore, openid: str) -> None:
        self.sim, self.house, self.store, self.openid = sim, house, store, openid
        self.id = resident_id(house.secret, openid)

    async def choose(self, accept: bool = True, **more: Any) -> None:
        await self.sim.post(
            f"residents/{self.openid}/permit",
            template_id=IDS["tip"],
            accept=accept,
            wait=True,
            **more,
        )
        await self.handle()

    async def handle(self) -> None:
        while await handler.sweep(self.house):
            pass

    async def left(self) -> int:
        return (await self.store.credits.get(self.id)).accepted.get("tip", 0)

    async def answer(self, id: str) -> None:
        await to_resident(self.house, id, self.id, "答复全文", ANSWER)
        for _ in range(9):
            if not await outbox.sweep(self.house):
                return

    async def reminders(self) -> int:
        lines = await self.sim.chat(self.openid)
        return sum(line.get("via") == "subscribe" for line in lines)


@pytest.fixture
async def one(sim: Sim, house: BotHouse, store: MongoStore, bot_url: str, asked: None) -> Reminded:
    one = Reminded(sim, house, store, await sim.resident())
    await one.handle()
    await sim.advance(61)  # following gave three messages for a minute
    return one


async def test_each_acceptance_is_one_message(one: Reminded) -> None:
    await one.answer("first")
    assert await one.reminders() == 0
    await one.choose()
    await one.choose(accept=False)
    await one.sim.advance(1)
    await one.choose()
    assert await one.left() == 2
    for number, reminded in ((1, 1), (2, 2), (3, 2)):
        await one.answer(f"answer-{number}")
        assert await one.reminders() == reminded
    assert await one.left() == 0
    for id in ("first", "answer-1", "answer-3"):
        message = await one.store.messages.get(id)
        assert (message.state, message.reason) == (MessageState.QUEUED, "no_credit")


async def test_the_same_event_again_counts_once(one: Reminded) -> None:
    await one.sim.fault("callback:oa", "duplicate", count=1)
    await one.choose()
    await one.sim.settle()
    await one.handle()
    assert await one.left() == 1


async def test_who_switches_it_off_is_not_reminded(one: Reminded) -> None:
    await one.choose()
    await one.choose(accept=False, event="subscribe_msg_change_event")
    await one.answer("a")
    assert (await one.reminders(), await one.left()) == (0, 0)
    assert await one.sim.calls("bizsend") == []


async def test_another_template_is_none_of_ours(one: Reminded) -> None:
    await one.sim.post(
        f"residents/{one.openid}/permit", template_id="of-another-app", accept=True, wait=True
    )
    await one.handle()
    ledgers = [it.accepted async for it in one.store.credits.every()]
    assert not any(ledgers)


async def test_where_none_is_left_the_template_goes_out(one: Reminded, house: BotHouse) -> None:
    """43101: our count and the platform's may differ; theirs counts."""
    with_official(house, templates={"tip": "template-tip"})
    house.officials.of("").settings = house.settings.officials[0]
    await one.choose()
    await one.sim.fault("bizsend", "error", code=43101)
    await one.answer("a")
    assert (await one.reminders(), await one.left()) == (0, 0)
    lines = await one.sim.chat(one.openid)
    assert [line.get("via") for line in lines].count("template") == 1


@pytest.mark.parametrize(("action", "more"), [("error", {"code": 45009}), ("error", {"code": -1})])
async def test_what_a_cap_refused_goes_out_after_it(
    one: Reminded, action: str, more: dict[str, Any]
) -> None:
    await one.choose()
    await one.sim.fault("bizsend", action, count=1, **more)
    await one.answer("a")
    assert (await one.reminders(), await one.left()) == (0, 1), "the acceptance is not used up"
    await one.sim.advance(24 * 3600 + 60)
    for _ in range(5):
        await outbox.sweep(one.house)
    assert (await one.reminders(), await one.left()) == (1, 0)


async def test_a_lost_answer_is_not_repeated(one: Reminded) -> None:
    await one.choose()
    await one.sim.fault("bizsend", "lost", count=1)
    await one.answer("a")
    await one.sim.advance(24 * 3600)
    for _ in range(5):
        await outbox.sweep(one.house)
    assert (await one.reminders(), await one.left()) == (1, 0)


# ---- asking


@pytest.fixture
async def street(
    sim: Sim, house: BotHouse, store: MongoStore, asked: None, working: None
) -> Street:
    return Street(sim, house, store, await sim.resident())


async def test_after_a_tip_the_resident_is_offered_a_reminder_unless_one_is_left(
    street: Street,
) -> None:
    async def tell(number: int) -> str:
        for text in ("线索", "楼下有人乱停车", "完成", "1"):
            await street.say(text)
        return await street.hears("线索号", after=number)

    assert "/wechat/subscribe?for=tip" in await tell(0)
    before = len(await street.heard())
    permit = {"template_id": IDS["tip"], "accept": True, "wait": True}
    await street.sim.post(f"residents/{street.openid}/permit", **permit)
    assert "/wechat/subscribe" not in await tell(before)


async def test_after_a_report_too_and_behind_what_matters(street: Street) -> None:
    for text in ("救命，有人持刀", "1"):
        await street.say(text)
    said = await street.hears("110 已收到您的报警")
    assert 0 < said.index("/wechat/enter") < said.index("/wechat/subscribe?for=incident")


async def page(http: aiohttp.ClientSession, url: str) -> tuple[str, str]:
    async with http.get(url) as response:
        assert response.status == 200
        return await response.text(), response.headers["Content-Security-Policy"]


async def test_the_page_asks_with_wechats_own_button(
    http: aiohttp.ClientSession, bot_url: str, house: BotHouse, sim: Sim, asked: None
) -> None:
    path = "/wechat/subscribe?for=tip&lang=zh-CN"
    text, policy = await page(http, bot_url + path)
    assert 'template="reminder-tip"' in text
    config = re.search(r"wx\.config\((\{.*?\})\)", unescape(text))
    assert config is not None
    signed = msgspec.json.decode(config[1], type=dict[str, Any])
    assert signed["openTagList"] == ["wx-open-subscribe"]
    assert signed["jsApiList"], "with none WeChat draws no button"
    assert "frame-src https://*.qq.com webcompt:;" in policy, "WeChat's frame for it"
    ticket = await house.officials.of("").jsapi_ticket()
    wanted = page_signature(
        ticket, signed["nonceStr"], str(signed["timestamp"]), house.settings.url + path
    )
    assert signed["signature"] == wanted
    nonce = re.search(r"'nonce-(\w+)'", policy)
    assert nonce is not None
    assert f'nonce="{nonce[1]}"' in text
    english, _ = await page(http, f"{bot_url}/wechat/subscribe?for=incident&lang=en")
    assert "Tell me" in english


async def test_without_a_signature_or_a_template_nobody_is_left_with_a_dead_button(
    http: aiohttp.ClientSession, bot_url: str, house: BotHouse, sim: Sim, asked: None
) -> None:
    await sim.fault("getticket", "error", code=45009)
    text, _ = await page(http, f"{bot_url}/wechat/subscribe?for=tip")
    assert "wx-open-subscribe id" not in text
    assert "tel:110" in text
    for wrong in ("", "?for=", "?for=other", "?for=tip'<"):
        async with http.get(f"{bot_url}/wechat/subscribe{wrong}") as response:
            assert response.status == 404


# ---- the count


@given(st.lists(st.sampled_from(["accept", "again", "refuse", "use", "back"]), max_size=60))
def test_never_more_are_sent_than_were_accepted(steps: list[str]) -> None:
    credit, accepted, used = Credit("r"), 0, 0
    for number, step in enumerate(steps):
        if step == "accept":
            accepted += accept(credit, "tip", f"e{number}")
        elif step == "again" and credit.heard:
            assert not accept(credit, "tip", credit.heard[-1])
        elif step == "refuse":
            refuse(credit, "tip")
        elif step == "use":
            used += use(credit, "tip")
        elif used:
            used -= give_back(credit, "tip")
        assert 0 <= credit.accepted.get("tip", 0) <= min(MOST, accepted - used)
        assert len(credit.heard) <= MOST
