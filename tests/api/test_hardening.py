"""What an attacker, a full disk or an unlucky moment must not do."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image

from api.routes import now_ms
from domain.attendance import joined
from domain.errors import StoreDown
from domain.sweep import sweep
from tests.api.conftest import PASSWORD, Site, until
from tests.city import IN_W1
from tests.full_disk import full_disk


async def taken(site: Site) -> tuple[dict[str, str], str]:
    receipt = await site.report(position=IN_W1)
    desk = await site.staff("desk1")
    await site.ask(desk, "POST", f"/incidents/{receipt['id']}/answer")
    return receipt, f"/incidents/{receipt['id']}"


async def board_has(site: Site, id: str) -> None:
    stored = await site.stored(id)
    await until(lambda: getattr(site.house.board.get(id), "version", -1) >= stored.version)


async def test_a_reopened_incident_rings_its_station_which_is_where_it_was(site: Site) -> None:
    receipt, path = await taken(site)
    desk, station, caller = await site.staff("desk1"), await site.staff("w1"), site.caller(receipt)
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    await site.ask(station, "POST", f"{path}/respond", {"event": "acknowledge"})
    await site.ask(desk, "POST", f"{path}/close", {"disposition": "RESOLVED"})
    first = await site.ask(desk, "GET", path)
    await site.ask(caller, "POST", "/my/return", {"changed": True})
    raised = await site.ask(station, "GET", path)
    assert (raised["state"], raised["raised_at"]) == ("RAISED", first["raised_at"])
    assert raised["waiting_since"] == raised["responders"][0]["changed_at"]
    await site.ask(station, "POST", f"{path}/join", status=409)
    await site.ask(desk, "POST", f"{path}/answer")
    again = await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    assert again["state"] == "DISPATCHED"
    assert again["responders"][0]["state"] == "ACKNOWLEDGED"
    seen = await site.ask(station, "POST", f"{path}/respond", {"event": "seen"})
    assert seen["responders"][0]["changed_at"] is None
    await site.ask(station, "POST", f"{path}/join")
    assert (await site.ask(desk, "GET", f"{path}/verify"))["sound"]


async def test_a_dispatcher_who_works_in_writing_is_present(site: Site) -> None:
    receipt, path = await taken(site)
    desk = await site.staff("desk1")
    await site.ask(desk, "POST", f"{path}/messages", {"key": "still-here", "text": "我在"})
    await board_has(site, receipt["id"])
    await sweep(site.house.store, site.house.board.open_incidents(), now_ms() + 19_000)
    assert (await site.ask(desk, "GET", path))["unattended_at"] is None
    await board_has(site, receipt["id"])
    await sweep(site.house.store, site.house.board.open_incidents(), now_ms() + 60_000)
    assert (await site.ask(desk, "GET", path))["unattended_at"] is not None


async def test_who_was_taken_over_or_stood_down_gets_no_ticket(site: Site) -> None:
    _, path = await taken(site)
    desk, chief, station = [await site.staff(name) for name in ("desk1", "chief", "w1")]
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    await site.ask(station, "POST", f"{path}/join")
    await site.ask(desk, "POST", f"{path}/stand-down", {"station": "w1", "reason": "内部原因"})
    await site.ask(station, "POST", f"{path}/join", status=403)
    await site.ask(desk, "POST", f"{path}/join")
    await site.ask(chief, "POST", f"{path}/answer")
    await site.ask(desk, "POST", f"{path}/join", status=403)
    await site.ask(chief, "POST", f"{path}/join")
    log = (await site.ask(chief, "GET", path))["entries"]
    assert [e["who"]["name"] for e in log if e["what"] == "participant.admitted"] == [
        "w1 警官",
        "desk1 警官",
        "chief 警官",
    ]


async def test_the_caller_does_not_see_the_desks_words(site: Site) -> None:
    receipt, path = await taken(site)
    desk, caller = await site.staff("desk1"), site.caller(receipt)
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1", "reason": "内部原因甲"})
    await site.ask(desk, "POST", f"{path}/stand-down", {"station": "w1", "reason": "内部原因乙"})
    await site.ask(desk, "PATCH", path, {"note": "内部原因丙", "kind": "LOST"})
    await site.ask(
        desk, "POST", f"{path}/close", {"disposition": "RESOLVED", "words": "内部原因丁"}
    )
    assert "内部原因" not in str(await site.ask(caller, "GET", "/my/incident"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"words": "别的话"}, "words"),
        ({"number": "0110-000000-000000"}, "number"),
        ({"position.wgs84.lon": 100.0}, "position"),
        ({"state": "RAISED"}, "state"),
        ({"disposition": "FALSE_ALARM"}, "disposition"),
    ],
)
async def test_a_document_that_differs_from_its_log_is_found(
    site: Site, change: dict[str, object], said: str
) -> None:
    receipt, path = await taken(site)
    desk = await site.staff("desk1")
    assert (await site.ask(desk, "GET", f"{path}/verify"))["sound"]
    database = site.house.store._database  # type: ignore[attr-defined]
    site.harmed = True
    await database.incidents.update_one({"_id": receipt["id"]}, {"$set": change})
    flaws = (await site.ask(desk, "GET", f"{path}/verify"))["flaws"]
    assert any(said in flaw["what"] for flaw in flaws), flaws


async def test_removed_checkpoints_are_noticed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt, path = await taken(site)
    desk = await site.staff("desk1")
    shelf = site.house.store.checkpoints

    async def signed() -> bool:
        stored = await site.stored(receipt["id"])
        points = await shelf.find({"incident": receipt["id"]})
        return any(point.length == stored.log.length for point in points)

    await until(signed)
    monkeypatch.setattr("api.verify.SIGNED_WITHIN_MS", -1)
    assert (await site.ask(desk, "GET", f"{path}/verify"))["sound"]
    for point in await shelf.find({"incident": receipt["id"]}):
        await shelf.remove(point.id)
    (flaw,) = (await site.ask(desk, "GET", f"{path}/verify"))["flaws"]
    assert "no signed checkpoint" in flaw["what"]


async def test_broken_exif_does_not_cost_the_picture_and_comments_go(site: Site) -> None:
    receipt = await site.report()
    caller = site.caller(receipt)
    for kind, extra in (
        ("WEBP", {"exif": b"Exif\0\0II*\0"}),
        ("JPEG", {"comment": b"SECRET-NOTE"}),
    ):
        out = io.BytesIO()
        Image.new("RGB", (30, 20), (9, 9, 9)).save(out, kind, **extra)  # type: ignore[arg-type]
        url = f"{site.api}/my/uploads?key=odd-picture-{kind}"
        async with caller.post(url, data=out.getvalue()) as response:
            assert response.status == 200, await response.text()
            file = (await response.json())["file"]
        async with caller.get(f"{site.api}/my/files/{file}") as response:
            assert b"SECRET-NOTE" not in await response.read()


async def test_a_full_disk_stops_neither_reports_nor_the_watch(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = site.house

    async def away() -> None:
        raise StoreDown("away")

    with monkeypatch.context() as patch:
        patch.setattr(house.store, "check", away)
        await until(lambda: not house.store_up)
        first = await site.report(key="before-the-disk")
    assert first["journaled"]
    good = house.journal._file  # type: ignore[attr-defined]
    with full_disk(tmp_path) as full:
        house.journal._file = full  # type: ignore[attr-defined]
        await until(lambda: house.store_up)
        house.store_up = False
        second = await site.report(key="with-a-full-disk")
        assert second["number"]
        house.journal._file = good  # type: ignore[attr-defined]
    await until(lambda: house.store_up and not house.journal.waiting())
    assert not any(task.done() for task in house.background)
    for receipt in (first, second):
        assert (await house.store.incidents.get(receipt["id"])).number == receipt["number"]


async def test_nobody_is_locked_out_from_elsewhere_and_a_code_keeps_other_screens(
    site: Site,
) -> None:
    screens = await site.staff("desk1")
    live = await screens.ws_connect(f"{site.api}/live")
    assert (await live.receive_json())["type"] == "snapshot"
    attempts = site.house.store.attempts
    from domain.people import Attempts

    await attempts.add(Attempts("pair:desk1@203.0.113.5", 30, now_ms() + 900_000))
    again = await site.staff("desk1")
    fresh = await site.ask(again, "POST", "/session/totp", {"password": PASSWORD})
    assert fresh["secret"]
    await live.send_json({"type": "ping", "at": 7})
    assert (await asyncio.wait_for(live.receive_json(), 30))["type"] == "pong"
    assert PASSWORD


async def test_one_caller_cannot_fill_the_document(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.message.CALLER_ENTRIES", 5)
    receipt = await site.report()
    caller, desk = site.caller(receipt), await site.staff("desk1")
    for number in range(4):
        await site.ask(caller, "POST", "/my/messages", {"key": f"key-key-{number}", "text": "x"})
    refused = await site.ask(
        caller, "POST", "/my/messages", {"key": "key-key-9", "text": "x"}, status=429
    )
    assert refused["code"] == "too_many"
    path = f"/incidents/{receipt['id']}"
    await site.ask(desk, "POST", f"{path}/messages", {"key": "key-key-9", "text": "还有位置"})


async def test_a_lost_media_process_frees_its_call_but_not_right_after_an_outage(
    site: Site,
) -> None:
    receipt, path = await taken(site)
    desk, store = await site.staff("desk1"), site.house.store
    ticket = await site.ask(desk, "POST", f"{path}/join")
    names = (receipt["id"], ticket["call"], ticket["participant"])
    await joined(store, *names, now_ms(), "media-1")
    await store.media_processes.remove("media-1")
    await board_has(site, receipt["id"])
    await sweep(store, site.house.board.open_incidents(), now_ms(), judge_media=False)
    assert (await store.incidents.get(receipt["id"])).call.media == "media-1"
    await sweep(store, site.house.board.open_incidents(), now_ms())
    it = await store.incidents.get(receipt["id"])
    assert it.call.media is None
    assert it.call.participant(ticket["participant"]).state == "LEFT"
    assert it.log.entries[-1].data["cause"] == "media_process_lost"
