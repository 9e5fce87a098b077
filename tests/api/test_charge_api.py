"""What an officer who leaves is in charge of goes to somebody else, over the wire."""

from __future__ import annotations

import csv
import io
from typing import Any

import aiohttp
import pytest

from domain import tip_notes, tip_urgency
from domain.group import Handing
from domain.hearers import who_hears
from domain.people import Person, Role
from domain.ticket import random_id
from domain.tip import MAX_ENTRIES, Tip, submit, tip_number
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from tests.api.conftest import CHEAP, PASSWORD, Site
from tests.api.test_groups_api import add
from tests.api.test_tips_api import MIDDAY, a_tip, logged_in
from tests.neighbourhoods import city_of_communities

FAR = 10**14


@pytest.fixture(scope="session")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


@pytest.fixture
async def team(site: Site) -> dict[str, aiohttp.ClientSession]:
    """Zhou answers for two communities of w1, Li and Sun for none."""
    areas = {"zhou": ["w1-c1", "w1-c2"], "li": [], "sun": []}
    for login, communities in areas.items():
        one = Person(
            login,
            login,
            f"{login} 民警",
            Role.COMMUNITY_OFFICER,
            CHEAP.hash(PASSWORD),
            "w1",
            userid=login,
            communities=communities,
        )
        await site.house.store.people.add(one)
    return {login: await logged_in(site, login) for login in areas}


async def taken(site: Site, client: aiohttp.ClientSession, **members: Any) -> Tip:
    tip = await a_tip(site, **members)
    await site.ask(client, "POST", f"/tips/{tip.id}/take")
    return tip


async def said(site: Site, id: str) -> list[tuple[str, Any]]:
    log = (await site.house.store.tips.get(id)).log
    acts = ("tip.taken_over", "tip.given", "tip.released", "tip.offered")
    return [(one.what, one.data.get("before")) for one in log.entries if one.what in acts]


async def test_a_note_in_a_tip_is_for_officers_alone_and_answers_nobody(
    site: Site, team: dict[str, aiohttp.ClientSession]
) -> None:
    tip, words = await taken(site, team["zhou"]), "他和楼上是亲戚"
    before = await site.ask(team["zhou"], "GET", f"/tips/{tip.id}")
    path, body = f"/tips/{tip.id}/notes", {"key": "note-key-1", "text": words}
    for _ in range(2):
        thread = await site.ask(team["li"], "POST", path, body)
    notes = [one for one in thread["entries"] if one["what"] == "tip.noted"]
    assert [one["text"] for one in notes] == [words]
    assert "key" not in notes[0]["data"]
    for same in ("state", "officer", "waiting_since", "updated_at", "next", "answered_at"):
        assert thread["tip"][same] == before["tip"][same]
    assert words not in str((await site.house.store.tips.get(tip.id)).log.entries)
    found = await site.ask(team["zhou"], "GET", f"/tips?box=station&state=all&q={words}")
    assert [one["id"] for one in found["tips"]] == [tip.id]
    over = {"key": "reply-key-1", "event": "close", "text": "已办结"}
    await site.ask(team["zhou"], "POST", f"/tips/{tip.id}/reply", over)
    late = await site.ask(team["li"], "POST", path, {**body, "key": "note-key-2"})
    assert late["tip"]["state"] == "CLOSED"
    await site.ask(await logged_in(site, "desk1"), "POST", path, body, status=403)


async def test_officers_lines_never_take_the_room_of_the_resident(
    site: Site, team: dict[str, aiohttp.ClientSession]
) -> None:
    tip, store = await taken(site, team["zhou"]), site.house.store
    zhou = (await store.people.get("zhou")).who()
    for number in range(tip_notes.MOST):
        await tip_notes.note(store, zhou, tip.id, f"note-{number}", "sealed", MIDDAY)
    for number in range(tip_urgency.MOST):
        await tip_urgency.mark(store, zhou, tip.id, number % 2 == 0, MIDDAY)
    body = {"key": "one-note-more", "text": "x"}
    await site.ask(team["zhou"], "POST", f"/tips/{tip.id}/notes", body, status=429)
    it = await store.tips.get(tip.id)
    path, other = f"/tips/{tip.id}/urgent", not it.urgent
    await site.ask(team["zhou"], "POST", path, {"urgent": other}, status=429)
    assert it.log.length < MAX_ENTRIES / 2


