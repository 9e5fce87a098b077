"""Leaving the desk: log-out is refused until the incidents are handed over by name; who has to go is out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp

from tests.api.conftest import Site, another, until
from tests.api.test_live import hear
from tests.city import IN_W1


async def at_desk(site: Site, login: str) -> tuple[aiohttp.ClientSession, Any, str]:
    """Logged in, with the desk's page connected; the screen and the person's id."""
    client = await site.staff(login)
    screen = await client.ws_connect(f"{site.api}/live?face=console")
    return client, screen, (await hear(screen, "snapshot"))["me"]["id"]


async def test_a_log_out_waits_until_the_incidents_are_handed_over_by_name(site: Site) -> None:
    receipt = await site.report(position=IN_W1)
    (desk, _, _), (other, screen, colleague) = (
        await at_desk(site, "desk1"),
        await at_desk(site, "desk2"),
    )
    caller, path = site.caller(receipt), f"/incidents/{receipt['id']}"
    await site.ask(desk, "POST", f"{path}/answer")
    await until(lambda: site.house.board.get(receipt["id"]).dispatcher is not None)  # type: ignore[union-attr]
    refused = await site.ask(desk, "DELETE", "/session", status=409)
    assert refused["code"] == "in_hand"
    assert refused["facts"]["incidents"] == [{"id": receipt["id"], "number": receipt["number"]}]
    assert (await site.ask(desk, "GET", "/session"))["login"] == "desk1"

    async def desks() -> list[Any]:
        found: list[Any] = (await site.ask(desk, "GET", "/desks"))["desks"]
        return found

    await until(desks)
    assert [(one["id"], one["in_hand"], one["in_call"]) for one in await desks()] == [
        (colleague, 0, False)
    ]
    chief = (await site.ask(await site.staff("chief"), "GET", "/session"))["id"]
    nobody = await site.ask(desk, "POST", f"{path}/transfer", {"to": chief}, status=409)
    assert nobody["code"] == "not_at_desk"
    given = await site.ask(desk, "POST", f"{path}/transfer", {"to": colleague})
    assert given["dispatcher"] == colleague
    while (await hear(screen, "incident"))["incident"]["dispatcher"] != colleague:
        pass
    waiting = await site.ask(caller, "GET", "/my/incident")
    assert waiting["put_through_since"] is not None
    assert [e["data"] for e in waiting["entries"] if e["what"] == "incident.transferred"] == [
        {"name": "desk2 警官"}
    ]
    await site.ask(desk, "DELETE", "/session")
    await site.ask(other, "POST", f"{path}/answer")
    assert (await site.ask(caller, "GET", "/my/incident"))["put_through_since"] is None


async def test_who_is_disabled_or_has_another_role_is_out_of_his_calls(site: Site) -> None:
    admin = await site.staff("admin")
    for patch, cause in (
        ({"disabled": True}, "disabled"),
        ({"disabled": False, "role": "COMMUNITY_OFFICER", "station": "w1"}, "role"),
    ):
        receipt = await site.report(position=IN_W1)
        path, login = f"/incidents/{receipt['id']}", "desk1" if cause == "disabled" else "desk2"
        desk, screen, person = await at_desk(site, login)
        await site.ask(desk, "POST", f"{path}/answer")
        await site.ask(admin, "PATCH", f"/people/{person}", patch)
        chief = await site.staff("chief")
        after = await site.ask(chief, "GET", path)
        assert after["unattended_at"] is not None
        assert after["urgency"] == "BACK"
        told = next(one for one in after["entries"] if one["what"] == "incident.unattended")
        assert told["data"]["cause"] == cause
        caller = await site.ask(site.caller(receipt), "GET", "/my/incident")
        assert caller["put_through_since"] == after["unattended_at"]
        await site.ask(desk, "POST", f"{path}/answer", status=401)
        while (message := await screen.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
        assert message.data == 4401
        await site.ask(chief, "POST", f"{path}/answer")


async def test_a_colleague_who_logs_in_over_it_leaves_no_caller_with_nobody(site: Site) -> None:
    receipt = await site.report()
    desk = await site.staff("desk1")
    path = f"/incidents/{receipt['id']}"
    await site.ask(desk, "POST", f"{path}/answer")
    await site.ask(
        desk, "POST", "/session", {"login": "chief", "password": "correct horse battery"}
    )
    assert (await site.ask(desk, "GET", path))["unattended_at"] is not None


async def test_who_works_through_another_process_is_out_as_well(site: Site, tmp_path: Path) -> None:
    admin, receipt = await site.staff("admin"), await site.report(position=IN_W1)
    path = f"/incidents/{receipt['id']}"
    caller = site.caller(receipt)
    _, colleague, _ = await at_desk(site, "desk2")
    async for other in another(site, tmp_path / "other"):
        desk, screen, person = await at_desk(other, "desk1")
        await other.ask(desk, "POST", f"{path}/answer")
        await site.ask(admin, "PATCH", f"/people/{person}", {"disabled": True})
        while (message := await screen.receive(20)).type is aiohttp.WSMsgType.TEXT:
            pass
        assert message.data == 4401
        while (await hear(colleague, "incident"))["incident"]["unattended_at"] is None:
            pass
        view = await site.ask(caller, "GET", "/my/incident")
        assert view["put_through_since"] is not None
        await other.ask(desk, "POST", f"{path}/answer", status=401)
