"""A correction over the wire keeps of the mistake what is not changed."""

from __future__ import annotations

from typing import Any

import pytest

from domain.ticket import random_id
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from tests.api.conftest import Site
from tests.api.test_notices_api import HOUR, groups, officer, published
from tests.neighbourhoods import city_of_communities


@pytest.fixture(scope="session")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


async def test_a_correction_keeps_what_is_not_changed(site: Site) -> None:
    await groups(site, "w1-c1")
    zhou = await officer(site, "zhou")
    ends = site.house.clock() + HOUR
    link = "https://example.cn/a"
    wrong = await published(site, zhou, urgent=False, expires_at=ends, link=link)

    async def right(**more: Any) -> Any:
        body = {"key": random_id(), "title": "更正", "text": "不停水。", **more}
        path = f"/notices/{wrong['id']}/correct"
        return await site.ask(zhou, "POST", path, body, status=201)

    kept = await right()
    assert (kept["expires_at"], kept["link"]) == (ends, link)
    other = await right(expires_at=None, link="https://example.cn/b")
    assert (other["expires_at"], other["link"]) == (None, "https://example.cn/b")
    it = await site.house.store.notices.get(wrong["id"])
    it.expires_at = site.house.clock() - 1
    await site.house.store.notices.save(it)
    assert (await right())["expires_at"] is None
