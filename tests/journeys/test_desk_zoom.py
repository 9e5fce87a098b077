"""The desk at a browser's zoom of 200 %: nothing is cut off without a way to it, no text lies on another,
the call and the answer stay in sight, the focus can be seen, keys and axe find all well."""

from __future__ import annotations

import os
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.axe import STILL, violations
from tests.journeys.conftest import Demo, heard_only, staff
from tests.journeys.desk import AT, answer, look, post, reported
from tests.journeys.test_small_screens import LAPS, WHOLE

# What is left of 1440 by 900 and of 1920 by 1080.
SIZES = {"1440": (720, 450), "1920": (960, 540)}
PICTURES = os.environ.get("TEST_PICTURES")
# Every control and every piece of text is in the window, or in something that scrolls to it.
CUT = """() => {
    const wrong = [];
    const texts = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (node.data.trim()) texts.push(node.parentElement);
    }
    const controls = document.querySelectorAll('button, a[href], input, select, textarea');
    for (const one of new Set([...controls, ...texts])) {
        if (one.closest('.spoken, .maplibregl-map, option')) continue;
        if (!one.checkVisibility({ visibilityProperty: true })) continue;
        const first = one.getBoundingClientRect();
        if (first.width < 1 || first.height < 1) continue;
        let box = { left: first.left, top: first.top, right: first.right, bottom: first.bottom };
        const said = (one.innerText || one.value || one.dataset.testid || one.outerHTML).trim().slice(0, 30);
        for (let up = one; up && up !== document.documentElement; up = up.parentElement) {
            const style = getComputedStyle(up);
            if (up !== one && style.display !== 'contents' && style.overflow !== 'visible') {
                const edge = up.getBoundingClientRect();
                const scrolls = (how) => how === 'auto' || how === 'scroll';
                const dots = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';
                if (dots) box = { left: edge.left, top: edge.top, right: edge.right, bottom: edge.bottom };
                if (scrolls(style.overflowY)) [box.top, box.bottom] = [edge.top, edge.bottom];
                if (scrolls(style.overflowX)) [box.left, box.right] = [edge.left, edge.right];
                const out = Math.max(edge.left - box.left, edge.top - box.top, box.right - edge.right,
                    box.bottom - edge.bottom);
                if (out > 3) {
                    wrong.push(`"${said}" is cut off by ${up.className}: ${Math.round(out)} px`);
                    box = null;
                }
            }
            if (!box || style.position === 'fixed') break;
        }
        if (!box) continue;
        const out = Math.max(-box.left, -box.top, box.right - innerWidth, box.bottom - innerHeight);
        if (out > 2) wrong.push(`"${said}" is outside the window: ${Math.round(out)} px`);
    }
    return [...new Set(wrong)];
}"""
# Where the focus is: in the window, on top, and marked.
FOCUS = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return [];
    const box = one.getBoundingClientRect();
    const said = (one.innerText || one.dataset.testid || one.outerHTML).trim().slice(0, 40);
    const left = Math.max(0, box.left), right = Math.min(innerWidth, box.right);
    const top = Math.max(0, box.top), bottom = Math.min(innerHeight, box.bottom);
    if (right - left < 4 || bottom - top < 4) return [`focus on "${said}" is out of sight`];
    const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    const wrong = at && (one.contains(at) || at.contains(one)) ? []
        : [`focus on "${said}" lies under ${at && at.outerHTML.slice(0, 80)}`];
    const marked = [one, one.parentElement].some((it) => {
        const style = getComputedStyle(it);
        return style.boxShadow !== 'none'
            || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2);
    });
    return marked ? wrong : [...wrong, `focus on "${said}" cannot be seen`];
}"""
WORDS = (
    ("煤气爆炸 有人被压", "FIRE"),
    ("手机被偷了", "CRIME"),
    *(("钱包丢在公交车上", "OTHER") for _ in range(8)),
)


class Zoomed:
    """What is wrong with the desk at 200 %."""

    def __init__(self, desk: Page, size: str) -> None:
        self._desk, self._size = desk, size
        self.wrong: list[str] = []

    async def at(self, state: str, *names: str, page: Page | None = None) -> None:
        desk = page or self._desk
        await desk.evaluate(STILL)
        if PICTURES:
            await desk.screenshot(
                path=f"{PICTURES}/zoom-{self._size}-{state.replace(' ', '-')}.png"
            )
        found = await desk.evaluate(
            WHOLE.replace("box.height > 30", "box.height >= 24"), list(names)
        )
        found += await desk.evaluate(LAPS)
        found += await desk.evaluate(CUT)
        self.wrong += [f"{state}, {self._size}: {one}" for one in found]
        self.wrong += await violations(desk, f"{state}, {self._size}")

    async def tabs(self, state: str) -> None:
        """Tab goes through the whole page, and where it is can be seen."""
        await self._desk.evaluate("document.activeElement.blur()")
        for _ in range(60):
            await self._desk.keyboard.press("Tab")
            found = await self._desk.evaluate(FOCUS)
            self.wrong += [f"{state}, {self._size}: {one}" for one in found]

    def well(self) -> None:
        assert not self.wrong, "\n".join(dict.fromkeys(self.wrong))


async def zoomed(browser: Browser, demo: Demo, login: str, size: str) -> Page:
    """200 % in a browser: half as many CSS pixels, each of two by two."""
    wide, high = SIZES[size]
    desk = await staff(browser, demo, login, "console", width=wide, height=high, scale=2)
    return await heard_only(desk) if login != "admin" else desk


async def dialogs(desk: Page, look_at: Zoomed, **opened: Any) -> None:
    """Each is looked at and left again."""
    for state, press in opened.items():
        await press()
        await expect(desk.get_by_role("dialog")).to_be_visible()
        await look_at.at(state.replace("_", " "))
        await desk.keyboard.press("Escape")
        await expect(desk.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("size", SIZES)
async def test_the_desk_at_twice_its_size(demo: Demo, browser: Browser, size: str) -> None:
    desk = await zoomed(browser, demo, "desk1", size)
    seen = Zoomed(desk, size)
    await expect(desk.get_by_test_id("menu")).to_be_visible()
    await seen.at("empty", "menu", "lane-waiting", "lane-closed")
    await staff(browser, demo, "desk2", "console")
    async with aiohttp.ClientSession(f"{demo.url}/api/v1/", headers={"Origin": demo.url}) as client:
        for words, kind in WORDS:
            members = {"words": words, "kind": kind, "position": AT}
            fire = await post(client, "incidents", members)
    (first, one), (_, two) = [await reported(browser, demo) for _ in range(2)]
    cards = desk.locator('[data-testid^="card-"]')
    await expect(cards).to_have_count(12)
    gravest = await cards.first.get_attribute("data-testid")
    await seen.at("twelve", "menu", f"answer-{str(gravest)[5:]}", "queue-unseen", "lane-mine")
    await look(desk, "waiting", fire["number"])
    await seen.at("waiting case", "answer", "menu")

    # By keys alone: the next in the queue is opened and answered, its station is called.
    await desk.keyboard.press("Escape")
    await answer(desk, one)
    await expect(first.get_by_test_id("tile").first).to_be_visible()
    await desk.keyboard.press("s")
    await expect(desk.get_by_test_id("responders")).to_be_visible()
    await desk.keyboard.press("t")
    await expect(desk.get_by_test_id("text-input")).to_be_focused()
    await expect(desk.get_by_test_id("text-input")).to_be_in_viewport(ratio=0.9)
    await desk.keyboard.type("请留在原地，民警马上到，看到警车请挥手，不要靠近火源。")
    await desk.keyboard.press("Enter")
    await expect(desk.get_by_test_id("thread")).to_contain_text("请留在原地")
    await seen.at("writing", "text-input", "text-send")
    await desk.keyboard.press("Escape")
    await desk.get_by_test_id("case").scroll_into_view_if_needed()
    await seen.at("call", "mute", "menu")
    for name in ("call-station", "close", "note", "map"):
        await desk.get_by_test_id(name).scroll_into_view_if_needed()
        await seen.at(f"call {name}", name)
    await seen.tabs("call")
    await desk.keyboard.press("Escape")
    await dialogs(
        desk,
        seen,
        close=lambda: desk.keyboard.press("c"),
        end=lambda: desk.keyboard.press("e"),
        other_station=lambda: desk.keyboard.press("o"),
        keys=lambda: desk.keyboard.press("?"),
        transfer=lambda: desk.get_by_test_id("transfer").click(),
        second_call=lambda: answer(desk, two),
    )
    await look(desk, "waiting", two)
    await seen.at("looking elsewhere", "call-bar-live", "show-call", "answer")
    await desk.get_by_test_id("answer").first.click()
    await desk.get_by_test_id("second-hold").click()
    await expect(desk.get_by_test_id("case")).to_contain_text(two)
    await expect(desk.get_by_test_id("call-bar-away")).to_be_visible()
    await expect(desk.get_by_test_id(f"back-{one}").first).to_be_visible()
    await seen.at("second call", "call-bar-away", f"back-{one}")
    await desk.get_by_test_id("menu").click()
    await seen.at("menu", "log-out")
    await desk.get_by_test_id("log-out").click()
    await expect(desk.get_by_test_id("leave-desk")).to_be_visible()
    await seen.at("leaving")
    await desk.keyboard.press("Escape")

    await desk.keyboard.press("h")
    past = desk.get_by_test_id(f"past-{one}")
    await expect(past).to_be_visible()
    await seen.at("archive", "archive-search")
    await past.click()
    await expect(desk.get_by_test_id("verify")).to_be_visible()
    await seen.at("archived case")
    await desk.get_by_test_id("verify").scroll_into_view_if_needed()
    await seen.at("archived log", "verify")
    admin = await zoomed(browser, demo, "admin", size)
    await expect(admin.get_by_text("desk1").first).to_be_visible()
    await seen.at("people", "people-add", page=admin)
    assert desk.errors == admin.errors == []  # type: ignore[attr-defined]
    seen.well()
