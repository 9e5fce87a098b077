"""Two tips can be told apart in the list, and what is added goes to the one that was chosen."""

from __future__ import annotations

import re

from tests.bot.street import LAT, LON, Street
from tests.bot.working import street, working

__all__ = ["street", "working"]


async def tell(street: Street, text: str) -> None:
    before = len(await street.heard())
    await street.say("线索")
    await street.hears("发生了什么", before)
    if text:
        await street.say(text)
        await street.hears("记下了（1）", before)
    await street.do("location", latitude=LAT, longitude=LON, label="")
    await street.say("1")
    await street.hears("线索号", before)
    # Of two in the same five minutes nobody can know which came first.
    await street.sim.advance(301)


async def test_two_tips_are_told_apart_and_added_to(street: Street) -> None:
    await tell(street, "三号楼楼道里堆了很多\n电动车电瓶")
    await tell(street, "门口有人卖假烟")
    await tell(street, "")
    await street.say("我的")
    rows = (await street.hears("您的线索")).splitlines()[1:4]
    assert [row.partition("：")[2] for row in rows] == [
        "",
        "门口有人卖假烟",
        "三号楼楼道里堆了很多…",
    ]
    days = [row.partition("：")[0].split()[3] for row in rows]
    assert all(re.fullmatch(r"\d\d-\d\d", day) for day in days)
    await street.say("2")
    await street.hears("现在写的都会补充进去")
    await street.say("晚上八点以后")
    await street.hears("已补充")
    for tip in await street.store.tips.find({}):
        words = [
            street.house.content.open(e.data["text"]) for e in tip.log.entries if e.data.get("text")
        ]
        assert ("晚上八点以后" in words) == ("门口有人卖假烟" in words)
