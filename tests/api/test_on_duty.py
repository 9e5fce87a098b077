"""The desk knows before it presses whom of a station a call reaches, and hears when that changes."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

from api.on_duty import PREFIX, OnDuty
from api.routes import now_ms
from domain.presence import FRESH_MS, Presence
from tests.api.conftest import Site, until
from tests.api.test_live import hear


async def reach(site: Site, desk: aiohttp.ClientSession) -> dict[str, tuple[int, int]]:
    found = await site.ask(desk, "GET", "/stations/reach")
    return {one["station"]: (one["online"], one["wecom"]) for one in found["stations"]}


async def heard_reach(screen: Any, station: str) -> tuple[int, int]:
    """What the desk hears next of a station."""
    while True:
        for one in (await hear(screen, "reach"))["stations"]:
            if one["station"] == station:
                return one["online"], one["wecom"]


async def test_a_station_is_online_while_its_page_is_open_and_the_desk_hears_of_it(
    site: Site,
) -> None:
    desk, officer = await site.staff("desk1"), await site.staff("w1")
    screen = await desk.ws_connect(f"{site.api}/live?face=console")
    await hear(screen, "snapshot")
    assert await reach(site, desk) == {}
    pages = [await officer.ws_connect(f"{site.api}/live?face=station") for _ in range(2)]
    assert await heard_reach(screen, "w1") == (1, 0)
    assert await reach(site, desk) == {"w1": (1, 0)}, "one person, whatever he has open"
    for page in pages:
        await page.close()

    async def empty() -> bool:
        return await reach(site, desk) == {}

    await until(empty)
    assert await heard_reach(screen, "w1") == (0, 0), "nobody any more"
    await site.ask(officer, "GET", "/stations/reach", status=403)


async def test_who_has_wecom_is_reachable_there_and_a_disabled_officer_is_not(site: Site) -> None:
    desk = await site.staff("desk1")
    people = site.house.store.people

    async def change(**more: Any) -> None:
        (one,) = await people.find({"login": "e1"})
        for name, value in more.items():
            setattr(one, name, value)
        await people.save(one)

    async def is_now(wanted: dict[str, tuple[int, int]]) -> None:
        async def same() -> bool:
            return await reach(site, desk) == wanted

        await until(same)

    await change(userid="zhang3")
    await is_now({"e1": (0, 1)})
    await change(disabled=True)
    await is_now({})


def test_a_page_whose_process_died_ends_by_its_age() -> None:
    duty, now = OnDuty(), now_ms()
    duty.put(f"{PREFIX}w:1:me:c1", Presence("", now, now))
    assert duty.online(now) == {"w:1": 1}, "a station's id may have a colon"
    assert duty.changed(now) == {"w:1"}
    assert duty.reach("w:1") == (1, 0)
    assert duty.changed(now + 1) == set()
    assert duty.changed(now + FRESH_MS + 1) == {"w:1"}
    assert duty.reach("w:1") == (0, 0)
    assert duty.online(now + FRESH_MS + 1) == {}


async def test_many_changes_in_a_second_are_one_message_and_no_request(site: Site) -> None:
    desk, officers = await site.staff("desk1"), [await site.staff(one) for one in ("w1", "e1")]
    screen = await desk.ws_connect(f"{site.api}/live?face=console")
    await hear(screen, "snapshot")
    board, told, pages = site.house.board, 0, []

    def count(kind: str, _: str) -> None:
        nonlocal told
        told += kind == "reach"

    unlisten = board.listen(count)
    start = asyncio.get_running_loop().time()
    for turn in range(12):
        officer = officers[turn % 2]
        page = await officer.ws_connect(f"{site.api}/live?face=station")
        pages.append(page)
        await hear(page, "snapshot")
        if turn < 10:
            await page.close()
    seen: dict[str, int] = {}
    while True:
        for one in (await hear(screen, "reach"))["stations"]:
            seen[one["station"]] = one["online"]
        if (
            seen
            == {"w1": 1, "e1": 1}
            == {"w1": board.on_duty.reach("w1")[0], "e1": board.on_duty.reach("e1")[0]}
        ):
            break
    unlisten()
    seconds = asyncio.get_running_loop().time() - start
    assert told <= 2 * (seconds + 2), "at most once a second of each station"
    assert await reach(site, desk) == {"w1": (1, 0), "e1": (1, 0)}
