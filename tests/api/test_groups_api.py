"""Groups, doorways and coverage over the wire."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from domain.group import Doorway, Group, Welcome
from domain.people import Person, Role
from domain.resident import Resident
from domain.ticket import random_id
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from tests.api.conftest import CHEAP, PASSWORD, Site, until
from tests.neighbourhoods import city_of_communities


@pytest.fixture(scope="session")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


async def officer(
    site: Site, login: str, station: str | None = "w1", *communities: str
) -> aiohttp.ClientSession:
    role = Role.COMMUNITY_OFFICER if station else Role.SUPERVISOR
    person = Person(
        random_id(), login, f"{login} 民警", role, CHEAP.hash(PASSWORD), station, userid=login
    )
    person.communities = list(communities)
    await site.house.store.people.add(person)
    client = site.anybody(**{"Jingmin-Face": "community"})
    await site.ask(client, "POST", "/session", {"login": login, "password": PASSWORD})
    return client


async def add(site: Site, id: str, community: str | None, **more: Any) -> None:
    more.setdefault("owner", "zhou")
    more.setdefault("members", 100)
    await site.house.store.groups.add(Group(id, f"{id} 群", community=community, **more))


async def ids(site: Site, client: aiohttp.ClientSession, query: str = "") -> list[str]:
    found = await site.ask(client, "GET", f"/groups{query}")
    return [one["id"] for one in found["groups"]]


async def test_officers_see_their_station_s_groups(site: Site) -> None:
    zhou, li, chief = (
        await officer(site, "zhou"),
        await officer(site, "li", "e1"),
        await officer(site, "chief2", None),
    )
    await add(site, "g1", "w1-c1")
    await add(site, "g2", "w1-c2")
    await add(site, "g3", "e1-c1", owner="li")
    await add(site, "loose-w", None)
    await add(site, "loose-e", None, owner="li")
    assert await ids(site, zhou) == ["g1", "g2"]
    assert await ids(site, zhou, "?community=w1-c2") == ["g2"]
    assert await ids(site, zhou, "?community=e1-c1") == []
    assert await ids(site, zhou, "?unbound=true") == ["loose-w"]
    assert await ids(site, li, "?unbound=true") == ["loose-e"]
    assert await ids(site, chief) == ["g1", "g2", "g3", "loose-e", "loose-w"]
    assert await ids(site, chief, "?station=w1") == ["g1", "g2"]
    first = await site.ask(chief, "GET", "/groups?limit=2")
    assert first["next"] == "g2"
    assert await ids(site, chief, "?after=g2&limit=2") == ["g3", "loose-e"]
    for who, query, whole in (
        (zhou, "", ["g1", "g2"]),
        (chief, "&station=w1", ["g1", "g2"]),
        (chief, "&unbound=true", ["loose-e", "loose-w"]),
        (chief, "", ["g1", "g2", "g3", "loose-e", "loose-w"]),
    ):
        pages, after = [], ""
        while after is not None:
            page = await site.ask(who, "GET", f"/groups?limit=1&after={after}{query}")
            pages += [it["id"] for it in page["groups"]]
            after = page["next"]
        assert pages == whole
    one = (await site.ask(zhou, "GET", "/groups"))["groups"][0]
    assert (one["owner_name"], one["community_name"], one["station_name"]) == (
        "zhou 民警",
        "w1-c1 社区",
        "西一派出所",
    )


async def test_a_group_is_bound_by_hand_within_the_station(site: Site) -> None:
    zhou, li = await officer(site, "zhou"), await officer(site, "li", "e1")
    await add(site, "loose", None)
    await add(site, "mine", "w1-c1")
    for id in ("loose", "mine", "nothing"):
        await site.ask(li, "PATCH", f"/groups/{id}", {"community": "e1-c1"}, status=404)
    await site.ask(zhou, "PATCH", "/groups/loose", {"community": "e1-c1"}, status=403)
    await site.ask(zhou, "PATCH", "/groups/loose", {"community": "nowhere"}, status=404)
    it = await site.ask(zhou, "PATCH", "/groups/loose", {"community": "w1-c3"})
    assert (it["community"], it["bound_by"]) == ("w1-c3", "hand")
    it = await site.ask(zhou, "PATCH", "/groups/loose", {"community": ""})
    assert (it["community"], it["bound_by"]) == (None, "hand"), "nothing guesses it back"
    noted = await site.house.store.audit.find({"what": "group.bound"})
    assert len(noted) == 2


async def test_coverage_says_what_to_do(site: Site) -> None:
    zhou = await officer(site, "zhou", "w1", "w1-c1")
    await add(site, "g1", "w1-c1", members=460)
    await add(site, "g2", "w1-c2", members=10)
    store = site.house.store
    await store.residents.add_many(
        [Resident(f"{n:032x}", "sealed", community="w1-c1") for n in range(7)]
        + [Resident(f"a{n:031x}", "sealed", community="w1-c2") for n in range(4)]
    )
    found = (await site.ask(zhou, "GET", "/groups/communities"))["communities"]
    assert [one["id"] for one in found] == [f"w1-c{n}" for n in range(1, 9)]
    hints = {one["id"]: one["hint"] for one in found}
    assert (hints["w1-c1"], hints["w1-c2"], hints["w1-c3"]) == ("full", "", "no_group")
    followers = {one["id"]: one["followers"] for one in found}
    assert (followers["w1-c1"], followers["w1-c2"], followers["w1-c3"]) == (7, None, 0)
    assert found[0]["officers"] == ["zhou 民警"]
    assert found[0]["capacity"] == 500


async def test_doorways_are_made_and_removed_for_the_own_station(site: Site) -> None:
    zhou, li = await officer(site, "zhou"), await officer(site, "li", "e1")
    body = {"key": "long-enough", "community": "w1-c1", "poster": "东门海报"}
    await site.ask(li, "POST", "/doorways", body, status=403)
    door = await site.ask(zhou, "POST", "/doorways", body, status=201)
    again = await site.ask(zhou, "POST", "/doorways", body, status=201)
    assert again["id"] == door["id"]
    assert (door["ready"], door["hint"]) == (False, "no_group")
    state = door["state"]
    await add(site, "g1", "w1-c1", brought={state: 6, "other": 2})
    made: Doorway = await site.house.store.doorways.get(door["id"])
    made.config, made.url, made.chats = "config", "https://wework.qpic.cn/x/0", ["g1"]
    await site.house.store.doorways.save(made)
    elsewhere = [Doorway(f"d{n}", f"e1-c{n}", "门", f"s{n}") for n in (1, 2)]
    await site.house.store.doorways.add_many(elsewhere)
    pages, after = [], ""
    while after is not None:
        page = await site.ask(li, "GET", f"/doorways?limit=1&after={after}")
        pages += [it["id"] for it in page["doorways"]]
        after = page["next"]
    assert pages == ["d1", "d2"]
    for one in pages:
        await site.house.store.doorways.remove(one)
    (read,) = (await site.ask(zhou, "GET", "/doorways"))["doorways"]
    assert (read["ready"], read["brought"], read["groups"]) == (True, 6, ["g1 群"])
    assert read["url"] == "https://wework.qpic.cn/x/0"
    assert (await site.ask(li, "GET", "/doorways"))["doorways"] == []
    await site.ask(li, "DELETE", f"/doorways/{door['id']}", status=404)
    gone = await site.ask(zhou, "DELETE", f"/doorways/{door['id']}")
    assert gone["removed"] is True
    long = {**body, "key": "another-key", "poster": "长" * 31}
    await site.ask(zhou, "POST", "/doorways", long, status=422)


async def test_the_welcome_text_is_the_supervisor_s(site: Site) -> None:
    zhou, chief = await officer(site, "zhou"), await officer(site, "chief2", None)
    assert (await site.ask(zhou, "GET", "/groups/welcome"))["text"] == ""
    await site.ask(zhou, "PUT", "/groups/welcome", {"text": "欢迎"}, status=403)
    it = await site.ask(chief, "PUT", "/groups/welcome", {"text": "欢迎"})
    assert (it["text"], it["applied"]) == ("欢迎", False)


async def test_a_community_has_words_of_its_own_from_its_officers(site: Site) -> None:
    zhou, chief = await officer(site, "zhou"), await officer(site, "chief2", None)
    await site.ask(chief, "PUT", "/groups/welcome", {"text": "欢迎"})
    own = {"text": "欢迎来到河畔", "community": "w1-c1"}
    assert (await site.ask(zhou, "PUT", "/groups/welcome", own))["text"] == "欢迎来到河畔"
    read = await site.ask(zhou, "GET", "/groups/welcome?community=w1-c1")
    assert (read["text"], read["applied"]) == ("欢迎来到河畔", False)
    assert (await site.ask(zhou, "GET", "/groups/welcome"))["text"] == "欢迎"
    for community, status in (("e1-c1", 403), ("nowhere", 404)):
        await site.ask(zhou, "PUT", "/groups/welcome", {**own, "community": community}, status)
    assert (await site.ask(zhou, "PUT", "/groups/welcome", {**own, "text": ""}))["text"] == ""
    assert (await site.ask(zhou, "GET", "/groups/welcome?community=w1-c1"))["text"] == ""
    assert (await site.ask(zhou, "GET", "/groups/welcome"))["text"] == "欢迎"
    await site.ask(chief, "PUT", "/groups/welcome", {"text": " "}, status=422)


async def test_a_code_that_is_made_is_heard_by_the_community_page(site: Site) -> None:
    zhou = await officer(site, "zhou")
    async with zhou.ws_connect(
        f"{site.api}/live?face=community", headers={"Origin": site.url}
    ) as socket:
        await socket.receive_json(timeout=30)
        body = {"key": "long-enough", "community": "w1-c1", "poster": "东门海报"}
        await site.ask(zhou, "POST", "/doorways", body, status=201)
        heard = await socket.receive_json(timeout=30)
    assert (heard["type"], heard["what"]) == ("touched", "groups")


async def test_that_the_platform_took_a_welcome_is_heard_by_the_community_page(site: Site) -> None:
    zhou = await officer(site, "zhou")
    async with zhou.ws_connect(
        f"{site.api}/live?face=community", headers={"Origin": site.url}
    ) as socket:
        await socket.receive_json(timeout=30)
        await site.house.store.welcomes.add(Welcome("welcome:w1-c1", "欢迎", applied="欢迎"))
        heard = await socket.receive_json(timeout=30)
    assert (heard["type"], heard["what"]) == ("touched", "groups")


async def test_a_change_is_heard_by_the_community_page(site: Site) -> None:
    zhou = await officer(site, "zhou")
    heard: list[dict[str, Any]] = []
    url = f"{site.api}/live?face=community"
    async with zhou.ws_connect(url, headers={"Origin": site.url}) as socket:
        heard.append(await socket.receive_json(timeout=30))
        await add(site, "g1", "w1-c1")
        body = {"key": "long-enough", "title": "t", "text": "x", "communities": ["w1-c1"]}
        await site.ask(zhou, "POST", "/notices", body, status=201)

        async def both() -> bool:
            heard.append(await socket.receive_json(timeout=30))
            said = {one.get("what") for one in heard if one["type"] == "touched"}
            return {"groups", "notices"} <= said

        await until(both)
