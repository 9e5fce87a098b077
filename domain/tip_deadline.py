"""Deadlines: until when the resident of a tip is to be answered, and who is reminded when that is over.

Every wait (``Tip.waiting_since``) has one: that for the first answer, and that for what is added later.
What is added while the resident waits anyway does not put it off.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from domain import evidence
from domain.clock import DAY_MS, HOUR_MS
from domain.errors import Conflict, NotFound
from domain.hearers import around, hearers, supervisors
from domain.people import SYSTEM, Person
from domain.ports import Store
from domain.queries import overdue_tips, overdue_urgent, tips_reminded
from domain.query import Criteria
from domain.tip import Tip, amend

OVERDUE = "tip.overdue"
# Who is reminded of a wait, in this order.
OFFICER, SUPERVISOR = 1, 2


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long (ms) a resident may wait for an answer, and where the tip is urgent."""

    answer_ms: int = DAY_MS
    urgent_ms: int = 30 * 60_000

    @classmethod
    def of(cls, hours: float, urgent_minutes: float) -> Deadlines:
        """As an operator sets them."""
        return cls(int(hours * HOUR_MS), int(urgent_minutes * 60_000))

    def due_at(self, it: Tip, level: int = OFFICER) -> int | None:
        """Until when it is to be answered (Unix ms), None when nobody waits. Half as long again passes
        before a supervisor is reminded."""
        if it.waiting_since is None:
            return None
        return it.waiting_since + self._allowed(it.urgent, level)

    def missed(self, whose: Criteria, now: int, level: int = OFFICER) -> tuple[Criteria, Criteria]:
        """Those that are overdue, urgent ones and the others. ``whose`` as in ``overdue_tips``."""
        return (
            overdue_urgent(whose, now - self._allowed(True, level)),
            overdue_tips(whose, now - self._allowed(False, level)),
        )

    def _allowed(self, urgent: bool, level: int) -> int:
        allowed = self.urgent_ms if urgent else self.answer_ms
        return allowed if level == OFFICER else allowed * 3 // 2


async def remind_overdue(store: Store, deadlines: Deadlines, now: int) -> int:
    """Write into each tip that is overdue who is reminded of it: whoever hears of it, and when half as
    long again has passed its supervisors; each once for each wait. How many lines that were. Any number
    of processes may do this at a time, and begin anew."""
    done, people = 0, dict[str, list[Person]]()
    for level, before in ((OFFICER, None), (SUPERVISOR, OFFICER)):
        for wanted in deadlines.missed(tips_reminded(before), now, level):
            async for it in store.tips.every(wanted, order="turn"):
                if it.station not in people:
                    people[it.station] = await around(store, it.station)
                with suppress(Conflict, NotFound):  # it is looked at again soon
                    staff = people[it.station]
                    done += await _remind(store, it, level, deadlines, staff, now)
    return done


async def _remind(
    store: Store, it: Tip, level: int, deadlines: Deadlines, staff: Iterable[Person], now: int
) -> bool:
    station, reminded = it.station, False

    def change(it: Tip) -> None:
        nonlocal reminded
        reminded = False
        due = deadlines.due_at(it, level)
        if due is None or due > now or it.station != station or (it.reminded or 0) != level - 1:
            return
        who = hearers if level == OFFICER else supervisors
        it.reminded, reminded = level, True
        evidence.append(
            it.log,
            SYSTEM,
            OVERDUE,
            now,
            level=level,
            since=it.waiting_since,
            due=deadlines.due_at(it),
            officers=[one.id for one in who(it, staff, now)],
        )

    await amend(store, it.id, change)
    return reminded
