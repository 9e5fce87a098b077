"""Numbers: how far groups and notices reach, and how soon tips are answered. Counts, never people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Literal

from aiohttp import web
from msgspec import Meta, Struct

from api.groups import MISSED_OFTEN, own_communities
from api.notice_views import owner_names
from api.number_sheet import sheet
from api.routes import Ask, Routes
from api.shapes_numbers import NumbersRow, NumbersView, SilentGroup, SlowOwner, TipNumbers
from api.spreadsheet import download
from domain.clock import DAY_MS, in_china, within
from domain.disclosure import hidden_counts
from domain.group import Group, GroupState
from domain.numbers import Period, Sum, TipSum, period
from domain.people import COMMUNITY_PAGE, Role
from domain.place import Jurisdiction
from domain.publishing import count_followers
from domain.queries import all_tips, tips_at, tips_opened, waiting_tips
from domain.queries_groups import notices_published
from domain.registry import groups_of

SILENT_MS = 60 * DAY_MS
SILENT_NAMED = 200
TOTAL = "total"
routes = Routes()


class NumbersQuery(Struct, forbid_unknown_fields=True):
    """The last ``days``, or a ``month`` in China's time, such as 2026-05."""

    days: Literal[7, 30, 90] = 30
    month: Annotated[str, Meta(pattern=r"^(20\d\d-(0[1-9]|1[0-2]))?$(?!\n)")] = ""


@dataclass(slots=True)
class Tables:
    """The sums by row: ``total``, stations and communities, and who is in which."""

    stations: list[Jurisdiction]
    communities: list[Jurisdiction]
    sums: dict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))
    owners: dict[str, list[Group]] = field(default_factory=lambda: defaultdict(list))
    silent: list[Group] = field(default_factory=list)

    def of(self, community: str | None, station: str | None) -> Iterable[Sum]:
        """The rows in which something of this place counts."""
        return [self.sums[key] for key in (TOTAL, f"station:{station}", f"community:{community}")]


@routes.add("GET", "/numbers", COMMUNITY_PAGE)
async def read_numbers(ask: Ask, query: NumbersQuery) -> NumbersView:
    """The numbers of a time, by station and community: my station's, a supervisor's all."""
    return await _numbers(ask, query)


@routes.add("GET", "/numbers/sheet", COMMUNITY_PAGE, raw_answer="text/csv")
async def export_numbers(ask: Ask, query: NumbersQuery) -> web.Response:
    """The same as a table (CSV) that a spreadsheet opens; what is hidden is hidden there, too."""
    view = await _numbers(ask, query)
    about = query.month or f"{query.days} days"
    await ask.house.audit(ask.staff, "numbers.exported", about)
    name = f"numbers-{in_china(view.since, '%Y%m%d')}-{in_china(view.until, '%Y%m%d')}"
    return download(sheet(view), name)


async def _numbers(ask: Ask, query: NumbersQuery) -> NumbersView:
    house, times = ask.house, period(ask.now, query.days, query.month)
    stations = list(house.finder.stations())
    if ask.staff.role is not Role.SUPERVISOR:
        stations = [one for one in stations if one.id == ask.staff.station]
    tables = Tables(stations, own_communities(house, ask.staff))
    await _count_groups(ask, tables)
    await _count_tips(ask, tables, times)
    await _count_notices(ask, tables, times)
    names = await owner_names(house)
    owners = [
        SlowOwner(
            owner,
            names.get(owner.lower(), owner),
            len(groups),
            max(one.missed_sends for one in groups),
        )
        for owner, groups in tables.owners.items()
    ]
    owners.sort(key=lambda one: (-one.missed, one.owner))
    silent = [SilentGroup(one.id, one.name, one.community or "") for one in tables.silent]
    total, above, below = _rows(tables)
    return NumbersView(
        times.since, times.until, times.before, total, above, below, owners, silent[:SILENT_NAMED]
    )


async def _count_groups(ask: Ask, tables: Tables) -> None:
    store = ask.house.store
    station_of = {one.id: one.parent for one in tables.communities}
    async for group in groups_of(store, list(station_of)):
        if group.state is not GroupState.ACTIVE:
            continue
        silent = not any(within(at, ask.now, SILENT_MS) for at in group.sent)
        if silent:
            tables.silent.append(group)
        if group.missed_sends >= MISSED_OFTEN and group.owner:
            tables.owners[group.owner].append(group)
        for one in tables.of(group.community, station_of.get(group.community or "")):
            one.group(group, silent)
    for community, count in (await count_followers(store, list(station_of))).items():
        for one in tables.of(community, station_of[community]):
            one.followers += count