async def test_an_urgent_tip_stands_above_those_that_wait_longer_and_the_longest_wait_is_said(
    site: Site, team: dict[str, aiohttp.ClientSession]
) -> None:
    first, second = [await taken(site, team["zhou"]) for _ in range(2)]
    third = await taken(site, team["zhou"])
    listing = "/tips?box=station&state=open&order=waiting"

    async def order() -> list[str]:
        return [one["id"] for one in (await site.ask(team["li"], "GET", listing))["tips"]]

    before = await order()
    assert set(before) >= {first.id, second.id, third.id}
    longest = (await site.ask(team["li"], "GET", "/tips/counts?box=station"))["longest"]
    path = f"/tips/{before[-1]}/urgent"
    for _ in range(2):
        thread = await site.ask(team["li"], "POST", path, {"urgent": True})
    assert [one["what"] for one in thread["entries"]].count("tip.marked") == 1
    assert thread["tip"]["urgent"] is True
    assert await order() == [before[-1], *before[:-1]]
    counts = await site.ask(team["li"], "GET", "/tips/counts?box=station")
    assert (counts["longest"], counts["waiting"]) == (longest, len(before))
    page = await site.ask(team["li"], "GET", f"{listing}&limit=1")
    rest = await site.ask(team["li"], "GET", f"{listing}&after={page['next']}")
    assert [one["id"] for one in (*page["tips"], *rest["tips"])] == [before[-1], *before[:-1]]
    await site.ask(team["zhou"], "POST", path, {"urgent": False})
    assert await order() == before
    await site.ask(await logged_in(site, "desk1"), "POST", path, {"urgent": True}, status=403)


async def test_the_list_is_a_table_for_a_spreadsheet_and_nothing_in_it_is_a_formula(
    site: Site, team: dict[str, aiohttp.ClientSession]
) -> None:
    content = site.house.content
    tip = await taken(site, team["zhou"])
    line = {"text": content.close("=HYPERLINK(1)")}
    id = random_id()
    other = Tip(id, tip_number(id, MIDDAY), "w1", "西一派出所", MIDDAY, MIDDAY, called=["zhou"])
    await submit(site.house.store, other, [("message", line)], MIDDAY)

    async def rows(query: str) -> list[list[str]]:
        async with team["zhou"].get(f"{site.api}/tips/sheet?{query}") as answer:
            text = (await answer.read()).decode("utf-8-sig")
            assert answer.content_type == "text/csv", text
            assert "attachment" in answer.headers["Content-Disposition"]
        return list(csv.reader(io.StringIO(text)))[1:]

    found = {row[0]: row for row in await rows("box=station&state=open&order=waiting")}
    assert {tip.number, other.number} <= set(found)
    assert found[other.number][-1] == "'=HYPERLINK(1)"
    assert [row[0] for row in await rows(f"box=station&q={other.number}")] == [other.number]
    assert await rows("box=station&state=closed") == []
    kept = [one.what async for one in site.house.store.audit.every()]
    assert kept.count("tips.exported") == 3


async def test_a_tip_is_passed_on_to_a_colleague_of_its_station_with_a_reason(
    site: Site, team: dict[str, aiohttp.ClientSession]
) -> None:
    tip, why = await taken(site, team["zhou"]), "他熟悉这一户"
    far = Person(
        "far", "far", "远", Role.COMMUNITY_OFFICER, CHEAP.hash(PASSWORD), "e1", userid="far"
    )
    await site.house.store.people.add(far)
    path, body = f"/tips/{tip.id}/reassign", {"holder": "zhou", "to": "li", "text": why}
    listed = await site.ask(team["zhou"], "GET", f"/tips/{tip.id}/colleagues")
    assert {one["id"] for one in listed["colleagues"]} >= {"li", "sun"}
    assert not {"zhou", "far"} & {one["id"] for one in listed["colleagues"]}
    for wrong in ("far", "zhou", "nobody"):
        await site.ask(team["zhou"], "POST", path, {**body, "to": wrong}, status=422)
    await site.ask(team["zhou"], "POST", path, {**body, "text": ""}, status=422)
    away = await logged_in(site, "far")
    await site.ask(away, "POST", path, body, status=404)
    await site.ask(away, "GET", f"/tips/{tip.id}/colleagues", status=404)
    for _ in range(2):
        thread = await site.ask(team["zhou"], "POST", path, body)
    assert (thread["tip"]["officer"], thread["entries"][-1]["text"]) == ("li", why)
    it = await site.house.store.tips.get(tip.id)
    assert [one.what for one in it.log.entries].count("tip.reassigned") == 1
    assert why not in str(it.log.entries[-1].data)
    late = await site.ask(team["sun"], "POST", path, {**body, "to": "sun"}, status=409)
    assert late["facts"]["name"] == "li 民警"
    assert [one.id for one in await who_hears(site.house.store, it, MIDDAY)] == ["li"]
    body = {"key": "reply-key-1", "event": "close", "text": "已办结"}
    await site.ask(team["li"], "POST", f"/tips/{tip.id}/reply", body)
    over = {"holder": "li", "to": "sun", "text": why}
    await site.ask(team["li"], "POST", path, over, status=409)


