"""Prepared answers: kept for a station, changed by its officers, and never written over unseen."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import Refused
from domain.prepared_answer import checked, filled
from tests.api.conftest import Site
from tests.api.test_tips_api import logged_in, officer

PATH = "/prepared-answers"


async def test_they_are_of_a_station_and_nobody_writes_over_another_unseen(site: Site) -> None:
    for login, station in (("wang", "w1"), ("zhao", "w1"), ("li", "e1")):
        await officer(site, login, station)
    mine, his, other = [await logged_in(site, one) for one in ("wang", "zhao", "li")]
    body = {"key": "first-answer", "text": " 您好，{编号} 已收到。{派出所} "}
    for _ in range(2):
        found = await site.ask(mine, "POST", PATH, body)
    (first,) = found["answers"]
    assert (first["text"], found["most"]) == ("您好，{编号} 已收到。{派出所}", 30)
    assert (await site.ask(other, "GET", PATH))["answers"] == []
    await site.ask(other, "GET", f"{PATH}?station=w1", status=404)
    one = f"{PATH}/{first['id']}"
    changed = await site.ask(his, "PUT", one, {"version": 0, "text": "已收到"})
    assert changed["answers"] == [{"id": first["id"], "text": "已收到", "version": 1}]
    late = await site.ask(mine, "PUT", one, {"version": 0, "text": "收到了"}, status=409)
    assert (late["facts"]["text"], late["facts"]["version"]) == ("已收到", 1)
    await site.ask(mine, "DELETE", f"{one}?version=0", status=409)
    # Lost on its way back, and sent again.
    again = await site.ask(his, "PUT", one, {"version": 0, "text": "已收到"})
    assert again == changed
    await site.ask(other, "PUT", one, {"version": 1, "text": "x"}, status=404)
    for _ in range(2):
        assert (await site.ask(mine, "DELETE", f"{one}?version=1"))["answers"] == []
    await site.ask(his, "PUT", one, {"version": 1, "text": "x"}, status=404)
    chief = await site.staff("chief")
    kept = await site.ask(
        chief, "POST", f"{PATH}?station=e1", {"key": "of-the-chief", "text": "好"}
    )
    assert await site.ask(other, "GET", PATH) == kept
    await site.ask(chief, "GET", f"{PATH}?station=nowhere", status=404)


async def test_a_station_has_thirty_however_many_write_at_once(site: Site) -> None:
    await officer(site, "wang")
    client = await logged_in(site, "wang")
    for n in range(28):
        await site.ask(client, "POST", PATH, {"key": f"answer-{n:03}", "text": str(n)})

    async def add(n: int) -> int:
        body = {"key": f"answer-{n:03}", "text": str(n)}
        async with client.post(f"{site.api}{PATH}", json=body) as answer:
            return answer.status

    assert sorted(await asyncio.gather(*(add(n) for n in range(30, 35)))) == [200] * 2 + [429] * 3
    assert len((await site.ask(client, "GET", PATH))["answers"]) == 30


@pytest.mark.parametrize(
    "text", ["", "  ", "好" * 301, "{name}", "{编号", "}", "{{编号}}", "{ 编号}"]
)
def test_other_blanks_and_lengths_are_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        checked(text)
    assert refused.value.facts["field"] == "text"


def test_only_the_two_blanks_are_filled_and_what_fills_them_is_no_blank() -> None:
    assert filled("{编号}在{派出所}，{编号}{x}", "T-1", "{编号}所") == "T-1在{编号}所，T-1{x}"
