"""Categories and tags of tips: set by several officers at once, and found by in the store."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from api.tip_sheet import CATEGORIES
from domain.tip import reply, take
from domain.tip_label import Category, label, tag_of
from domain.tip_labelling import MOST
from domain.tip_moves import hand_over
from tests.api.conftest import Site
from tests.api.test_tip_lists import NOON, STEP, paged, told
from tests.api.test_tips_api import logged_in, officer


async def labelled(
    site: Site, client: aiohttp.ClientSession, id: str, status: int = 200, **body: Any
) -> dict[str, Any]:
    answer = await site.ask(client, "PATCH", f"/tips/{id}/labels", body, status=status)
    return dict(answer["tip"]) if status == 200 else dict(answer)


async def test_what_two_officers_say_at_once_does_not_undo_each_other(site: Site) -> None:
    for login in ("wang", "zhao"):
        await officer(site, login)
    mine, his = await logged_in(site, "wang"), await logged_in(site, "zhao")
    tip = await told(site, NOON)
    await asyncio.gather(
        labelled(site, mine, tip.id, category="noise", add=["夜间", " KTV  "]),
        labelled(site, his, tip.id, add=["三号楼"]),
    )
    after = await labelled(site, mine, tip.id, add=["夜间"], remove=["没有"])
    assert (after["category"], set(after["tags"])) == ("noise", {"夜间", "ktv", "三号楼"})
    before = await site.house.store.tips.get(tip.id)
    lines = [one.what for one in before.log.entries].count("tip.labelled")
    assert lines == 2
    assert before.updated_at == tip.updated_at
    after = await labelled(site, his, tip.id, category="", remove=["KTV"])
    assert (after["category"], set(after["tags"])) == ("", {"夜间", "三号楼"})


async def test_labels_are_bounded_and_for_whoever_sees_the_tip(site: Site) -> None:
    for login, station in (("wang", "w1"), ("li", "e1")):
        await officer(site, login, station)
    mine, other = await logged_in(site, "wang"), await logged_in(site, "li")
    tip = await told(site, NOON)
    await labelled(site, other, tip.id, 404, category="noise")
    await labelled(site, mine, tip.id, 422, category="murder")
    await labelled(site, mine, tip.id, 422, add=["字" * 13])
    await labelled(site, mine, tip.id, 422, add=["  "])
    await labelled(site, mine, tip.id, add=[str(n) for n in range(10)])
    refused = await labelled(site, mine, tip.id, 422, add=["more"])
    assert refused["facts"]["field"] == "tags"
    for n in range(MOST - 1):
        await labelled(site, mine, tip.id, category=("noise", "fraud")[n % 2])
    await labelled(site, mine, tip.id, 429, category="lost")


async def test_a_list_has_those_of_a_category_and_of_a_tag_to_its_end(site: Site) -> None:
    wang = await officer(site, "wang")
    await officer(site, "li", "e1")
    client, other, chief = (
        await logged_in(site, "wang"),
        await logged_in(site, "li"),
        await site.staff("chief"),
    )
    store = site.house.store
    tips = [await told(site, NOON - n * STEP) for n in range(12)]
    elsewhere = await told(site, NOON, station="e1")
    for n, tip in enumerate(tips):
        await labelled(site, client, tip.id, category=("noise", "fraud")[n % 2], add=[f"t{n % 3}"])
    await labelled(site, other, elsewhere.id, category="noise", add=["t0"])
    await take(store, wang.who(), tips[0].id, NOON)
    await take(store, wang.who(), tips[2].id, NOON)
    await reply(store, wang.who(), tips[2].id, "k", "close", "x", NOON)

    async def found(who: aiohttp.ClientSession, query: str) -> list[int]:
        ids = [one.id for one in [*tips, elsewhere]]
        return [ids.index(one["id"]) for one in await paged(site, who, query + "&limit=2")]

    waiting = "state=open&order=waiting"
    assert await found(client, f"{waiting}&category=noise") == [10, 8, 6, 4, 0]
    assert await found(client, f"{waiting}&category=noise&tag=T0") == [6, 0]
    assert await found(client, f"{waiting}&tag=t1&q=三号楼") == [10, 7, 4, 1]
    assert await found(client, f"{waiting}&category=noise&box=mine") == [0]
    assert await found(client, "state=closed&category=noise") == [2]
    assert set(await found(other, "category=noise")) == {12}
    assert await found(other, "category=noise&station=w1") == []
    assert set(await found(chief, "tag=t0&category=noise")) == {0, 6, 12}
    assert set(await found(chief, "tag=t0&category=noise&station=w1")) == {0, 6}
    await hand_over(store, wang.who(), tips[4].id, "e1", "东一", [], "", NOON)
    assert 4 not in await found(client, "category=noise")
    assert 4 in await found(other, "category=noise")
    await site.ask(client, "GET", "/tips?tag=%20%20", status=422)

    async with client.get(f"{site.api}/tips/sheet?state=open&tag=t0&category=noise") as answer:
        rows = list(csv.DictReader(io.StringIO((await answer.read()).decode("utf-8-sig"))))
    assert {one["编号"] for one in rows} == {tips[0].number, tips[6].number}
    assert {(one["分类"], one["标签"]) for one in rows} == {("噪音", "t0")}


@pytest.mark.parametrize(
    ("text", "tag"),
    [(" Ａ b\t c ", "a b c"), ("字" * 12, "字" * 12), ("字" * 13, ""), ("\u200b", ""), ("", "")],
)
def test_tags_that_look_alike_are_one(text: str, tag: str) -> None:
    assert tag_of(text) == tag


def test_no_tag_is_taken_for_a_category() -> None:
    assert label("w1", tag="noise") != label("w1", Category.NOISE)


def test_the_table_calls_a_category_what_the_page_calls_it() -> None:
    words = Path("pages/community/labelwords.ts").read_text("utf-8")
    page = re.findall(r"^  (\w+): \['([^']+)', '[^']+'\],$", words.split("};")[0], re.M)
    assert dict(page) == {str(one): name for one, name in CATEGORIES.items() if name}