async def test_a_colleague_takes_over_what_somebody_has_and_the_log_says_from_whom(
    site: Site, team: dict[str, aiohttp.ClientSession]
) -> None:
    tip = await taken(site, team["zhou"])
    refused = await site.ask(team["li"], "POST", f"/tips/{tip.id}/take", status=409)
    assert refused["facts"]["name"] == "zhou 民警"
    seen = {"holder": "zhou"}
    thread = await site.ask(team["li"], "POST", f"/tips/{tip.id}/take-over", seen)
    assert (thread["tip"]["officer"], thread["tip"]["next"]) == ("li", "answer")
    # The second sees who was faster; nobody takes from somebody whom he did not see have it.
    late = await site.ask(team["sun"], "POST", f"/tips/{tip.id}/take-over", seen, status=409)
    assert late["facts"]["name"] == "li 民警"
    assert await said(site, tip.id) == [("tip.taken_over", "zhou")]
    body = {"key": "reply-key-1", "event": "answer", "text": "已去看过"}
    await site.ask(team["zhou"], "POST", f"/tips/{tip.id}/reply", body, status=409)
    await site.ask(team["li"], "POST", f"/tips/{tip.id}/reply", body)


async def test_who_stands_in_takes_it_with_the_ordinary_press(
    site: Site, team: dict[str, aiohttp.ClientSession]
) -> None:
    tip = await taken(site, team["zhou"])
    away = {"away_until": FAR, "deputy": "li"}
    await site.ask(team["zhou"], "PUT", "/session/away", away)
    await site.ask(team["sun"], "POST", f"/tips/{tip.id}/take", status=409)
    thread = await site.ask(team["li"], "POST", f"/tips/{tip.id}/take")
    assert thread["tip"]["officer"] == "li"


async def test_leave_hands_over_what_is_open_with_one_press(
    site: Site, team: dict[str, aiohttp.ClientSession]
) -> None:
    his = await taken(site, team["zhou"])
    offered = await a_tip(site, called=["zhou"])
    over = await taken(site, team["zhou"])
    close = {"key": "close-key-1", "event": "close", "text": "已处理"}
    await site.ask(team["zhou"], "POST", f"/tips/{over.id}/reply", close)
    charge = await site.ask(team["zhou"], "GET", "/people/zhou/charge")
    assert {(it["id"], it["taken"]) for it in charge["tips"]} == {
        (his.id, True),
        (offered.id, False),
    }
    assert "first" not in charge["tips"][0]
    away = {"away_until": FAR, "deputy": "li", "hand_over": True}
    me = await site.ask(team["zhou"], "PUT", "/session/away", away)
    assert (me["deputy"], me["communities"]) == ("li", ["w1-c1", "w1-c2"])
    assert (await site.ask(team["zhou"], "GET", "/people/zhou/charge"))["tips"] == []
    mine = await site.ask(team["li"], "GET", "/tips?box=mine&state=open")
    assert {it["id"] for it in mine["tips"]} == {his.id, offered.id}
    assert await said(site, his.id) == [("tip.given", "zhou")]
    assert await said(site, offered.id) == [("tip.offered", "zhou")]
    assert await said(site, over.id) == []


