"""kill -9 of a whole media process in the middle of a call."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.webrtc.conftest import Start
from tests.webrtc.media_process import new_incident
from tests.webrtc.memory_store import MemoryStore
from tests.webrtc.test_call_in_browser import join
from tests.webrtc.test_recording import probe

ROOT = Path(__file__).parents[2]


@pytest.mark.alone("it measures how much of a recording a kill costs, on the clock of a browser")
async def test_a_killed_process_leaves_all_but_the_last_second(
    chromium: Browser, tmp_path: Path, start: Start
) -> None:
    store = MemoryStore()
    incident = new_incident(store)
    spool = tmp_path / "spool"
    heir = await start(store=store, media_id="media-2")
    doomed = subprocess.Popen(
        [sys.executable, "-m", "tests.webrtc.doomed", str(spool)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert doomed.stdout is not None
    url = (await asyncio.to_thread(doomed.stdout.readline)).strip()
    victim = replace(heir, url=url)
    heir.server.media_id, mine = "media-1", heir.server.media_id
    page = await join(chromium, victim, incident, 0)
    heir.server.media_id = mine
    # A browser under load begins late: what counts is what is lost once it talks.
    while not any(path.stat().st_size > 30_000 for path in spool.rglob("*.mkv")):
        await asyncio.sleep(0.02)
    began = time.monotonic()
    await asyncio.sleep(4.0)
    doomed.kill()
    talked = time.monotonic() - began
    doomed.wait()
    doomed.stdout.close()
    await page.close()
    await heir.server._spool.sweep()
    (data,) = store.files.held.values()
    (tmp_path / "sealed.mkv").write_bytes(data)
    found = probe(tmp_path / "sealed.mkv")
    # Under load the browser itself is late; what the writer alone loses is in test_recording.py.
    assert found["seconds"] > talked - 2.0, f"lost {talked - found['seconds']:.2f} s"
    assert found["vp8"] > 30
    assert found["opus"] > 90  # 50 a second, of two seconds
    assert heir.entries(incident)[-1] == "recording.sealed"
