"""Groups are found by name, community, owner and state, and those that are none of ours put away."""

from __future__ import annotations

import pytest

from domain.group import GroupState
from domain.registry import Sighting, sighted
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from tests.api.conftest import Site
from tests.api.test_groups_api import add, ids, officer
from tests.neighbourhoods import city_of_communities


@pytest.fixture(scope="session")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


async def test_groups_are_found_by_words_owner_and_state(site: Site) -> None:
    zhou, chief = await officer(site, "zhou"), await officer(site, "chief2", None)
    await officer(site, "wu")
    await add(site, "阳光-1", "w1-c1")
    await add(site, "阳光-2", "w1-c2", owner="wu", missed_sends=2)
    await add(site, "月亮", "w1-c2", orphaned=True, members=470)
    await add(site, "旧群", "w1-c1", state=GroupState.DISMISSED)
    await add(site, "星星", "e1-c1", owner="li")
    await add(site, "邻居", None)
    for query, found in (
        ("q=陽光", ["阳光-1", "阳光-2"]),
        ("q=阳光 w1-c2", ["阳光-2"]),
        ("q=WU", ["阳光-2"]),
        ("q=星星", []),
        ("owner=WU", ["阳光-2"]),
        ("community=w1-c2", ["月亮", "阳光-2"]),
        ("state=ORPHANED", ["月亮"]),
        ("state=UNCONFIRMED", ["阳光-2"]),
        ("state=FULL", ["月亮"]),
        ("state=DISMISSED", ["旧群"]),
        ("state=ACTIVE&community=w1-c1", ["阳光-1"]),
        ("unbound=true&q=邻居", ["邻居"]),
    ):
        assert sorted(await ids(site, zhou, f"?{query}")) == sorted(found), query
    assert await ids(site, chief, "?q=星星") == ["星星"]
    await site.ask(zhou, "GET", "/groups?state=ODD", status=422)


async def test_looking_goes_on_through_pages_that_hold_nothing(site: Site) -> None:
    zhou = await officer(site, "zhou")
    for n in range(7):
        await add(site, f"g{n}" if n < 6 else "g6-last", "w1-c1")
    after, found, pages = "", [], 0
    while pages < 9:
        page = await site.ask(zhou, "GET", f"/groups?q=last&limit=2&after={after}")
        found += [one["id"] for one in page["groups"]]
        pages += 1
        if page["next"] is None:
            break
        after = page["next"]
    assert (found, pages) == (["g6-last"], 4)


async def test_a_group_that_is_none_of_ours_is_put_away_and_comes_back(site: Site) -> None:
    zhou, store = await officer(site, "zhou", "w1", "w1-c1"), site.house.store
    li = await officer(site, "li", "e1")
    await add(site, "own", "w1-c1")
    await site.ask(li, "PATCH", "/groups/own", {"community": "", "ignored": True}, status=404)
    both = {"community": "w1-c1", "ignored": True}
    await site.ask(zhou, "PATCH", "/groups/own", both, status=422)
    gone = await site.ask(zhou, "PATCH", "/groups/own", {"community": "", "ignored": True})
    assert (gone["community"], gone["ignored"]) == (None, True)
    # The platform shows it again: its owner answers for one community, and its name says which.
    seen = Sighting("w1-c1 社区群", "zhou", 1, "v2", 90, 80, {})
    await sighted(store, "own", seen, [], {"zhou": {"w1-c1": "w1-c1 社区"}}, 2)
    assert (await store.groups.get("own")).community is None
    assert await ids(site, zhou, "?unbound=true") == []
    assert await ids(site, zhou, "?state=IGNORED") == ["own"]
    assert await ids(site, li, "?state=IGNORED") == []
    back = await site.ask(zhou, "PATCH", "/groups/own", {"community": ""})
    assert (back["community"], back["ignored"]) == (None, False)
    assert await ids(site, zhou, "?unbound=true") == ["own"]
    again = await site.ask(zhou, "PATCH", "/groups/own", {"community": "w1-c1"})
    assert (again["community"], again["ignored"]) == ("w1-c1", False)
    assert len(await store.audit.find({"what": "group.ignored"})) == 1
