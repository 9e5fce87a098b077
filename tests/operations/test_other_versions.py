"""What another version wrote keeps nobody from his work: it is skipped, counted and named."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from domain.errors import UNREADABLE, Refused
from tests.api.conftest import Site, another, site, until

__all__ = ["site"]


async def newer(store: Any, collection: str, id: str, **fields: Any) -> None:
    """As a newer version writes it: the whole document."""
    documents = getattr(store, collection)._collection
    found = await documents.find_one({"_id": id})
    found |= fields | {"version": found["version"] + 1}
    await documents.replace_one({"_id": id}, found)


@pytest.fixture(params=[{"kind": "TELEPATHY"}, {"state": "TELEPORTED"}, {"state": "AAA"}])
async def second(site: Site, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    """An api process that finds it there when it starts."""
    receipt = await site.report(key="the-unreadable")
    await site.stored(receipt["id"])
    site.harmed = True
    await newer(site.house.store, "incidents", receipt["id"], **request.param)
    # Both use one store here, which remembers whom it met: the second process has to meet it itself.
    await until(lambda: site.house.unreadable != [])
    site.house.store._unreadable._met.clear()  # type: ignore[attr-defined]
    async for one in another(site, tmp_path / "second"):
        yield one


async def heard(screen: Any, type: str) -> dict[str, Any]:
    async with asyncio.timeout(30):
        while (message := await screen.receive_json())["type"] != type:
            pass
    return dict(message)


@pytest.mark.parametrize("fields", [{"kind": "TELEPATHY"}, {"state": "TELEPORTED"}])
async def test_one_that_cannot_be_read_closes_no_desk(
    site: Site, caplog: pytest.LogCaptureFixture, fields: dict[str, str]
) -> None:
    desk = await site.staff("desk1")
    bad, good = await site.report(key="the-unreadable"), await site.report(key="the-good-one")
    await site.stored(bad["id"])
    screen = await desk.ws_connect(f"{site.api}/live")
    first = await heard(screen, "snapshot")
    assert (len(first["incidents"]), first["unreadable"]) == (2, [])
    site.harmed = True
    await newer(site.house.store, "incidents", bad["id"], **fields)

    # What was known of it is not shown any more, and the desk is told which it is.
    assert (await heard(screen, "gone"))["id"] == bad["id"]
    assert (await heard(screen, "store"))["unreadable"] == [bad["number"]]
    station = await site.staff("w1")
    other = await station.ws_connect(f"{site.api}/live")
    assert (await heard(other, "snapshot"))["unreadable"] == []

    for path in ("/incidents", "/incidents?state=RAISED", "/incidents?q=0"):
        listed = await site.ask(desk, "GET", path)
        assert bad["id"] not in [one["id"] for one in listed["incidents"]]
    refused = await site.ask(desk, "POST", f"/incidents/{bad['id']}/answer", {}, 501)
    assert refused["code"] == "unreadable"
    await site.ask(desk, "GET", f"/incidents/{bad['id']}", status=501)
    taken = await site.ask(desk, "POST", f"/incidents/{good['id']}/answer", {})
    assert taken["state"] == "ANSWERED"

    async with desk.get(f"{site.url}/healthz") as response:
        health = await response.json()
    assert (response.status, health["unreadable"], health["store"]) == (200, 1, "up")
    async with desk.get(f"{site.url}/metrics") as response:
        assert "jingmin_unreadable_documents 1.0" in await response.text()
    said = [one.getMessage() for one in caplog.records if bad["id"] in one.getMessage()]
    assert len(said) == 1, said
    assert f"$.{next(iter(fields))}" in said[0]
    assert not any(value in said[0] for value in fields.values())

    # As the newer version closes or mends it.
    await newer(site.house.store, "incidents", bad["id"], kind="UNKNOWN", state="RAISED")
    while (await heard(screen, "incident"))["incident"]["id"] != bad["id"]:
        pass  # of the other one
    assert (await heard(screen, "store"))["unreadable"] == []


async def test_a_station_is_told_of_its_own(site: Site) -> None:
    desk, ours, others = [await site.staff(one) for one in ("desk1", "w1", "e1")]
    bad = await site.report(key="the-unreadable")
    await site.stored(bad["id"])
    await site.ask(desk, "POST", f"/incidents/{bad['id']}/answer", {})
    await site.ask(desk, "POST", f"/incidents/{bad['id']}/dispatch", {"station": "w1"})
    screens = [await one.ws_connect(f"{site.api}/live") for one in (ours, others)]
    assert [(await heard(one, "snapshot"))["unreadable"] for one in screens] == [[], []]
    site.harmed = True
    await newer(site.house.store, "incidents", bad["id"], kind="TELEPATHY")
    assert (await heard(screens[0], "store"))["unreadable"] == [bad["number"]]
    assert (await heard(screens[1], "store"))["unreadable"] == []
    again = await ours.ws_connect(f"{site.api}/live")
    assert (await heard(again, "snapshot"))["unreadable"] == [bad["number"]]


async def test_a_process_starts_beside_it(site: Site, second: Site) -> None:
    await until(lambda: second.house.unreadable != [])
    desk = await second.staff("desk1")
    screen = await desk.ws_connect(f"{second.api}/live")
    first = await heard(screen, "snapshot")
    assert (first["incidents"], len(first["unreadable"])) == ([], 1)
    good = await second.report(key="the-good-one")
    assert (await second.ask(desk, "POST", f"/incidents/{good['id']}/answer", {}))["id"] == good[
        "id"
    ]
    assert not any(task.done() for task in second.house.background)


async def test_a_colleague_of_a_newer_role_keeps_nobody_out(site: Site) -> None:
    desk, admin = await site.staff("desk1"), await site.staff("admin")
    listed = await site.ask(admin, "GET", "/people")
    id = next(one["id"] for one in listed["people"] if one["login"] == "desk2")
    await newer(site.house.store, "people", id, role="ORACLE")
    listed = await site.ask(admin, "GET", "/people")
    assert "desk2" not in [one["login"] for one in listed["people"]]
    await site.ask(desk, "GET", "/session")
    with pytest.raises(Refused) as raised:
        await site.house.store.people.get(id)
    assert raised.value.fault is UNREADABLE
    async with site.anybody(**{"Jingmin-Face": "console"}).post(
        f"{site.api}/session", json={"login": "desk2", "password": "correct horse battery"}
    ) as response:
        assert response.status == 401
