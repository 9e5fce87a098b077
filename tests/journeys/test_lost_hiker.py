"""The lost hiker whole: he cannot say where he is, his first position is wrong, his camera is refused, his
page is loaded anew in the middle, and an officer brings it to its end."""

from __future__ import annotations

import re

from playwright.async_api import Browser, Page, expect

from tests.journeys.conftest import (
    GUTA,
    STATION_LOGIN,
    Demo,
    heard_only,
    read,
    resident,
    sees,
    staff,
)

ALLOWED = ("geolocation", "microphone")


async def says(page: Page, name: str, done: bool = True) -> None:
    step = page.get_by_test_id(f"step-{name}")
    await expect(step).to_have_attribute("data-done", "true" if done else "false")


async def test_a_hiker_who_cannot_say_where_he_is_is_found(demo: Demo, browser: Browser) -> None:
    desk = await staff(browser, demo, "desk1", "console")
    station = await staff(browser, demo, STATION_LOGIN, "station", width=390, height=844)
    phone = await resident(browser, demo, permissions=ALLOWED)
    await phone.context.set_geolocation({**GUTA, "latitude": 41.13, "accuracy": 3000})
    await heard_only(phone)
    await phone.get_by_test_id("report").click()
    await expect(phone.get_by_test_id("number")).to_have_text(re.compile("^0110-"))
    number = await phone.get_by_test_id("number").inner_text()
    await expect(phone.get_by_test_id("missed-camera")).to_be_visible()

    await desk.get_by_test_id(f"answer-{number}").first.click()
    foot = desk.get_by_test_id("map-foot")
    await expect(foot).to_contain_text("±3.0 公里")
    await phone.context.set_geolocation({**GUTA, "accuracy": 6})
    await expect(foot).to_contain_text("±6 米")
    await expect(desk.get_by_test_id("call-station")).to_contain_text("样例十二派出所")
    await sees(phone, 1)
    await sees(desk, 1, video=False)

    # The page is loaded anew: the same report, the same call, and what was written is there.
    await phone.get_by_test_id("text-input").fill("我在山上，旁边有一块大石头")
    await phone.get_by_test_id("text-send").click()
    await expect(desk.get_by_test_id("thread")).to_contain_text("一块大石头")
    await phone.reload()
    await expect(phone.get_by_test_id("number")).to_have_text(number)
    await expect(phone.get_by_test_id("thread")).to_contain_text("一块大石头")
    await sees(phone, 1)

    await desk.get_by_test_id("call-station").click()
    await station.get_by_test_id("join").click()
    for page in (phone, desk):
        await sees(page, 2, video=page is phone)
    await says(station, "acknowledge")
    for step in ("depart", "arrive", "clear"):
        await station.get_by_test_id(f"step-{step}").click()
        await says(station, step)
        sentence = {"depart": "已出发", "arrive": "已到场", "clear": "处置完毕"}[step]
        for page in (desk, phone):
            await expect(page.get_by_test_id("thread").first).to_contain_text(sentence)
    await desk.get_by_test_id("close").click()
    await desk.get_by_test_id("disposition-RESOLVED").check(force=True)
    await desk.get_by_test_id("confirm-close").click()

    await expect(phone.get_by_test_id("over")).to_be_visible()
    await expect(phone.get_by_test_id("over")).to_contain_text("处置完毕")
    await expect(station.get_by_test_id("steps-said")).to_contain_text("已办结")
    (incident,) = (await read(desk, f"/incidents?q={number}"))["incidents"]
    assert (incident["state"], incident["disposition"]) == ("CLOSED", "RESOLVED")
    assert incident["position"]["accuracy"] == 6
    assert [one["state"] for one in incident["responders"]] == ["CLEARED"]
    assert (await read(desk, f"/incidents/{incident['id']}/verify"))["sound"]
    for page in (phone, desk, station):
        assert page.errors == []  # type: ignore[attr-defined]
