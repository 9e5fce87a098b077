"""The live feed: snapshot, changes, only what one may see, closed when the session ends."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.api.conftest import Site, until
from tests.city import IN_W1


async def hear(socket: aiohttp.ClientWebSocketResponse, kind: str) -> Any:
    while True:
        message = await asyncio.wait_for(socket.receive(), 30)
        assert message.type is aiohttp.WSMsgType.TEXT, message
        if message.json()["type"] == kind:
            return message.json()


async def test_every_desk_rings_and_stops_when_somebody_answers(site: Site) -> None:
    one, two = await site.staff("desk1"), await site.staff("desk2")
    screens = [await c.ws_connect(f"{site.api}/live?face=console") for c in (one, two)]
    for screen in screens:
        assert (await hear(screen, "snapshot"))["incidents"] == []
    receipt = await site.report(position=IN_W1)
    for screen in screens:
        change = (await hear(screen, "incident"))["incident"]
        assert (change["number"], change["state"]) == (receipt["number"], "RAISED")
        assert [entry["what"] for entry in change["entries"]] == ["incident.raised", "position"]
    await site.ask(one, "POST", f"/incidents/{receipt['id']}/answer")
    for screen in screens:
        change = (await hear(screen, "incident"))["incident"]
        assert change["state"] == "ANSWERED"
        assert {entry["what"] for entry in change["entries"]} == {
            "incident.answered",
            "participant.invited",
        }


async def test_a_station_hears_of_an_incident_only_once_it_is_called(site: Site) -> None:
    desk = await site.staff("desk1")
    near, far = await site.staff("w1"), await site.staff("e1")
    near_screen = await near.ws_connect(f"{site.api}/live?face=station")
    far_screen = await far.ws_connect(f"{site.api}/live?face=station")
    await hear(near_screen, "snapshot")
    await hear(far_screen, "snapshot")
    receipt = await site.report(position=IN_W1)
    path = f"/incidents/{receipt['id']}"
    await site.ask(desk, "POST", f"{path}/answer")
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    change = (await hear(near_screen, "incident"))["incident"]
    assert change["state"] == "DISPATCHED"
    assert change["entries"][0]["seq"] == 1
    await far_screen.send_json({"type": "ping", "at": 5})
    answer = await asyncio.wait_for(far_screen.receive_json(), 30)
    assert (answer["type"], answer["at"]) == ("pong", 5)


async def test_the_caller_sees_each_step_and_who_is_watching(site: Site) -> None:
    receipt = await site.report(position=IN_W1)
    desk = await site.staff("desk1")
    screen = await site.anybody().ws_connect(f"{site.api}/live/caller")
    await screen.send_json({"type": "hello", "token": receipt["token"]})
    assert (await hear(screen, "caller"))["incident"]["state"] == "RAISED"
    path = f"/incidents/{receipt['id']}"
    await site.ask(desk, "POST", f"{path}/answer")
    assert (await hear(screen, "caller"))["incident"]["state"] == "ANSWERED"
    await site.ask(desk, "PATCH", path, {"note": "内部备注"})
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    while True:
        view = (await hear(screen, "caller"))["incident"]
        if view["stations"]:
            break
    assert view["stations"][0]["name"] == "西一派出所"
    assert "内部备注" not in str(view)


@pytest.mark.parametrize("token", ["", "x.y", "a" * 5000])
async def test_a_bad_token_is_told_and_closed(site: Site, token: str) -> None:
    screen = await site.anybody().ws_connect(f"{site.api}/live/caller")
    await screen.send_json({"type": "hello", "token": token})
    message = await asyncio.wait_for(screen.receive(), 30)
    if message.type is aiohttp.WSMsgType.TEXT:
        assert message.json()["code"] == "token_bad"
        message = await asyncio.wait_for(screen.receive(), 30)
    assert message.type is aiohttp.WSMsgType.CLOSE
    assert message.data in (4401, 4408)


async def test_log_out_and_role_change_close_open_sockets(site: Site) -> None:
    first, second = await site.staff("desk1"), await site.staff("desk2")
    screens = [await c.ws_connect(f"{site.api}/live") for c in (first, second)]
    for screen in screens:
        await hear(screen, "snapshot")
    await site.ask(first, "DELETE", "/session")
    admin = await site.staff("admin")
    people = (await site.ask(admin, "GET", "/people"))["people"]
    (person,) = [one for one in people if one["login"] == "desk2"]
    await site.ask(
        admin, "PATCH", f"/people/{person['id']}", {"role": "COMMUNITY_OFFICER", "station": "w1"}
    )
    for screen in screens:
        message = await asyncio.wait_for(screen.receive(), 30)
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 4401)
    await site.ask(second, "GET", "/session", status=401)


async def test_sockets_need_our_origin(site: Site) -> None:
    desk = await site.staff("desk1")
    for client in (desk, site.anybody()):
        with pytest.raises(aiohttp.WSServerHandshakeError) as error:
            await client.ws_connect(f"{site.api}/live", headers={"Origin": "https://evil.example"})
        assert error.value.status == 403


async def test_a_session_that_ended_while_the_page_was_cut_off_is_told_so(site: Site) -> None:
    """A browser learns nothing of a refused handshake: the page would try again for ever."""
    desk, gone = await site.staff("desk1"), await site.staff("desk2")
    async for session in site.house.store.sessions.every():
        session.expires_at = 1
        await site.house.store.sessions.save(session)
    cookies = gone.cookie_jar
    cookies.clear()  # as a browser does when a cookie is as old as it may be
    for client in (desk, gone, site.anybody()):
        screen = await client.ws_connect(f"{site.api}/live?face=console")
        message = await asyncio.wait_for(screen.receive(), 30)
        assert message.json()["code"] == "login_needed"
        message = await asyncio.wait_for(screen.receive(), 30)
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 4401)


async def test_a_screen_that_does_not_read_delays_nobody(site: Site) -> None:
    slow, quick = await site.staff("desk1"), await site.staff("desk2")
    stuck = await slow.ws_connect(f"{site.api}/live")
    screen = await quick.ws_connect(f"{site.api}/live")
    await hear(stuck, "snapshot")
    await hear(screen, "snapshot")
    for number in range(200):
        await site.report(words="长" * 3000, key=f"many-{number:05d}")
    numbers = set()
    while len(numbers) < 200:
        numbers.add((await hear(screen, "incident"))["incident"]["number"])


async def test_lost_history_brings_a_new_snapshot(site: Site) -> None:
    desk = await site.staff("desk1")
    screen = await desk.ws_connect(f"{site.api}/live")
    assert (await hear(screen, "snapshot"))["reason"] == "first"
    from domain.ports import Lost

    site.house.store.feed._publish(Lost("history"))  # type: ignore[attr-defined]
    assert (await hear(screen, "snapshot"))["reason"] == "lost"


async def test_an_unanswered_report_escalates_and_a_silent_station_is_passed_over(
    site: Site,
) -> None:
    receipt = await site.report(position=IN_W1)
    desk = await site.staff("desk1")
    path = f"/incidents/{receipt['id']}"
    from api.routes import now_ms
    from domain.incident import IncidentState
    from domain.sweep import sweep

    board = site.house.board
    await until(lambda: board.get(receipt["id"]) is not None)
    await sweep(site.house.store, board.open_incidents(), now_ms() + 16_000)
    await sweep(site.house.store, board.open_incidents(), now_ms() + 16_000)
    assert (await site.ask(desk, "GET", path))["escalation"] == 1
    await site.ask(desk, "POST", f"{path}/answer")
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    await until(
        lambda: getattr(board.get(receipt["id"]), "state", None) is IncidentState.DISPATCHED
    )
    await sweep(site.house.store, board.open_incidents(), now_ms() + 16_000)
    seen = await site.ask(desk, "GET", path)
    assert seen["responders"][0]["unanswered_at"] is not None
    await until(lambda: getattr(board.get(receipt["id"]), "version", 0) >= seen["version"])
    await sweep(site.house.store, board.open_incidents(), now_ms() + 30_000)
    seen = await site.ask(desk, "GET", path)
    assert seen["unattended_at"] is not None
    other = await site.staff("desk2")
    assert (await site.ask(other, "POST", f"{path}/answer"))["unattended_at"] is None
