"""A station's name that is too long for its place is cut where names are alike, not where they differ."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.journeys.conftest import STATION_LOGIN, Demo, staff

# Whether the first and the last letter of a name are within its box.
ENDS = """(box) => {
    const text = box.querySelector('bdi').firstChild;
    const seen = (from) => {
        const range = document.createRange();
        range.setStart(text, from);
        range.setEnd(text, from + 1);
        const letter = range.getBoundingClientRect(), all = box.getBoundingClientRect();
        return letter.left >= all.left - 1 && letter.right <= all.right + 1;
    };
    return [seen(0), seen(text.data.length - 1)];
}"""


async def test_the_end_of_a_stations_name_stays(demo: Demo, browser: Browser) -> None:
    officer = await staff(browser, demo, STATION_LOGIN, "station", width=320, height=640)
    name = officer.locator(".top .name-front")
    await expect(name).to_be_visible()
    await officer.evaluate("document.documentElement.style.fontSize = '200%'")
    assert await name.evaluate(ENDS) == [False, True]
    assert await name.get_attribute("title") == await name.locator("bdi").inner_text()
