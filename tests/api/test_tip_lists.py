"""Lists of tips are ordered and counted by the store: nobody who waits is on no page."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from domain.ticket import random_id
from domain.tip import Tip, add, reply, submit, take, tip_number
from domain.tip_moves import become_incident
from tests.api.conftest import Site
from tests.api.test_tips_api import SECRET_WORDS, logged_in, officer

NOON = 1_790_000_100_000  # a full five minutes
STEP = 300_000


async def told(site: Site, at: int, words: str = SECRET_WORDS, **members: Any) -> Tip:
    close = site.house.content.close
    named = members.pop("named", "")
    station = members.pop("station", "w1")
    id = random_id()
    tip = Tip(id, tip_number(id, at), station, "西一派出所", at, at, **members)
    tip.named = close(named) if named else ""
    return await submit(site.house.store, tip, [("message", {"text": close(words)})], at)


async def paged(site: Site, client: aiohttp.ClientSession, query: str) -> list[dict[str, Any]]:
    """All of a list, page after page."""
    found: list[dict[str, Any]] = []
    tail = ""
    for _ in range(60):
        page = await site.ask(client, "GET", f"/tips?{query}{tail}")
        found += page["tips"]
        if page["next"] is None:
            return found
        tail = f"&{'after' if 'waiting' in query else 'before'}={page['next']}"
    raise AssertionError("the list does not end")


async def test_of_250_tips_the_longest_wait_comes_first_and_each_is_on_a_page(site: Site) -> None:
    wang = await officer(site, "wang")
    client, chief = await logged_in(site, "wang"), await site.staff("chief")
    store, oldest = site.house.store, NOON - 300 * STEP
    waiting, answered, closed = [], [], []
    for n in range(250):
        # Four of the same five minutes; what was told first is said more of last.
        at = oldest + n // 4 * STEP
        tip = await told(site, at, called=[wang.id])
        waiting.append(tip)
        if n < 100:
            more = {"text": site.house.content.close("还有")}
            await add(store, tip.id, f"more-{n}", "message", more, NOON - n * STEP)
    for n in range(3):
        for event, kept in (("answer", answered), ("close", closed)):
            tip = await told(site, oldest - STEP, called=[wang.id])
            await take(store, wang.who(), tip.id, NOON)
            kept.append(await reply(store, wang.who(), tip.id, "k", event, "x", NOON + n))
    elsewhere = await told(site, oldest - 9 * STEP, station="e1")
    order = [one.id for one in waiting]
    for query, asks in (
        ("box=mine", client),
        ("box=station", client),
        ("station=w1", chief),
    ):
        found = await paged(site, asks, f"state=open&order=waiting&limit=50&{query}")
        ids = [one["id"] for one in found]
        assert len(ids) == len(set(ids)) == 253, query
        assert set(ids[:250]) == set(order), query
        since = [one["waiting_since"] for one in found[:250]]
        assert since == sorted(since), query
        assert ids[250:] == [one.id for one in reversed(answered)], query
    counts = await site.ask(client, "GET", "/tips/counts?box=mine")
    assert counts == {"open": 253, "waiting": 250, "longest": oldest, "overdue": 250, "unread": 250}
    everywhere = await site.ask(chief, "GET", "/tips/counts")
    assert (everywhere["open"], everywhere["longest"]) == (254, elsewhere.opened_at)
    assert (await site.ask(chief, "GET", "/tips/counts?station=w1"))["open"] == 253
    assert len(await paged(site, client, "state=closed&box=mine&limit=2")) == len(closed)
    refused = await site.ask(client, "GET", "/tips?order=waiting", status=422)
    assert refused["facts"]["field"] == "order"


async def test_a_tip_is_found_by_words_telephone_number_officer_and_station(site: Site) -> None:
    wang = await officer(site, "wang")
    await officer(site, "li", "e1")
    client, other = await logged_in(site, "wang"), await logged_in(site, "li")
    chief = await site.staff("chief")
    bike = await told(site, NOON, "三号楼後面有人在拆車")
    named = await told(site, NOON, "楼上漏水", named="王女士 138-0013 8000", anonymous=False)
    there = await told(site, NOON, "楼上漏水", station="e1")
    await told(site, NOON, "别的事")
    await take(site.house.store, wang.who(), named.id, NOON)
    sealed = site.house.content.close("物业明天来修")
    await reply(site.house.store, wang.who(), named.id, "k", "close", sealed, NOON)
    for q, ids in (
        ("拆车", [bike.id]),
        ("三号楼 拆车", [bike.id]),
        ("三号楼 漏水", []),
        ("13800138000", [named.id]),
        ("0013-8000", [named.id]),
        (named.number[4:], [named.id]),
        (named.number.lower(), [named.id]),
        ("物业", [named.id]),
        ("wang", [named.id]),
        (there.number, []),
    ):
        found = await paged(site, client, f"state=all&q={q}")
        assert [one["id"] for one in found] == ids, q
    assert [one["id"] for one in await paged(site, other, "q=漏水")] == [there.id]
    both = {one["id"] for one in await paged(site, chief, "q=漏水")}
    assert both == {named.id, there.id}
    assert [one["id"] for one in await paged(site, chief, "q=漏水&station=e1")] == [there.id]
    assert await paged(site, client, "station=e1") == []


async def test_the_desk_s_search_opens_nothing_that_was_said(site: Site) -> None:
    wang, desk = await officer(site, "wang"), await site.staff("desk1")
    tip = await told(site, NOON, "三号楼后面有人在拆车")
    await become_incident(site.house.store, wang.who(), tip.id, "i1", "0110-1", NOON)
    found = await paged(site, desk, f"q={tip.number}")
    assert [one["id"] for one in found] == [tip.id]
    assert await paged(site, desk, "q=拆车") == []


@pytest.mark.parametrize("limit", [1, 3])
async def test_what_is_found_by_words_is_paged_to_the_end(site: Site, limit: int) -> None:
    await officer(site, "wang")
    client = await logged_in(site, "wang")
    made = [await told(site, NOON - n * STEP, f"事 {n % 2}") for n in range(8)]
    found = await paged(site, client, f"q=1&limit={limit}")
    assert {one["id"] for one in found} >= {one.id for n, one in enumerate(made) if n % 2}


async def test_each_officer_has_his_own_unread(site: Site) -> None:
    wang, zhao = await officer(site, "wang"), await officer(site, "zhao")
    mine, his = await logged_in(site, "wang"), await logged_in(site, "zhao")
    chief = await site.staff("chief")
    tip = await told(site, NOON, called=[wang.id, zhao.id])

    async def unread(client: aiohttp.ClientSession) -> tuple[int, int]:
        (listed,) = (await site.ask(client, "GET", "/tips"))["tips"]
        counts = await site.ask(client, "GET", "/tips/counts?box=mine")
        return counts["unread"], listed["unread"]

    assert (await unread(mine), await unread(his), await unread(chief)) == ((1, 1), (1, 1), (0, 0))
    await site.ask(mine, "GET", f"/tips/{tip.id}")
    assert (await unread(mine), await unread(his)) == ((0, 0), (1, 1))
    await site.ask(mine, "POST", f"/tips/{tip.id}/take")
    assert (await unread(mine), await unread(his)) == ((0, 0), (0, 0))
    for key in ("k1", "k2"):
        more = {"text": site.house.content.close("又来了")}
        await add(site.house.store, tip.id, key, "message", more, NOON + STEP)
    assert (await unread(mine), await unread(his)) == ((1, 2), (0, 0))
    thread = await site.ask(mine, "GET", f"/tips/{tip.id}")
    assert thread["tip"]["unread"] == 0
    assert await unread(mine) == (0, 0)


async def test_each_tip_says_until_when_it_is_to_be_answered(site: Site) -> None:
    wang = await officer(site, "wang")
    client, store, now = await logged_in(site, "wang"), site.house.store, site.house.clock()
    hour, named = 12 * STEP, {"anonymous": False, "called": [wang.id]}
    fresh, late = (
        await told(site, now - 23 * hour, **named),
        await told(site, now - 25 * hour, **named),
    )
    urgent = await told(site, now - 2 * hour, urgent=True, **named)
    listed = (await site.ask(client, "GET", "/tips?state=open&order=waiting"))["tips"]
    due = {one["id"]: one["due_at"] for one in listed}
    assert due == {
        urgent.id: urgent.opened_at + hour // 2,
        late.id: late.opened_at + 24 * hour,
        fresh.id: fresh.opened_at + 24 * hour,
    }
    for box in ("mine", "station"):
        counts = await site.ask(client, "GET", f"/tips/counts?box={box}")
        assert (counts["waiting"], counts["overdue"]) == (3, 2)
    for one in (urgent, late):
        await take(store, wang.who(), one.id, now)
        await reply(store, wang.who(), one.id, "k", "answer", "x", now)
    assert (await site.ask(client, "GET", f"/tips/{late.id}"))["tip"]["due_at"] is None
    assert (await site.ask(client, "GET", "/tips/counts"))["overdue"] == 0