async def _count_tips(ask: Ask, tables: Tables, times: Period) -> None:
    tips, named = ask.house.store.tips, {one.id for one in tables.stations}
    everywhere = ask.staff.role is Role.SUPERVISOR
    whose = all_tips() if everywhere else tips_at(ask.staff.station or "")
    place = ("community", "station")
    facts = (*place, "incident", "opened_at", "answered_at", "closed_at", "reopened")
    for since, until in ((times.before, times.before_until), (times.since, times.until)):
        async for found in tips.parts(facts, tips_opened(whose, since, until)):
            community, station, incident, opened, answered, closed, reopened = found
            if station not in named or (incident and answered is None):
                continue
            for row in tables.of(community, station):
                one = row.now if since == times.since else row.before
                one.add(opened, answered or closed, bool(reopened), until)
    waiting = tips.parts((*place, "waiting_since"), waiting_tips(whose))
    async for community, station, asked in waiting:
        if station in named and asked is not None:
            for row in tables.of(community, station):
                row.waiting(asked)


async def _count_notices(ask: Ask, tables: Tables, times: Period) -> None:
    station_of = {one.id: one.parent for one in tables.communities}
    query = notices_published(times.before, times.until)
    async for at, communities in ask.house.store.notices.parts(
        ("published_at", "communities"), query
    ):
        mine = [one for one in communities if one in station_of]
        rows = {f"community:{one}" for one in mine} | {f"station:{station_of[one]}" for one in mine}
        for key in rows | {TOTAL} if mine else ():
            if at >= times.since:
                tables.sums[key].notices += 1
            elif at < times.before_until:
                tables.sums[key].notices_before += 1


def _rows(tables: Tables) -> tuple[NumbersRow, list[NumbersRow], list[NumbersRow]]:
    """The rows with what may be shown: of each count of people the total, stations, communities."""
    above, below = tables.stations, tables.communities
    shown: dict[str, list[bool]] = defaultdict(list)

    def judge(counts: dict[str, int]) -> None:
        parts = {one.id: counts[f"station:{one.id}"] for one in above}
        lower: dict[str, dict[str, int]] = {one.id: {} for one in above}
        for one in below:
            lower.setdefault(str(one.parent), {})[one.id] = counts[f"community:{one.id}"]
        all_hidden, stations, communities = hidden_counts(counts[TOTAL], parts, lower)
        shown[TOTAL].append(not all_hidden)
        for one in above:
            shown[f"station:{one.id}"].append(one.id not in stations)
        for one in below:
            shown[f"community:{one.id}"].append(one.id not in communities)

    keys = [
        TOTAL,
        *(f"station:{one.id}" for one in above),
        *(f"community:{one.id}" for one in below),
    ]
    judge({key: tables.sums[key].followers for key in keys})
    judge({key: tables.sums[key].now.tips for key in keys})
    judge({key: tables.sums[key].before.tips for key in keys})

    def row(key: str, id: str, name: str) -> NumbersRow:
        it, (followers, now, before) = tables.sums[key], shown[key]
        return NumbersRow(
            id,
            name,
            it.groups,
            it.members,
            it.residents,
            it.followers if followers else None,
            it.silent,
            it.notices,
            it.notices_before,
            it.oldest if now else None,
            _tips(it.now, now),
            _tips(it.before, before),
        )

    return (
        row(TOTAL, "", ""),
        [row(f"station:{one.id}", one.id, one.name) for one in above],
        [row(f"community:{one.id}", one.id, one.name) for one in below],
    )


def _tips(it: TipSum, shown: bool) -> TipNumbers:
    if not shown:
        return TipNumbers(None, None, None, None, None, [])
    (half, half_least), (most, most_least) = it.percentile(0.5), it.percentile(0.9)
    least = [share for share, grows in ((50, half_least), (90, most_least)) if grows]
    return TipNumbers(it.tips, len(it.answers), it.reopened, half, most, least)
