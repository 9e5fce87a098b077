"""A voice message and a video in WeChat: the officer hears and sees them, and so do 110 and the station that
110 sends, which has no right to the tip itself."""

from __future__ import annotations

import base64

from playwright.async_api import Browser, Locator, Page, expect

from tests.journeys.conftest import GUTA, STATION_LOGIN, Demo, staff
from tests.journeys.wechat import choose, control, give, hears, phones, sit, write

PLAYED = "one => { one.muted = true; return one.play().then(() => one.duration) }"
SHAPE = "one => one.getBoundingClientRect().toJSON()"
UNKNOWN = base64.b64encode(b"\x02#!SILK_V3" + bytes(300)).decode()


async def test_voice_and_video_are_played_by_everybody_who_may(
    demo: Demo, browser: Browser
) -> None:
    number = await a_tip(demo, browser)
    officer = await staff(browser, demo, "officer-1", "community", width=390, height=844)
    await officer.get_by_role("button", name="本所").click()
    await officer.get_by_text("地下车库总有人撬车").first.click()
    thread = officer.get_by_test_id("thread")
    voice, film = thread.get_by_test_id("voice"), thread.get_by_test_id("video")
    await expect(voice).to_have_count(2)
    await expect(voice.first).to_contain_text("语音 0:03")
    await expect(film).to_contain_text("视频 0:03")
    for one, tag in ((voice.first, "audio"), (film, "video")):
        before = await one.evaluate(SHAPE)
        assert 2.8 < await one.locator(tag).evaluate(PLAYED) < 3.3
        after = await one.evaluate(SHAPE)
        assert (before["width"], before["height"]) == (after["width"], after["height"])
    assert await film.locator("video").evaluate("one => [one.videoWidth, one.videoHeight]") == [
        240,
        320,
    ]
    await expect(voice.last).to_contain_text("不能在这里播放")
    async with officer.expect_download() as saving:
        await voice.last.get_by_test_id("save").click()
    assert (await saving.value).suggested_filename.endswith(".amr")
    assert await fits(officer)

    desk = await staff(browser, demo, "desk1", "console")
    station = await staff(browser, demo, STATION_LOGIN, "station", width=390, height=844)
    await officer.get_by_test_id("to-110").click()
    await officer.get_by_test_id("to-110-now").click()
    await desk.get_by_test_id("answer").or_(desk.locator("[data-testid^=answer-]")).first.click()
    tip = desk.get_by_test_id("tip")
    await expect(tip).to_contain_text(number)
    assert 2.8 < await tip.locator("audio").first.evaluate(PLAYED) < 3.3
    assert 2.8 < await tip.locator("video").evaluate(PLAYED) < 3.3
    await expect(tip.get_by_test_id("voice").last).to_contain_text("下载")

    await desk.get_by_test_id("call-station").click()
    await station.get_by_test_id("join").click()
    await station.get_by_test_id("tab-thread").click()
    await expect(station.get_by_test_id("thread")).to_contain_text("地下车库总有人撬车")
    told = station.get_by_test_id("told")
    box = await told.evaluate(SHAPE)
    await told.get_by_text("语音 0:03").click()
    await told.get_by_text("视频 0:03").click()
    assert 2.8 < await told.locator("audio").evaluate(PLAYED) < 3.3
    assert 2.8 < await told.locator("video").evaluate(PLAYED) < 3.3
    assert (await told.evaluate(SHAPE))["height"] == box["height"]
    assert await fits(station)
    for page in (officer, desk, station):
        assert page.errors == [], page.url  # type: ignore[attr-defined]


async def a_tip(demo: Demo, browser: Browser) -> str:
    """Words, a voice message, a video, and a voice message that nothing here can read."""
    place = {"longitude": GUTA["longitude"], "latitude": GUTA["latitude"]}
    told = await control(demo, "residents", {"name": "居民丁", "follow": True, **place})
    chat = await sit(await phones(browser, demo), "resident", told["openid"])
    await choose(chat, "找民警", "提供线索")
    await write(chat, "地下车库总有人撬车")
    await hears(chat, "记下了（1）")
    for number, what in enumerate(("语音", "视频"), 2):
        await give(chat, what)
        await hears(chat, f"记下了（{number}）")
    await control(demo, f"residents/{told['openid']}/voice", {"data": UNKNOWN})
    await hears(chat, "记下了（4）")
    await give(chat, "位置")
    await hears(chat, "记下了（5）")
    await write(chat, "1")
    await hears(chat, "线索号")
    return await number_in(chat)


async def number_in(chat: Locator) -> str:
    words = await chat.locator(".chat").inner_text()
    return words[words.rindex("T-") :].split("，")[0].split("。")[0].split()[0]


async def fits(page: Page) -> bool:
    """Nothing is wider than the phone."""
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
