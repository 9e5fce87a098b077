"""Numbers: how far groups and notices reach, and how soon tips are answered. Counts, never people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from api.groups import FEW, few, own_communities
from api.routes import Ask, Routes
from api.shapes_notices import NumbersRow, NumbersView
from domain.group import Group, GroupState
from domain.notice import Notice
from domain.people import COMMUNITY_PAGE, Role
from domain.publishing import count_followers
from domain.registry import groups_of
from domain.tip import Tip

SINCE_MS = 30 * 24 * 3_600_000
routes = Routes()


@dataclass(slots=True)
class Sum:
    """What is added up for one row."""

    groups: int = 0
    members: int = 0
    residents: int = 0
    followers: int = 0
    notices: set[str] = field(default_factory=set)
    tips: int = 0
    waits: list[int] = field(default_factory=list)

    def group(self, one: Group) -> None:
        self.groups += 1
        self.members += one.members
        self.residents += one.residents

    def tip(self, one: Tip) -> None:
        self.tips += 1
        if one.answered_at is not None:
            self.waits.append(max(0, one.answered_at - one.opened_at))

    def row(self, id: str, name: str) -> NumbersRow:
        enough = len(self.waits) >= FEW
        return NumbersRow(
            id,
            name,
            self.groups,
            self.members,
            self.residents,
            few(self.followers),
            len(self.notices),
            few(self.tips),
            few(len(self.waits)),
            percentile(self.waits, 0.5) if enough else None,
            percentile(self.waits, 0.9) if enough else None,
        )


@routes.add("GET", "/numbers", COMMUNITY_PAGE)
async def read_numbers(ask: Ask) -> NumbersView:
    """The last 30 days, by station and community: my station's, a supervisor's all."""
    house, since = ask.house, ask.now - SINCE_MS
    own = own_communities(house, ask.staff)
    everywhere = ask.staff.role is Role.SUPERVISOR
    stations = list(house.finder.stations())
    if not everywhere:
        stations = [one for one in stations if one.id == ask.staff.station]
    ids = [one.id for one in own]
    station_of = {one.id: str(one.parent) for one in own}
    sums: dict[str, Sum] = defaultdict(Sum)
    async for group in groups_of(house.store, ids):
        if group.state is not GroupState.ACTIVE:
            continue
        for key in _keys(group.community, station_of.get(group.community or "")):
            sums[key].group(group)
    for community, count in (await count_followers(house.store, ids)).items():
        for key in _keys(community, station_of[community]):
            sums[key].followers += count
    changed = {"updated_at": {"$gte": since}}  # whatever happened since then changed it since then
    async for notice in house.store.notices.every(changed):
        if (notice.published_at or 0) >= since:
            _add_notice(sums, notice, station_of)
    named = {one.id for one in stations}
    wanted = changed if everywhere else {"station": ask.staff.station or "", **changed}
    counted: set[str] = set()  # what changes meanwhile may come again
    async for tip in house.store.tips.every(wanted):
        if tip.opened_at >= since and tip.station in named and tip.id not in counted:
            counted.add(tip.id)
            for key in _keys(tip.community, tip.station):
                sums[key].tip(tip)
    return NumbersView(
        since,
        ask.now,
        sums["total"].row("", ""),
        [sums[f"station:{one.id}"].row(one.id, one.name) for one in stations],
        [sums[f"community:{one.id}"].row(one.id, one.name) for one in own],
    )


def percentile(values: Sequence[int], share: float) -> int:
    """The smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    index = max(0, -(-len(ordered) * round(share * 100) // 100) - 1)
    return ordered[index]


def _add_notice(sums: dict[str, Sum], notice: Notice, station_of: dict[str, str]) -> None:
    for community in notice.communities:
        if community in station_of:
            for key in _keys(community, station_of[community]):
                sums[key].notices.add(notice.id)


def _keys(community: str | None, station: str | None) -> list[str]:
    return ["total", f"station:{station}", f"community:{community}"]
