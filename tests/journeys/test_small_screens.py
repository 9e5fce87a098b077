"""The resident's page without position, camera and microphone, on small screens and in large letters: what
must stay in sight stays whole, and no text lies on another."""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.axe import STILL
from tests.journeys.conftest import Demo, resident, staff
from tests.journeys.wechat import eventually

SIZES = {
    "390x844": (390, 844, 100),
    "320x568": (320, 568, 100),
    "landscape": (844, 390, 100),
    "large letters": (390, 844, 200),
    "320 large letters": (320, 844, 200),
}
PICTURES = os.environ.get("TEST_PICTURES")
# Each of these is in the window as a whole, and nothing else lies on its middle.
WHOLE = """(names) => names.flatMap((name) => {
    const one = document.querySelector(`[data-testid="${name}"]`);
    if (!one) return [name + ' is not there'];
    const box = one.getBoundingClientRect();
    const within = box.left >= -1 && box.top >= -1 && box.right <= innerWidth + 1
        && box.bottom <= innerHeight + 1 && box.width > 20 && box.height > 30;
    if (!within) return [`${name} at ${[box.left, box.top, box.right, box.bottom].map(Math.round)}`];
    const top = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    const free = top && (one.contains(top) || top.contains(one));
    return free ? [] : [`${name} lies under ${top && top.outerHTML.slice(0, 80)}`];
})"""
# What is seen of each piece of text, and which of two lie on each other.
LAPS = """() => {
    const pieces = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (!node.data.trim()) continue;
        const parent = node.parentElement;
        const style = getComputedStyle(parent);
        if (style.visibility === 'hidden' || style.opacity === '0') continue;
        if (parent.closest('.spoken, [aria-modal]')) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const rect of range.getClientRects()) {
            const seen = { left: rect.left, top: rect.top, right: rect.right, bottom: rect.bottom };
            // Of a line box the letters are some three quarters.
            const slack = (rect.bottom - rect.top) * .12;
            seen.top += slack; seen.bottom -= slack;
            for (let up = parent; up; up = up.parentElement) {
                const its = getComputedStyle(up);
                if (its.overflowX === 'visible' && its.overflowY === 'visible') continue;
                const box = up.getBoundingClientRect();
                seen.left = Math.max(seen.left, box.left); seen.right = Math.min(seen.right, box.right);
                seen.top = Math.max(seen.top, box.top); seen.bottom = Math.min(seen.bottom, box.bottom);
            }
            if (seen.right - seen.left < 2 || seen.bottom - seen.top < 2) continue;
            // What sticks to the edge covers what scrolls below it: that is not text on text.
            const at = document.elementFromPoint((seen.left + seen.right) / 2, (seen.top + seen.bottom) / 2);
            if (!at || !(at.contains(parent) || parent.contains(at))) continue;
            const stuck = parent.closest('main > .dial') !== null;
            pieces.push({ node, stuck, text: node.data.trim().slice(0, 20), ...seen });
        }
    }
    const wrong = [];
    for (const a of pieces) {
        if (a.left < -1 || a.right > innerWidth + 1) wrong.push(`${a.text} goes beyond the window`);
        for (const b of pieces) {
            if (a.node === b.node || a.text > b.text || a.stuck !== b.stuck) continue;
            const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (wide > 2 && high > 2) wrong.push(`${a.text} lies on ${b.text}`);
        }
    }
    return [...new Set(wrong)];
}"""


class Look:
    """What is wrong with a page at one size."""

    def __init__(self, page: Page, size: str) -> None:
        self._page, self._size = page, size
        self.wrong: list[str] = []

    async def at(self, state: str, *names: str) -> None:
        _, _, letters = SIZES[self._size]
        await self._page.evaluate(
            "(size) => { document.documentElement.style.fontSize = size;"
            "dispatchEvent(new Event('resize')); }",
            f"{letters}%",
        )
        await self._page.evaluate(STILL)
        if PICTURES:
            name = f"{state} {self._size}".replace(" ", "-")
            await self._page.screenshot(path=f"{PICTURES}/{name}.png")
        found = await self._page.evaluate(WHOLE, list(names))
        found += await self._page.evaluate(LAPS)
        self.wrong += [f"{state}, {self._size}: {one}" for one in found]


DENY = """() => { navigator.mediaDevices.getUserMedia = () =>
    Promise.reject(new DOMException('no', 'NotAllowedError')); }"""


async def barred(browser: Browser, demo: Demo, wide: int, high: int) -> Page:
    """A telephone that gives neither position nor camera nor microphone."""
    phone = await resident(browser, demo, permissions=())
    await phone.context.add_init_script(f"({DENY})()")
    await phone.set_viewport_size({"width": wide, "height": high})
    await phone.reload()
    return phone


