"""Lists that are longer than anybody thought, over the wire: paged to the end, counted to the last."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from api import signing
from domain import attendance, evidence
from domain.beat import staff
from domain.call import MediaProcess, ParticipantState
from domain.evidence import Log
from domain.group import Doorway, Group
from domain.inbox import arrange
from domain.incident import Incident
from domain.intake import Report, compose
from domain.notice import Delivery, DeliveryState, Outcome
from domain.people import SYSTEM, Person, Role
from domain.publishing import Cap, rehearse
from domain.sweep import sweep
from domain.ticket import random_id
from domain.tip import Tip
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from storage import shelf
from tests.api.conftest import Site, until
from tests.api.test_groups_api import officer
from tests.neighbourhoods import city_of_communities

DAY = 24 * 3_600_000
NOW = 1_700_000_000_000


@pytest.fixture(scope="session")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


@pytest.fixture
def small_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store answers with few documents at a time, so that every list is a long one."""
    monkeypatch.setattr(shelf, "AT_ONCE", 7)


async def pages(
    site: Site, client: aiohttp.ClientSession, path: str, name: str, cursor: str
) -> list[dict[str, Any]]:
    """All pages of a list, as a page of ours reads it."""
    found: list[dict[str, Any]] = []
    following: Any = None
    for _ in range(1_000):
        more = "" if following is None else f"&{cursor}={quote(str(following))}"
        answer = await site.ask(client, "GET", f"{path}{more}")
        found += answer[name]
        following = answer["next"]
        if following is None:
            return found
    raise AssertionError("the list has no end")


def person(login: str, role: Role, station: str | None = None) -> Person:
    return Person(random_id(), login, f"{login} 警官", role, "", station)


async def test_all_people_are_listed(site: Site) -> None:
    admin = await site.staff("admin")
    await site.house.store.people.add_many(
        [person(f"many{n:04}", Role.DISPATCHER) for n in range(2_200)]
    )
    first = await site.ask(admin, "GET", "/people")
    assert first["next"] is not None, "nobody is told that there are more"
    found = [
        one["login"] for one in await pages(site, admin, "/people?limit=1000", "people", "after")
    ]
    assert len(set(found)) == len(found) == 2_200 + 7
    assert found == sorted(found)


def incident(number: str, raised_at: int, dispatcher: str = "") -> Incident:
    id = random_id()
    it = compose(Report(id, id, number, raised_at), raised_at)
    it.dispatcher_name = dispatcher
    return it


