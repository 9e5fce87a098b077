"""Tips of one event: linked, answered with one text, and nobody who told learns of the others."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from domain import tip_event
from domain.viewing import Viewing, forget_viewings
from tests.api.conftest import Site
from tests.api.test_tips_api import a_tip, logged_in, officer


@pytest.fixture
async def wang(site: Site) -> aiohttp.ClientSession:
    await officer(site, "wang")
    return await logged_in(site, "wang")


async def event(site: Site, client: aiohttp.ClientSession, id: str) -> set[str]:
    found = await site.ask(client, "GET", f"/tips/{id}/event")
    return {one["id"] for one in found["tips"]}


def body(key: str = "k" * 32, what: str = "answer") -> dict[str, Any]:
    return {"key": key, "event": what, "text": "已处理，噪音停了"}


async def test_linked_tips_are_one_event_and_a_third_joins_it(
    site: Site, wang: aiohttp.ClientSession
) -> None:
    a, b, c, d = [await a_tip(site) for _ in range(4)]
    assert await event(site, wang, a.id) == {a.id}
    for one, other in ((a, b), (c, d), (b, c), (a, b)):
        await site.ask(wang, "POST", f"/tips/{one.id}/event", {"other": other.id})
    for one in (a, b, c, d):
        assert await event(site, wang, one.id) == {a.id, b.id, c.id, d.id}
    lines = [it.what for it in (await site.house.store.tips.get(c.id)).log.entries]
    assert lines.count("tip.linked") == 2  # once when two events became one
    await site.ask(wang, "DELETE", f"/tips/{d.id}/event")
    await site.ask(wang, "DELETE", f"/tips/{d.id}/event")
    assert await event(site, wang, a.id) == {a.id, b.id, c.id}
    assert await event(site, wang, d.id) == {d.id}


async def test_no_tip_is_linked_with_itself_or_with_another_station_s(
    site: Site, wang: aiohttp.ClientSession
) -> None:
    a = await a_tip(site)
    chief = await site.staff("chief")
    await site.ask(wang, "POST", f"/tips/{a.id}/event", {"other": a.id}, status=422)
    far = await a_tip(site)
    await site.ask(
        chief, "POST", f"/tips/{far.id}/hand-over", {"station": "e1", "text": "不在我辖区"}
    )
    await site.ask(wang, "POST", f"/tips/{a.id}/event", {"other": far.id}, status=404)
    await site.ask(chief, "POST", f"/tips/{a.id}/event", {"other": far.id}, status=422)
    await site.ask(wang, "GET", f"/tips/{far.id}/event", status=404)


async def test_what_goes_to_another_station_leaves_its_event_here(
    site: Site, wang: aiohttp.ClientSession
) -> None:
    a, b = await a_tip(site), await a_tip(site)
    await site.ask(wang, "POST", f"/tips/{a.id}/event", {"other": b.id})
    await site.ask(wang, "POST", f"/tips/{b.id}/hand-over", {"station": "e1"})
    assert await event(site, wang, a.id) == {a.id}


async def test_one_text_answers_all_of_an_event_once_and_says_which_it_could_not(
    site: Site, wang: aiohttp.ClientSession
) -> None:
    await officer(site, "li")
    li = await logged_in(site, "li")
    mine, nobody_s, li_s, over = [await a_tip(site) for _ in range(4)]
    for one in (nobody_s, li_s, over):
        await site.ask(wang, "POST", f"/tips/{mine.id}/event", {"other": one.id})
    await site.ask(wang, "POST", f"/tips/{mine.id}/take")
    await site.ask(li, "POST", f"/tips/{li_s.id}/take")
    await site.ask(wang, "POST", f"/tips/{over.id}/take")
    await site.ask(wang, "POST", f"/tips/{over.id}/reply", body("o" * 32, "close"))
    told = sorted(await event(site, wang, mine.id))
    for _ in range(2):  # the answer to the first was lost on its way
        rows = (await site.ask(wang, "POST", "/tips/replies", {**body(), "tips": told}))["rows"]
        said = {one["id"]: one["problem"] and one["problem"]["code"] for one in rows}
        assert said == {
            mine.id: None,
            nobody_s.id: None,
            li_s.id: "taken",
            over.id: "wrong_state",
        }
    names = [one["problem"]["facts"].get("name") for one in rows if one["problem"]]
    assert set(names) == {"li 民警", None}
    for one, count in ((mine, 1), (nobody_s, 1), (li_s, 0), (over, 0)):
        log = (await site.house.store.tips.get(one.id)).log.entries
        assert sum(it.what == "tip.answered" for it in log) == count
    # She gives it up, and the same once more reaches the last one alone.
    await site.ask(
        wang,
        "POST",
        f"/tips/{li_s.id}/take-over",
        {"holder": (await site.house.store.tips.get(li_s.id)).officer},
    )
    rows = (await site.ask(wang, "POST", "/tips/replies", {**body(), "tips": told}))["rows"]
    assert [one["id"] for one in rows if one["problem"]] == [over.id]
    log = (await site.house.store.tips.get(mine.id)).log.entries
    assert sum(it.what == "tip.answered" for it in log) == 1


async def test_an_event_and_the_lines_about_it_leave_room_for_residents(
    site: Site, wang: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tip_event, "MOST", 3)
    a, *others = [await a_tip(site) for _ in range(4)]
    for one in others[:2]:
        await site.ask(wang, "POST", f"/tips/{a.id}/event", {"other": one.id})
    path = f"/tips/{a.id}/event"
    full = await site.ask(wang, "POST", path, {"other": others[2].id}, status=429)
    assert full["code"] == "too_many"
    await site.ask(wang, "DELETE", f"/tips/{others[0].id}/event")
    await site.ask(wang, "POST", path, {"other": others[0].id})
    again = await site.ask(wang, "DELETE", f"/tips/{others[0].id}/event", status=429)
    assert again["code"] == "too_many"


async def test_whoever_else_has_a_tip_open_is_said_and_for_half_a_minute(
    site: Site, wang: aiohttp.ClientSession
) -> None:
    tip, store = await a_tip(site), site.house.store
    await officer(site, "li")
    li = await logged_in(site, "li")
    path = f"/tips/{tip.id}/viewing"
    assert (await site.ask(wang, "PUT", path, {"writing": True}))["people"] == []
    seen = await site.ask(li, "PUT", path, {})
    assert seen["people"] == [{"name": "wang 民警", "writing": True}]
    assert (await site.ask(wang, "PUT", path, {}))["people"] == [
        {"name": "li 民警", "writing": False}
    ]
    await site.ask(li, "DELETE", path)
    assert (await site.ask(wang, "PUT", path, {}))["people"] == []
    await site.ask(li, "PUT", path, {})
    async for one in store.viewings.every():
        one.at -= 31_000
        await store.viewings.save(one)
    assert (await site.ask(wang, "PUT", path, {}))["people"] == []
    assert (await store.tips.get(tip.id)).log.length == tip.log.length
    stranger = await officer(site, "far", "e1")
    far = await logged_in(site, stranger.login)
    await site.ask(far, "PUT", path, {}, status=404)


async def test_open_tips_of_long_ago_are_forgotten_however_many(site: Site) -> None:
    store, now = site.house.store, 10**12
    old = [Viewing(f"t{n}:x", f"t{n}", "x", "x", now - 4_000_000) for n in range(450)]
    await store.viewings.add_many([*old, Viewing("new:x", "new", "x", "x", now)])
    await forget_viewings(store, now)
    assert [one.tip async for one in store.viewings.every()] == ["new"]
