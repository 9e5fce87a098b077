"""In the middle of a tip somebody cries for help: the bot answers with the way to 110, the page knows him,
dispatcher, station and caller see each other, and the chat hears every step."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.journeys.conftest import GUTA, STATION_LOGIN, Demo, read, sees, staff
from tests.journeys.wechat import (
    choose,
    control,
    eventually,
    give,
    hears,
    opens,
    phones,
    sit,
    write,
)

WECHAT = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/130.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.50.2701"
)
STATION = "古塔分局样例十二派出所"


async def test_a_chat_becomes_an_emergency_call_and_hears_of_it(
    demo: Demo, browser: Browser
) -> None:
    desk = await staff(browser, demo, "desk1", "console")
    station = await staff(browser, demo, STATION_LOGIN, "station", width=390, height=844)
    place = {"longitude": GUTA["longitude"], "latitude": GUTA["latitude"]}
    told = await control(demo, "residents", {"name": "居民乙", "follow": True, **place})
    world = await phones(browser, demo, agent=WECHAT)
    chat = await sit(world, "resident", told["openid"])

    await choose(chat, "找民警", "提供线索")
    await write(chat, "隔壁楼最近总有生人进出")
    await hears(chat, "记下了（1）")
    await write(chat, "救命 有人拿刀砸我家的门")
    await hears(chat, "有生命危险，请先拨打 110")
    dial = chat.get_by_role("link", name="拨打 110").last
    await expect(dial).to_have_attribute("href", "tel:110")

    phone = await opens(world, chat.get_by_role("link", name="马上连线网上110"))
    await phone.set_viewport_size({"width": 390, "height": 844})
    await phone.get_by_test_id("report").click()
    await expect(phone.get_by_test_id("number")).to_contain_text("0110-")
    number = await phone.get_by_test_id("number").inner_text()
    await expect(desk.get_by_test_id(f"card-{number}")).to_contain_text("微信")
    await desk.get_by_test_id(f"answer-{number}").first.click()
    await expect(phone.get_by_test_id("step-answered")).to_have_attribute("data-done", "true")
    await hears(chat, f"110 已接听您的报警 {number}")
    await expect(desk.get_by_test_id("thread")).to_contain_text("有人拿刀砸我家的门")
    await sees(desk, 1)
    await sees(phone, 1)

    await expect(desk.get_by_test_id("call-station")).to_contain_text(STATION)
    await desk.get_by_test_id("call-station").click()
    await expect(station.get_by_test_id("ring")).to_be_visible()
    await station.get_by_test_id("join").click()
    for page in (phone, desk, station):
        await sees(page, 2)
    await hears(chat, f"已通知{STATION}")

    incident = (await read(desk, f"/incidents?q={number}"))["incidents"][0]["id"]
    before = await entries(desk, incident, "position")
    await give(chat, "位置")
    await hears(chat, "110 已收到")
    await eventually(
        lambda: entries(desk, incident, "position"), lambda found: len(found) > len(before)
    )
    await write(chat, "我躲在卧室里")
    await expect(desk.get_by_test_id("thread")).to_contain_text("我躲在卧室里")
    await expect(phone.get_by_test_id("thread").first).to_contain_text("我躲在卧室里")

    # Whoever came into the call has taken it.
    await expect(station.get_by_test_id("step-acknowledge")).to_have_attribute("data-done", "true")
    for step in ("depart", "arrive", "clear"):
        await station.get_by_test_id(f"step-{step}").click()
        await expect(station.get_by_test_id(f"step-{step}")).to_have_attribute("data-done", "true")
    await hears(chat, f"{STATION}民警已经出发")
    await hears(chat, f"{STATION}民警已到现场")
    await desk.get_by_test_id("close").click()
    await desk.get_by_test_id("disposition-RESOLVED").check(force=True)
    await desk.get_by_test_id("confirm-close").click()
    await expect(phone.get_by_test_id("over")).to_be_visible()
    await hears(chat, f"报警 {number} 已处理完毕")
    await write(chat, "0")
    await hears(chat, "回到您的线索")

    (raised,) = await entries(desk, incident, "incident.raised")
    assert raised["data"]["via"] == "wechat"
    for page in (phone, desk, station, world):
        assert page.errors == [], page.url  # type: ignore[attr-defined]


async def test_a_report_made_in_the_chat_goes_on_with_video(demo: Demo, browser: Browser) -> None:
    """Reported with one digit, without the page; the link afterwards leads into that report."""
    desk = await staff(browser, demo, "desk1", "console")
    place = {"longitude": GUTA["longitude"], "latitude": GUTA["latitude"]}
    told = await control(demo, "residents", {"name": "居民丙", "follow": True, **place})
    world = await phones(browser, demo, agent=WECHAT)
    chat = await sit(world, "resident", told["openid"])
    await write(chat, "救命 我被困在电梯里喘不过气")
    await hears(chat, "有生命危险，请先拨打 110")
    await write(chat, "1")
    await hears(chat, "110 已收到您的报警，编号")

    phone = await opens(world, chat.get_by_role("link", name="点这里与110视频连线"))
    await phone.set_viewport_size({"width": 390, "height": 844})
    await expect(phone.get_by_test_id("number")).to_contain_text("0110-")
    number = await phone.get_by_test_id("number").inner_text()
    await hears(chat, f"编号 {number}")
    await expect(phone.get_by_test_id("thread").first).to_contain_text("我被困在电梯里喘不过气")
    await desk.get_by_test_id(f"answer-{number}").first.click()
    await sees(desk, 1)
    await sees(phone, 1)
    found = await read(desk, f"/incidents?q={number}")
    assert [one["via"] for one in found["incidents"]] == ["chat"]
    waiting = (await read(desk, "/incidents?state=RAISED"))["incidents"]
    assert waiting == []
    await desk.get_by_test_id("close").click()
    await desk.get_by_test_id("disposition-RESOLVED").check(force=True)
    await desk.get_by_test_id("confirm-close").click()
    await expect(phone.get_by_test_id("over")).to_be_visible()
    for page in (phone, desk, world):
        assert page.errors == [], page.url  # type: ignore[attr-defined]


async def entries(desk, incident: str, what: str):  # type: ignore[no-untyped-def]
    """The entries of this kind in the incident's log."""
    found = await read(desk, f"/incidents/{incident}")
    return [one for one in found["entries"] if one["what"] == what]
