"""The queue over the wire: classes in the view and the snapshot, the priority set by hand."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import Site, until


async def test_the_snapshot_begins_with_the_most_urgent(site: Site) -> None:
    for _ in range(5):
        await site.report(words="钱包丢在公交车上")
    silent = await site.report(kind="CRIME", silent=True)
    fire = await site.report(kind="FIRE", words="煤氣爆炸 有人被壓")
    desk = await site.staff("desk1")
    await until(lambda: len(site.house.board.incidents()) == 7)
    async with desk.ws_connect(f"{site.api}/live") as socket:
        seen: list[dict[str, Any]] = (await socket.receive_json())["incidents"]
    assert [one["id"] for one in seen[:2]] == [fire["id"], silent["id"]]
    assert [one["urgency"] for one in seen] == ["LIFE", "SILENT", *["ORDINARY"] * 5]
    assert (seen[0]["gravity"], seen[0]["priority"], seen[0]["returns"]) == ("LIFE", None, 0)
    waits = [one["raised_at"] for one in seen[2:]]
    assert waits == sorted(waits), "in a class the longest wait first"


async def test_the_desk_sets_the_priority_once_whoever_presses_again(site: Site) -> None:
    receipt, desk, station = await site.report(), await site.staff("desk1"), await site.staff("w1")
    path = f"/incidents/{receipt['id']}"
    for _ in range(3):
        it = await site.ask(desk, "POST", f"{path}/priority", {"priority": "LIFE"})
    assert (it["priority"], it["urgency"], it["gravity"]) == ("LIFE", "LIFE", "ORDINARY")
    whole = await site.ask(desk, "GET", path)
    assert [one["what"] for one in whole["entries"]].count("incident.priority") == 1
    it = await site.ask(desk, "POST", f"{path}/priority", {"priority": None})
    assert (it["priority"], it["urgency"]) == (None, "ORDINARY")
    await site.ask(desk, "POST", f"{path}/priority", {"priority": "SOON"}, status=422)
    await site.ask(desk, "POST", f"{path}/priority", {}, status=422)
    await site.ask(station, "POST", f"{path}/priority", {"priority": "LIFE"}, status=403)
    caller = await site.ask(site.caller(receipt), "GET", "/my/incident")
    assert all(one["what"] != "incident.priority" for one in caller["entries"])
    found = await site.ask(desk, "GET", f"{path}/verify")
    assert found["sound"]


async def test_a_case_raised_again_says_so_and_who_was_sent(site: Site) -> None:
    receipt, desk = await site.report(words="邻居吵架"), await site.staff("desk1")
    path, caller = f"/incidents/{receipt['id']}", site.caller(receipt)
    await site.ask(desk, "POST", f"{path}/answer")
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    await site.ask(desk, "POST", f"{path}/close", {"disposition": "RESOLVED"})
    await site.ask(caller, "POST", "/my/return", {"changed": True})
    it = await site.ask(desk, "GET", path)
    assert (it["state"], it["urgency"]) == ("RAISED", "BACK")
    assert it["reopened_at"] == it["waiting_since"] > it["raised_at"]
    assert [one["station"] for one in it["responders"]] == ["w1"]
