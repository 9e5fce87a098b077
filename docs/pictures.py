"""Takes the README's pictures from the running demo: ``python docs/pictures.py`` (make demo not running)."""

from __future__ import annotations

import asyncio
import base64
import io
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import aiohttp
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from bench.journey import ARGUMENTS, CHROMIUM, CONNECTED, _staff
from bench.product import Product

PICTURES = Path(__file__).parent / "pictures"
PHONE = {"width": 390, "height": 844}


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder))
        product.start()
        try:
            await product.ready()
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=CHROMIUM, args=[*ARGUMENTS[:-1], "--enable-unsafe-swiftshader"]
                )
                await _take(browser, product)
                await _messaging(browser, product)
                await browser.close()
        finally:
            product.stop()


async def _take(browser: Browser, product: Product) -> None:
    PICTURES.mkdir(exist_ok=True)
    desk = await _staff(browser, product, "desk1", "console")
    station = await _staff(browser, product, "station-210702-12", "station")
    await station.set_viewport_size(PHONE)  # type: ignore[arg-type]
    context = await browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        geolocation={"longitude": 121.13, "latitude": 41.11, "accuracy": 25},
        permissions=["geolocation", "camera", "microphone"],
        locale="zh-CN",
    )
    phone = await context.new_page()
    await phone.goto(f"{product.url}/110/")
    phones, stations = [await _shot(phone)], []
    await phone.get_by_test_id("report").click()
    await phone.evaluate(CONNECTED)
    number = await phone.get_by_test_id("number").inner_text()
    await desk.get_by_test_id(f"answer-{number}").first.click()
    await asyncio.sleep(4)
    await phone.get_by_test_id("text-input").first.fill("我在一块大石头旁边，脚扭伤了")
    await phone.get_by_test_id("text-send").first.click()
    await desk.get_by_test_id("category").select_option("LOST")
    await desk.get_by_test_id("call-station").click()
    await station.get_by_test_id("join").wait_for()
    stations.append(await _shot(station))
    await station.get_by_test_id("join").click()
    await station.get_by_test_id("step-depart").click()
    await asyncio.sleep(6)
    await desk.screenshot(path=str(PICTURES / "desk.png"))
    stations.append(await _shot(station))
    await station.get_by_test_id("tab-map").click()
    await asyncio.sleep(1)
    stations.append(await _shot(station))
    phones.append(await _shot(phone))
    await desk.get_by_test_id("close").click()
    await desk.get_by_test_id("disposition-RESOLVED").check(force=True)
    await desk.get_by_test_id("going-on").check(force=True)
    await desk.get_by_test_id("confirm-close").click()
    await phone.get_by_test_id("over").wait_for()
    await asyncio.sleep(1)
    phones.append(await _shot(phone))
    _beside(phones, PICTURES / "phone.png")
    _beside(stations, PICTURES / "station.png")


async def _messaging(browser: Browser, product: Product) -> None:
    """A tip in WeChat, and what the officer sees of it."""
    platform = f"http://127.0.0.1:{product.simulator}"
    async with aiohttp.ClientSession() as client:
        resident = ""
        while not resident:
            async with client.get(f"{platform}/sim/residents") as response:
                found = (await response.json())["residents"]
                resident = found[0]["openid"] if found else ""
            await asyncio.sleep(0.3)
        said: list[tuple[str, dict[str, str]]] = [
            ("click", {"key": "TIP"}),
            ("text", {"content": "三号楼地下车库，半夜有人搬电动车电池"}),
            ("image", {"data": _garage()}),
            ("location", {}),
            ("text", {"content": "提交"}),
        ]
        for act, body in said:
            await client.post(f"{platform}/sim/residents/{resident}/{act}", json=body)
            await asyncio.sleep(2)
    officer = await _staff(browser, product, "officer-1", "community")
    await officer.get_by_text("半夜有人搬电动车电池").first.click()
    await asyncio.sleep(2)
    await officer.get_by_test_id("take").click()
    await asyncio.sleep(2)
    await officer.screenshot(path=str(PICTURES / "community.png"))
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    wechat = await context.new_page()
    await wechat.goto(f"{platform}/")
    # The officer who was told of it, with the card, and the owner of the community's group.
    for seat, member in ((1, "officer-2"), (2, "officer-1")):
        await wechat.locator("h3 select").nth(seat).select_option(member)
    await asyncio.sleep(2)
    await wechat.screenshot(path=str(PICTURES / "wechat.png"))


def _garage() -> str:
    """A dark place with a light in it, as base64."""
    picture = Image.new("RGB", (480, 360), (38, 44, 52))
    picture.paste((222, 190, 96), (300, 60, 350, 80))
    picture.paste((70, 78, 88), (60, 180, 300, 330))
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return base64.b64encode(out.getvalue()).decode()


async def _shot(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(await page.screenshot()))


def _beside(pictures: list[Image.Image], path: Path) -> None:
    gap = 24
    width = sum(one.width for one in pictures) + gap * (len(pictures) - 1)
    sheet = Image.new("RGB", (width, max(one.height for one in pictures)), (222, 226, 232))
    left = 0
    for one in pictures:
        sheet.paste(one, (left, 0))
        left += one.width + gap
    sheet.save(path, optimize=True)


if __name__ == "__main__":
    asyncio.run(main())