async def test_a_search_finds_the_oldest_of_thousands(site: Site) -> None:
    many = [incident(f"0110-261128-{n:06}", NOW - n * DAY // 10) for n in range(2_300)]
    many[-1].dispatcher_name = "远山"
    await site.house.store.incidents.add_many(many)
    desk = await site.staff("desk1")
    found = await pages(site, desk, f"/incidents?q={quote('远山')}&limit=20", "incidents", "before")
    assert [one["number"] for one in found] == ["0110-261128-002299"]
    one = await site.ask(desk, "GET", "/incidents?q=0110-261128-002299")
    assert [it["number"] for it in one["incidents"]] == ["0110-261128-002299"]
    assert one["next"] is None


async def test_reports_of_one_moment_are_all_listed(site: Site) -> None:
    desk, at = await site.staff("desk1"), NOW
    await site.house.store.incidents.add_many(
        [incident(f"0110-231115-{n:06}", at + n // 120) for n in range(300)]
    )
    found = await pages(site, desk, "/incidents?limit=50", "incidents", "before")
    assert len({one["id"] for one in found}) == len(found) == 300
    times = [one["raised_at"] for one in found]
    assert times == sorted(times, reverse=True)


def tip(n: int, at: int, **more: Any) -> Tip:
    return Tip(random_id(), f"T-231115-{n:06}", "w1", "西一派出所", at, at, **more)


async def test_tips_are_paged_and_searched_to_the_last(site: Site) -> None:
    """Times of tips are coarse: many changed at the same one."""
    zhou = await officer(site, "zhou", "w1", "w1-c1")
    me = (await site.ask(zhou, "GET", "/session"))["id"]
    many = [tip(n, NOW - n // 40 * 300_000) for n in range(2_100)]
    for n, one in enumerate(many):
        one.officer, one.called = (me, []) if n % 2 else (None, [me])
        arrange(one)
    for start in range(0, len(many), 300):
        await site.house.store.tips.add_many(many[start : start + 300])
    for box in ("station", "mine"):
        found = await pages(site, zhou, f"/tips?box={box}&limit=200", "tips", "before")
        assert len({one["id"] for one in found}) == len(found) == 2_100, box
    found = await pages(site, zhou, "/tips?q=002099&limit=30", "tips", "before")
    assert [one["number"] for one in found] == ["T-231115-002099"]


async def test_groups_and_doorways_are_counted_to_the_last(site: Site, small_answers: None) -> None:
    chief = await officer(site, "chief2", None)
    store = site.house.store
    await store.groups.add_many(
        [
            Group(
                f"g{n:03}", f"{n} 群", owner=f"o{n % 40}", community=f"w1-c{n % 2 + 1}", members=10
            )
            for n in range(120)
        ]
    )
    await store.doorways.add_many(
        [Doorway(f"d{n:03}", "w1-c1", f"{n} 号楼", f"s{n}", url="x") for n in range(60)]
    )
    listed = (await site.ask(chief, "GET", "/groups/communities"))["communities"]
    rows = {one["id"]: one for one in listed}
    assert (rows["w1-c1"]["groups"], rows["w1-c1"]["members"]) == (60, 600)
    assert rows["w1-c1"]["doorways"] == 60
    numbers = await site.ask(chief, "GET", "/numbers")
    assert (numbers["total"]["groups"], numbers["total"]["members"]) == (120, 1_200)
    doors = await pages(site, chief, "/doorways?community=w1-c1&limit=25", "doorways", "after")
    assert len({one["id"] for one in doors}) == len(doors) == 60
    assert all(one["hint"] == "" for one in doors)
    groups = await pages(site, chief, "/groups?limit=50", "groups", "after")
    assert len({one["id"] for one in groups}) == 120


async def test_a_notice_is_planned_for_every_group_and_knows_every_open_task(
    site: Site, small_answers: None
) -> None:
    store = site.house.store
    await store.groups.add_many(
        [Group(f"g{n:03}", "群", owner="zhou", community="w1-c1", members=10) for n in range(90)]
    )
    await store.deliveries.add_many(
        [
            Delivery(
                f"d{n}",
                "other",
                "zhou",
                ["g000"],
                {"g000": 10},
                NOW,
                [DeliveryState.PLANNED, DeliveryState.CREATING, DeliveryState.CREATED][n % 3],
                {"g000": Outcome.WAITING},
            )
            for n in range(30)
        ]
    )
    plan = await rehearse(store, ["w1-c1"], True, None, "mark", NOW, Cap())
    assert len(plan.shares) == 90
    assert plan.open_tasks == {"zhou": 30}
    assert plan.shares[0].waiting == 30


async def test_colleagues_are_all_of_them(site: Site) -> None:
    zhou = await officer(site, "zhou", "w1", "w1-c1")
    await site.house.store.people.add_many(
        [person(f"many{n:04}", Role.COMMUNITY_OFFICER, "w1") for n in range(620)]
    )
    found = await site.ask(zhou, "GET", "/session/colleagues")
    assert len(found["colleagues"]) == 620
    assert len(await staff(site.house.store, Role.COMMUNITY_OFFICER, "w1")) == 621


async def test_among_a_thousand_media_processes_a_living_one_is_not_lost(site: Site) -> None:
    receipt = await site.report(words="着火了")
    desk, id = await site.staff("desk1"), receipt["id"]
    await site.ask(desk, "POST", f"/incidents/{id}/answer")
    await site.ask(desk, "POST", f"/incidents/{id}/join")
    store = site.house.store
    it = await store.incidents.get(id)
    now, caller = it.raised_at, it.call.participants[0].id
    it = await attendance.joined(store, id, it.call.id, caller, now + 500, "media-1")
    await store.media_processes.add_many(
        [MediaProcess(f"a{n:04}", "ws://x", 0, 0, now, now + DAY) for n in range(1_100)]
    )
    await sweep(store, [it], now + 1_000)
    after = await store.incidents.get(id)
    assert after.call.media == "media-1"
    assert after.call.participants[0].state is ParticipantState.JOINED


async def test_what_nobody_signed_is_signed_however_old(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "AT_ONCE", 5)
    monkeypatch.setattr(signing, "PAUSE_S", 0.0)
    store = site.house.store
    many = [tip(n, NOW - n * DAY) for n in range(60)]
    for one in many:
        one.log = Log(one.id)
        evidence.append(one.log, SYSTEM, "tip.submitted", one.opened_at)
    await store.tips.add_many(many)
    looking = asyncio.create_task(signing.sign_logs(site.house))  # an api process begins

    async def signed() -> bool:
        points = {one.incident async for one in store.checkpoints.every()}
        return points >= {one.id for one in many}

    await until(signed)
    looking.cancel()


async def test_a_proxy_that_is_not_named_is_said_once(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    async with site.anybody(**{"X-Forwarded-For": "203.0.113.9"}) as client:
        for _ in range(3):
            await site.ask(client, "GET", "/config")
    said = [one.getMessage() for one in caplog.records if "X-Forwarded-For" in one.getMessage()]
    assert len(said) == 1
    assert said[0].startswith("proxies: 127.0.0.1 sends")
    assert "203.0.113.9" not in said[0]
