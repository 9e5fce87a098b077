"""The desk shows the best position that the phone knew, and everybody goes where it happens."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Browser, Page, expect

from tests.journeys.conftest import GUTA, STATION_LOGIN, Demo, read, resident, staff

SCENE = {"lon": 121.125, "lat": 41.105}


async def test_a_coarse_first_position_gives_way_to_the_good_one_and_not_back(
    demo: Demo, browser: Browser
) -> None:
    desk = await staff(browser, demo, "desk1", "console")
    station = await staff(browser, demo, STATION_LOGIN, "station", width=390, height=844)
    phone = await resident(browser, demo)
    await phone.context.set_geolocation({**GUTA, "latitude": 41.13, "accuracy": 3000})
    await phone.get_by_test_id("report").click()
    await expect(phone.get_by_test_id("number")).to_contain_text("0110-")
    number = await phone.get_by_test_id("number").inner_text()
    await desk.get_by_test_id(f"answer-{number}").first.click()
    foot = desk.get_by_test_id("map-foot")
    await expect(foot).to_contain_text("±3.0 公里")

    # The phone has found satellites, and lies still from then on.
    await phone.context.set_geolocation({**GUTA, "accuracy": 6})
    await expect(foot).to_contain_text("±6 米")
    await expect(desk.get_by_test_id("position-still")).to_contain_text("未移动")
    # Indoors again: a position of the network alone is logged, and not shown.
    await phone.context.set_geolocation({**GUTA, "latitude": 41.2, "accuracy": 30_000})
    await expect(desk.get_by_test_id("thread")).to_contain_text("误差更大，未采用")
    await expect(foot).to_contain_text("±6 米")

    # The desk marks the scene elsewhere: the officer's map leads there, not to the caller.
    (incident,) = (await read(desk, f"/incidents?q={number}"))["incidents"]
    await change(desk, "PATCH", incident["id"], {"place": {**SCENE, "datum": "WGS84"}})
    called = STATION_LOGIN.removeprefix("station-")
    await change(desk, "POST", f"{incident['id']}/dispatch", {"station": called})
    await station.get_by_test_id("join").click()
    await station.get_by_test_id("tab-map").click()
    link = await station.get_by_test_id("open-map").get_attribute("href")
    assert f"position={SCENE['lon']},{SCENE['lat']}" in str(link)
    await change(desk, "POST", f"{incident['id']}/close", {"disposition": "RESOLVED"})
    for page in (phone, desk, station):
        assert page.errors == []  # type: ignore[attr-defined]


async def change(desk: Page, method: str, path: str, body: dict[str, Any]) -> None:
    origin = desk.url.split("/console")[0]
    response = await desk.context.request.fetch(
        f"{origin}/api/v1/incidents/{path}",
        method=method,
        data=body,
        headers={"Origin": origin, "Jingmin-Face": "console"},
    )
    assert response.ok, await response.text()
