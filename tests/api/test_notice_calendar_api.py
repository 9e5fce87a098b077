"""The calendar: what goes out in a month, by time, for those whom it reaches."""

from __future__ import annotations

from typing import Any

import pytest

from api import notice_calendar
from api.routes import now_ms
from domain.clock import DAY_MS, in_china, month_after, month_begins
from domain.occurrence import make_occurrences
from domain.ticket import random_id
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from tests.api.conftest import Site
from tests.api.test_notices_api import HOUR, officer, written
from tests.api.test_recurring_api import RULE
from tests.neighbourhoods import city_of_communities


@pytest.fixture(scope="session")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


async def test_a_month_has_what_is_planned_and_what_will_be_made(site: Site) -> None:
    zhou, far = await officer(site, "zhou"), await officer(site, "far", "e1")
    chief = await officer(site, "chief2", None)
    month = month_after(in_china(now_ms(), "%Y-%m"))
    begins, ends = month_begins(month), month_begins(month_after(month))
    for title, at in (
        ("月初", begins),
        ("下月", ends),
        ("月末", ends - 60_000),
        ("月中", begins + HOUR),
    ):
        await written(site, zhou, title=title, text=f"{title}的事", send_at=at)
    dropped = await written(site, zhou, title="不发了", text="取消", send_at=begins + 1)
    await site.ask(zhou, "POST", f"/notices/{dropped['id']}/withdraw", {"reason": "取消"})
    await written(site, zhou, title="没有时间", text="什么时候")
    every_day = {**RULE, "key": random_id(), "weekdays": [0, 1, 2, 3, 4, 5, 6], "minute": 720}
    rule = await site.ask(zhou, "POST", "/notices/recurring", every_day, 201)

    async def planned(client: Any, wanted: str = month) -> list[dict[str, Any]]:
        answer = await site.ask(client, "GET", f"/notices/calendar?month={wanted}")
        assert (answer["month"], answer["more"]) == (wanted, False)
        return list(answer["planned"])

    found = await planned(zhou)
    assert [one["at"] for one in found] == sorted(one["at"] for one in found)
    notices = [one["title"] for one in found if one["state"] is not None]
    assert notices == ["月初", "月中", "月末"]
    rules = [one for one in found if one["state"] is None]
    assert len(rules) == (ends - begins) // DAY_MS
    assert {(one["id"], one["title"], one["communities"]) for one in rules} == {
        (rule["id"], "防火提醒", 2)
    }
    assert await planned(far) == []
    assert len(await planned(chief)) == len(found)
    # What was made is a notice, and not a rule's besides.
    await make_occurrences(site.house.store, site.house.finder, begins)
    after = await planned(zhou)
    assert len(after) == len(found)
    made = [one for one in after if one["state"] == "SUBMITTED"]
    assert [(one["at"], one["title"]) for one in made] == [(begins + 12 * HOUR, "防火提醒")]
    await site.ask(zhou, "POST", f"/notices/recurring/{rule['id']}/stop")
    assert [one for one in await planned(zhou) if one["state"] is None] == []
    await site.ask(zhou, "GET", "/notices/calendar?month=2026-13", None, 422)


async def test_a_month_that_is_too_full_says_so(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice_calendar, "MOST", 5)
    zhou = await officer(site, "zhou")
    every_day = {**RULE, "key": random_id(), "weekdays": [0, 1, 2, 3, 4, 5, 6]}
    await site.ask(zhou, "POST", "/notices/recurring", every_day, 201)
    month = month_after(in_china(now_ms(), "%Y-%m"))
    answer = await site.ask(zhou, "GET", f"/notices/calendar?month={month}")
    assert (len(answer["planned"]), answer["more"]) == (5, True)


def test_the_month_after_december_is_january() -> None:
    assert [month_after(one) for one in ("2026-01", "2026-11", "2026-12")] == [
        "2026-02",
        "2026-12",
        "2027-01",
    ]
