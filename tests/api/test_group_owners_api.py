"""Who owns a group and who is to own it, over the wire."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from domain.group import Handing
from domain.people import Role
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from tests.api.conftest import Site
from tests.api.test_groups_api import add, officer
from tests.neighbourhoods import city_of_communities

DAY = 86_400_000


@pytest.fixture(scope="session")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


async def person(site: Site, login: str) -> str:
    (one,) = await site.house.store.people.find({"login": login}, limit=1)
    return one.id


async def one(site: Site, client: aiohttp.ClientSession, id: str = "g1") -> dict[str, Any]:
    found = (await site.ask(client, "GET", "/groups"))["groups"]
    return next(it for it in found if it["id"] == id)


async def test_a_group_whose_owner_left_says_so_and_who_could_have_it(site: Site) -> None:
    zhou = await officer(site, "zhou", "w1", "w1-c1")
    await officer(site, "li", "w1", "w1-c1")
    await add(site, "g1", "w1-c1", orphaned=True)
    await add(site, "g2", "w1-c1", missed_sends=3, owner="LI")
    await add(site, "g3", "w1-c1")
    shown = {id: await one(site, zhou, id) for id in ("g1", "g2", "g3")}
    assert [(shown[id]["orphaned"], shown[id]["stand_ins"]) for id in shown] == [
        (True, ["li 民警"]),
        (False, ["zhou 民警"]),
        (False, []),
    ]
    assert shown["g2"]["owner_name"] == "li 民警"


async def test_the_owner_or_a_supervisor_says_who_is_to_own_a_group(site: Site) -> None:
    zhou = await officer(site, "zhou", "w1", "w1-c1")
    li, far = await officer(site, "li"), await officer(site, "far", "e1")
    chief = await officer(site, "chief2", None)
    await add(site, "g1", "w1-c1")
    to = {"person": await person(site, "li")}
    assert [(await one(site, it))["may_hand_over"] for it in (zhou, li, chief)] == [
        True,
        False,
        True,
    ]
    for client in (li, far):
        await site.ask(client, "PUT", "/groups/g1/owner", to, status=403)
        await site.ask(client, "DELETE", "/groups/g1/owner", status=403)
    await site.ask(far, "GET", "/groups/g1/owners", status=403)
    owners = (await site.ask(zhou, "GET", "/groups/g1/owners"))["owners"]
    assert [(it["name"], it["in_charge"], it["away"]) for it in owners] == [
        ("li 民警", False, False)
    ]
    for wrong in ("far", "zhou", "chief2"):
        body = {"person": await person(site, wrong)}
        await site.ask(chief, "PUT", "/groups/g1/owner", body, status=422)
    await site.ask(zhou, "PUT", "/groups/g1/owner", {"person": "nobody"}, status=404)
    for client in (zhou, chief):
        it = await site.ask(client, "PUT", "/groups/g1/owner", to)
        assert (it["handing"], it["next_owner"], it["owner"]) == ("ASKED", "li 民警", "zhou")
        it = await site.ask(client, "DELETE", "/groups/g1/owner")
        assert (it["handing"], it["next_owner"], it["community"]) == ("", "", "w1-c1")
    noted = await site.house.store.audit.find({"what": "group.handing"})
    assert len(noted) == 2


async def test_an_administrator_who_moves_a_community_moves_its_group(site: Site) -> None:
    await officer(site, "zhou", "w1", "w1-c1", "w1-c2")
    await officer(site, "li", "w1", "w1-c3")
    admin = await site.staff("admin")
    for number in (1, 2, 3):
        await add(site, f"g{number}", f"w1-c{number}")
    gain, lose = await person(site, "li"), await person(site, "zhou")
    for id, communities in ((gain, ["w1-c1", "w1-c3"]), (lose, ["w1-c2"])):
        await site.ask(admin, "PATCH", f"/people/{id}", {"communities": communities})
    store = site.house.store
    found = [(it.id, it.handing, it.next_owner) async for it in store.groups.every()]
    assert found == [
        ("g1", Handing.ASKED, "li"),
        ("g2", Handing.NONE, ""),
        ("g3", Handing.NONE, ""),  # it did not move now
    ]
    await site.ask(admin, "PATCH", f"/people/{lose}", {"communities": ["w1-c1", "w1-c2"]})
    assert (await store.groups.get("g1")).handing is Handing.NONE


async def test_a_new_officer_takes_over_what_nobody_else_answers_for(site: Site) -> None:
    await officer(site, "zhou", "w1", "w1-c2")
    await add(site, "g1", "w1-c1")
    admin = await site.staff("admin")
    body = {
        "login": "neu",
        "name": "新民警",
        "role": str(Role.COMMUNITY_OFFICER),
        "station": "w1",
        "password": "a-long-password-9",
        "userid": "neu",
        "communities": ["w1-c1"],
    }
    await site.ask(admin, "POST", "/people", body, status=201)
    assert (await site.house.store.groups.get("g1")).next_owner == "neu"
