"""axe-core on a page as it stands: what it finds wrong, in a line each."""

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
STILL = """() => Promise.all(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().iterations < Infinity)
    .map((one) => one.finished.catch(() => null)))"""


async def violations(page: Page, state: str) -> list[str]:
    """What axe finds in this state of the page; colours are looked at when nothing fades any more."""
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(SOURCE.read_text("utf-8"))
    await page.evaluate(STILL)
    return [f"{state}: {one}" for one in await page.evaluate(RUN)]
