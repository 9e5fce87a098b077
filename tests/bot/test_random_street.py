"""Random conversations through the platform and the store: callbacks doubled, sends refused, processes
killed at any write. ``test_random_talk.py`` tries many more on the table alone."""

from __future__ import annotations

import asyncio
import random
import re
from dataclasses import dataclass, field, replace
from typing import cast

import pytest

from bot import handler, outbox
from bot.house import BotHouse
from domain.incident import Incident
from storage.store import MongoStore
from tests.bot.conftest import Sim
from tests.bot.mortal import Killed, Mortal
from tests.bot.street import LAT, LON

CRIES = ("救命", "隔壁着火了", "他拿刀追我", "help me")
PLAIN = ("楼道堆了杂物", "在三号楼", "灰色的车", "The gate is open")
COMMANDS = ("线索", "帮助", "我的", "核实", "人工", "通告", "报警", "1")
KEYS = ("TIP", "OFFICER", "NOTICES", "MINE", "COMMUNITY", "LANGUAGE")
STEPS = 14
NUMBER = re.compile(r"#(\d+)")


@dataclass
class Resident:
    """One of two who write by turns; ``cried`` are the sentences that 110 must have, in their order."""

    openid: str
    crying: bool = False
    cried: list[int] = field(default_factory=list)


class Chaos:
    """Does what one process would do, and now and then dies of it."""

    def __init__(self, sim: Sim, house: BotHouse, dice: random.Random) -> None:
        self.sim, self.house, self.dice = sim, house, dice
        self.count = 0

    async def work(self) -> None:
        if self.dice.random() < 0.4:
            mortal = Mortal(self.house.store, self.dice.randint(1, 9), self.dice.random() < 0.5)
            try:
                await handler.sweep(replace(self.house, store=cast(MongoStore, mortal)))
            except Killed:
                await self.sim.advance(61)  # its claim ends
        for _ in range(40):
            if not (await handler.sweep(self.house) or await outbox.sweep(self.house)):
                return

    async def step(self, who: Resident) -> None:
        self.count += 1
        kind = self.dice.choice(("cry", "plain", "plain", "command", "press", "press", "place"))
        if kind == "place":
            facts = {"latitude": LAT, "longitude": LON, "label": f"三号楼 #{self.count}"}
            await self.say(who, "location", **facts)
        elif kind == "press":
            who.crying = False
            await self.say(who, "click", key=self.dice.choice(KEYS))
        elif kind == "command":
            who.crying = False
            await self.say(who, "text", content=self.dice.choice(COMMANDS))
        else:
            words = self.dice.choice(CRIES if kind == "cry" else PLAIN)
            who.crying |= kind == "cry"
            if who.crying:
                who.cried.append(self.count)
            await self.say(who, "text", content=f"{words} #{self.count}")
        await self.work()

    async def say(self, who: Resident, what: str, **facts: object) -> None:
        await self.sim.post(f"residents/{who.openid}/{what}", wait=True, **facts)


def told(incidents: list[Incident], who: set[int]) -> list[int]:
    """The numbers that the desk has, each once, as its reports have them."""
    found: list[int] = []
    for it in sorted(incidents, key=lambda one: one.raised_at):
        texts = [it.words] + [
            str(e.data.get("text", "")) for e in it.log.entries if e.what == "message"
        ]
        found += [int(one) for text in texts for one in NUMBER.findall(text)]
    return [one for one in found if one in who]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_110_has_every_word_after_a_cry(
    sim: Sim, house: BotHouse, bot_url: str, seed: int
) -> None:
    dice = random.Random(seed)
    chaos = Chaos(sim, house, dice)
    people = [Resident(await sim.resident()), Resident(await sim.resident())]
    await chaos.work()
    await sim.fault("callback:oa", "duplicate", probability=0.3)
    await sim.fault("message/custom/send", "error", code=-1, probability=0.1)
    for _ in range(STEPS):
        await chaos.step(dice.choice(people))
    for who in people:
        for words in ("报警", "1"):
            await chaos.say(who, "text", content=words)
            await chaos.work()
    await asyncio.sleep(0)
    incidents = [one async for one in house.store.incidents.every({})]
    for who in people:
        assert told(incidents, set(who.cried)) == who.cried
        lines = await sim.chat(who.openid)
        for number, line in enumerate(lines):
            text = str(line["data"].get("content", ""))
            if line["who"] == "resident" and text.startswith(CRIES):
                answer = next(
                    str(one["data"].get("content", ""))
                    for one in lines[number + 1 :]
                    if one["who"] == "account"
                )
                assert "没有查到" not in answer
