"""What happened in rooms, written into incidents' logs in order, never holding up a call."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from domain.errors import Conflict, Refused, StoreDown
from webrtc.metrics import Metrics

log = logging.getLogger(__name__)
MOST = 2000
FIRST_WAIT = 0.2
LONGEST_WAIT = 5.0


@dataclass(frozen=True, slots=True)
class Report:
    """One fact. ``write`` may be repeated; ``refused`` is told when the store does not want it."""

    what: str
    incident: str
    write: Callable[[], Awaitable[object]]
    refused: Callable[[Refused], None] | None = None


class Reports:
    """A bounded queue with one writer; when it overflows, the oldest fact is lost and counted."""

    def __init__(self, metrics: Metrics) -> None:
        self._waiting: deque[Report] = deque()
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._metrics = metrics

    def add(self, report: Report) -> None:
        """Never blocks, never raises."""
        if len(self._waiting) >= MOST:
            lost = self._waiting.popleft()
            self._metrics.dropped("report")
            log.error("incident %s: %s could not be stored", lost.incident, lost.what)
        self._waiting.append(report)
        self._metrics.reports_waiting = len(self._waiting)
        self._idle.clear()
        self._news.set()

    async def run(self) -> None:
        """Write until cancelled."""
        wait = FIRST_WAIT
        while True:
            if not self._waiting:
                self._idle.set()
                self._news.clear()
                await self._news.wait()
                continue
            report = self._waiting[0]
            try:
                await report.write()
            except (StoreDown, Conflict, OSError) as problem:
                log.warning("incident %s: %s waits: %s", report.incident, report.what, problem)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)
                continue
            except Refused as refusal:
                log.info("incident %s: %s refused: %s", report.incident, report.what, refusal)
                if report.refused is not None:
                    report.refused(refusal)
            except Exception:
                log.exception("incident %s: %s", report.incident, report.what)
            wait = FIRST_WAIT
            if self._waiting and self._waiting[0] is report:
                self._waiting.popleft()
            self._metrics.reports_waiting = len(self._waiting)

    async def drained(self, seconds: float) -> bool:
        """Wait until everything is written, at most so long; whether it is."""
        try:
            await asyncio.wait_for(self._idle.wait(), seconds)
        except TimeoutError:
            return False
        return True
