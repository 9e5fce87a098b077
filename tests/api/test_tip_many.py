"""Several tips answered or closed at once: each under its own rules, and none twice."""

from __future__ import annotations

from typing import Any

import pytest

from domain import tip_event
from domain.errors import StoreDown
from domain.tip import Tip, reply, take
from domain.tip_moves import become_incident, hand_over
from tests.api.conftest import Site
from tests.api.test_tips_api import a_tip, logged_in, officer

KEY = "k" * 32


def body(tips: list[Tip], event: str = "answer", text: str = "{编号}：已处理") -> dict[str, Any]:
    return {"key": KEY, "event": event, "text": text, "tips": [one.id for one in tips]}


def codes(answer: dict[str, Any]) -> list[str | None]:
    return [one["problem"] and one["problem"]["code"] for one in answer["rows"]]


async def answers(site: Site, tip: Tip) -> list[str]:
    it = await site.house.store.tips.get(tip.id)
    said = [one for one in it.log.entries if one.what in ("tip.answered", "tip.closed")]
    return [site.house.content.open(one.data["text"]) for one in said]


async def test_each_is_answered_in_its_own_log_and_what_refuses_says_why(site: Site) -> None:
    wang, zhao = await officer(site, "wang"), await officer(site, "zhao")
    client, store = await logged_in(site, "wang"), site.house.store
    mine, free, his, gone, urgent, closed = [await a_tip(site) for _ in range(6)]
    await take(store, wang.who(), mine.id, 1)
    await take(store, zhao.who(), his.id, 1)
    await hand_over(store, wang.who(), gone.id, "e1", "东一", [], "", 1)
    await become_incident(store, wang.who(), urgent.id, "i1", "0110", 1)
    await take(store, wang.who(), closed.id, 1)
    await reply(store, wang.who(), closed.id, "before", "close", site.house.content.close("x"), 1)
    chosen = [mine, free, his, gone, urgent, closed, mine]
    expected = [None, None, "taken", "not_found", "taken", "wrong_state"]
    for _ in range(2):
        answer = await site.ask(client, "POST", "/tips/replies", body(chosen))
        assert codes(answer) == expected
    rows = answer["rows"]
    assert [one["number"] for one in rows[:3]] == [mine.number, free.number, his.number]
    assert rows[2]["problem"]["facts"]["name"] == "zhao 民警"
    for one in (mine, free):
        assert await answers(site, one) == [f"{one.number}：已处理"]
    # What could not be answered was not taken, either.
    assert (await store.tips.get(urgent.id)).officer is None
    assert await answers(site, closed) == ["x"]


async def test_they_are_closed_as_each_alone_would_be(site: Site) -> None:
    await officer(site, "wang")
    client = await logged_in(site, "wang")
    tips = [await a_tip(site) for _ in range(50)]
    answer = await site.ask(client, "POST", "/tips/replies", body(tips, "close", "已办结"))
    assert codes(answer) == [None] * 50
    first = await site.house.store.tips.get(tips[0].id)
    lines = [(one.what, one.who.name) for one in first.log.entries[-2:]]
    assert (first.state, lines) == (
        "CLOSED",
        [("tip.taken", "wang 民警"), ("tip.closed", "wang 民警")],
    )
    await site.ask(client, "POST", "/tips/replies", body([*tips, await a_tip(site)]), status=422)
    await site.ask(client, "POST", "/tips/replies", body([]), status=422)
    await site.ask(client, "POST", "/tips/replies", body(tips[:1], "reject"), status=422)


async def test_what_was_cut_off_halfway_goes_on_where_it_was(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await officer(site, "wang")
    client = await logged_in(site, "wang")
    tips = [await a_tip(site) for _ in range(4)]
    original, count = tip_event.reply, 0

    async def failing(*args: Any) -> Tip:
        nonlocal count
        count += 1
        if count > 2:
            raise StoreDown()
        return await original(*args)

    monkeypatch.setattr(tip_event, "reply", failing)
    answer = await site.ask(client, "POST", "/tips/replies", body(tips))
    assert codes(answer) == [None, None, "store_down", "store_down"]
    monkeypatch.setattr(tip_event, "reply", original)
    assert codes(await site.ask(client, "POST", "/tips/replies", body(tips))) == [None] * 4
    assert [len(await answers(site, one)) for one in tips] == [1] * 4
