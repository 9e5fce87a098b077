"""Recurring notices over the wire: whose they are, and what one press does to them."""

from __future__ import annotations

from typing import Any

import pytest

from domain import recurring
from domain.ticket import random_id
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from tests.api.conftest import Site
from tests.api.test_notices_api import officer
from tests.neighbourhoods import city_of_communities

RULE: dict[str, Any] = {
    "title": "防火提醒",
    "text": "出门前请关火关电。",
    "communities": ["w1-c1", "w1-c2"],
    "repeat": "WEEKLY",
    "weekdays": [4, 0],
    "minute": 9 * 60,
    "valid_days": 2,
}


@pytest.fixture(scope="session")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


async def test_a_rule_is_made_changed_stopped_started_and_removed_by_its_station(
    site: Site,
) -> None:
    zhou, wu, far = (
        await officer(site, "zhou"),
        await officer(site, "wu"),
        await officer(site, "far", "e1"),
    )
    chief = await officer(site, "chief2", None)
    body = {"key": random_id(), **RULE}
    it = await site.ask(zhou, "POST", "/notices/recurring", body, 201)
    assert (await site.ask(zhou, "POST", "/notices/recurring", body, 201))["id"] == it["id"]
    assert (it["state"], it["weekdays"], len(it["next"]), it["made"]) == ("ACTIVE", [0, 4], 10, "")
    assert it["next"] == sorted(it["next"])
    for client, count in ((wu, 1), (chief, 1), (far, 0)):
        found = await site.ask(client, "GET", "/notices/recurring")
        assert len(found["recurring"]) == count
    path = f"/notices/recurring/{it['id']}"
    change = {**RULE, "version": it["version"], "repeat": "MONTHLY", "day": 31}
    await site.ask(far, "PUT", path, {**change, "communities": ["e1-c1"]}, 404)
    changed = await site.ask(wu, "PUT", path, change)
    assert (changed["author_name"], changed["repeat"], changed["day"]) == (
        "wu 民警",
        "MONTHLY",
        31,
    )
    assert (await site.ask(zhou, "PUT", path, change, 409))["code"] == "conflict"
    assert (await site.ask(zhou, "DELETE", path, None, 409))["code"] == "wrong_state"
    stopped = await site.ask(zhou, "POST", f"{path}/stop")
    assert (stopped["state"], stopped["reason"], stopped["next"]) == ("STOPPED", "hand", [])
    assert (await site.ask(zhou, "POST", f"{path}/stop"))["version"] == stopped["version"]
    assert (await site.ask(zhou, "POST", f"{path}/start"))["author_name"] == "zhou 民警"
    await site.ask(chief, "POST", f"{path}/stop")
    await site.ask(far, "DELETE", path, None, 404)
    await site.ask(zhou, "DELETE", path)
    await site.ask(zhou, "DELETE", path)
    assert (await site.ask(zhou, "GET", "/notices/recurring"))["recurring"] == []


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"weekdays": []}, 422),
        ({"weekdays": [7]}, 422),
        ({"repeat": "MONTHLY", "day": 0}, 422),
        ({"minute": 1440}, 422),
        ({"title": " "}, 422),
        ({"link": "http://a.cn"}, 422),
        ({"communities": ["nowhere"]}, 422),
        ({"communities": ["e1-c1"]}, 403),
    ],
)
async def test_a_rule_that_cannot_be_kept_is_refused(
    site: Site, more: dict[str, Any], status: int
) -> None:
    zhou = await officer(site, "zhou")
    body = {"key": random_id(), **RULE, **more}
    await site.ask(zhou, "POST", "/notices/recurring", body, status)
    assert (await site.ask(zhou, "GET", "/notices/recurring"))["recurring"] == []


async def test_a_station_has_no_more_than_it_can_look_after(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recurring, "MOST_OF_STATION", 2)
    zhou, far = await officer(site, "zhou"), await officer(site, "far", "e1")
    for status in (201, 201, 422):
        await site.ask(zhou, "POST", "/notices/recurring", {"key": random_id(), **RULE}, status)
    other = {"key": random_id(), **RULE, "communities": ["e1-c1"]}
    await site.ask(far, "POST", "/notices/recurring", other, 201)
