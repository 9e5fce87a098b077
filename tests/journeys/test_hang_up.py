"""Somebody hangs up: asked why, called back, brought back by a link, and told the truth while he waits."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.journeys.conftest import Demo, read, resident, staff

# No task between the press and the focus: what is typed in it would reach the page behind.
FOCUSED_AT_ONCE = """async () => {
    document.querySelector('[data-testid=hang-up]').click();
    for (let turn = 0; turn < 5; turn += 1) await null;
    return document.activeElement.closest('[role=dialog]') !== null;
}"""


async def reported(browser: Browser, demo: Demo) -> tuple[Page, str]:
    phone = await resident(browser, demo)
    await phone.get_by_test_id("report").click()
    await expect(phone.get_by_test_id("hang-up")).to_be_visible()
    await expect(phone.get_by_test_id("number")).to_contain_text("0110-")
    return phone, await phone.get_by_test_id("number").inner_text()


async def found(desk: Page, number: str, **wanted: Any) -> dict[str, Any]:
    """The incident of this number, once it has these members."""
    for _ in range(150):
        ones: list[dict[str, Any]] = (await read(desk, f"/incidents?q={number}"))["incidents"]
        if ones and all(ones[0][name] == value for name, value in wanted.items()):
            return ones[0]
        await asyncio.sleep(0.2)
    pytest.fail(f"{number} never had {wanted}")


async def test_a_caller_who_hung_up_is_seen_called_back_and_rung(
    demo: Demo, browser: Browser
) -> None:
    desk = await staff(browser, demo, "desk1", "console")
    phone, number = await reported(browser, demo)
    await desk.get_by_test_id(f"answer-{number}").first.click()
    await expect(phone.get_by_test_id("step-answered")).to_have_attribute("data-done", "true")

    # The sheet keeps the focus, and gives it back.
    await phone.get_by_test_id("hang-up").focus()
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("dialog")).to_be_visible()
    for _ in range(12):
        await phone.keyboard.press("Tab")
        assert await phone.evaluate("document.activeElement.closest('[role=dialog]') !== null")
    await phone.keyboard.press("Escape")
    await expect(phone.get_by_role("dialog")).to_have_count(0)
    assert await phone.evaluate("document.activeElement.dataset.testid") == "hang-up"
    assert await phone.evaluate(FOCUSED_AT_ONCE)
    await phone.keyboard.press("Escape")

    await phone.get_by_test_id("hang-up").click()
    await phone.get_by_test_id("hang-up-other").click()
    await expect(phone.get_by_test_id("over")).to_be_visible()
    await expect(desk.get_by_test_id("reach-caller")).to_contain_text("已挂断，未能联系")
    await expect(desk.get_by_test_id("hung-up-why")).to_contain_text("换一种方式联系")

    # A number the caller leaves is dialled with one press.
    await phone.get_by_test_id("contact").fill("王女士 13800138000")
    await phone.get_by_test_id("contact-send").click()
    await expect(desk.get_by_test_id("contact")).to_have_text("王女士 13800138000")
    await expect(desk.get_by_test_id("dial-caller")).to_have_attribute("href", "tel:13800138000")

    # Leaving an open report is asked for; staying forgets nothing.
    await phone.get_by_test_id("anew").click()
    await expect(phone.get_by_role("dialog")).to_contain_text(number)
    await phone.keyboard.press("Escape")
    await phone.reload()
    await expect(phone.get_by_test_id("number")).to_have_text(number)

    await expect(phone.get_by_role("heading", level=1)).to_have_text("您已挂断")
    await desk.get_by_test_id("call-back").click()
    await expect(phone.get_by_role("heading", level=1)).to_have_text("110 正在找您")
    await phone.get_by_test_id("changed").click()
    await expect(phone.get_by_test_id("hang-up")).to_be_visible()
    await expect(desk.get_by_test_id("call-back")).to_have_count(0)
    assert (await found(desk, number))["caller"]["hung_up_at"] is None
    assert phone.errors == desk.errors == []  # type: ignore[attr-defined]


async def test_a_link_of_the_desk_opens_the_report_on_another_telephone(
    demo: Demo, browser: Browser
) -> None:
    desk = await staff(browser, demo, "desk1", "console")
    phone, number = await reported(browser, demo)
    await desk.get_by_test_id(f"answer-{number}").first.click()
    await expect(phone.get_by_test_id("step-answered")).to_have_attribute("data-done", "true")
    await phone.get_by_test_id("hang-up").click()
    await phone.get_by_test_id("hang-up-sure").click()
    await desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    async with desk.expect_response("**/link") as answer:
        await desk.get_by_test_id("copy-link").click()
    path = (await (await answer.value).json())["path"]
    await phone.context.close()
    other = await resident(browser, demo)
    await other.goto("about:blank")
    await other.goto(demo.url + path)
    await expect(other.get_by_test_id("number")).to_have_text(number)
    await expect(other.get_by_test_id("hang-up")).to_be_visible()
    assert "back=" not in other.url
    await expect(desk.get_by_test_id("call-back")).to_have_count(0)


async def test_who_cannot_speak_goes_on_in_the_dark(demo: Demo, browser: Browser) -> None:
    desk = await staff(browser, demo, "desk1", "console")
    phone, number = await reported(browser, demo)
    await phone.get_by_test_id("hang-up").click()
    await phone.get_by_test_id("hang-up-silent").click()
    await expect(phone.get_by_test_id("silent")).to_be_visible()
    assert await phone.evaluate("document.querySelectorAll('audio,video').length") == 0
    it = await found(desk, number, silent=True)
    assert (it["state"], it["urgency"]) == ("RAISED", "SILENT")
    await phone.reload()
    await expect(phone.get_by_test_id("silent")).to_be_visible()

    # A tap on 110 rings out loud: only a second one dials.
    dial = phone.get_by_test_id("dial")
    held = (
        "window.__kept = null; document.addEventListener('click', (e) => "
        "{ window.__kept = e.defaultPrevented; e.preventDefault(); })"
    )
    await phone.evaluate(held)
    await dial.click()
    assert await phone.evaluate("window.__kept") is True
    await expect(dial).to_contain_text("再点一次")


async def test_a_hang_up_before_the_receipt_comes_with_the_report(
    demo: Demo, browser: Browser
) -> None:
    desk = await staff(browser, demo, "desk1", "console")
    phone = await resident(browser, demo)
    lost = asyncio.Event()

    async def away(route: Route) -> None:
        if lost.is_set():
            await route.continue_()
        else:
            await route.abort("connectionreset")

    await phone.route("**/api/v1/incidents", away)
    await phone.get_by_test_id("report").click()
    await phone.get_by_test_id("hang-up").click()
    await phone.get_by_test_id("hang-up-mistake").click()
    await expect(phone.get_by_test_id("over")).to_contain_text("报警还在发送")
    lost.set()
    await expect(phone.get_by_test_id("number")).to_contain_text("0110-")
    number = await phone.get_by_test_id("number").inner_text()
    it = await found(desk, number, state="ABANDONED")
    assert it["caller"]["hung_up_at"] is not None
    for _ in range(150):
        if (await found(desk, number))["caller"]["hung_up"] == "MISTAKE":
            break
        await asyncio.sleep(0.2)
    else:
        pytest.fail("the desk does not know why")


async def test_a_page_that_waits_says_to_phone_110(demo: Demo, browser: Browser) -> None:
    # Nobody's desk may be open now: then it is said at once, on the start page, too.
    phone = await resident(browser, demo)
    config = await (await phone.context.request.get(f"{demo.url}/api/v1/config")).json()
    if not config["desks"]:
        await expect(phone.get_by_test_id("urge")).to_be_visible()
    desk = await staff(browser, demo, "desk1", "console")
    for _ in range(150):
        config = await (await phone.context.request.get(f"{demo.url}/api/v1/config")).json()
        if config["desks"]:
            break
        await asyncio.sleep(0.2)
    await phone.reload()
    await expect(phone.get_by_test_id("urge")).to_be_hidden()
    await phone.get_by_test_id("report").click()
    await expect(phone.get_by_test_id("number")).to_contain_text("0110-")
    number = await phone.get_by_test_id("number").inner_text()
    urge = phone.get_by_test_id("urge")
    await expect(urge).to_contain_text("请直接拨打 110", timeout=60_000)
    await expect(urge).to_have_attribute("href", "tel:110")
    box = await urge.bounding_box()
    assert box is not None
    higher = await phone.evaluate(
        """(top) => [...document.querySelectorAll('main *')].filter((one) =>
            !one.closest('.urge-box, .spoken') && one.getBoundingClientRect().height
            && one.getBoundingClientRect().top < top).length""",
        box["y"],
    )
    assert higher == 0, "it stands above everything"
    await expect(phone.get_by_test_id("waiting")).not_to_contain_text("马上")
    await desk.get_by_test_id(f"answer-{number}").first.click()
    await expect(urge).to_have_count(0)


async def test_a_step_heard_by_radio_is_marked_on_both_faces(demo: Demo, browser: Browser) -> None:
    desk = await staff(browser, demo, "desk1", "console")
    phone, number = await reported(browser, demo)
    await desk.get_by_test_id(f"answer-{number}").first.click()
    it = await found(desk, number, state="ANSWERED")
    for _ in range(150):
        it = await found(desk, number)
        if it["located"] and it["located"]["candidates"]:
            break
        await asyncio.sleep(0.2)
    await desk.get_by_test_id("call-station").click()
    await desk.get_by_test_id("radio").first.click()
    await desk.get_by_test_id("radio-arrive").click()
    await expect(phone.get_by_test_id("step-arrive")).to_have_attribute("data-done", "true")
    await expect(desk.get_by_test_id("responders")).to_contain_text("电台")
    it = await found(desk, number)
    assert it["responders"][0]["state"] == "ON_SCENE"
    assert list(it["responders"][0]["radio"]) == ["ON_SCENE"]
    login = f"station-{it['responders'][0]['station']}"
    officer = await staff(browser, demo, login, "station", width=390, height=844)
    await officer.locator(f"[data-testid=card][data-number='{number}']").click()
    await expect(officer.get_by_test_id("step-arrive")).to_contain_text("电台")
