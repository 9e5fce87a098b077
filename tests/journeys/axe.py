"""axe-core on a page as it stands, and names that are cut at their end: what is wrong, in a line each."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

SOURCE = Path(__file__).parents[2] / "pages" / "node_modules" / "axe-core" / "axe.min.js"
# Evaluated, not added as a script: our pages forbid those of others.
RUN = """async () => {
    const found = await axe.run(document, { resultTypes: ['violations'] });
    return found.violations.flatMap((one) => one.nodes.map((node) =>
        one.id + ' (' + one.impact + '): ' + node.target.join(' ') + ' | ' + node.html.slice(0, 160)
        + ' | ' + (node.any.concat(node.all, node.none)[0] || {}).message));
}"""
# The last letter of a station's name, which tells it from its neighbours, lies within all that clips it.
NAMES = """() => [...document.querySelectorAll('.name-front bdi')].flatMap((name) => {
    const text = name.firstChild;
    if (!text || !text.data || !name.checkVisibility()) return [];
    const range = document.createRange();
    range.setStart(text, text.data.length - 1);
    range.setEnd(text, text.data.length);
    const letter = range.getBoundingClientRect();
    for (let box = name.parentElement; box && box !== document.body; box = box.parentElement) {
        const over = getComputedStyle(box).overflowX;
        const all = box.getBoundingClientRect();
        // What scrolls can be brought into sight.
        if (over === 'auto' || over === 'scroll') return [];
        if (over !== 'visible' && (letter.right > all.right + 1 || letter.left < all.left - 1)) {
            return ['name-cut: ' + text.data + ' in ' + box.className];
        }
    }
    return [];
})"""
STILL = """() => Promise.all(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().iterations < Infinity)
    .map((one) => one.finished.catch(() => null)))"""


async def violations(page: Page, state: str) -> list[str]:
    """What axe finds in this state of the page; colours are looked at when nothing fades any more."""
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(SOURCE.read_text("utf-8"))
    await page.evaluate(STILL)
    found = [*await page.evaluate(RUN), *await page.evaluate(NAMES)]
    return [f"{state}: {one}" for one in found]
