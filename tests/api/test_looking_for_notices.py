"""Notices are found by text, state, month and community, whatever else there is, and paged to the end."""

from __future__ import annotations

import calendar
from typing import Any

import aiohttp
import pytest

from domain.clock import CHINA_MS
from domain.notice import Notice, NoticeState, notice_number
from domain.ticket import random_id
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from tests.api.conftest import Site
from tests.api.test_groups_api import officer
from tests.neighbourhoods import city_of_communities

DAY = 86_400_000


@pytest.fixture(scope="session")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


def day(month: int, number: int, hour: int = 12) -> int:
    """A time in China, of 2026."""
    return calendar.timegm((2026, month, number, hour, 0, 0)) * 1000 - CHINA_MS


async def noticed(site: Site, title: str, at: int, *communities: str, **members: Any) -> str:
    id = random_id()
    it = Notice(
        id,
        notice_number(id, at),
        "zhou",
        members.pop("author_name", "周民警"),
        "w1",
        title,
        members.pop("text", "请大家互相转告。"),
        at,
        members.pop("updated_at", at),
        list(communities or ("w1-c1",)),
        **members,
    )
    await site.house.store.notices.add(it)
    return title


async def titles(site: Site, client: aiohttp.ClientSession, query: str) -> list[str]:
    found: list[str] = []
    before = ""
    for _ in range(60):
        page = await site.ask(client, "GET", f"/notices?limit=2&{query}{before}")
        found += [one["title"] for one in page["notices"]]
        if page["next"] is None:
            return found
        before = f"&before={page['next']}"
    raise AssertionError("the list does not end")


async def test_notices_are_found_by_text_state_month_and_community(site: Site) -> None:
    zhou = await officer(site, "zhou")
    chief = await officer(site, "chief2", None)
    out, over = NoticeState.PUBLISHED, NoticeState.EXPIRED
    water = await noticed(site, "停水", day(5, 1, 0), state=out, published_at=day(5, 1, 0))
    # Written in April, published at the end of May, over in June.
    power = await noticed(
        site,
        "停电",
        day(4, 30, 23),
        "w1-c1",
        "w1-c2",
        state=over,
        published_at=day(5, 31, 23),
        updated_at=day(6, 9),
    )
    draft = await noticed(site, "防诈", day(5, 9), text="有人冒充公安，请勿轉賬。")
    june = await noticed(site, "高考", day(6, 1, 0), "w1-c2", author_name="李民警")
    await noticed(site, "别处", day(5, 3), "e1-c1")
    for query, found in (
        ("month=2026-05", {water, power, draft}),
        ("month=2026-04", set()),
        ("month=2026-06", {june}),
        ("state=DRAFT", {draft, june}),
        ("state=DRAFT&month=2026-05", {draft}),
        ("q=转账", {draft}),
        ("q=冒充 公安", {draft}),
        ("q=李民警", {june}),
        ("community=w1-c2", {power, june}),
        ("community=w1-c2&q=停", {power}),
        ("community=e1-c1", set()),
    ):
        assert set(await titles(site, zhou, query)) == found, query
    assert await titles(site, zhou, "") == [power, june, draft, water]
    assert await titles(site, chief, "q=别处") == ["别处"]
    await site.ask(zhou, "GET", "/notices?month=2026-13", status=422)


async def test_what_is_found_is_paged_to_the_last(site: Site) -> None:
    """Many changed at the same moment, and most are not looked for."""
    zhou = await officer(site, "zhou")
    made = [
        await noticed(site, f"{'停水' if n % 3 == 0 else '别的'} {n}", day(5, 2) - n // 5 * DAY)
        for n in range(60)
    ]
    found = await titles(site, zhou, "q=停水")
    assert len(found) == len(set(found)) == 20
    assert set(found) == {one for one in made if one.startswith("停水")}
    assert len(await titles(site, zhou, "")) == 60
