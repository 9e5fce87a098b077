"""The numbers as a table for a spreadsheet."""

from __future__ import annotations

from api.shapes_numbers import NumbersRow, NumbersView, TipNumbers
from api.spreadsheet import Cell, table
from domain.clock import in_china

HEAD = (
    *("级别", "名称", "群", "群成员", "公众号关注者", "两个月没有通告的群", "通告", "上期通告"),
    *("线索", "已答复", "重新打开", "最早等答复（自）", "P50 分钟", "P90 分钟"),
    *("上期线索", "上期已答复", "上期 P50 分钟", "上期 P90 分钟"),
)
HIDDEN = "不显示"


def sheet(view: NumbersView) -> bytes:
    """Total, stations and communities, one row each."""
    return table(
        HEAD,
        [
            _row("合计", view.total),
            *(_row("派出所", one) for one in view.stations),
            *(_row("社区", one) for one in view.communities),
        ],
    )


def _row(level: str, it: NumbersRow) -> list[Cell]:
    oldest = in_china(it.oldest, "%Y-%m-%d %H:%M") if it.oldest is not None else ""
    now, before = _tips(it.now), _tips(it.before)
    facts = (it.groups, it.members, _shown(it.followers), it.silent, it.notices, it.notices_before)
    reopened = _shown(it.now.reopened)
    return [level, it.name, *facts, *now[:2], reopened, oldest, *now[2:], *before]


def _tips(it: TipNumbers) -> list[Cell]:
    p50, p90 = _minutes(it.answer_p50, 50 in it.least), _minutes(it.answer_p90, 90 in it.least)
    return [_shown(it.tips), _shown(it.answered), p50, p90]


def _shown(count: int | None) -> Cell:
    return HIDDEN if count is None else count


def _minutes(ms: int | None, least: bool) -> Cell:
    if ms is None:
        return ""
    return f"≥{ms // 60_000}" if least else ms // 60_000
