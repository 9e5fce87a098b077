"""The ends of a call and of a case, with desk, caller and officer.

The call ends and the case goes on, the caller calls again, the case is closed while the officer is on the
way, 情况有变, and the station finishes it.
"""

from __future__ import annotations

from playwright.async_api import Browser, Page, expect

from tests.journeys.conftest import STATION_LOGIN, Demo, read, resident, sees, staff

STATION = "古塔分局样例十二派出所"


async def called(demo: Demo, browser: Browser) -> tuple[Page, Page, Page, str]:
    """Desk, officer and caller talk; the case and its number."""
    desk = await staff(browser, demo, "desk1", "console")
    station = await staff(browser, demo, STATION_LOGIN, "station", width=390, height=844)
    phone = await resident(browser, demo)
    await phone.get_by_test_id("report").click()
    await expect(phone.get_by_test_id("number")).to_contain_text("0110-")
    number = await phone.get_by_test_id("number").inner_text()
    await desk.get_by_test_id(f"answer-{number}").first.click()
    await sees(phone, 1)
    return desk, station, phone, number


async def test_the_call_ends_the_case_goes_on_and_a_closed_one_comes_back(
    demo: Demo, browser: Browser
) -> None:
    desk, station, phone, number = await called(demo, browser)
    card = desk.get_by_test_id(f"card-{number}")

    # Before the press the desk sees that somebody of the station is there to hear it.
    await expect(desk.get_by_test_id("reach").first).to_contain_text("在线")
    await desk.keyboard.press("s")
    await expect(station.get_by_test_id("ring")).to_be_visible()
    place = await station.get_by_test_id("ring").locator("h1").inner_text()
    assert STATION not in place, "he knows his own station"
    await station.get_by_test_id("join").click()
    await sees(phone, 2)

    # A prepared question, by keys alone, brings its two buttons; the answer says what it answers.
    await desk.keyboard.press("q")
    await desk.keyboard.press("Enter")
    await expect(desk.get_by_test_id("text-input")).to_have_value("您现在安全吗？")
    await desk.keyboard.press("Enter")
    await expect(phone.get_by_test_id("question")).to_contain_text("您现在安全吗？")
    await phone.get_by_test_id("answer-no").click()
    await expect(phone.get_by_test_id("question")).to_have_count(0)
    await expect(desk.get_by_test_id("thread").locator("q")).to_have_text("您现在安全吗？")
    await desk.keyboard.press("Escape")

    # The call is over, by one key and an answer; the case is not, and all three say so.
    await desk.keyboard.press("e")
    await desk.get_by_test_id("end-keep").click()
    await expect(phone.get_by_test_id("call-ended")).to_contain_text("通话已结束，案件继续")
    await expect(phone.get_by_test_id("call-ended")).to_contain_text(STATION)
    await expect(desk.get_by_test_id("call-status")).to_contain_text("通话已结束，案件继续")
    await expect(card).to_contain_text("通话已结束")
    await expect(station.get_by_text("通话已结束，案件继续").first).to_be_visible()
    await expect(station.get_by_test_id("join-call")).to_have_count(0)
    await phone.get_by_test_id("text-input").first.fill("门口有人")
    await phone.get_by_test_id("text-send").first.click()
    await expect(desk.get_by_test_id("thread")).to_contain_text("门口有人")

    # The caller calls again; whoever has the case is rung and answers by the same key as any report.
    await phone.get_by_test_id("call-again").click()
    await expect(desk.get_by_test_id("call-status")).to_contain_text("报警人再次呼叫")
    await desk.get_by_test_id(f"answer-{number}").first.click()
    await sees(phone, 1)
    await desk.keyboard.press("e")
    await desk.get_by_test_id("end-keep").click()
    await expect(phone.get_by_test_id("call-ended")).to_be_visible()

    # The officer is on the way; closing asks what becomes of him.
    await station.get_by_test_id("step-depart").click()
    await expect(station.get_by_test_id("step-depart")).to_have_attribute("data-done", "true")
    await desk.get_by_test_id("close").click()
    await expect(desk.get_by_test_id("going")).to_contain_text(f"{STATION}：在路上")
    await desk.get_by_test_id("disposition-RESOLVED").check(force=True)
    await desk.get_by_test_id("confirm-close").click()
    await expect(desk.get_by_text("请选择出警的去向")).to_be_visible()
    await desk.get_by_test_id("going-on").check(force=True)
    await desk.get_by_test_id("confirm-close").click()
    await expect(phone.get_by_test_id("over")).to_be_visible()
    await expect(phone.get_by_test_id("still-coming")).to_contain_text("在路上")
    await expect(station.get_by_test_id("steps-said")).to_contain_text("请照常到场")
    await expect(desk.get_by_test_id("case")).to_contain_text(f"{STATION} 在路上")

    # He arrives after the close, and the log takes it.
    await station.get_by_test_id("step-arrive").click()
    await expect(station.get_by_test_id("step-arrive")).to_have_attribute("data-done", "true")
    await expect(phone.get_by_test_id("still-coming")).to_contain_text("已到场")

    # 情况有变: he stays on scene and is rung; nobody tells him that he is not needed.
    await phone.get_by_test_id("changed").click()
    ring = station.get_by_test_id("ring")
    await expect(ring).to_contain_text("情况有变")
    await expect(ring).to_contain_text("已到场")
    await expect(station.get_by_text("不需要出警")).to_have_count(0)
    await expect(desk.get_by_test_id(f"card-{number}")).to_contain_text("再次报警")
    await station.get_by_test_id("read").click()
    await expect(ring).to_have_count(0)
    await expect(station.get_by_test_id("step-arrive")).to_have_attribute("data-done", "true")
    await desk.get_by_test_id(f"answer-{number}").first.click()
    await expect(phone.get_by_test_id("step-answered")).to_have_attribute("data-done", "true")
    await sees(phone, 1)

    # The station finishes it: its "done" closes the case.
    await desk.keyboard.press("e")
    await desk.keyboard.press("2")
    await expect(desk.get_by_test_id("handed")).to_be_visible()
    await expect(phone.get_by_test_id("call-ended")).to_contain_text("继续处置")
    await expect(station.get_by_test_id("steps-said")).to_contain_text("交本所处置")
    await station.get_by_test_id("step-clear").click()
    await expect(phone.get_by_test_id("over")).to_be_visible()
    await expect(phone.get_by_test_id("still-coming")).to_have_count(0)
    await expect(desk.get_by_test_id("case")).to_contain_text("已办结")

    (it,) = (await read(desk, f"/incidents?q={number}"))["incidents"]
    log = (await read(desk, f"/incidents/{it['id']}"))["entries"]
    whats = [entry["what"] for entry in log]
    assert it["raised_at"] == log[0]["at"]
    assert whats.count("call.again") == 1
    assert whats.count("incident.closed") == 2
    assert whats.index("station.arrive") > whats.index("incident.closed")
    assert "station.stand_down" not in whats
    for what in ("station.changed", "station.seen", "incident.handed"):
        assert what in whats
    assert (await read(desk, f"/incidents/{it['id']}/verify"))["sound"]
    for page in (desk, station, phone):
        assert page.errors == []  # type: ignore[attr-defined]
