"""Quality levels on their way into the log: what changed, and not more often than it can bear.

A level that is the known one is no fact. Of what changes more often than every two seconds the log
gets the level at the end of them; it therefore always ends with the true one, until a participant
has used up what one call has room for.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from domain.bounds import LEVELS
from domain.ticket import Ticket
from webrtc.metrics import Metrics

EVERY = 2.0
FIRST = "video"  # the level everybody begins with
REMEMBERED = 10_000


@dataclass(slots=True)
class _Known:
    """What the log knows of one participant; ``waiting`` is what it does not know yet."""

    level: str = FIRST
    at: float = -EVERY
    count: int = 0
    waiting: tuple[Ticket, str, str] | None = None
    timer: asyncio.TimerHandle | None = None


class Levels:
    """Of all participants of this process. ``write(ticket, level, cause)`` puts it into the log."""

    def __init__(self, write: Callable[[Ticket, str, str], None], metrics: Metrics) -> None:
        self._write = write
        self._metrics = metrics
        self._known: OrderedDict[tuple[str, str], _Known] = OrderedDict()

    def joined(self, ticket: Ticket) -> None:
        """He begins anew, with the first level."""
        self.gone(ticket)
        known = self._known.get((ticket.call, ticket.participant))
        if known is not None:
            known.level = FIRST

    def gone(self, ticket: Ticket) -> None:
        """What was not written yet is not true any more."""
        known = self._known.get((ticket.call, ticket.participant))
        if known is not None:
            known.waiting = None
            if known.timer is not None:
                known.timer.cancel()
                known.timer = None

    def changed(self, ticket: Ticket, level: str, cause: str) -> None:
        """He says that he is on this level now."""
        whose = (ticket.call, ticket.participant)
        known = self._known.pop(whose, None) or _Known()
        self._known[whose] = known
        while len(self._known) > REMEMBERED:
            _, oldest = self._known.popitem(last=False)
            if oldest.timer is not None:
                oldest.timer.cancel()
        if known.waiting is not None:
            self._metrics.dropped("level_merged")
        known.waiting = ticket, level, cause
        loop = asyncio.get_running_loop()
        wait = known.at + EVERY - loop.time()
        if wait <= 0:
            self._settle(known)
        elif known.timer is None:
            known.timer = loop.call_later(wait, self._settle, known)

    def _settle(self, known: _Known) -> None:
        if known.timer is not None:
            known.timer.cancel()
            known.timer = None
        if known.waiting is None:
            return
        (ticket, level, cause), known.waiting = known.waiting, None
        if level == known.level:
            return
        if known.count >= LEVELS:
            self._metrics.dropped("level_beyond")
            return
        known.level, known.at = level, asyncio.get_running_loop().time()
        known.count += 1
        self._write(ticket, level, cause)
