"""A silent report without camera and without position: text both ways, and never a sound."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.journeys.conftest import Demo, read, resident, staff

LISTEN = """
() => {
  window.__sounds = [];
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    if (!this.muted && this.volume > 0) window.__sounds.push(this.tagName);
    return play.apply(this, arguments);
  };
  const start = window.OscillatorNode && OscillatorNode.prototype.start;
  if (start) OscillatorNode.prototype.start = function () {
    window.__sounds.push('tone');
    return start.apply(this, arguments);
  };
  navigator.vibrate = () => { window.__sounds.push('vibrate'); return true; };
}
"""


async def test_a_silent_report_is_answered_in_writing(demo: Demo, browser: Browser) -> None:
    desk = await staff(browser, demo, "desk1", "console")
    phone = await resident(browser, demo, permissions=())
    await phone.context.add_init_script(f"({LISTEN})()")
    await phone.reload()
    await phone.get_by_test_id("report-silent").click()
    await expect(phone.get_by_test_id("silent")).to_be_visible()
    await expect(phone.get_by_test_id("number")).to_contain_text("0110-")
    number = await phone.get_by_test_id("number").inner_text()
    await expect(phone.get_by_test_id("dial")).to_have_attribute("href", "tel:110")

    await desk.get_by_test_id(f"answer-{number}").first.click()
    await phone.get_by_test_id("silent-hurt").click()
    await expect(desk.get_by_test_id("thread")).to_contain_text("我受伤了")
    await desk.get_by_test_id("text-input").fill("对方还在屋里吗？")
    await desk.get_by_test_id("ask-yesno").click()
    await desk.get_by_test_id("text-send").click()
    await expect(phone.get_by_test_id("question")).to_contain_text("对方还在屋里吗？")
    await phone.get_by_test_id("silent-yes").click()
    await expect(phone.get_by_test_id("question")).to_have_count(0)
    answer = desk.get_by_test_id("thread").locator("li", has=desk.locator("q"))
    await expect(answer).to_contain_text("对方还在屋里吗？")
    await expect(answer.locator("p")).to_have_text("是")

    await phone.reload()
    await expect(phone.get_by_test_id("silent")).to_be_visible()
    assert number in await phone.get_by_test_id("number").inner_text()
    (incident,) = (await read(desk, f"/incidents?q={number}"))["incidents"]
    assert incident["silent"]
    assert "position" in incident["missing"]
    assert await phone.evaluate("window.__sounds") == []
    assert await phone.evaluate(
        "[...document.querySelectorAll('audio,video')].every((one) => one.muted)"
    )

    await desk.get_by_test_id("close").click()
    await desk.get_by_test_id("disposition-RESOLVED").check(force=True)
    await desk.get_by_test_id("confirm-close").click()
    await expect(phone.get_by_test_id("over")).to_be_visible()
    assert await phone.evaluate("window.__sounds") == []
    assert phone.errors == []  # type: ignore[attr-defined]