@pytest.mark.parametrize("size", SIZES)
async def test_what_must_be_in_sight_is(demo: Demo, browser: Browser, size: str) -> None:
    wide, high, _ = SIZES[size]
    phone = await barred(browser, demo, wide, high)
    look = Look(phone, size)
    await expect(phone.get_by_test_id("report")).to_be_visible()
    await look.at("start", "report", "report-silent", "dial")
    desk = await staff(browser, demo, "desk1", "console")
    await phone.get_by_test_id("report").click()
    await expect(phone.get_by_test_id("number")).to_contain_text("0110-")
    for name in ("position", "camera", "microphone"):
        await expect(phone.get_by_test_id(f"missed-{name}")).to_be_attached()
    live = ("text-input", "text-send", "thread", "dial", "hang-up")
    await look.at("waiting", *live)
    await expect(phone.get_by_test_id("urge")).to_contain_text("请直接拨打", timeout=60_000)
    await look.at("waiting long", *live, "urge")
    number = await phone.get_by_test_id("number").inner_text()
    await desk.get_by_test_id(f"answer-{number}").first.click()
    await expect(phone.get_by_test_id("tile").first).to_be_visible()
    await desk.get_by_test_id("text-input").fill("您在哪里？能看到什么？")
    await desk.get_by_test_id("text-send").click()
    await expect(phone.get_by_test_id("thread")).to_contain_text("您在哪里")
    await look.at("call", *live)
    await phone.get_by_test_id("hang-up").click()
    await look.at("sheet", "hang-up-sure")
    await phone.get_by_test_id("hang-up-sure").click()
    await expect(phone.get_by_test_id("over")).to_be_visible()
    await look.at("over", "dial")
    await phone.context.close()

    phone = await barred(browser, demo, wide, high)
    silent = Look(phone, size)
    await expect(phone.get_by_test_id("report-silent")).to_be_visible()
    await silent.at("start again", "report")
    await phone.get_by_test_id("report-silent").click()
    await expect(phone.get_by_test_id("silent")).to_be_visible()
    await expect(phone.get_by_test_id("number")).to_contain_text("0110-")
    quiet = ("text-input", "text-send", "thread", "dial", "hide", "silent-yes", "silent-no")
    await silent.at("silent", *quiet)
    wrong = look.wrong + silent.wrong
    assert not wrong, "\n".join(wrong)


# What is said in the stage lies within it, and under none of its buttons.
COVERED = """() => {
    const box = (one) => one.getBoundingClientRect();
    const stage = box(document.querySelector('.stage'));
    const buttons = [...document.querySelectorAll('.controls button')].map(box);
    const drawn = (one) => one.getClientRects().length > 0;  // some are hidden while a question is open
    return [...document.querySelectorAll('.waiting > *')].filter(drawn).filter((one) => {
        const it = box(one);
        return it.top < stage.top - 1 || buttons.some((other) => it.bottom > other.top + 1
            && it.top < other.bottom - 1 && it.right > other.left && it.left < other.right);
    }).map((one) => one.textContent || one.className);
}"""


@pytest.mark.parametrize("desk_is_open", [False, True], ids=["nobody at a desk", "a desk is open"])
async def test_what_is_said_of_a_report_that_cannot_be_sent_is_under_no_button(
    demo: Demo, browser: Browser, desk_is_open: bool
) -> None:
    if desk_is_open:
        await staff(browser, demo, "desk1", "console")
    # Nobody waits for the page to ask again: half a minute.
    asking = (await browser.new_context()).request

    async def config() -> Any:
        return await (await asking.get(f"{demo.url}/api/v1/config")).json()

    await eventually(config, lambda it: bool(it["desks"]) is desk_is_open, 90)
    phone = await resident(browser, demo)
    await phone.wait_for_load_state("networkidle")
    urge = phone.get_by_test_id("urge")
    await (expect(urge).to_be_hidden() if desk_is_open else expect(urge).to_be_visible())
    await phone.route("**/api/v1/incidents", lambda route: route.abort())
    await phone.get_by_test_id("report").click()
    await expect(phone.get_by_test_id("sending-again").last).to_be_visible()
    await expect(phone.get_by_test_id("mute")).to_be_visible()
    assert await phone.evaluate(COVERED) == []
    # The telephone is offered once above everything, or in the stage.
    offers = phone.locator(".waiting-dial")
    await expect(offers).to_have_count(1 if desk_is_open else 0)
