"""End of call, close and 情况有变 over REST: what desk, station and caller are told of it."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import Site, until
from tests.city import IN_W1


async def at_work(site: Site) -> tuple[dict[str, Any], str]:
    """An incident with its station on the way."""
    receipt = await site.report(position=IN_W1, kind="DISPUTE")
    desk, station = await site.staff("desk1"), await site.staff("w1")
    path = f"/incidents/{receipt['id']}"
    await site.ask(desk, "POST", f"{path}/answer")
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    await site.ask(station, "POST", f"{path}/respond", {"event": "depart"})
    return receipt, path


async def test_the_call_is_over_and_everybody_reads_that_the_case_is_not(site: Site) -> None:
    receipt, path = await at_work(site)
    desk, station, caller = await site.staff("desk1"), await site.staff("w1"), site.caller(receipt)
    ended = await site.ask(desk, "POST", f"{path}/end-call", {})
    assert (ended["state"], ended["calls"][-1]["state"]) == ("DISPATCHED", "ENDED")
    mine = await site.ask(caller, "GET", "/my/incident")
    assert (mine["state"], mine["call_state"], mine["tracking"]) == ("DISPATCHED", "ENDED", True)
    assert mine["entries"][-1]["data"] == {"reason": "desk"}
    for client, join in ((desk, f"{path}/join"), (station, f"{path}/join"), (caller, "/my/join")):
        refused = await site.ask(client, "POST", join, status=409)
        assert refused["code"] == "wrong_state"
    assert len((await site.ask(desk, "GET", path))["calls"]) == 1, "joining does not call anew"
    await site.ask(caller, "POST", "/my/messages", {"key": "after-the-call", "text": "谢谢"})
    rung = await site.ask(caller, "POST", "/my/return", {"call": True})
    assert (rung["state"], rung["call_state"]) == ("DISPATCHED", "RINGING")
    answered = await site.ask(desk, "POST", f"{path}/answer")
    assert answered["calls"][-1]["state"] == "ACTIVE"
    await site.ask(desk, "POST", f"{path}/end-call", {})
    back = await site.ask(desk, "POST", f"{path}/call-back")
    assert back["calls"][-1]["state"] == "ACTIVE"
    assert (await site.ask(desk, "GET", f"{path}/verify"))["sound"]


async def test_a_case_that_the_station_finishes(site: Site) -> None:
    receipt, path = await at_work(site)
    desk, other, station = [await site.staff(name) for name in ("desk1", "desk2", "w1")]
    await site.ask(other, "POST", f"{path}/end-call", {"to_station": True}, status=409)
    handed = await site.ask(desk, "POST", f"{path}/end-call", {"to_station": True})
    assert handed["handed_at"] is not None
    mine = await site.ask(site.caller(receipt), "GET", "/my/incident")
    assert mine["handed_at"] == handed["handed_at"]
    assert mine["entries"][-1]["what"] == "incident.handed"
    assert len(mine["entries"][-1]["data"]["stations"]) == 1
    await site.ask(station, "POST", f"{path}/respond", {"event": "arrive"})
    done = await site.ask(station, "POST", f"{path}/respond", {"event": "clear"})
    assert (done["state"], done["disposition"]) == ("CLOSED", "RESOLVED")
    assert (await site.ask(desk, "GET", f"{path}/verify"))["sound"]


async def test_after_the_close_the_officer_still_says_where_he_is(site: Site) -> None:
    receipt, path = await at_work(site)
    desk, station, caller = await site.staff("desk1"), await site.staff("w1"), site.caller(receipt)
    closed = await site.ask(desk, "POST", f"{path}/close", {"disposition": "RESOLVED"})
    assert closed["responders"][0]["state"] == "EN_ROUTE"
    mine = await site.ask(caller, "GET", "/my/incident")
    (last,) = [one for one in mine["entries"] if one["what"] == "incident.closed"]
    assert len(last["data"]["going_on"]) == 1
    for event, state in (("arrive", "ON_SCENE"), ("clear", "CLEARED")):
        after = await site.ask(station, "POST", f"{path}/respond", {"event": event})
        assert (after["state"], after["responders"][0]["state"]) == ("CLOSED", state)
        mine = await site.ask(caller, "GET", "/my/incident")
        assert mine["stations"][0]["state"] == state
    assert (await site.ask(desk, "GET", f"{path}/verify"))["sound"]


async def test_closing_sends_back_who_is_on_the_way_when_asked_to(site: Site) -> None:
    _, path = await at_work(site)
    desk = await site.staff("desk1")
    body = {"disposition": "FALSE_ALARM", "stand_down": True}
    closed = await site.ask(desk, "POST", f"{path}/close", body)
    assert closed["responders"][0]["state"] == "STOOD_DOWN"


async def test_a_closed_incident_stays_on_the_board_until_its_station_is_done(
    site: Site,
) -> None:
    receipt, path = await at_work(site)
    desk, station = await site.staff("desk1"), await site.staff("w1")
    await site.ask(desk, "POST", f"{path}/close", {"disposition": "RESOLVED"})
    board, id = site.house.board, receipt["id"]
    await until(lambda: board.get(id) is not None and board.get(id).closed_at is not None)
    known = board.get(id)
    assert known is not None
    later = await site.report()
    theirs = f"/incidents/{later['id']}"
    await site.ask(desk, "POST", f"{theirs}/answer")
    await site.ask(desk, "POST", f"{theirs}/close", {"disposition": "RESOLVED"})
    await until(lambda: getattr(board.get(later["id"]), "closed_at", None) is not None)
    known.closed_at = 1
    board._trim()
    assert board.get(id) is not None
    await site.ask(station, "POST", f"{path}/respond", {"event": "clear"})
    done = await site.stored(id)
    await until(lambda: getattr(board.get(id), "version", done.version) >= done.version)
    if (seen := board.get(id)) is not None:
        seen.closed_at = 1
        board._trim()
    assert board.get(id) is None


async def test_a_question_brings_its_answer_with_it(site: Site) -> None:
    receipt, path = await at_work(site)
    desk, caller = await site.staff("desk1"), site.caller(receipt)
    question = await site.ask(
        desk,
        "POST",
        f"{path}/messages",
        {"key": "question-1", "text": "您现在安全吗？", "ask": "yes_no"},
    )
    assert question["data"]["ask"] == "yes_no"
    mine = await site.ask(caller, "GET", "/my/incident")
    assert mine["entries"][-1]["data"]["ask"] == "yes_no"
    line = {"key": "answer-12", "text": "否", "answers": question["seq"]}
    entry = await site.ask(caller, "POST", "/my/messages", line)
    assert entry["data"]["answers"] == question["seq"]
    for number, wrong in enumerate((1, 999, "x", -3, True)):
        line = {"key": f"answer-x{number}", "text": "否", "answers": wrong}
        entry = await site.ask(caller, "POST", "/my/messages", line)
        assert "answers" not in entry["data"]
    seen = await site.ask(desk, "GET", path)
    assert [e["data"].get("answers") for e in seen["entries"] if e["what"] == "message"][:2] == [
        None,
        question["seq"],
    ]
    body = {"key": "question-2", "text": "?", "ask": "anything"}
    await site.ask(desk, "POST", f"{path}/messages", body, status=422)
