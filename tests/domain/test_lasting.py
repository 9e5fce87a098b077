"""Work that fails begins again, says so, and ends when it is done or cancelled."""

from __future__ import annotations

import asyncio
import logging

import pytest

from domain import lasting as module
from domain.lasting import lasting


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE_S", 0.001)


async def test_what_fails_begins_again_and_is_said(caplog: pytest.LogCaptureFixture) -> None:
    fails = iter((KeyError("one"), ValueError("two")))

    async def work() -> None:
        for error in fails:
            raise error

    with caplog.at_level(logging.ERROR):
        await asyncio.wait_for(lasting("sweep", work), 30)
    said = [one for one in caplog.records if one.getMessage() == "sweep begins again"]
    assert [one.exc_info and one.exc_info[0] for one in said] == [KeyError, ValueError]


async def test_who_is_cancelled_does_not_begin_again() -> None:
    begun = 0

    async def work() -> None:
        nonlocal begun
        begun += 1
        await asyncio.Event().wait()

    task = asyncio.create_task(lasting("sweep", work))
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (begun, task.cancelled()) == (1, True)
