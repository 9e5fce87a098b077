"""A process that stood still, or is slower than what is written, for longer than the store remembers changes
hears that it missed some.

The embedded store leaves out of an open stream what it has forgotten, without a word.
"""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from domain.call import MediaProcess
from domain.ports import Change, Lost
from storage import feed
from storage.embedded import EmbeddedStore
from storage.store import MongoStore
from tests.ports import free_port

REMEMBERED, WRITTEN = 100, 2_000


@pytest.fixture
def forgetful(tmp_path: Path) -> EmbeddedStore:
    return EmbeddedStore(tmp_path / "store", free_port(), REMEMBERED)


@pytest.mark.parametrize("slow", [False, True])
async def test_who_missed_changes_hears_that_history_is_lost(
    forgetful: EmbeddedStore, monkeypatch: pytest.MonkeyPatch, slow: bool
) -> None:
    """Who stands still, and who reads a few now and then."""
    monkeypatch.setattr(feed, "BEHIND_S", 0.5)
    forgetful.start()
    reader, writer = MongoStore(forgetful.uri, "one"), MongoStore(forgetful.uri, "one", ())
    again = threading.Event()
    try:
        await reader.open()
        await writer.open()
        changes = reader.feed.subscribe(WRITTEN * 2)
        read = reader.feed._read
        if slow:
            monkeypatch.setattr(reader.feed, "_read", lambda one: (again.wait(0.02), read(one))[1])
        else:
            reader.feed._thread.submit(again.wait, 120)
        for start in range(0, WRITTEN, 100):
            await writer.media_processes.add_many(
                [MediaProcess(f"m{n:05}", "ws://x", 0, 0, 1, 1) for n in range(start, start + 100)]
            )
        await asyncio.sleep(3)  # it forgets now and then, not at once
        again.set()
        await writer.media_processes.add(MediaProcess("last", "ws://x", 0, 0, 1, 1))
        heard: set[str] = set()
        async with asyncio.timeout(60):
            async for one in changes:
                if isinstance(one, Lost):
                    break
                assert isinstance(one, Change)
                heard.add(one.id)
                assert one.id != "last" or len(heard) == WRITTEN + 1, f"{len(heard)} heard"
                if one.id == "last":
                    break
    finally:
        again.set()
        await reader.close()
        await writer.close()
        await asyncio.to_thread(forgetful.stop)
