"""Coming in from WeChat and WeCom: a ticket counts once, and never costs a report."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, cast

from aiohttp import web

from api.house import CorpName
from api.login import forget_attempts
from api.routes import Ask
from api.session import read_demo
from demo import seed
from domain.incident import IncidentState
from domain.people import Role
from domain.resident import Resident
from domain.ticket import ENTRY_MS, EntryKind, issue_entry
from locate.finder import BoundaryFinder
from storage.store import MongoStore
from tests.api.conftest import CHEAP, SECRET, Site, build_house
from tests.api.test_tips_api import logged_in, officer

PAST = 1_000


def ticket(site: Site, kind: EntryKind, subject: str, *, late: int = 0) -> str:
    return issue_entry(SECRET, kind, subject, site.house.clock() - late)


async def enter(site: Site, token: str, status: int = 200) -> Any:
    return await site.ask(site.anybody(), "POST", "/session/entry", {"ticket": token}, status)


async def a_resident(site: Site) -> Resident:
    row = Resident("resident-1", "sealed openid")
    await site.house.store.residents.add(row)
    return row


async def test_an_officer_s_ticket_logs_in_once(site: Site) -> None:
    person = await officer(site, "wang")
    token = ticket(site, EntryKind.OFFICER, person.id)
    client = site.anybody()
    me = await site.ask(client, "POST", "/session/entry", {"ticket": token})
    assert me["login"] == "wang"
    client.headers["Jingmin-Face"] = "community"
    assert (await site.ask(client, "GET", "/session"))["id"] == person.id
    client.headers["Jingmin-Face"] = "console"
    await site.ask(client, "GET", "/session", status=401)
    assert (await enter(site, token, 401))["code"] == "ticket_bad"


async def test_a_bad_ticket_lets_nobody_in(site: Site) -> None:
    person = await officer(site, "wang")
    good = ticket(site, EntryKind.OFFICER, person.id)
    body, mac = good.split(".")
    other = ticket(site, EntryKind.OFFICER, "somebody else").split(".")
    for token in (
        ticket(site, EntryKind.OFFICER, person.id, late=ENTRY_MS + 1_000),
        ticket(site, EntryKind.RESIDENT, person.id),
        ticket(site, EntryKind.OFFICER, "nobody"),
        issue_entry(b"another secret that is long enough ..", EntryKind.OFFICER, person.id, 10**14),
        f"{body}.{other[1]}",
        f"{other[0]}.{mac}",
        "garbage",
    ):
        assert (await enter(site, token, 401))["code"] == "ticket_bad", token
    await enter(site, good)


async def test_only_those_who_work_there_come_in(site: Site) -> None:
    person = await officer(site, "wang")
    person.disabled = True
    await site.house.store.people.save(person)
    await enter(site, ticket(site, EntryKind.OFFICER, person.id), 401)
    admin = (await site.house.store.people.find({"role": str(Role.ADMIN)}))[0]
    await enter(site, ticket(site, EntryKind.OFFICER, admin.id), 401)


async def test_marks_of_old_tickets_do_not_pile_up(site: Site) -> None:
    person = await officer(site, "wang")
    attempts = site.house.store.attempts
    await enter(site, ticket(site, EntryKind.OFFICER, person.id))
    [mark] = await attempts.find({"_id": {"$gte": "entry:", "$lt": "entry;"}})
    mark.at = PAST
    await attempts.save(mark)
    await enter(site, ticket(site, EntryKind.OFFICER, person.id))
    assert await forget_attempts(site.house, site.house.clock()) == 1
    left = await attempts.find({"_id": {"$gte": "entry:", "$lt": "entry;"}})
    assert [one.id == mark.id for one in left] == [False]


async def test_a_report_from_wechat_is_the_resident_s_and_names_nobody(site: Site) -> None:
    await a_resident(site)
    token = ticket(site, EntryKind.RESIDENT, "resident-1")
    receipt = await site.report(wechat=token, key="a key of a report")
    assert "wechat" not in receipt["missing"]
    incident = await site.stored(receipt["id"])
    assert incident.via == "wechat"
    assert "resident-1" not in str(incident)
    row = await site.house.store.residents.get("resident-1")
    assert row.incident == receipt["id"]
    # The phone repeats what it got no answer to: the same report, and still linked.
    again = await site.report(wechat=token, key="a key of a report")
    assert (again["id"], again["missing"]) == (receipt["id"], receipt["missing"])


async def test_a_bad_ticket_costs_no_report(site: Site) -> None:
    await a_resident(site)
    used = ticket(site, EntryKind.RESIDENT, "resident-1")
    await site.report(wechat=used)
    row = await site.house.store.residents.get("resident-1")
    late = ticket(site, EntryKind.RESIDENT, "resident-1", late=ENTRY_MS + 1_000)
    for bad in (used, late, ticket(site, EntryKind.OFFICER, "resident-1"), "x", 7, {"a": 1}, ""):
        receipt = await site.report(wechat=bad)
        assert "wechat" in receipt["missing"], bad
        assert (await site.stored(receipt["id"])).via == "web"
    assert await site.house.store.residents.get("resident-1") == row


async def test_without_the_store_the_link_waits_with_the_report(site: Site) -> None:
    from api.intake import replay

    await a_resident(site)
    site.house.store_up = False
    receipt = await site.report(wechat=ticket(site, EntryKind.RESIDENT, "resident-1"))
    site.house.store_up = True
    if receipt["journaled"]:
        await replay(site.house)
    row = await site.house.store.residents.get("resident-1")
    assert row.incident == receipt["id"]


async def test_an_officer_sets_himself_away_with_a_deputy(site: Site) -> None:
    await officer(site, "wang")
    deputy = await officer(site, "zhao")
    stranger = await officer(site, "li", "e1")
    client = await logged_in(site, "wang")
    found = (await site.ask(client, "GET", "/session/colleagues"))["colleagues"]
    assert [one["name"] for one in found] == ["zhao 民警"]
    soon = site.house.clock() + 3_600_000
    body = {"away_until": soon, "deputy": stranger.id}
    await site.ask(client, "PUT", "/session/away", body, status=422)
    await site.ask(client, "PUT", "/session/away", {"away_until": PAST}, status=422)
    me = await site.ask(client, "PUT", "/session/away", {"away_until": soon, "deputy": deputy.id})
    assert (me["away_until"], me["deputy"]) == (soon, deputy.id)
    me = await site.ask(client, "PUT", "/session/away", {"away_until": None})
    assert (me["away_until"], me["deputy"]) == (None, None)


async def test_one_wecom_account_is_one_person_s(site: Site) -> None:
    one, two = await officer(site, "wang"), await officer(site, "zhao")
    admin = await site.staff("admin")
    view = await site.ask(admin, "PATCH", f"/people/{one.id}", {"userid": "officer-1"})
    assert view["userid"] == "officer-1"
    await site.ask(admin, "PATCH", f"/people/{two.id}", {"userid": "officer-1"}, status=409)
    body = {"communities": ["of nobody"]}
    await site.ask(admin, "PATCH", f"/people/{one.id}", body, status=422)
    await site.ask(admin, "PATCH", f"/people/{one.id}", {"deputy": one.id}, status=422)
    view = await site.ask(admin, "PATCH", f"/people/{one.id}", {"deputy": two.id, "userid": None})
    assert (view["deputy"], view["userid"]) == (two.id, None)
    moved = await site.ask(admin, "PATCH", f"/people/{one.id}", {"station": "e1"})
    assert (moved["station"], moved["deputy"]) == ("e1", None)


async def test_the_same_userid_in_two_corps_is_two_persons(site: Site) -> None:
    one, two = await officer(site, "wang"), await officer(site, "zhao")
    admin = await site.staff("admin")
    await site.ask(admin, "PATCH", f"/people/{one.id}", {"userid": "officer-1"})
    body = {"userid": "guta~Officer-1"}
    refused = await site.ask(admin, "PATCH", f"/people/{two.id}", body, status=422)
    assert "no such corp" in refused["detail"]
    settings = site.house.settings
    site.house.settings = dataclasses.replace(settings, corps=(CorpName("guta", "古塔分局"),))
    view = await site.ask(admin, "PATCH", f"/people/{two.id}", body)
    assert view["userid"] == "guta~officer-1"
    listed = await site.ask(admin, "GET", "/people")
    assert listed["corps"] == [{"name": "guta", "title": "古塔分局"}]


async def test_the_demo_suggests_a_station_s_officer_and_no_community_officer(
    store: MongoStore, finder: BoundaryFinder, tmp_path: Path
) -> None:
    await seed(store, finder, hashed)
    house = build_house(store, finder, tmp_path, "http://127.0.0.1:1")
    house.settings = dataclasses.replace(house.settings, demo=True, center=(121.05, 41.05))
    ask = Ask(cast(web.Request, None), house, 0)
    view = await read_demo(ask)
    assert view.suggested == "station-w1"
    officers = [one for one in view.people if one.face == "community"]
    assert [one.login for one in officers[:2]] == ["officer-1", "officer-10"]
    people = await store.people.find({"userid": "officer-1"})
    assert (people[0].role, people[0].deputy is None) == (Role.COMMUNITY_OFFICER, False)
    before = await store.people.find(limit=500)
    await seed(store, finder, hashed)
    assert await store.people.find(limit=500) == before
    house.passwords.close()
    house.journal.close()


async def hashed(password: str) -> str:
    return CHEAP.hash(password)


async def test_who_reported_in_the_chat_is_in_that_report_on_the_page(site: Site) -> None:
    await a_resident(site)

    async def resume(token: str, status: int = 200) -> Any:
        body = {"wechat": token}
        return await site.ask(site.anybody(), "POST", "/wechat/resume", body, status)

    early = ticket(site, EntryKind.RESIDENT, "resident-1")
    assert (await resume(early, 404))["code"] == "not_found"
    # The ticket was not used up: it still says whose report this is.
    first = await site.report(wechat=early)
    assert "wechat" not in first["missing"]
    token = ticket(site, EntryKind.RESIDENT, "resident-1")
    receipt = await resume(token)
    assert (receipt["id"], receipt["number"]) == (first["id"], first["number"])
    caller = site.anybody()
    caller.headers["Authorization"] = f"Bearer {receipt['token']}"
    assert (await site.ask(caller, "GET", "/my/incident"))["number"] == first["number"]
    assert (await resume(token, 401))["code"] == "ticket_bad"
    for bad in (
        ticket(site, EntryKind.RESIDENT, "resident-1", late=ENTRY_MS + 1_000),
        ticket(site, EntryKind.OFFICER, "resident-1"),
        "x",
    ):
        assert (await resume(bad, 401))["code"] == "ticket_bad"
    assert (await resume(ticket(site, EntryKind.RESIDENT, "nobody"), 404))["code"] == "not_found"

    incident = await site.stored(first["id"])
    site.harmed, incident.state = True, IncidentState.CLOSED
    await site.house.store.incidents.save(incident)
    assert (await resume(ticket(site, EntryKind.RESIDENT, "resident-1"), 404))[
        "code"
    ] == "not_found"
