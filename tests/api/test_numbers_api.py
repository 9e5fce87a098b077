"""Numbers over the wire: what is counted, how it stood at the end of a time, and what is hidden."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from api.spreadsheet import cell
from domain.clock import DAY_MS, HOUR_MS
from domain.notice import Notice, NoticeState
from domain.numbers import period
from domain.ticket import random_id
from domain.tip import Tip, TipState
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from tests.api.conftest import Site
from tests.api.test_groups_api import add, officer
from tests.neighbourhoods import city_of_communities

MINUTE = 60_000


@pytest.fixture(scope="session")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


async def tips(
    site: Site,
    station: str,
    community: str | None,
    waits: list[int | None],
    ago: int = 5 * HOUR_MS,
    **more: Any,
) -> None:
    """Tips of so long ago that were answered after so many minutes, or not yet."""
    opened = site.house.clock() - ago
    for wait in waits:
        id = random_id()
        it = Tip(id, id, station, station, opened, opened, TipState.ASSIGNED, community, **more)
        it.waiting_since = it.turn = opened
        if wait is not None:
            it.state, it.answered_at = TipState.ANSWERED, opened + wait * MINUTE
            it.waiting_since = it.turn = None
        await site.house.store.tips.add(it)


def rows(view: dict[str, Any], level: str) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in view[level]}


async def test_whoever_waits_counts_with_his_age(site: Site) -> None:
    chief = await officer(site, "chief2", None)
    await tips(site, "w1", "w1-c1", [1, 2])
    await tips(site, "w1", "w1-c1", [None] * 8, reopened=1)
    await tips(site, "w1", "w1-c1", [None], ago=40 * DAY_MS)
    view = await site.ask(chief, "GET", "/numbers")
    row = rows(view, "communities")["w1-c1"]
    assert (row["now"]["tips"], row["now"]["answered"], row["now"]["reopened"]) == (10, 2, 8)
    assert row["now"]["answer_p50"] >= HOUR_MS
    assert row["now"]["least"] == [50, 90]
    # Whoever waits longest waits longer than the time that is looked at.
    assert view["until"] - row["oldest"] >= 40 * DAY_MS


async def test_numbers_are_percentiles_and_hide_what_gives_the_few_away(site: Site) -> None:
    zhou, chief = await officer(site, "zhou"), await officer(site, "chief2", None)
    await add(site, "g1", "w1-c1", residents=90)
    await tips(site, "w1", "w1-c1", [1, 2, 3, 4, 5, 6, 7, 8, 9, 50, None])
    await tips(site, "e1", "e1-c1", [100] * 6)
    mine = await site.ask(zhou, "GET", "/numbers")
    assert list(rows(mine, "stations")) == ["w1"]
    row = rows(mine, "communities")["w1-c1"]
    assert (row["groups"], row["members"], row["residents"]) == (1, 100, 90)
    tipped = row["now"]
    assert (tipped["tips"], tipped["answered"]) == (11, 10)
    assert (tipped["answer_p50"], tipped["answer_p90"]) == (6 * MINUTE, 50 * MINUTE)
    await tips(site, "w1", "w1-c2", [10, 20, None])
    mine = await site.ask(zhou, "GET", "/numbers")
    assert mine["total"]["now"]["tips"] == 14
    for id in ("w1-c1", "w1-c2"):  # the one would give the other away
        row = rows(mine, "communities")[id]
        assert (row["now"]["tips"], row["now"]["answered"], row["oldest"]) == (None, None, None)
    everywhere = await site.ask(chief, "GET", "/numbers")
    assert everywhere["total"]["now"]["tips"] == 20
    assert rows(everywhere, "stations")["e1"]["now"]["answer_p50"] == 100 * MINUTE


async def test_the_time_before_is_counted_as_it_stood_then(site: Site) -> None:
    chief = await officer(site, "chief2", None)
    await tips(site, "w1", "w1-c1", [10] * 6, ago=DAY_MS)
    await tips(site, "w1", "w1-c1", [10] * 6, ago=8 * DAY_MS)
    await tips(site, "w1", "w1-c1", [7 * 24 * 60], ago=8 * DAY_MS)
    week = (await site.ask(chief, "GET", "/numbers?days=7"))["total"]
    assert (week["now"]["tips"], week["now"]["answered"]) == (6, 6)
    assert (week["before"]["tips"], week["before"]["answered"]) == (7, 6)
    assert (await site.ask(chief, "GET", "/numbers?days=30"))["total"]["now"]["answered"] == 13
    for wrong in ("days=31", "month=2026-13", "since=1"):
        await site.ask(chief, "GET", f"/numbers?{wrong}", status=422)


async def test_what_became_an_incident_is_not_a_tip_without_answer(site: Site) -> None:
    chief = await officer(site, "chief2", None)
    await tips(site, "w1", "w1-c1", [5] * 6)
    await tips(site, "w1", "w1-c1", [None] * 6, incident="i1")
    total = (await site.ask(chief, "GET", "/numbers"))["total"]["now"]
    assert (total["tips"], total["answered"]) == (6, 6)


async def test_owners_who_do_not_confirm_and_groups_that_got_nothing_are_named(site: Site) -> None:
    zhou = await officer(site, "zhou")
    now = site.house.clock()
    await add(site, "g1", "w1-c1", sent=[now - DAY_MS])
    await add(site, "g2", "w1-c1", sent=[now - 61 * DAY_MS], missed_sends=2)
    await add(site, "g3", "w1-c2", owner="left", missed_sends=5)
    await add(site, "g4", "e1-c1", owner="li", missed_sends=9)
    view = await site.ask(zhou, "GET", "/numbers")
    assert [one["id"] for one in view["silent"]] == ["g2", "g3"]
    assert (view["total"]["silent"], rows(view, "communities")["w1-c1"]["silent"]) == (2, 1)
    assert view["owners"] == [
        {"owner": "left", "name": "left", "groups": 1, "missed": 5},
        {"owner": "zhou", "name": "zhou 民警", "groups": 1, "missed": 2},
    ]


async def test_a_notice_counts_in_the_time_it_went_out(site: Site) -> None:
    chief, now = await officer(site, "chief2", None), site.house.clock()
    for n, at in enumerate((now - DAY_MS, now - 8 * DAY_MS, now - 9 * DAY_MS, now - 40 * DAY_MS)):
        it = Notice(f"n{n}", f"N-{n}", "a", "a", "w1", "t", "x", at, now, ["w1-c1", "w1-c2"])
        it.state, it.published_at = NoticeState.PUBLISHED, at
        await site.house.store.notices.add(it)
    total = (await site.ask(chief, "GET", "/numbers?days=7"))["total"]
    assert (total["notices"], total["notices_before"]) == (1, 2)


async def test_the_sheet_is_safe_to_open_and_noted(site: Site, monkeypatch: Any) -> None:
    zhou = await officer(site, "zhou")
    await tips(site, "w1", "w1-c1", [1] * 7)
    await tips(site, "w1", "w1-c2", [1] * 2)
    names = {"w1": "=cmd|' /C calc'!A0"}
    real = site.house.finder.stations
    spoken = [type(one)(**{**_fields(one), "name": names.get(one.id, one.name)}) for one in real()]
    monkeypatch.setattr(site.house.finder, "stations", lambda: spoken)
    async with zhou.get(f"{site.api}/numbers/sheet?days=7") as answer:
        assert answer.content_type == "text/csv"
        assert answer.status == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        text = (await answer.read()).decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text)))
    assert len({len(row) for row in table}) == 1
    named = {row[1]: row for row in table}
    assert "'=cmd|' /C calc'!A0" in named
    of = table[0].index("线索")
    assert [row[of] for row in table if row[0] == "合计"] == ["9"]
    assert {row[of] for row in table if row[0] == "社区"} == {"不显示", "0"}
    noted = [one async for one in site.house.store.audit.every({"what": "numbers.exported"})]
    assert [one.entry.data["about"] for one in noted] == ["7 days"]


def _fields(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


@pytest.mark.parametrize("wrong", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", " =1", "\n@x"])
def test_no_cell_is_a_formula(wrong: str) -> None:
    assert cell(wrong) == "'" + wrong
    assert cell("河畔-1") == "河畔-1"


def test_a_month_is_compared_with_as_much_of_the_one_before() -> None:
    may, june = 1_777_564_800_000, 1_780_243_200_000  # midnights in China, 2026
    its = period(may + 10 * DAY_MS, 30, "2026-05")
    assert (its.since, its.until) == (may, may + 10 * DAY_MS)
    assert its.before_until - its.before == 10 * DAY_MS
    whole = period(june + 90 * DAY_MS, 30, "2026-05")
    assert (whole.until, whole.before_until) == (june, may)
