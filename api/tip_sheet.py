"""The tips of a list as a table for a spreadsheet."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import msgspec
from aiohttp import web

from api.routes import Ask, Routes
from api.spreadsheet import Cell, download, table
from api.tip_lists import TipQuery, find_tips
from api.tip_views import first_words, next_step
from domain.clock import in_china
from domain.people import COMMUNITY_PAGE
from domain.ports import Seal
from domain.tip import Tip
from domain.tip_deadline import Deadlines
from domain.tip_label import Category

MOST = 2_000
PAGE = 200
LONGEST_S = 10.0
HEAD = (
    *("编号", "紧急", "下一步", "分类", "标签", "派出所", "社区", "民警"),
    *("提交", "等答复（自）", "应答复", "首次答复", "结束", "重新打开", "内容"),
)
CUT = "没有全部列出，请缩小范围。"
# As the page says it (pages/community/inbox.ts).
NEXT = {
    "110": "110 处理中",
    "over": "已结束",
    "take": "待认领",
    "answer": "待答复",
    "close": "可以结案",
    "wait": "等居民回复",
}
# As the page says it (pages/community/labelwords.ts).
CATEGORIES = {
    Category.NONE: "",
    Category.NOISE: "噪音",
    Category.FRAUD: "诈骗",
    Category.FAMILY: "家庭纠纷",
    Category.NEIGHBOURS: "邻里纠纷",
    Category.TRAFFIC: "交通",
    Category.FIRE: "消防隐患",
    Category.SUSPICIOUS: "可疑人员",
    Category.THEFT: "盗窃",
    Category.GAMBLING: "赌博",
    Category.DRUGS: "涉毒",
    Category.MISSING: "寻人",
    Category.LOST: "失物",
    Category.ANIMALS: "犬只动物",
    Category.OTHER: "其他",
}
routes = Routes()


@routes.add("GET", "/tips/sheet", COMMUNITY_PAGE, raw_answer="text/csv")
async def export_tips(ask: Ask, query: TipQuery) -> web.Response:
    """The list as it is asked for, as a table (CSV): 2,000 tips at most, and as many as are found in 10 s;
    a last row says when there are more. ``before``, ``after`` and ``limit`` count for nothing."""
    found: list[Tip] = []
    until, wanted, more = time.monotonic() + LONGEST_S, _from(query, None), True
    while more and len(found) < MOST and time.monotonic() < until:
        page = await find_tips(ask, wanted)
        found += page.items
        more = page.next is not None
        wanted = _from(query, page.next)
    await ask.house.audit(ask.staff, "tips.exported", str(len(found[:MOST])))
    whole = not more and len(found) <= MOST
    house = ask.house
    body = await asyncio.to_thread(
        sheet, house.content, house.settings.deadlines, found[:MOST], whole
    )
    return download(body, f"tips-{in_china(ask.now, '%Y%m%d')}")


def sheet(content: Seal, deadlines: Deadlines, tips: Sequence[Tip], whole: bool) -> bytes:
    """One row each. When they are not ``whole``, the last row says so."""
    rows = [_row(content, deadlines, it) for it in tips]
    return table(HEAD, rows if whole else [*rows, [CUT]])


def _row(content: Seal, deadlines: Deadlines, it: Tip) -> list[Cell]:
    due = deadlines.due_at(it)
    times = (it.opened_at, it.waiting_since, due, it.answered_at, it.closed_at)
    return [
        it.number,
        "紧急" if it.urgent else "",
        NEXT[next_step(it)],
        CATEGORIES[it.category],
        "、".join(it.tags),
        *(it.station_name, it.community_name, it.officer_name),
        *("" if at is None else in_china(at, "%Y-%m-%d %H:%M") for at in times),
        it.reopened,
        first_words(content, it),
    ]


def _from(query: TipQuery, at: int | None) -> TipQuery:
    place = {"after": at or 0} if query.order == "waiting" else {"before": at}
    return msgspec.structs.replace(query, **{"before": None, "after": 0, "limit": PAGE, **place})
