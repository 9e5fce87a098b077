"""Looking is not holding, losing is not losing my caller, a second call is away in the first."""

from __future__ import annotations

from playwright.async_api import Browser, Route, expect

from tests.journeys.conftest import STATION_LOGIN, Demo, heard_only, sees, staff
from tests.journeys.desk import AWAY, answer, closes, dispatcher, hears_on, look, reported


async def test_look_race_second_call_away_and_back(demo: Demo, browser: Browser) -> None:
    desk = await heard_only(await staff(browser, demo, "desk1", "console"))
    other = await heard_only(await staff(browser, demo, "desk2", "console"))
    first, one = await reported(browser, demo)
    await answer(desk, one)
    await sees(desk, 1, video=False)
    await sees(first, 1, video=False)
    second, two = await reported(browser, demo)

    # Looking: the call goes on, visibly, and what is being written stays.
    await desk.get_by_test_id("text-input").fill("请留在原地")
    await look(desk, "waiting", two)
    await expect(desk.get_by_test_id("call-bar-live")).to_contain_text(one)
    await expect(desk.get_by_test_id("text-input")).to_have_value("")
    await sees(desk, 1, video=False)
    await hears_on(first)
    assert (await dispatcher(desk, one))["away_at"] is None
    await desk.keyboard.press("Escape")
    await desk.keyboard.press("r")
    await expect(desk.get_by_test_id("case")).to_contain_text(one)
    await expect(desk.get_by_test_id("text-input")).to_have_value("请留在原地")
    await expect(desk.get_by_test_id("call-bar")).to_have_count(0)

    # Asked what becomes of the caller, and then somebody else was first: the question is over.
    await look(desk, "waiting", two)
    await desk.get_by_test_id("answer").first.click()
    await expect(desk.get_by_test_id("answer-second")).to_contain_text(two)
    await answer(other, two)
    await sees(other, 1, video=False)
    await expect(desk.get_by_test_id("answer-second")).to_have_count(0)
    await hears_on(first)

    # Losing the race at the server: told who has it, and still with the caller.
    third, three = await reported(browser, demo)
    await desk.get_by_test_id("lane-waiting").click()
    await desk.get_by_test_id(f"answer-{three}").first.click()
    await expect(desk.get_by_test_id("answer-second")).to_contain_text(three)

    async def too_late(route: Route) -> None:
        problem = {"code": "taken", "status": 409, "facts": {"name": "李接警"}}
        problem |= {"title_zh": "已由他人接听", "title_en": "Already answered"}
        await route.fulfill(status=409, json=problem)

    await desk.route("**/answer", too_late)
    await desk.get_by_test_id("second-hold").click()
    await expect(desk.get_by_text("已由 李接警 接听")).to_be_visible()
    await expect(desk.get_by_test_id("case")).not_to_contain_text(three)
    await hears_on(first)
    assert (await dispatcher(desk, one))["away_at"] is None
    await desk.unroute("**/answer")
    await desk.get_by_test_id(f"answer-{three}").first.click()

    # The second call: asked first, then away in the first. The caller sees and hears it.
    await desk.get_by_test_id("second-hold").click()
    await expect(desk.get_by_test_id("case")).to_contain_text(three)
    await sees(desk, 1, video=False)
    await expect(first.get_by_test_id("away")).to_contain_text(AWAY)
    await expect(first.get_by_test_id("tile")).to_contain_text("接警员暂离")
    await expect(first.locator("body")).not_to_contain_text("正在通话")
    await expect(desk.get_by_test_id("call-bar-away")).to_contain_text(one)
    await expect(other.get_by_test_id(f"card-{one}")).to_have_count(0)
    await other.get_by_test_id("lane-others").click()
    await expect(other.get_by_test_id(f"card-{one}")).to_contain_text("暂离")
    assert (await dispatcher(desk, one))["state"] == "AWAY"

    # A case that ends leaves the way back to the one that waits; one press, and it is in the record.
    await closes(desk, "RESOLVED")
    await expect(third.get_by_test_id("over")).to_be_visible()
    await desk.get_by_test_id(f"back-{one}").click()
    await expect(first.get_by_test_id("away")).to_have_count(0)
    await expect(desk.get_by_test_id("thread")).to_contain_text("已回到通话")
    await sees(desk, 1, video=False)
    await sees(first, 1, video=False)
    assert (await dispatcher(desk, one))["away_at"] is None
    for page in (desk, other, first, second, third):
        assert page.errors == []  # type: ignore[attr-defined]


async def test_with_an_officer_in_the_call_and_taken_over(demo: Demo, browser: Browser) -> None:
    desk = await heard_only(await staff(browser, demo, "desk1", "console"))
    station = await heard_only(
        await staff(browser, demo, STATION_LOGIN, "station", width=390, height=844)
    )
    first, one = await reported(browser, demo)
    await answer(desk, one)
    await sees(desk, 1, video=False)
    await desk.get_by_test_id("call-station").click()
    await station.get_by_test_id("join").click()
    await sees(first, 2, video=False)
    _, two = await reported(browser, demo)
    await answer(desk, two)
    await expect(desk.get_by_test_id("answer-second")).to_be_visible()
    await desk.get_by_test_id("second-hold").click()
    await expect(first.get_by_test_id("away")).to_contain_text("在与您通话")
    await expect(station.get_by_test_id("dispatcher-away")).to_contain_text("暂离")

    # Whoever is away may be relieved by a colleague: told loudly, and his call there ends.
    await look(desk, "mine", one)
    await desk.get_by_test_id("text-input").fill("还没写完")
    other = await heard_only(await staff(browser, demo, "desk2", "console"))
    await look(other, "others", one)
    await other.get_by_test_id("answer").first.click()
    await expect(desk.get_by_test_id("loss")).to_contain_text(one)
    await expect(desk.get_by_test_id("call-bar-away")).to_have_count(0)
    await expect(desk.get_by_test_id("text-input")).to_have_value("还没写完")
    await expect(first.get_by_test_id("away")).to_have_count(0)
    await sees(other, 2, video=False)
    await desk.get_by_test_id("loss-read").click()
    await expect(desk.get_by_test_id("loss")).to_have_count(0)
    for page in (desk, other, first, station):
        assert page.errors == []  # type: ignore[attr-defined]
