"""What a station keeps for the next notice: the last audience, lists of communities, and templates."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from domain import notice_presets
from domain.ticket import random_id
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from tests.api.conftest import Site
from tests.api.test_notices_api import groups, officer, published, written
from tests.neighbourhoods import city_of_communities


@pytest.fixture(scope="session")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


async def keeps(
    site: Site, client: aiohttp.ClientSession, status: int = 201, **more: Any
) -> dict[str, Any]:
    body = {"key": random_id(), "name": "沿河三社区", "communities": ["w1-c1", "w1-c2"], **more}
    return dict(await site.ask(client, "POST", "/notices/audiences", body, status))


async def test_the_last_audience_is_that_of_the_last_notice_i_released(site: Site) -> None:
    await groups(site, "w1-c1", "w1-c2", "w1-c3")
    zhou, wu = await officer(site, "zhou"), await officer(site, "wu")
    assert (await site.ask(zhou, "GET", "/notices/presets"))["last"] is None
    await published(site, zhou, communities=["w1-c1"])
    await published(site, zhou, title="第二条", text="别的事情", communities=["w1-c2", "w1-c3"])
    await written(site, zhou, title="只是草稿", communities=["w1-c1"])
    await published(site, wu, title="别人的", communities=["w1-c1"])
    last = (await site.ask(zhou, "GET", "/notices/presets"))["last"]
    assert (last["title"], last["communities"], last["left_out"]) == (
        "第二条",
        ["w1-c2", "w1-c3"],
        [],
    )


async def test_a_list_is_kept_renamed_and_removed_by_the_station_alone(site: Site) -> None:
    zhou, wu = await officer(site, "zhou"), await officer(site, "wu")
    far, chief = await officer(site, "far", "e1"), await officer(site, "chief2", None)
    key = random_id()
    (made,) = (await keeps(site, zhou, key=key))["audiences"]
    assert len((await keeps(site, zhou, key=key, name="再送一次"))["audiences"]) == 1
    assert (await keeps(site, wu, 409))["code"] == "duplicate"
    for other in (far, chief):
        assert (await site.ask(other, "GET", "/notices/presets"))["audiences"] == []
    path = f"/notices/audiences/{made['id']}"
    body = {"seen": made["updated_at"], "name": "沿河", "communities": ["w1-c3"]}
    (renamed,) = (await site.ask(wu, "PUT", path, body))["audiences"]
    assert (renamed["name"], renamed["communities"]) == ("沿河", ["w1-c3"])
    # Who read it before that does not overwrite it unseen.
    refused = await site.ask(zhou, "PUT", path, {**body, "name": "河边"}, 409)
    assert refused["code"] == "conflict"
    await site.ask(far, "PUT", path, {**body, "communities": ["e1-c1"]}, 404)
    await site.ask(far, "DELETE", path)
    assert len((await site.ask(zhou, "GET", "/notices/presets"))["audiences"]) == 1
    assert (await site.ask(zhou, "DELETE", path))["audiences"] == []
    assert (await site.ask(zhou, "DELETE", path))["audiences"] == []
    await site.ask(zhou, "PUT", path, body, 404)


async def test_a_list_does_not_reach_further_than_its_user(site: Site) -> None:
    await groups(site, "w1-c1", "w1-c2")
    zhou = await officer(site, "zhou")
    assert (await keeps(site, zhou, 403, communities=["w1-c1", "e1-c1"]))["code"] == "forbidden"
    assert (await keeps(site, zhou, 422, communities=["nowhere"]))["code"] == "invalid"
    await keeps(site, zhou)
    await published(site, zhou, communities=["w1-c1", "w1-c2"])
    # A new map: one of the communities belongs to another station now, one is no more.
    store = site.house.store
    kept = await store.notice_presets.get("station:w1")
    kept.audiences[0].communities = ["e1-c1", "gone-c9", "w1-c1"]
    await store.notice_presets.save(kept)
    person = await site.ask(zhou, "GET", "/session")
    found = await site.ask(zhou, "GET", "/notices/presets")
    (one,) = found["audiences"]
    names = {it.id: it.name for it in site.house.finder.communities("e1")}
    assert (one["communities"], one["left_out"]) == (["w1-c1"], [names["e1-c1"], "gone-c9"])
    # Who went to another station takes nothing of the old one along.
    moved = await store.people.get(person["id"])
    moved.station = "e1"
    await store.people.save(moved)
    found = await site.ask(zhou, "GET", "/notices/presets")
    assert (found["audiences"], found["last"]["communities"]) == ([], [])
    assert len(found["last"]["left_out"]) == 2


async def test_no_more_are_kept_than_are_read_at_a_glance(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice_presets, "MOST_AUDIENCES", 3)
    zhou, wu = await officer(site, "zhou"), await officer(site, "wu")
    body = {"communities": ["w1-c1"]}
    answers = await asyncio.gather(
        *(_tried(site, one, {**body, "name": f"范围 {n}"}) for n in range(4) for one in (zhou, wu))
    )
    assert answers.count(201) == 3
    assert set(answers) <= {201, 409, 422}
    assert len((await site.ask(zhou, "GET", "/notices/presets"))["audiences"]) == 3
    assert (await keeps(site, zhou, 422, name="再一个"))["facts"] == {"field": "most", "most": 3}


async def _tried(site: Site, client: aiohttp.ClientSession, body: dict[str, Any]) -> int:
    body = {"key": random_id(), **body}
    async with client.post(f"{site.api}/notices/audiences", json=body) as response:
        return response.status


async def test_a_template_is_kept_changed_and_removed_by_the_station_alone(site: Site) -> None:
    zhou, wu, far = (
        await officer(site, "zhou"),
        await officer(site, "wu"),
        await officer(site, "far", "e1"),
    )
    words = {"name": "停水", "title": "停水通知", "text": "今晚停水。", "valid_days": 2}
    body = {"key": random_id(), **words}
    (made,) = (await site.ask(zhou, "POST", "/notices/templates", body, 201))["templates"]
    assert {name: made[name] for name in words} == words
    await site.ask(wu, "POST", "/notices/templates", {**body, "key": random_id()}, 409)
    assert (await site.ask(far, "GET", "/notices/presets"))["templates"] == []
    path = f"/notices/templates/{made['id']}"
    change = {"seen": made["updated_at"], **words, "text": "明晚停水。"}
    (after,) = (await site.ask(wu, "PUT", path, change))["templates"]
    assert after["text"] == "明晚停水。"
    assert (await site.ask(zhou, "PUT", path, change, 409))["code"] == "conflict"
    for wrong in ({"text": "", "title": " "}, {"name": " "}, {"link": "http://a.cn"}):
        again = {**change, "seen": after["updated_at"], **wrong}
        assert (await site.ask(zhou, "PUT", path, again, 422))["code"] == "invalid"
    assert (await site.ask(zhou, "DELETE", path))["templates"] == []
