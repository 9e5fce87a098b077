"""A station that was stood down keeps what it saw, hears nothing new and writes to nobody."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import Any

import aiohttp
from PIL import Image

from domain.ticket import random_id
from tests.api.conftest import Site, until
from tests.api.test_live import hear
from tests.city import IN_E1, IN_W1


async def line(
    site: Site, who: aiohttp.ClientSession, path: str, text: str, status: int = 200
) -> Any:
    return await site.ask(who, "POST", path, {"key": random_id(), "text": text}, status=status)


async def test_what_it_saw_so_far_and_nothing_new(site: Site) -> None:
    receipt = await site.report(position=IN_W1, kind="LOST")
    desk, station, caller = await site.staff("desk1"), await site.staff("w1"), site.caller(receipt)
    path = f"/incidents/{receipt['id']}"
    await site.ask(desk, "POST", f"{path}/answer")
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    await line(site, caller, "/my/messages", "撤回之前")
    await line(site, station, f"{path}/messages", "收到")
    screen = await station.ws_connect(f"{site.api}/live?face=station")
    await hear(screen, "snapshot")
    before = await site.ask(station, "GET", path)
    await site.ask(desk, "POST", f"{path}/stand-down", {"station": "w1", "reason": "就近"})
    while (await hear(screen, "incident"))["incident"]["responders"][0]["state"] != "STOOD_DOWN":
        pass

    await line(site, caller, "/my/messages", "撤回之后")
    await site.ask(caller, "POST", "/my/position", IN_E1)
    await site.ask(desk, "PATCH", path, {"kind": "CRIME", "note": "只给接警台"})
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "e1"})
    await until(lambda: len(site.house.board.get(receipt["id"]).responders) == 2)  # type: ignore[union-attr]
    await screen.send_json({"type": "ping", "at": 1})
    assert (await asyncio.wait_for(screen.receive_json(), 30))["type"] == "pong", "nothing new"

    seen = await site.ask(station, "GET", path)
    texts = [one["data"]["text"] for one in seen["entries"] if one["what"] == "message"]
    assert texts == ["撤回之前", "收到"]
    assert seen["entries"][-1]["what"] == "station.stand_down"
    assert seen["log_length"] == len(seen["entries"])
    assert seen["log_head"] == seen["entries"][-1]["hash"]
    assert (seen["kind"], seen["messages"]) == ("LOST", before["messages"])
    assert [one["station"] for one in seen["responders"]] == ["w1"]
    assert (seen["position"]["lon"], seen["position"]["lat"]) == (
        before["position"]["lon"],
        before["position"]["lat"],
    )
    assert seen["calls"] == []
    listed = (await site.ask(station, "GET", "/incidents"))["incidents"]
    assert [(one["log_length"], one["messages"]) for one in listed] == [(seen["log_length"], 1)]

    refused = await line(site, station, f"{path}/messages", "还能写吗", status=403)
    assert refused["code"] == "forbidden"
    await site.ask(station, "POST", f"{path}/join", status=403)
    async with station.post(
        f"{site.api}{path}/uploads", params={"key": random_id()}, data=b"GIF89a"
    ) as response:
        assert response.status == 403

    # Called again it sees all of it; closed, it learns that, and no more.
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    again = (await hear(screen, "incident"))["incident"]
    assert again["responders"][0]["state"] == "ASSIGNED"
    seqs = [one["seq"] for one in again["entries"]]
    assert seqs[0] == seen["log_length"] + 1, "the feed leaves no gap"
    assert "撤回之后" in [one["data"].get("text") for one in again["entries"]]
    await line(site, station, f"{path}/messages", "又来了")
    await site.ask(desk, "POST", f"{path}/stand-down", {"station": "w1"})
    await site.ask(desk, "POST", f"{path}/close", {"disposition": "RESOLVED", "words": "内部"})
    closed = await site.ask(station, "GET", path)
    assert (closed["state"], closed["disposition"]) == ("CLOSED", None)
    assert closed["entries"][-1]["what"] == "station.stand_down"


async def test_files_that_came_later_are_not_its(site: Site) -> None:
    receipt = await site.report(position=IN_W1)
    desk, station, caller = await site.staff("desk1"), await site.staff("w1"), site.caller(receipt)
    path = f"/incidents/{receipt['id']}"
    await site.ask(desk, "POST", f"{path}/answer")
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    files = [await picture(site, caller, 1)]
    await site.ask(desk, "POST", f"{path}/stand-down", {"station": "w1"})
    files.append(await picture(site, caller, 2))
    for file, status in zip(files, (200, 404), strict=True):
        async with station.get(f"{site.api}{path}/files/{file}") as response:
            assert response.status == status


async def picture(site: Site, caller: aiohttp.ClientSession, shade: int) -> str:

    kept = BytesIO()
    Image.new("RGB", (8, 8), (shade, shade, shade)).save(kept, "JPEG")
    async with caller.post(
        f"{site.api}/my/uploads", params={"key": random_id()}, data=kept.getvalue()
    ) as response:
        assert response.status == 200, await response.text()
        return str((await response.json())["file"])
