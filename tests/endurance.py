"""Kills and sieges before a release: ``make endurance``. Prints one table and writes docs/endurance.md.

ENDURANCE_SHARE (0.01 … 1) makes everything so much smaller; the table says so. About three hours in
full on two cores, two of them for a thousand kills of each process. A part that fails is named in the
table, and the run ends with 1.
"""

from __future__ import annotations

import asyncio
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from tests.bot.storm import check, storm
from tests.siege.siege import siege as everything_at_once
from tests.siege.siege import table
from tests.storage.test_kill import siege

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "endurance.md"
CALLBACKS, KILLS, KILLS_OF_EACH, SIEGE_S = 10_000, 200, 1_000, 300

Part = Callable[[Path, float], Coroutine[Any, Any, tuple[str, str]]]


async def callbacks(folder: Path, share: float) -> tuple[str, str]:
    count = max(200, int(CALLBACKS * share))
    found = await storm(folder, count, share=0.9 if count >= 1_000 else 0.3)
    kills = ", ".join(f"{name} {number}" for name, number in sorted(found.kills.items()))
    what = f"{count:,} callbacks with faults, kill −9 meanwhile: {kills}"
    check(found, count)
    kept = found.arrivals - found.unhandled
    return what, (
        f"{kept:,} kept once and answered once, {found.lost} given up by the platform while all was "
        f"down; 0 doubled, {found.overdrawn} over credit"
    )


async def kills(folder: Path, share: float, victim: str) -> tuple[str, str]:
    rounds = max(3, int(KILLS * share))
    acknowledged = await siege(folder, victim, rounds)
    what = f"{rounds} × kill −9 of the {victim}, 35 reports a second meanwhile"
    return what, f"{acknowledged:,} acknowledged, 0 lost, 0 doubled"


async def api_kills(folder: Path, share: float) -> tuple[str, str]:
    return await kills(folder, share, "api")


async def store_kills(folder: Path, share: float) -> tuple[str, str]:
    return await kills(folder, share, "store")


async def everything(folder: Path, share: float) -> tuple[str, str]:
    return table(await everything_at_once(folder, max(20, SIEGE_S * share)))


async def each(folder: Path, share: float) -> tuple[str, str]:
    rounds = max(3, int(KILLS_OF_EACH * share))
    return table(await everything_at_once(folder, 0, rounds, attacked=False))


PARTS: dict[str, Part] = {
    "callbacks": callbacks,
    "api": api_kills,
    "store": store_kills,
    "everything": everything,
    "each": each,
}


def run(name: str, part: Part, share: float) -> tuple[str, bool]:
    """A row of the table, and whether it held."""
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            what, found = asyncio.run(part(Path(folder), share))
        held = True
    except (
        Exception,
        pytest.fail.Exception,
    ) as error:  # the other parts are still worth their answer
        what, found, held = name, f"**FAILED** {type(error).__name__}: {str(error)[:300]}", False
    return f"| {what} | {found} | {time.monotonic() - began:.0f} |", held


def main() -> int:
    share = float(os.environ.get("ENDURANCE_SHARE", "1"))
    rows, all_held = [], True
    for name in sys.argv[1:] or PARTS:
        print(f"{time.strftime('%H:%M:%S')} {name}", flush=True)
        row, held = run(name, PARTS[name], share)
        print(row, flush=True)
        rows.append(row)
        all_held &= held
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    small = "" if share >= 1 else f" A run of {share:.0%} of the full size."
    lines = [
        "# Endurance",
        "",
        f"`make endurance`, before a release.{small} Made at {commit or 'an unknown commit'}, "
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}.",
        "",
        "| what | found | s |",
        "|---|---|---:|",
        *rows,
        "",
    ]
    if not sys.argv[1:]:
        PAGE.write_text("\n".join(lines), "utf-8")
    print("\n".join(lines))
    return 0 if all_held else 1


if __name__ == "__main__":
    sys.exit(main())
