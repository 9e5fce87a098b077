"""A case that nobody at the desk looks after comes up at every desk: a page is gone, or a line unread."""

from __future__ import annotations

from typing import Any

from api.seats import Seats, seat
from domain.presence import FRESH_MS, Presence
from domain.sweep import sweep
from domain.ticket import random_id
from tests.api.conftest import Site, now_ms, until
from tests.api.test_live import hear
from tests.api.test_transfer import at_desk
from tests.city import IN_W1


async def time_passes(site: Site, seconds: int) -> None:
    board = site.house.board
    now = now_ms() + seconds * 1000
    await sweep(site.house.store, board.open_incidents(), now, gone=board.gone_since)


async def ended(site: Site) -> tuple[Any, Any, str, str]:
    """A case of desk1 whose call is over: his client and screen, the id of the case, its path."""
    receipt = await site.report(position=IN_W1)
    desk, screen, _ = await at_desk(site, "desk1")
    path = f"/incidents/{receipt['id']}"
    await site.ask(desk, "POST", f"{path}/answer")
    await site.ask(desk, "POST", f"{path}/end-call", {"to_station": False})
    await until(lambda: site.house.board.get(receipt["id"]).call.state == "ENDED")  # type: ignore[union-attr]
    return desk, screen, receipt, path


async def heard_unattended(screen: Any, cause: str | None) -> dict[str, Any]:
    while True:
        shown: dict[str, Any] = (await hear(screen, "incident"))["incident"]
        if (shown["unattended_at"] is not None, shown["unattended_cause"]) == (
            cause is not None,
            cause,
        ):
            return shown


async def test_a_case_whose_call_is_over_comes_up_when_the_page_of_its_dispatcher_is_gone(
    site: Site,
) -> None:
    desk, screen, receipt, path = await ended(site)
    person = (await site.ask(desk, "GET", "/session"))["id"]
    await until(lambda: site.house.board.gone_since(person) is None)
    other, others, _ = await at_desk(site, "desk2")
    await time_passes(site, 60)
    assert (await site.ask(desk, "GET", path))["unattended_at"] is None
    second = await desk.ws_connect(f"{site.api}/live?face=console")
    await hear(second, "snapshot")
    await screen.close()
    await second.close()
    await until(lambda: site.house.board.gone_since(person) is not None)
    await time_passes(site, 10)
    assert (await site.ask(desk, "GET", path))["unattended_at"] is None, "a reload is no leaving"
    await time_passes(site, 30)
    shown = await heard_unattended(others, "page")
    assert shown["urgency"] == "BACK"
    caller = await site.ask(site.caller(receipt), "GET", "/my/incident")
    assert caller["put_through_since"] == shown["unattended_at"]
    again = await desk.ws_connect(f"{site.api}/live?face=console")
    await hear(again, "snapshot")
    await until(lambda: site.house.board.gone_since(person) is None)
    await time_passes(site, 31)
    await heard_unattended(others, None)
    await again.close()
    await until(lambda: site.house.board.gone_since(person) is not None)
    await time_passes(site, 90)
    await heard_unattended(others, "page")
    taken = await site.ask(other, "POST", f"{path}/answer")
    assert (taken["dispatcher_name"], taken["unattended_at"]) == ("desk2 警官", None)
    assert taken["entries"][-1]["what"] == "incident.taken_over"


async def test_a_line_that_nobody_reads_comes_up_and_reading_ends_it(site: Site) -> None:
    desk, screen, receipt, path = await ended(site)
    _, others, _ = await at_desk(site, "desk2")
    line = {"key": random_id(), "text": "他又回来了"}
    await site.ask(site.caller(receipt), "POST", "/my/messages", line)
    await until(lambda: site.house.board.get(receipt["id"]).log.entries[-1].what == "message")  # type: ignore[union-attr]
    await time_passes(site, 40)
    assert (await site.ask(desk, "GET", path))["unattended_at"] is None
    await time_passes(site, 90)
    shown = await heard_unattended(others, "unread")
    assert shown["unread"] == 1
    await heard_unattended(screen, "unread")
    mark = {"received": shown["said"], "read": shown["said"]}
    await site.ask(desk, "POST", f"{path}/read", mark)
    await heard_unattended(others, None)


def test_when_somebody_left_is_known_for_a_day_and_a_dead_process_is_noticed() -> None:
    seats, now, day = Seats(), now_ms(), 86_400_000
    assert seats.gone_since("p", now) == 0
    one, two = seat("s", "p") + ":c1", seat("s2", "p") + ":c2"
    seats.put(one, Presence(one, now, now))
    seats.put(two, Presence(two, now, now))
    seats.put(one, Presence(one, now, now + 5, open=False))
    assert seats.gone_since("p", now + 6) is None, "another window is open"
    assert (seats.at_desk("s", now + 6), seats.at_desk("s2", now + 6)) == (False, True)
    assert seats.gone_since("p", now + FRESH_MS + 1) == now + 5
    assert not seats.any(now + FRESH_MS + 1)
    seats.put(two, None)
    assert seats.gone_since("p", now + day) == now + 5


async def test_taking_a_case_without_a_call_leaves_nobody_alone(site: Site) -> None:
    desk, screen, _, path = await ended(site)
    other, _, _ = await at_desk(site, "desk2")
    talk = await site.report(position=IN_W1)
    await site.ask(other, "POST", f"/incidents/{talk['id']}/answer")
    await until(lambda: site.house.board.get(talk["id"]).dispatcher is not None)  # type: ignore[union-attr]
    person = (await site.ask(desk, "GET", "/session"))["id"]
    await until(lambda: site.house.board.gone_since(person) is None)
    await screen.close()
    await until(lambda: site.house.board.gone_since(person) is not None)
    await time_passes(site, 30)
    await site.ask(other, "POST", f"{path}/answer")
    talking = await site.ask(other, "GET", f"/incidents/{talk['id']}")
    assert [one["away_at"] for one in talking["calls"][-1]["participants"]] == [None, None]
