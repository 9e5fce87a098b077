"""A poster → the group → an anonymous tip → the officer who takes it → question, answer, 没有解决,
reopened, closed, 已解决; and nobody on the police's side can tell who it was."""

from __future__ import annotations

import io
import json

from PIL import Image
from playwright.async_api import Browser, Page, expect
from shapely.geometry import shape

from domain.resident import resident_id
from tests.journeys.conftest import Demo, read, staff
from tests.journeys.wechat import (
    Overheard,
    choose,
    control,
    give,
    hears,
    opens,
    phones,
    show,
    sit,
    tab,
    write,
)

COMMUNITY = "古塔样例12所2社区"
POSTER = "3 号楼大厅"
NAME = "绰号海东青"
GPS = 0x8825


async def test_a_tip_from_a_poster_is_answered_and_nobody_learns_who_told_it(
    demo: Demo, browser: Browser
) -> None:
    heard = Overheard()
    keeper = await heard.on(await staff(browser, demo, "officer-2", "community"))
    await makes_a_poster(keeper)
    told = await somebody_who_lives_there(demo, keeper)
    world = await phones(browser, demo)
    phone = await sit(world, "resident", told["openid"])

    await phone.get_by_role("button", name="返回").click()
    await tab(phone, "扫一扫")
    await phone.locator(".poster").filter(has_text=POSTER).click()
    await expect(phone.locator("header h2")).to_contain_text(f"{COMMUNITY}警民群")
    await expect(keeper.locator(".door").filter(has_text=POSTER)).to_contain_text("带来 1 人")

    await goes_on_leave(keeper)
    await phone.get_by_role("button", name="返回").click()
    await phone.locator(".list li").filter(has_text="警民110").click()
    await phone.get_by_role("button", name="关注公众号").click()
    await hears(phone, "有生命危险请")
    await choose(phone, "找民警", "提供线索")
    await hears(phone, "默认匿名")
    await write(phone, "三号楼楼道堆了很多电瓶, 夜里充电")
    await hears(phone, "记下了（1）")
    picture = photo()
    await show(phone, "stairs.jpg", picture)
    await hears(phone, "记下了（2）")
    await give(phone, "位置")
    await hears(phone, "记下了（3）")
    await write(phone, "1")
    await hears(phone, "交给古塔分局样例十二派出所")

    officer = await sit(world, "officer", "officer-1")
    colleague = await sit(world, "owner", "officer-3")
    await tab(colleague, "消息")
    for at in (officer, colleague):
        await hears(at, "三号楼楼道堆了很多电瓶")
    await officer.get_by_role("button", name="接单", exact=True).click()
    await hears(colleague, "社区民警 01 已接单")
    await hears(phone, "社区民警 01已接手线索")
    await expect(colleague.get_by_role("button", name="接单", exact=True)).to_have_count(0)

    desk = await opens(world, officer.locator(".card-more").last)
    await expect(desk.get_by_test_id("thread")).to_contain_text("三号楼楼道堆了很多电瓶")
    await heard.on(desk)
    await expect(desk.get_by_test_id("thread")).to_contain_text("匿名")
    await expect(desk.get_by_test_id("picture").locator("img")).to_be_visible()
    await the_picture_tells_nothing(desk, picture)

    await replies(desk, "ask", "几楼到几楼?")
    await hears(phone, "想问")
    await hears(phone, "几楼到几楼?")
    await write(phone, "我的")
    await hears(phone, "您的线索：")
    await write(phone, "1")
    await hears(phone, "现在写的都会补充进去")
    await write(phone, "二楼到四楼都有")
    await hears(phone, "已补充到线索")
    await expect(desk.get_by_test_id("thread")).to_contain_text("二楼到四楼都有")
    await replies(desk, "answer", "今天上午已通知物业清理")
    await hears(phone, "今天上午已通知物业清理")
    await write(phone, "没有解决")
    await hears(phone, "已重新交给民警")
    await hears(officer, "居民反馈未解决")
    await expect(desk.get_by_test_id("thread")).to_contain_text("重新打开 1 次")
    await replies(desk, "answer", "消防中队下午到场处理")
    await hears(phone, "消防中队下午到场处理")
    await replies(desk, "close", "电瓶已全部搬离, 楼道装了监控")
    await hears(phone, "已办结")
    await hears(phone, "电瓶已全部搬离")
    await desk.get_by_test_id("supplement").click()
    await desk.get_by_test_id("more-text").fill("监控由物业看管")
    await desk.get_by_test_id("more-now").click()
    await hears(phone, "监控由物业看管")
    await write(phone, "已解决")
    await hears(phone, "谢谢您告诉我们")
    await expect(desk.get_by_test_id("thread")).to_contain_text("居民：已解决")
    await hears(officer, "居民说已解决")

    await nobody_learns_who(demo, heard, told)
    await comes_back(keeper)
    for page in (keeper, desk, world):
        assert page.errors == [], page.url  # type: ignore[attr-defined]


