"""``make bench``: every figure with its peer, measured in one run, as one table."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

from bench import bot, desks, flood, growth, intake, journey, link, locate, media, notice, queries

PARTS = {
    "intake": intake,
    "flood": flood,
    "desks": desks,
    "journey": journey,
    "link": link,
    "locate": locate,
    "media": media,
    "bot": bot,
    "notice": notice,
    "queries": queries,
    "growth": growth,
}


def machine() -> str:
    """What this was measured on."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory = Path("/proc/meminfo").read_text().splitlines()[0].split()[1]
    return (
        f"{model}, {os.cpu_count()} cores, {int(memory) // 2**20} GiB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def main() -> None:
    chosen = sys.argv[1:] or list(PARTS)
    print(f"Measured on: {machine()}\n")
    print("| what | figure | unit | goal or peer |\n|---|---:|---|---|")
    for name in chosen:
        for row in PARTS[name].run():
            print(
                f"| {row['what']} | {row['figure']} | {row['unit']} | {row['peer']} |", flush=True
            )


if __name__ == "__main__":
    main()
