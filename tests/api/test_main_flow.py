"""Report → answer → call the station → steps → close, over REST, with the log verified."""

from __future__ import annotations

import asyncio

from api.routes import now_ms
from domain import attendance
from tests.api.conftest import Site
from tests.city import IN_W1


async def test_the_whole_flow_is_in_one_sound_log(site: Site) -> None:
    receipt = await site.report(kind="LOST", words="在山上迷路了", position=IN_W1)
    assert receipt["number"].startswith("0110-")
    assert receipt["missing"] == []
    desk, station, caller = await site.staff("desk1"), await site.staff("w1"), site.caller(receipt)
    path = f"/incidents/{receipt['id']}"

    await site.ask(station, "GET", path, status=404)
    answered = await site.ask(desk, "POST", f"{path}/answer")
    assert answered["state"] == "ANSWERED"
    first = answered["located"]["candidates"][0]
    assert (first["station"], first["share"]) == ("w1", 1.0)

    called = await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    assert called["state"] == "DISPATCHED"
    assert called["responders"][0]["state"] == "ASSIGNED"
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    seen = await site.ask(station, "GET", path)
    assert sum(entry["what"] == "station.called" for entry in seen["entries"]) == 1

    for event, state in (
        ("acknowledge", "ACKNOWLEDGED"),
        ("depart", "EN_ROUTE"),
        ("arrive", "ON_SCENE"),
        ("clear", "CLEARED"),
    ):
        after = await site.ask(station, "POST", f"{path}/respond", {"event": event})
        assert after["responders"][0]["state"] == state
    await site.ask(station, "POST", f"{path}/respond", {"event": "depart"})

    line = {"key": "message-key-1", "text": "我在一棵大树下"}
    entry = await site.ask(caller, "POST", "/my/messages", line)
    again = await site.ask(caller, "POST", "/my/messages", line)
    assert entry["seq"] == again["seq"]
    mine = await site.ask(caller, "GET", "/my/incident")
    assert mine["stations"][0]["state"] == "CLEARED"
    assert mine["tracking"] is True

    closed = await site.ask(
        desk, "POST", f"{path}/close", {"disposition": "RESOLVED", "words": "已获救"}
    )
    assert closed["state"] == "CLOSED"
    refused = await site.ask(caller, "POST", "/my/position", IN_W1, status=409)
    assert refused["code"] == "wrong_state"
    mine = await site.ask(caller, "GET", "/my/incident")
    assert mine["tracking"] is False
    assert "words" not in mine["entries"][-1]["data"]

    verdict = await site.ask(desk, "GET", f"{path}/verify")
    assert verdict["sound"], verdict


async def test_who_joins_the_call_has_taken_it(site: Site) -> None:
    receipt = await site.report(position=IN_W1)
    desk, station = await site.staff("desk1"), await site.staff("w1")
    path = f"/incidents/{receipt['id']}"
    await site.ask(desk, "POST", f"{path}/answer")
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    ticket = await site.ask(station, "POST", f"{path}/join")
    for _ in range(2):
        await attendance.joined(
            site.house.store,
            receipt["id"],
            ticket["call"],
            ticket["participant"],
            now_ms(),
            "media-1",
        )
    joined = await site.ask(desk, "GET", path)
    assert joined["responders"][0]["state"] == "ACKNOWLEDGED"
    await site.ask(station, "POST", f"{path}/respond", {"event": "acknowledge"})
    seen = await site.ask(desk, "GET", path)
    (one,) = seen["responders"]
    assert (one["state"], one["officer_name"]) == ("ACKNOWLEDGED", "w1 警官")
    taken = [entry for entry in seen["entries"] if entry["what"] == "station.acknowledge"]
    assert [entry["who"]["name"] for entry in taken] == ["w1 警官"]
    assert (await site.ask(desk, "GET", f"{path}/verify"))["sound"]
    await site.ask(station, "POST", f"{path}/respond", {"event": "depart"})
    late = (site.house.store, receipt["id"], ticket["call"], ticket["participant"])
    await attendance.joined(*late, now_ms(), "media-1")
    after = await site.ask(desk, "GET", path)
    assert after["responders"][0]["state"] == "EN_ROUTE", "a later step is not taken back"


async def test_two_dispatchers_press_at_once_and_one_has_it(site: Site) -> None:
    desks = [await site.staff("desk1"), await site.staff("desk2")]
    for _ in range(5):
        receipt = await site.report()

        async def press(number: int, id: str = receipt["id"]) -> tuple[int, dict[str, object]]:
            async with desks[number].post(f"{site.api}/incidents/{id}/answer") as response:
                return response.status, await response.json()

        answers = await asyncio.gather(press(0), press(1))
        assert sorted(status for status, _ in answers) == [200, 409]
        (loser,) = [body for status, body in answers if status == 409]
        (winner,) = [body for status, body in answers if status == 200]
        assert loser["code"] == "taken"
        assert loser["facts"]["name"] == winner["dispatcher_name"]  # type: ignore[index]


async def test_caller_who_hangs_up_stays_in_the_queue_and_may_come_back(site: Site) -> None:
    receipt = await site.report()
    caller, desk = site.caller(receipt), await site.staff("desk1")
    await site.ask(caller, "POST", "/my/hangup")
    path = f"/incidents/{receipt['id']}"
    assert (await site.ask(desk, "GET", path))["state"] == "ABANDONED"
    assert (await site.ask(caller, "POST", "/my/return", {}))["state"] == "RAISED"
    await site.ask(caller, "POST", "/my/hangup")
    called_back = await site.ask(desk, "POST", f"{path}/answer")
    assert called_back["state"] == "ANSWERED"
    assert len(called_back["calls"]) == 3
    await site.ask(desk, "POST", f"{path}/close", {"disposition": "RESOLVED"})
    again = await site.ask(caller, "POST", "/my/return", {"changed": True})
    assert again["state"] == "RAISED"
    assert (await site.ask(desk, "GET", f"{path}/verify"))["sound"]


async def test_join_gives_everybody_a_ticket_for_the_same_room(site: Site) -> None:
    receipt = await site.report(position=IN_W1)
    caller, desk, other, station = (
        site.caller(receipt),
        await site.staff("desk1"),
        await site.staff("desk2"),
        await site.staff("w1"),
    )
    path = f"/incidents/{receipt['id']}"
    mine = await site.ask(caller, "POST", "/my/join")
    await site.ask(desk, "POST", f"{path}/join", status=409)
    await site.ask(desk, "POST", f"{path}/answer")
    theirs = await site.ask(desk, "POST", f"{path}/join")
    assert mine["call"] == theirs["call"]
    assert mine["participant"] != theirs["participant"]
    await site.ask(other, "POST", f"{path}/join", status=403)
    await site.ask(station, "POST", f"{path}/join", status=404)
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    assert (await site.ask(station, "POST", f"{path}/join"))["call"] == mine["call"]
    await site.ask(desk, "POST", f"{path}/close", {"disposition": "RESOLVED"})
    await site.ask(caller, "POST", "/my/join", status=409)
