"""Notices: one group-send task for each owner, at most once; read back, reminded, stopped.

Everything is in the store: a process that dies leaves deliveries that any other goes on with. A
task whose answer was lost is looked for in the platform's list before it is made again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

from bot.errors import CallFailed
from bot.followers import drop_messages, tell_author, tell_followers
from bot.house import BotHouse
from bot.pace import Pace
from bot.tasks import Tasks
from domain import delivery as steps
from domain import evidence
from domain.clock import SetBack, ahead, within
from domain.delivery import OPEN, marker
from domain.errors import Conflict, NotFound, Refused
from domain.notice import Delivery, DeliveryState, Notice, NoticeState, over, stopped
from domain.paging import batches
from domain.people import SYSTEM
from domain.publishing import mark_corrected
from domain.queries_groups import (
    deliveries_due,
    deliveries_due_after,
    deliveries_in,
    deliveries_of,
    live_notices,
    notices_over,
)
from domain.revise import revise
from domain.writing import expire

TURN_S = 1.0
BATCH = 400
COUNT_ALL_MS = 5 * 60_000
FRESH_MS = 60_000  # so long the owners of a notice that was planned are still those
# Shorter pauses are this process's own: written down, they would be a change for every page.
KEPT_PAUSE_MS = 5 * 60_000
log = logging.getLogger("jingmin.bot.notices")

Step = Callable[[Tasks, Delivery, Notice], Awaitable[None]]


async def run_notices(house: BotHouse) -> None:
    """Send, look, remind and stop until cancelled. Without WeCom followers get theirs, too."""
    sender = NoticeSender(house)
    while True:
        try:
            await sender.turn()
        except (CallFailed, Refused) as error:
            log.warning("notices wait: %s", error)
        except Exception:
            log.exception("notices wait")
        await asyncio.sleep(TURN_S)


class NoticeSender:
    """One process's share of the work; several share it by the versions of the deliveries."""

    def __init__(self, house: BotHouse, pace: Pace | None = None) -> None:
        self._house, self._store = house, house.store
        self._touched: set[str] = set()
        self._counted_at: int | None = None
        self._looked: dict[str, int] = {}
        self._set_back, self._begins = SetBack(house.clock), True
        self._tasks = None
        if house.corps:
            self._tasks = Tasks(house, pace or Pace(), self._touched)

    async def turn(self) -> None:
        """Everything that is due now, once."""
        now = self._house.clock()
        notices = await self._live(now)
        if self._set_back.look() or self._begins:
            await self._shorten(notices, now)
            self._set_back.by, self._begins = 0, False
        await self._all(self._send, self._due(DeliveryState.PLANNED, now), notices)
        await self._all(self._resolve, self._lost(now), notices)
        await self._all(self._look, self._due(DeliveryState.CREATED, now), notices)
        for it in notices.values():
            if stopped(it):
                await drop_messages(self._store, it)
                await self._all(self._stop, self._deliveries(it.id), {it.id: it})
                self._touched.add(it.id)
        if self._counted_at is None or not within(self._counted_at, now, COUNT_ALL_MS):
            # What another process touched last before it died.
            self._touched |= set(notices)
            self._looked = {id: at for id, at in self._looked.items() if at > now}
            self._counted_at = now
        self._touched |= {one.id for one in notices.values() if not one.groups}
        for id in sorted(self._touched):
            await self._count(id, now)
        self._touched.clear()

    async def _live(self, now: int) -> dict[str, Notice]:
        """Notices to which something may still happen. Those whose time is over expire; of those whose
        time has come followers are told."""
        found = [one async for one in self._store.notices.every(live_notices())]
        over_now = notices_over(NoticeState.PUBLISHED, now)
        found += [one async for one in self._store.notices.every(over_now)]
        live: dict[str, Notice] = {}
        for it in found:
            if it.state is NoticeState.PUBLISHED and over(it, now):
                it = await expire(self._store, it.id, now)
            if not stopped(it) and it.told_at is None and due(it, now):
                await mark_corrected(self._store, it, now)
                it = await tell_followers(self._house, it, now)
                self._touched.add(it.id)
            live[it.id] = it
        return live

    async def _shorten(self, notices: dict[str, Notice], now: int) -> None:
        """What was put off before the clock was set back waits no longer than it ever may, from now on.
        What is sent at a time of day waits for that."""
        for state in (DeliveryState.PLANNED, DeliveryState.CREATED):
            later = deliveries_due_after(state, now)
            async for it in self._store.deliveries.every(later, order="due_at"):
                with suppress(Conflict, NotFound):  # another process did the same
                    notice = notices.get(it.notice) or await self._store.notices.get(it.notice)
                    longest = steps.latest(it, notice.send_at, now)
                    if it.due_at > longest:
                        it.due_at = longest
                        await self._store.deliveries.save(it)

    def _due(self, state: DeliveryState, now: int) -> AsyncIterator[Delivery]:
        """All that are due, longest first; those of the same state whose turn is later are many, too."""
        return self._store.deliveries.every(deliveries_due(state, now), order="due_at")

    async def _lost(self, now: int) -> AsyncIterator[Delivery]:
        """Those whose task was being made when a process ended."""
        async for one in self._store.deliveries.every(deliveries_in(DeliveryState.CREATING)):
            if not ahead(one.claimed_until, now, steps.CLAIM_MS):
                yield one

    def _deliveries(self, notice: str) -> AsyncIterator[Delivery]:
        return self._store.deliveries.every(deliveries_of(notice))

    async def _all(
        self, work: Step, found: AsyncIterator[Delivery], notices: dict[str, Notice]
    ) -> None:
        tasks = self._tasks
        if tasks is None:
            return

        async def one(it: Delivery) -> None:
            try:
                notice = notices.get(it.notice) or await self._store.notices.get(it.notice)
                await work(tasks, it, notice)
            except Conflict:
                return  # another process has it
            except NotFound:
                log.error("delivery %s has no notice", marker(it))
            except CallFailed as error:
                log.warning("delivery %s: %s", marker(it), error)

        async for some in batches(found, BATCH):
            await asyncio.gather(*(one(it) for it in some))

    async def _send(self, tasks: Tasks, it: Delivery, notice: Notice) -> None:
        now = self._house.clock()
        notice = await self._store.notices.get(
            notice.id
        )  # it may be withdrawn since the turn began
        if stopped(notice):
            steps.cancel(it, stopped(notice))
            await tasks.save(it)
        elif notice.state is not NoticeState.PUBLISHED:
            it.due_at = now + steps.PUBLISHED_MS  # written down, not published yet
            await tasks.save(it)
        elif not await self._handed_on(tasks, it, notice, now):
            steps.claim(it, self._house.settings.process, now)
            await tasks.save(it)
            await tasks.make(it, notice)

    async def _handed_on(self, tasks: Tasks, it: Delivery, notice: Notice, now: int) -> bool:
        """Whether groups got another owner while it waited for its time; these get a delivery of
        their own, and the rest is looked at again."""
        if within(notice.published_at or now, now, FRESH_MS):
            return False
        owners: dict[str, str] = {}
        for chat in it.chats:
            try:
                owners[chat] = (await self._store.groups.get(chat)).owner or it.owner
            except NotFound:
                continue
        elsewhere = steps.handed_on(it, owners)
        if not elsewhere:
            return False
        await self._store.deliveries.add_many(elsewhere)
        await tasks.save(it)
        return True

    async def _resolve(self, tasks: Tasks, it: Delivery, notice: Notice) -> None:
        """Whether a task without an answer was made is read from the platform's list."""
        now = self._house.clock()
        task = await tasks.find(it, now)
        if task:
            steps.created(it, task, (), now, "found")
        else:
            steps.missing(it, now)
        await tasks.save(it)
        log.info("delivery %s of %s was lost: %s", marker(it), notice.number, it.state)

    async def _look(self, tasks: Tasks, it: Delivery, notice: Notice) -> None:
        now = self._house.clock()
        if ahead(self._looked.get(it.id, 0), now, steps.LOOK_MS):
            return
        remind = not stopped(notice) and steps.may_remind(it, notice.urgent, now)
        it.due_at = self._looked[it.id] = steps.next_look(it, now)
        if remind:
            it.reminded = [*it.reminded[-9:], now]
        if remind or it.due_at - now >= KEPT_PAUSE_MS:
            # Before it is asked: nobody is reminded twice, no other process looks at the same.
            await tasks.save(it)
        again = notice.corrects is not None and not stopped(notice)
        if not await tasks.read(it, now, again) or it.state is not DeliveryState.CREATED:
            return
        if steps.given_up(it, now) and steps.waiting(it):
            await tasks.cancel(it, "unconfirmed")
        elif remind:
            await tasks.remind(it)

    async def _stop(self, tasks: Tasks, it: Delivery, notice: Notice) -> None:
        """Nothing more of a notice that is over is sent."""
        if it.state is DeliveryState.PLANNED:
            steps.cancel(it, stopped(notice))
            await tasks.save(it)
        elif it.state is DeliveryState.CREATED:
            await tasks.cancel(it, stopped(notice))

    async def _count(self, id: str, now: int) -> None:
        """The notice carries the sums of its deliveries, and says when nothing is left to happen."""
        found = [one async for one in self._deliveries(id)]
        (totals, people), unasked = steps.totals(found), steps.unasked(found)
        ended = not any(one.state in OPEN for one in found)

        def sum_up(it: Notice) -> bool:
            told = it.told_at is not None or stopped(it) != ""
            if not it.live:
                return False
            same = (it.totals, it.reached, it.unasked) == (totals, people, unasked)
            if same and not (ended and told):
                return False
            it.totals, it.reached, it.unasked = totals, people, unasked
            it.updated_at = max(it.updated_at, now)
            if ended and told:
                it.live, it.settled_at = False, now
                sums = {str(how): count for how, count in sorted(totals.items())}
                evidence.append(it.log, SYSTEM, "notice.settled", now, totals=sums, reached=people)
            return True

        with suppress(Conflict):  # it is counted again
            counted = await revise(self._store.notices, id, sum_up)
            if counted.corrects is not None and not stopped(counted):
                await tell_author(self._house, counted, found)


def due(it: Notice, now: int) -> bool:
    """Whether its time to go out has come."""
    return it.send_at is None or it.send_at <= now
