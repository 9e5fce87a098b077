"""Two write on the same text: the later save is refused with what is there now, and nothing is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from domain.people import Person, Role
from domain.ticket import random_id
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from tests.api.conftest import CHEAP, PASSWORD, Site
from tests.neighbourhoods import city_of_communities


@pytest.fixture(scope="session")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


async def officer(site: Site, login: str, station: str | None = "w1") -> aiohttp.ClientSession:
    role = Role.COMMUNITY_OFFICER if station else Role.SUPERVISOR
    person = Person(random_id(), login, f"{login} 民警", role, CHEAP.hash(PASSWORD), station)
    await site.house.store.people.add(person)
    client = site.anybody(**{"Jingmin-Face": "community"})
    await site.ask(client, "POST", "/session", {"login": login, "password": PASSWORD})
    return client


async def draft(site: Site, client: aiohttp.ClientSession) -> dict[str, Any]:
    words = {
        "key": random_id(),
        "title": "停水通知",
        "text": "今晚停水。",
        "communities": ["w1-c1"],
    }
    return dict(await site.ask(client, "POST", "/notices", words, status=201))


async def test_a_notice_saved_over_another_version_is_refused_with_that_version(site: Site) -> None:
    zhou, wu = await officer(site, "zhou"), await officer(site, "wu")
    it = await draft(site, zhou)
    path, seen = f"/notices/{it['id']}", it["version"]
    theirs = {"version": seen, "text": "明晚停水。", "urgent": True}
    await site.ask(zhou, "PATCH", path, theirs)
    mine = {"version": seen, "text": "今晚停水, 明早恢复。"}
    problem = await site.ask(wu, "PATCH", path, mine, status=409)
    assert problem["code"] == "conflict"
    present = problem["facts"]["notice"]
    assert present == await site.ask(wu, "GET", path)
    assert (present["text"], present["urgent"], present["version"]) == (
        "明晚停水。",
        True,
        seen + 1,
    )
    assert [one["who"]["name"] for one in present["entries"]] == ["zhou 民警", "zhou 民警"]
    # With the version he was shown he may go on.
    now = await site.ask(wu, "PATCH", path, {**mine, "version": present["version"]})
    assert (now["text"], now["urgent"]) == (mine["text"], True)


async def test_of_two_saves_at_once_one_is_refused(site: Site) -> None:
    zhou, wu = await officer(site, "zhou"), await officer(site, "wu")
    it = await draft(site, zhou)
    path = f"/notices/{it['id']}"

    async def save(client: aiohttp.ClientSession, text: str) -> tuple[int, Any]:
        body = {"version": it["version"], "text": text}
        async with client.patch(f"{site.api}{path}", json=body) as response:
            return response.status, await response.json()

    both = await asyncio.gather(save(zhou, "一"), save(wu, "二"))
    assert sorted(status for status, _ in both) == [200, 409]
    (won,) = [answer for status, answer in both if status == 200]
    (lost,) = [answer for status, answer in both if status == 409]
    assert lost["facts"]["notice"]["text"] == won["text"]
    log = (await site.ask(zhou, "GET", path))["entries"]
    assert [one["data"]["text"] for one in log] == ["今晚停水。", won["text"]]


async def test_what_was_approved_meanwhile_is_said_with_it(site: Site) -> None:
    zhou, wu = await officer(site, "zhou"), await officer(site, "wu")
    it = await draft(site, zhou)
    path = f"/notices/{it['id']}"
    await site.ask(wu, "POST", f"{path}/approve", {"version": it["version"]})
    change = {"version": it["version"], "text": "x"}
    problem = await site.ask(zhou, "PATCH", path, change, status=409)
    assert (problem["code"], problem["facts"]["notice"]["state"]) == ("conflict", "APPROVED")


async def test_nobody_approves_what_he_did_not_read(site: Site) -> None:
    zhou, wu = await officer(site, "zhou"), await officer(site, "wu")
    it = await draft(site, zhou)
    path = f"/notices/{it['id']}"
    await site.ask(zhou, "PATCH", path, {"version": it["version"], "text": "别的"})
    read = {"version": it["version"]}
    problem = await site.ask(wu, "POST", f"{path}/approve", read, status=409)
    assert problem["facts"]["notice"]["text"] == "别的"


@pytest.mark.parametrize("community", ["", "w1-c1"])
async def test_a_welcome_written_over_another_is_refused_with_it(
    site: Site, community: str
) -> None:
    station = "w1" if community else None
    zhou, wu = await officer(site, "zhou", station), await officer(site, "wu", station)
    path = "/groups/welcome"
    read = await site.ask(wu, "GET", f"{path}?community={community}")
    mine = {"text": "欢迎", "community": community, "seen": read["updated_at"]}
    first = await site.ask(zhou, "PUT", path, {**mine, "text": "您好"})
    problem = await site.ask(wu, "PUT", path, mine, status=409)
    assert problem["code"] == "conflict"
    assert problem["facts"]["welcome"] == first
    # Twice the same words are one change, also when the first answer was lost.
    await site.ask(zhou, "PUT", path, {**mine, "text": "您好"})
    present = await site.ask(zhou, "GET", f"{path}?community={community}")
    await site.ask(wu, "PUT", path, {**mine, "seen": present["updated_at"]})
    assert (await site.ask(zhou, "GET", f"{path}?community={community}"))["text"] == "欢迎"
    # Who does not say what he read replaces it.
    await site.ask(wu, "PUT", path, {"text": "欢迎您", "community": community})
