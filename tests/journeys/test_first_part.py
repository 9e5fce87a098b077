"""The first part of the resident's page is enough to report, whatever becomes of the second."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from tests.journeys.conftest import GUTA, Demo, read, staff

FIRST_PART = 15_000
SECOND = "**/assets/rest-*.js*"


async def phone(browser: Browser) -> BrowserContext:
    return await browser.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
        geolocation=GUTA,
        permissions=["geolocation", "camera", "microphone"],
    )


async def never(route: Route) -> None:
    """A network that answers nothing."""


async def stored(desk: Page, number: str, *, positioned: bool = False) -> dict[str, Any]:
    """The one incident of this number; a slow store has it after the receipt."""
    for _ in range(150):
        found: list[dict[str, Any]] = (await read(desk, f"/incidents?q={number}"))["incidents"]
        if found and (found[0]["position"] or not positioned):
            assert len(found) == 1
            return found[0]
        await asyncio.sleep(0.2)
    pytest.fail(f"no incident {number}" + (" with a position" if positioned else ""))


async def test_one_file_of_fifteen_kilobytes_makes_the_button_work(
    demo: Demo, browser: Browser
) -> None:
    context = await phone(browser)
    page = await context.new_page()
    asked: list[str] = []

    async def only_the_page(route: Route) -> None:
        asked.append(route.request.url.removeprefix(demo.url))
        if route.request.resource_type == "document" or route.request.method == "POST":
            await route.continue_()

    await page.route("**/*", only_the_page)
    await page.goto(f"{demo.url}/110/", wait_until="commit")
    await expect(page.get_by_test_id("report")).to_be_visible()
    assert asked[0] == "/110/"
    async with (
        aiohttp.ClientSession(auto_decompress=False) as client,
        client.get(demo.url + asked[0], headers={"Accept-Encoding": "gzip"}) as response,
    ):
        assert response.headers["Content-Encoding"] == "gzip"
        assert len(await response.read()) < FIRST_PART
    await page.get_by_test_id("report").tap()
    await expect(page.get_by_test_id("number")).to_contain_text("0110-")
    await context.close()


async def test_no_script_within_the_page_runs_but_its_own(demo: Demo, browser: Browser) -> None:
    """Under the policy as it is sent: whatever else gets into the HTML is refused, the page still works."""
    context = await phone(browser)
    page = await context.new_page()
    await page.add_init_script(
        "window.refused = [];"
        "document.addEventListener('securitypolicyviolation', e => refused.push(e.effectiveDirective));"
    )

    async def with_foreign_scripts(route: Route) -> None:
        response = await route.fetch()
        assert "'sha256-" in response.headers["content-security-policy"]
        html = await response.text()
        foreign = "<script>foreign = 1</script><script type='module'>window.foreign = 2</script>"
        html = html.replace('<div id="page"', foreign + '<div onclick="foreign = 3" id="page"', 1)
        await route.fulfill(response=response, body=html)

    await page.route("**/110/", with_foreign_scripts)
    await page.goto(f"{demo.url}/110/")
    await page.get_by_test_id("report").tap()
    await expect(page.get_by_test_id("hang-up")).to_be_visible()
    assert await page.evaluate("typeof foreign") == "undefined"
    refused = await page.evaluate("refused")
    assert sorted(set(refused)) == ["script-src-attr", "script-src-elem"]
    assert refused.count("script-src-elem") == 2
    await context.close()


async def test_the_language_changed_before_the_call_is_that_of_the_call(
    demo: Demo, browser: Browser
) -> None:
    """Two scripts, one language; also where the browser keeps nothing between them."""
    context = await phone(browser)
    page = await context.new_page()
    await page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused'); } });"
    )
    await page.goto(f"{demo.url}/110/")
    await page.get_by_test_id("language").tap()
    await expect(page.get_by_test_id("report")).to_contain_text("Call 110")
    await page.get_by_test_id("report").tap()
    await expect(page.get_by_test_id("hang-up")).to_contain_text("Hang up")
    assert await page.locator("html").get_attribute("lang") == "en"
    await context.close()


async def test_the_report_is_stored_before_the_second_part_has_come(
    demo: Demo, browser: Browser
) -> None:
    desk = await staff(browser, demo, "desk1", "console")
    context = await phone(browser)
    page = await context.new_page()
    tries: list[str] = []
    opened = asyncio.Event()

    async def fails_then_comes(route: Route) -> None:
        tries.append(route.request.url)
        if not opened.is_set():
            await route.abort("connectionreset")
        else:
            await route.continue_()

    await page.route(SECOND, fails_then_comes)
    await page.goto(f"{demo.url}/110/")
    await page.get_by_test_id("report").tap()
    await expect(page.get_by_test_id("number")).to_contain_text("0110-")
    number = await page.get_by_test_id("number").inner_text()
    await expect(page.get_by_test_id("first-part")).to_be_visible()
    await expect(page.get_by_test_id("dial")).to_have_attribute("href", "tel:110")
    assert (await stored(desk, number))["state"] == "RAISED"

    # The desk already has it; a reload of the page does not make a second one.
    await page.reload()
    await expect(page.get_by_test_id("number")).to_have_text(number)
    opened.set()
    await expect(page.get_by_test_id("hang-up")).to_be_visible()
    await expect(page.get_by_test_id("number")).to_have_text(number)
    await expect(page.locator("[data-testid=first-part]")).to_have_count(0)
    assert len(tries) > 2
    assert "again=" in tries[-1]
    assert (await stored(desk, number, positioned=True))["number"] == number
    await desk.context.close()
    await context.close()


async def test_the_report_opens_no_new_connection(demo: Demo, browser: Browser) -> None:
    """What a new one costs on a poor network, with TLS, is longer than the report itself."""
    context = await phone(browser)
    page = await context.new_page()
    await page.goto(f"{demo.url}/110/", wait_until="networkidle")
    await page.get_by_test_id("report").tap()
    await expect(page.get_by_test_id("number")).to_contain_text("0110-")
    timing = await page.evaluate(
        "performance.getEntriesByType('resource').find(e => e.name.endsWith('/api/v1/incidents')).toJSON()"
    )
    # As long as the connection is used again, nothing passes between these.
    assert timing["connectStart"] == timing["connectEnd"] == timing["fetchStart"]
    assert timing["responseEnd"] > timing["requestStart"] > 0
    await context.close()


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_silent_report_stays_dark_and_nameless_without_the_second_part(
    demo: Demo, browser: Browser, language: str
) -> None:
    context = await phone(browser)
    page = await context.new_page()
    await page.route(SECOND, never)
    await page.goto(f"{demo.url}/110/?lang={language}")
    await page.get_by_test_id("report-silent").tap()
    await expect(page.get_by_test_id("number")).to_contain_text("0110-")
    assert await page.title() == ("今天" if language == "zh" else "Today")
    colour = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(int(one) for one in re.findall(r"\d+", colour)[:3]) < 60, colour
    await context.close()


async def test_the_language_is_changed_without_replacing_the_button(
    demo: Demo, browser: Browser
) -> None:
    context = await phone(browser)
    page = await context.new_page()
    await page.route(SECOND, never)
    await page.goto(f"{demo.url}/110/")
    button = await page.get_by_test_id("report").element_handle()
    assert button is not None
    await page.get_by_test_id("language").tap()
    await expect(page.get_by_test_id("report")).to_contain_text("Call 110")
    await page.get_by_test_id("language").tap()
    await expect(page.get_by_test_id("report")).to_contain_text("报警")
    assert await button.evaluate("one => one.isConnected")
    await context.close()


async def test_a_page_from_before_an_upgrade_loads_itself_anew_with_its_report(
    demo: Demo, browser: Browser
) -> None:
    context = await phone(browser)
    page = await context.new_page()
    loads = 0

    async def old_at_first(route: Route) -> None:
        nonlocal loads
        if route.request.resource_type != "document":
            await route.continue_()
            return
        loads += 1
        response = await route.fetch()
        html = await response.text()
        if loads == 1:
            html = re.sub(r'(id="page" data-rest=)"[^"]+"', r'\1"/assets/rest-gone.js"', html)
        await route.fulfill(response=response, body=html)

    async def gone_at_first(route: Route) -> None:
        if loads == 1:
            await route.fulfill(status=404)
        else:
            await route.continue_()

    await page.route("**/110/", old_at_first)
    await page.route(SECOND, gone_at_first)
    await page.goto(f"{demo.url}/110/")
    await page.get_by_test_id("report").tap()
    await expect(page.get_by_test_id("number")).to_contain_text("0110-")
    number = await page.get_by_test_id("number").inner_text()
    await expect(page.get_by_test_id("hang-up")).to_be_visible()
    await expect(page.get_by_test_id("number")).to_have_text(number)
    assert loads == 2
    await context.close()
