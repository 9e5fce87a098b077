"""Facts reach the store in order, whatever the store does meanwhile."""

from __future__ import annotations

import asyncio
import contextlib

from domain.errors import ROOM_ENDED, Refused, StoreDown
from webrtc.metrics import Metrics
from webrtc.reports import MOST, Report, Reports


async def test_order_is_kept_through_a_failing_store() -> None:
    metrics, written, failures = Metrics(), [], [3]
    reports = Reports(metrics)

    def report(number: int) -> Report:
        async def write() -> None:
            if failures[0]:
                failures[0] -= 1
                raise StoreDown
            written.append(number)

        return Report("test", "i", write)

    for number in range(5):
        reports.add(report(number))
    task = asyncio.create_task(reports.run())
    assert not await reports.drained(0.05)
    assert await reports.drained(5.0)
    assert written == list(range(5))
    assert metrics.reports_waiting == 0
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_a_refusal_is_told_and_does_not_stop_others() -> None:
    told: list[str] = []
    reports = Reports(Metrics())

    async def refuse() -> None:
        raise Refused(ROOM_ENDED)

    async def break_down() -> None:
        raise RuntimeError

    async def write() -> None:
        told.append("written")

    reports.add(Report("joined", "i", refuse, lambda refusal: told.append(refusal.fault.code)))
    reports.add(Report("broken", "i", break_down))
    reports.add(Report("left", "i", write))
    task = asyncio.create_task(reports.run())
    assert await reports.drained(2.0)
    assert told == ["room_ended", "written"]
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_the_queue_is_bounded() -> None:
    metrics = Metrics()
    reports = Reports(metrics)

    async def write() -> None: ...

    for _ in range(MOST + 5):
        reports.add(Report("x", "i", write))
    assert metrics.reports_waiting == MOST
    assert metrics.drops == {"report": 5}
