"""Facts reach the store in order, whatever the store does meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from domain.errors import ROOM_ENDED, Conflict, Refused, StoreDown
from webrtc.metrics import Metrics
from webrtc.reports import MOST, Report, Reports


async def test_order_is_kept_through_a_failing_store() -> None:
    metrics, written, failures = Metrics(), [], [3]
    reports = new_reports(metrics, [])

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
    reports = new_reports(Metrics(), [])

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


async def test_what_is_beyond_the_bound_is_merged_counted_and_told() -> None:
    metrics, written = Metrics(), []
    reports = new_reports(metrics, written, most=6)

    def report(what: str, subject: str) -> Report:
        async def write() -> None:
            written.append(what)

        return Report(what, "i", write, subject=subject)

    for number in range(20):
        reports.add(report(f"joined {number}", "attendance p"))
        reports.add(report(f"level {number}", "rung p"))
        assert metrics.reports_waiting <= 6
    reports.add(report("left q", "attendance q"))
    assert metrics.drops["report_merged"] == 41 - metrics.reports_waiting
    waiting = metrics.reports_waiting
    async with running(reports):
        assert await reports.drained(5.0)
    assert written[0] == f"merged i {41 - waiting}"
    assert written[-3:] == ["joined 19", "level 19", "left q"]
    assert metrics.reports_waiting == 0


async def test_an_incident_that_cannot_be_written_holds_up_no_other() -> None:
    metrics, written = Metrics(), []
    reports = new_reports(metrics, written, most=6)
    hanging = asyncio.Event()

    async def never() -> None:
        raise Conflict("somebody else writes it all the time")

    async def hang() -> None:
        await hanging.wait()
        written.append("slow")

    for _ in range(50):
        reports.add(Report("x", "conflicting", never, subject="s"))
    reports.add(Report("x", "slow", hang))
    async with running(reports):
        for number in range(40):

            async def write(number: int = number) -> None:
                written.append(number)

            reports.add(Report("x", f"other {number % 3}", write))
            await asyncio.sleep(0)
        await until(lambda: len(written) == 40)
        for third in range(3):
            mine = [at for at in written if isinstance(at, int) and at % 3 == third]
            assert mine == sorted(mine)
        hanging.set()
        await until(lambda: "slow" in written)
        assert not await reports.drained(0.05), "the conflicting one still waits"
        assert 0 < metrics.reports_waiting <= 6


def new_reports(metrics: Metrics, written: list[Any], most: int = MOST) -> Reports:
    async def merged(incident: str, count: int) -> None:
        written.append(f"merged {incident} {count}")

    return Reports(metrics, merged, most)


@contextlib.asynccontextmanager
async def running(reports: Reports) -> AsyncIterator[None]:
    task = asyncio.create_task(reports.run())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)
