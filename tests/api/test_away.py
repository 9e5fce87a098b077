"""A second call makes the dispatcher away in the first: for the caller, the station and the desk."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import Site, until
from tests.city import IN_W1


def dispatcher(view: dict[str, Any]) -> dict[str, Any]:
    people = view["participants"] if "participants" in view else view["calls"][-1]["participants"]
    found: dict[str, Any] = next(one for one in people if one["role"] == "DISPATCHER")
    return found


async def test_answering_a_second_call_is_away_in_the_first_until_he_is_back(site: Site) -> None:
    first, second = await site.report(position=IN_W1), await site.report()
    desk, station, caller = await site.staff("desk1"), await site.staff("w1"), site.caller(first)
    a, b = f"/incidents/{first['id']}", f"/incidents/{second['id']}"
    before = await site.ask(desk, "POST", f"{a}/answer")
    assert dispatcher(before)["away_at"] is None
    await site.ask(desk, "POST", f"{a}/dispatch", {"station": "w1"})
    await site.ask(desk, "GET", b)
    assert dispatcher(await site.ask(desk, "GET", a))["away_at"] is None, "looking is not holding"
    await until(lambda: site.house.board.get(first["id"]).state == "DISPATCHED")  # type: ignore[union-attr]

    taken = await site.ask(desk, "POST", f"{b}/answer")
    assert dispatcher(taken)["away_at"] is None
    for view in (
        await site.ask(desk, "GET", a),
        await site.ask(station, "GET", a),
        await site.ask(caller, "GET", "/my/incident"),
    ):
        assert dispatcher(view)["away_at"] is not None
        told = [one for one in view["entries"] if one["what"] == "participant.away"]
        assert [one["data"]["name"] for one in told] == ["desk1 警官"]
    await until(lambda: site.house.board.get(second["id"]).state == "ANSWERED")  # type: ignore[union-attr]

    back = await site.ask(desk, "POST", f"{a}/back")
    assert dispatcher(back)["away_at"] is None
    assert dispatcher(await site.ask(desk, "GET", b))["away_at"] is not None
    whats = [one["what"] for one in (await site.ask(caller, "GET", "/my/incident"))["entries"]]
    assert whats[-1] == "participant.back"


async def test_who_loses_the_race_is_away_nowhere_and_learns_who_has_it(site: Site) -> None:
    first, second = await site.report(), await site.report()
    desk, other = await site.staff("desk1"), await site.staff("desk2")
    a, b = f"/incidents/{first['id']}", f"/incidents/{second['id']}"
    await site.ask(desk, "POST", f"{a}/answer")
    await site.ask(other, "POST", f"{b}/answer")
    refused = await site.ask(desk, "POST", f"{b}/answer", status=409)
    assert (refused["code"], refused["facts"]["name"]) == ("taken", "desk2 警官")
    assert dispatcher(await site.ask(desk, "GET", a))["away_at"] is None
    await site.ask(other, "POST", f"{a}/away", status=409)
    await site.ask(await site.staff("w1"), "POST", f"{a}/away", status=403)


async def test_a_left_call_is_taken_by_a_colleague(site: Site) -> None:
    first = await site.report()
    desk, other = await site.staff("desk1"), await site.staff("desk2")
    a = f"/incidents/{first['id']}"
    await site.ask(desk, "POST", f"{a}/answer")
    await site.ask(other, "POST", f"{a}/answer", status=409)
    await site.ask(desk, "POST", f"{a}/away")
    taken = await site.ask(other, "POST", f"{a}/answer")
    assert taken["dispatcher_name"] == "desk2 警官"
    await site.ask(desk, "POST", f"{a}/back", status=409)