async def makes_a_poster(page: Page) -> None:
    await page.get_by_test_id("nav-groups").click()
    await page.get_by_test_id("community").filter(has_text=COMMUNITY).click()
    await page.get_by_test_id("poster").fill(POSTER)
    await page.get_by_role("button", name="生成").click()
    door = page.locator(".door").filter(has_text=POSTER)
    await expect(door.locator("img")).to_be_visible()
    await expect(door).to_contain_text("带来 0 人")


async def somebody_who_lives_there(demo: Demo, page: Page) -> dict[str, str]:
    """A resident in the community; the ids by which the platforms know him."""
    areas = (await read(page, "/areas?level=COMMUNITY", "community"))["features"]
    (home,) = [one for one in areas if one["properties"]["name"] == COMMUNITY]
    place = shape(home["geometry"]).representative_point()
    facts = {"name": NAME, "longitude": place.x, "latitude": place.y, "follow": False}
    made = await control(demo, "residents", facts)
    return {name: made[name] for name in ("openid", "external_userid", "unionid")}


async def goes_on_leave(page: Page) -> None:
    """Without a deputy: his tips go to the others of the station."""
    await page.get_by_test_id("nav-settings").click()
    await page.get_by_role("button", name="1 天").click()
    await page.get_by_test_id("go-away").click()
    await expect(page.get_by_test_id("away")).to_contain_text("您离岗到")


async def comes_back(page: Page) -> None:
    await page.get_by_test_id("am-back").click()
    await expect(page.get_by_test_id("away")).to_contain_text("您在岗")


def photo() -> bytes:
    """A picture as a phone makes it: with the place it was taken at."""
    exif = Image.Exif()
    exif[0x010F] = "海东青手机"
    exif[GPS] = {1: "N", 2: (41.0, 6.0, 36.0), 3: "E", 4: (121.0, 7.0, 48.0)}
    made = io.BytesIO()
    Image.new("RGB", (640, 480), (90, 70, 40)).save(made, "JPEG", exif=exif)
    assert Image.open(io.BytesIO(made.getvalue())).getexif().get_ifd(GPS)
    return made.getvalue()


async def the_picture_tells_nothing(page: Page, sent: bytes) -> None:
    tip = page.url.rpartition("/")[2]
    thread = await read(page, f"/tips/{tip}", "community")
    (upload,) = [one for one in thread["entries"] if one["what"] == "upload"]
    site = page.url.split("/community")[0]
    response = await page.context.request.get(
        f"{site}/api/v1/tips/{tip}/files/{upload['data']['file']}?face=community"
    )
    assert response.ok, await response.text()
    got = await response.body()
    assert Image.open(io.BytesIO(got)).size == (640, 480)
    assert not Image.open(io.BytesIO(got)).getexif()
    assert b"Exif" in sent
    assert b"Exif" not in got


async def replies(page: Page, event: str, text: str) -> None:
    await page.locator(f".composer [data-value={event}]").click()
    await page.get_by_test_id("reply-text").fill(text)
    await page.get_by_test_id("send").click()
    if event == "close":  # what ends it asks first
        await expect(page.locator("dialog")).to_contain_text(text)
        await page.get_by_test_id("end-now").click()
    await expect(page.get_by_test_id("thread")).to_contain_text(text)


async def nobody_learns_who(demo: Demo, heard: Overheard, told: dict[str, str]) -> None:
    """Neither what the officers' pages get, nor their cards, nor the logs of our processes."""
    secret = (demo.data / "secret").read_text().strip().encode()
    traces = [*told.values(), NAME, "海东青手机", resident_id(secret, told["openid"])]
    screens = [await control(demo, f"members/officer-{n}/screen") for n in (1, 2, 3)]
    everything = {
        "pages": await heard.all(),
        "cards": json.dumps([one["lines"] for one in screens], ensure_ascii=False),
        "logs": demo.log.read_text(),
    }
    assert "三号楼" in everything["pages"]
    assert "三号楼" in everything["cards"]
    assert " INFO " in everything["logs"]
    assert "三号楼" not in everything["logs"]
    for where, text in everything.items():
        for trace in traces:
            assert trace not in text, f"{where} tell who it was: {trace}"
