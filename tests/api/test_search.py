"""Past incidents are found by what was said, and by a number only for those who see it whole."""

from __future__ import annotations

from urllib.parse import quote

from tests.api.conftest import Site


async def test_a_case_is_found_by_what_was_said_in_it(site: Site) -> None:
    receipt, desk = await site.report(words="有人撬门"), await site.staff("desk1")
    await site.report(words="钱包丢了")
    path, caller = f"/incidents/{receipt['id']}", site.caller(receipt)
    line = {"key": "line-0001", "text": "他往菜市场跑了，穿红衣服"}
    await site.ask(caller, "POST", "/my/messages", line)
    await site.ask(caller, "POST", "/my/contact", {"contact": "138 0013 8000"})
    await site.ask(desk, "POST", f"{path}/answer")
    await site.ask(desk, "PATCH", path, {"kind": "CRIME", "note": "嫌疑人有前科"})
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    station = await site.staff("w1")

    async def found(who: object, question: str) -> tuple[list[str], dict[str, str]]:
        answer = await site.ask(who, "GET", f"/incidents?q={quote(question)}")  # type: ignore[arg-type]
        return [one["id"] for one in answer["incidents"]], answer["found"]

    id = receipt["id"]
    assert await found(desk, "紅衣服") == ([id], {id: "他往菜市场跑了，穿红衣服"})
    assert await found(desk, "刑事 撬门") == ([id], {id: "有人撬门"})
    assert await found(desk, "刑事 钱包") == ([], {})
    assert await found(desk, "前科") == ([id], {id: "嫌疑人有前科"})
    assert await found(desk, "13800138000") == ([id], {})
    assert await found(station, "红衣服") == ([id], {id: "他往菜市场跑了，穿红衣服"})
    assert await found(station, "13800138000") == ([], {})
    whole = await site.ask(desk, "GET", f"/incidents?q={receipt['number']}")
    assert [one["id"] for one in whole["incidents"]] == [id]