async def test_leave_without_a_deputy_offers_what_is_open_to_those_who_are_there(
    site: Site, team: dict[str, aiohttp.ClientSession]
) -> None:
    tip = await taken(site, team["zhou"], community="w1-c1")
    away = {"away_until": FAR, "deputy": None, "hand_over": True}
    await site.ask(team["zhou"], "PUT", "/session/away", away)
    it = await site.house.store.tips.get(tip.id)
    assert (it.officer, sorted(it.called)) == (None, ["li", "sun"])
    await site.ask(team["sun"], "POST", f"/tips/{tip.id}/take")


@pytest.mark.parametrize("successor", [True, False])
async def test_disabling_strands_nothing(
    site: Site, team: dict[str, aiohttp.ClientSession], successor: bool
) -> None:
    tip = await taken(site, team["zhou"], community="w1-c1")
    await add(site, "g1", "w1-c1", owner="ZHOU")
    await add(site, "g2", "w1-c3", owner="li", next_owner="zhou", handing=Handing.ASKED)
    admin, store = await site.staff("admin"), site.house.store
    charge = await site.ask(admin, "GET", "/people/zhou/charge")
    assert [it["number"] for it in charge["tips"]] == [tip.number]
    assert (charge["communities"], [it["id"] for it in charge["groups"]]) == (
        ["w1-c1", "w1-c2"],
        ["g1", "g2"],
    )
    assert {it["name"] for it in charge["heirs"]} >= {"li 民警", "sun 民警"}
    patch = {"disabled": True} | ({"successor": "sun"} if successor else {})
    await site.ask(admin, "PATCH", "/people/zhou", patch)
    it, people = await store.tips.get(tip.id), store.people
    first, second = await store.groups.get("g1"), await store.groups.get("g2")
    if successor:
        assert (it.officer, (await people.get("sun")).communities) == ("sun", ["w1-c1", "w1-c2"])
        assert (await people.get("zhou")).communities == []
        assert (first.next_owner, second.next_owner) == ("sun", "sun")
    else:
        assert (it.officer, sorted(it.called)) == (None, ["li", "sun"])
        assert (first.handing, first.next_owner) == (Handing.ASKED, "li")
        assert second.next_owner == "sun"
    assert (await site.ask(admin, "GET", "/people/zhou/charge"))["tips"] == []


async def test_another_station_strands_nothing_either(
    site: Site, team: dict[str, aiohttp.ClientSession]
) -> None:
    tip = await taken(site, team["zhou"])
    await add(site, "g1", "w1-c1", owner="zhou")
    admin = await site.staff("admin")
    await site.ask(admin, "PATCH", "/people/zhou", {"station": "e1", "successor": "li"})
    it = await site.house.store.tips.get(tip.id)
    assert (it.officer, it.station) == ("li", "w1")
    assert (await site.house.store.groups.get("g1")).next_owner == "li"
    assert (await site.house.store.people.get("li")).communities == ["w1-c1", "w1-c2"]


async def test_everything_goes_in_one_act_and_only_to_who_may_have_it(
    site: Site, team: dict[str, aiohttp.ClientSession]
) -> None:
    tip = await taken(site, team["zhou"])
    await add(site, "g1", "w1-c1", owner="zhou")
    chief, path = await site.staff("chief"), "/people/zhou/charge/transfer"
    everything = {"tips": True, "communities": True, "groups": True}
    await site.ask(team["li"], "GET", "/people/zhou/charge", status=403)
    await site.ask(team["li"], "POST", path, {"to": "li", **everything}, status=403)
    (far,) = await site.house.store.people.find({"login": "e1"}, limit=1)
    (near,) = await site.house.store.people.find({"login": "w1"}, limit=1)
    for wrong in ("zhou", far.id, near.id):  # himself, another station, nobody for communities
        await site.ask(chief, "POST", path, {"to": wrong, **everything}, status=422)
    moved = await site.ask(chief, "POST", path, {"to": "li", **everything})
    assert (moved["tips"], moved["communities"], moved["groups"]) == (1, 2, 1)
    assert (moved["left"]["tips"], moved["left"]["communities"]) == ([], [])
    assert (await site.house.store.tips.get(tip.id)).officer == "li"
    assert (await site.house.store.groups.get("g1")).next_owner == "li"
    noted = await site.house.store.audit.find({"what": "charge.transferred"})
    assert [one.entry.data for one in noted] != []
    again = await site.ask(chief, "POST", path, {"to": "li", **everything})
    assert (again["tips"], again["communities"], again["groups"]) == (0, 0, 0)
