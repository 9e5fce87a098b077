"""What happened in rooms, written into incidents' logs in order, never holding up a call.

Each incident has a queue and a writer of its own: a conflict, a slow write or a full queue of one
never delays or costs a fact of another.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from domain.errors import Conflict, Refused, StoreDown
from webrtc.metrics import Metrics

log = logging.getLogger(__name__)
MOST = 500  # facts of one incident
FIRST_WAIT = 0.2
LONGEST_WAIT = 5.0
AT_ONCE = 32  # writes in the store, so that its other users get their turn


@dataclass(frozen=True, slots=True)
class Report:
    """One fact. ``write`` may be repeated; ``refused`` is told when the store does not want it.

    Of facts with the same ``subject`` only the newest is needed to know how things are.
    """

    what: str
    incident: str
    write: Callable[[], Awaitable[object]]
    refused: Callable[[Refused], None] | None = None
    subject: str = ""


@dataclass(slots=True, eq=False)
class _Queue:
    """The facts of one incident that are not stored yet; ``merged`` counts those given up."""

    waiting: deque[Report] = field(default_factory=deque)
    merged: int = 0
    writer: asyncio.Task[None] | None = None


class Reports:
    """A bounded queue and a writer for each incident.

    When a queue is full, only the newest fact of each subject stays; how many went is counted, and
    written with ``tell_merged(incident, count)`` before what follows.
    """

    def __init__(
        self,
        metrics: Metrics,
        tell_merged: Callable[[str, int], Awaitable[object]],
        most: int = MOST,
    ) -> None:
        self._queues: dict[str, _Queue] = {}
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._metrics = metrics
        self._tell_merged = tell_merged
        self._most = most

    def add(self, report: Report) -> None:
        """Never blocks, never raises."""
        queue = self._queues.setdefault(report.incident, _Queue())
        if len(queue.waiting) >= self._most:
            self._merge(report.incident, queue)
        queue.waiting.append(report)
        self._metrics.reports_waiting += 1
        self._idle.clear()
        self._news.set()

    def _merge(self, incident: str, queue: _Queue) -> None:
        """Make room. The first may be on its way into the store: it stays."""
        first, *rest = queue.waiting
        newest = {report.subject: report for report in rest if report.subject}
        kept = [one for one in rest if not one.subject or newest[one.subject] is one]
        # Facts without a subject are none of ours; still the queue has a bound.
        kept = kept[max(0, len(kept) + 2 - self._most) :]
        lost = len(rest) - len(kept)
        queue.waiting = deque([first, *kept])
        queue.merged += lost
        self._metrics.reports_waiting -= lost
        for _ in range(lost):
            self._metrics.dropped("report_merged")
        log.error("incident %s: %d facts were merged", incident, lost)

    async def run(self) -> None:
        """Write until cancelled."""
        try:
            while True:
                self._news.clear()
                for incident, queue in list(self._queues.items()):
                    if queue.writer is None:
                        queue.writer = asyncio.create_task(self._write_all(incident, queue))
                await self._news.wait()
        finally:
            writers = [one.writer for one in self._queues.values() if one.writer is not None]
            for writer in writers:
                writer.cancel()
            await asyncio.gather(*writers, return_exceptions=True)

    async def _write_all(self, incident: str, queue: _Queue) -> None:
        """Write what waits, and be gone."""
        while queue.waiting or queue.merged:
            if queue.merged:
                count = queue.merged

                async def write(count: int = count) -> None:
                    await self._tell_merged(incident, count)

                await self._write(Report("merged", incident, write))
                queue.merged -= count
                continue
            await self._write(queue.waiting[0])
            queue.waiting.popleft()
            self._metrics.reports_waiting -= 1
        del self._queues[incident]
        if not self._queues:
            self._idle.set()

    async def _write(self, report: Report) -> None:
        """Until the store has it or does not want it."""
        wait = FIRST_WAIT
        while True:
            try:
                async with self._turns:
                    await report.write()
                return
            except (StoreDown, Conflict, OSError) as problem:
                log.warning("incident %s: %s waits: %s", report.incident, report.what, problem)
            except Refused as refusal:
                log.info("incident %s: %s refused: %s", report.incident, report.what, refusal)
                self._metrics.dropped("report_refused")
                if report.refused is not None:
                    report.refused(refusal)
                return
            except Exception:
                log.exception("incident %s: %s", report.incident, report.what)
                self._metrics.dropped("report_broken")
                return
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def drained(self, seconds: float) -> bool:
        """Wait until everything is written, at most so long; whether it is."""
        try:
            await asyncio.wait_for(self._idle.wait(), seconds)
        except TimeoutError:
            return False
        return True
