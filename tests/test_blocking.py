"""``tests/blocking.py`` itself: it sees the product block a loop, and blames nobody else."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from pathlib import Path
from typing import Any

import pytest

from tests import blocking

SLOW = """
async def computes(): spin()
async def sleeps(): time.sleep(0.001)
async def syncs(file): os.fsync(file)
async def reads(path): open(path).close()
async def in_a_thread(): await asyncio.to_thread(spin)
async def collects(): collect()
def plain(): spin()
def calls_soon(loop): loop.call_soon(plain)
"""


def spin() -> None:
    end = time.thread_time() + 3 * blocking.LIMIT_S
    while time.thread_time() < end:
        pass


def collect() -> None:
    end = time.thread_time() + 3 * blocking.LIMIT_S
    while time.thread_time() < end:
        gc.collect()


@pytest.fixture
def slow() -> dict[str, Any]:
    """A file of the product that does everything wrong."""
    names: dict[str, Any] = {"time": time, "os": os, "asyncio": asyncio}
    source = (
        "def spin():\n  end = time.thread_time() + 0.3\n  while time.thread_time() < end: pass\n"
    )
    exec(compile(source + SLOW, str(blocking.ROOT / "api" / "slow.py"), "exec"), names)
    names["collect"] = collect
    return names


def told() -> str:
    said, blocking.found[:] = "\n".join(blocking.found), []
    return said


async def test_what_blocks_is_named(slow: dict[str, Any], tmp_path: Path) -> None:
    await slow["computes"]()
    await asyncio.sleep(0)  # it is judged when the callback is over
    assert "spin computed for" in told()
    slow["calls_soon"](asyncio.get_running_loop())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert "api/slow.py" in told()
    await slow["sleeps"]()
    assert "sleeps waited on the loop: time.sleep" in told()
    with (tmp_path / "file").open("wb") as file:
        await slow["syncs"](file.fileno())
    assert "syncs waited on the loop: os.fsync" in told()
    await slow["reads"](tmp_path / "file")
    assert "reads waited on the loop: open" in told()


async def test_what_does_not_block_the_loop_is_left_alone(slow: dict[str, Any]) -> None:
    await slow["in_a_thread"]()
    slow["plain"]()  # the test's own affair
    spin()
    await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    await slow["collects"]()
    assert told() == ""
