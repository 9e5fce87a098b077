"""Tasks: what one delivery says to the platform and hears from it.

After every step the delivery is saved under its version: whoever comes second gives up.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial

from bot.client import Upload
from bot.errors import CallFailed, PlatformError, Unknown, Unsent
from bot.house import BotHouse
from bot.mass import DISPATCHING, NOBODY, ChatResult, SendStatus
from bot.notice_text import group_link, group_text, station_name
from bot.pace import Pace
from domain import delivery as steps
from domain.delivery import marker
from domain.errors import NotFound, Refused
from domain.group import Group
from domain.notice import Delivery, DeliveryState, Notice, Outcome
from domain.platform_ids import account_of
from domain.revise import revise

PICTURE_S = 2 * 24 * 3_600.0  # the platform keeps a file three days, for the whole corp
CALL_S = 40.0  # less than a claim: whoever takes over later must be alone
LISTED_MS = 10 * 60_000  # the platform's clock is not ours
KEPT_SENT_MS = 62 * 24 * 3_600_000
# Wrong settings, not wrong tasks: the app's token, address or rights. Somebody will put them right.
FIXABLE = (40001, 40014, 40091, 42001, 48002, 50001, 60020)
OUTCOMES = {
    SendStatus.UNSENT: Outcome.WAITING,
    SendStatus.SENT: Outcome.SENT,
    SendStatus.NOT_FRIEND: Outcome.REFUSED,
    SendStatus.CAPPED: Outcome.CAPPED,
}
log = logging.getLogger("jingmin.bot.notices")


class Tasks:
    """Group-send tasks of one process. ``touched`` are notices whose deliveries it changed."""

    def __init__(self, house: BotHouse, pace: Pace, touched: set[str]) -> None:
        self._house, self._pace = house, pace
        self._store = house.store
        self._touched = touched
        self._pictures: dict[tuple[str, str], tuple[str, float]] = {}
        self._handing = asyncio.Lock()

    async def make(self, it: Delivery, notice: Notice) -> None:
        """Ask for the task of a delivery that is claimed. When its turn comes too late nothing is
        asked, and it will be looked for like one whose answer was lost."""
        async with self._pace.slot():
            if self._house.clock() < it.claimed_until - int(CALL_S * 1000):
                await self._ask(it, notice)

    async def _picture(self, file: str, owner: str) -> dict[str, object]:
        """The picture as an attachment; handed to this owner's corp once in two days."""
        key = account_of(owner), file
        async with self._handing:
            known, until = self._pictures.get(key, ("", 0.0))
            if until <= time.monotonic():
                data = b"".join([piece async for piece in self._store.files.read(file)])
                kind = "image/png" if file.endswith(".png") else "image/jpeg"
                work = self._house.corps.of(owner)
                known = await work.upload_media("image", Upload(file, kind, data))
                self._pictures[key] = (known, time.monotonic() + PICTURE_S)
        return {"msgtype": "image", "image": {"media_id": known}}

    async def _ask(self, it: Delivery, notice: Notice) -> None:
        station = station_name(self._house, notice)
        attached = [group_link(notice, it, station, self._house.settings.site)]
        try:
            if notice.picture:
                attached.append(await self._picture(notice.picture, it.owner))
        except (CallFailed, Refused) as error:
            log.warning("a notice's picture could not be handed over: %s", type(error).__name__)
            steps.release(it, "picture", 0, self._house.clock())
            return
        try:
            async with asyncio.timeout(CALL_S):
                made = await self._house.corps.of(it.owner).add_group_message(
                    it.owner, it.chats, group_text(notice, station), attached
                )
            steps.created(it, made.task, made.failed, self._house.clock(), "created")
        except Unsent as error:
            steps.release(it, str(error.code or "busy"), error.until, self._house.clock())
        except PlatformError as error:
            if error.code in FIXABLE:
                log.error("no task can be made: %d", error.code)
                steps.release(it, str(error.code), 0, self._house.clock())
            elif error.code == NOBODY and notice.corrects is not None:
                steps.postpone(it, self._house.clock())
            else:
                capped = error.code == NOBODY
                steps.fail(it, str(error.code), Outcome.CAPPED if capped else Outcome.REFUSED)
        except (Unknown, TimeoutError):
            steps.lost(it, self._house.clock())
        await self.save(it)
        log.info("delivery %s of %s: %s %s", marker(it), notice.number, it.state, it.reason)

    async def find(self, it: Delivery, now: int) -> str:
        """The task in the platform's list, empty when it was not made."""
        start, end = it.claimed_until - steps.CLAIM_MS - LISTED_MS, now + LISTED_MS
        mark, cursor = f"d={marker(it)}", ""
        while True:
            async with self._pace.slot():
                work = self._house.corps.of(it.owner)
                page, cursor = await work.group_messages(it.owner, start, end, cursor)
            for one in page:
                links = (str((part.get("link") or {}).get("url", "")) for part in one.attachments)
                if any(url.endswith(mark) for url in links):
                    return one.task
            if not cursor:
                return ""

    async def read(self, it: Delivery, now: int, again: bool = False) -> bool:
        """What the platform says now is in the store; False when it does not say yet. ``again``: groups
        that had their share get it the next day."""
        try:
            async with self._pace.slot():
                tasks, _ = await self._house.corps.of(it.owner).group_tasks(it.task)
            mine = [one for one in tasks if one.userid.lower() == it.owner.lower()]
            confirmed = max((one.sent_at or now for one in mine if one.sent), default=0)
            results = await self._results(it) if confirmed else []
        except PlatformError as error:
            if error.code != DISPATCHING:
                raise
            it.due_at = now + 3_000
            await self.save(it)
            return False
        before, when = dict(it.outcomes), it.confirmed_at
        seen = {one.chat: OUTCOMES[one.status] for one in results}
        steps.looked(it, seen, confirmed, now, again)
        rest = steps.capped_rest(it, now)
        if rest is not None:
            await self._store.deliveries.add_many([rest])
        if (it.outcomes, it.confirmed_at) != (before, when):
            await self.save(it)
            for one in results:
                if it.outcomes.get(one.chat) is Outcome.SENT is not before.get(one.chat):
                    await self._group(one.chat, partial(reached, at=one.sent_at or confirmed))
        return True

    async def _results(self, it: Delivery) -> list[ChatResult]:
        found: list[ChatResult] = []
        cursor = ""
        while True:
            async with self._pace.slot():
                work = self._house.corps.of(it.owner)
                page, cursor = await work.group_results(it.task, it.owner, cursor)
            found += page
            if not cursor:
                return found

    async def _group(self, chat: str, change: Callable[[Group], None]) -> None:
        try:
            await revise(self._store.groups, chat, change)
        except NotFound:
            return

    async def remind(self, it: Delivery) -> None:
        """Ask the platform to remind the owner; whether it does is not known."""
        try:
            async with self._pace.slot():
                await self._house.corps.of(it.owner).remind(it.task)
        except CallFailed as error:
            log.info("delivery %s: no reminder: %s", marker(it), error)

    async def cancel(self, it: Delivery, reason: str) -> None:
        """Stop the task, then read what had gone out before: that stays sent."""
        try:
            async with self._pace.slot():
                await self._house.corps.of(it.owner).cancel(it.task)
        except PlatformError as error:
            if error.code == DISPATCHING:
                return  # the next turn
            log.info("delivery %s: cancelling: %d", marker(it), error.code)
        if not await self.read(it, self._house.clock()):
            return
        if it.state is not DeliveryState.CREATED:
            return
        missed = steps.waiting(it) if reason == "unconfirmed" and not it.confirmed_at else []
        steps.cancel(it, reason)
        await self.save(it)
        for chat in missed:
            await self._group(chat, miss)

    async def save(self, it: Delivery) -> None:
        """Under its version; raises ``Conflict``."""
        await self._store.deliveries.save(it)
        self._touched.add(it.notice)


def reached(group: Group, at: int) -> None:
    """A notice reached the group then; the same time again changes nothing."""
    if at not in group.sent:
        group.sent = [one for one in group.sent if at - one < KEPT_SENT_MS] + [at]
    group.missed_sends = 0


def miss(group: Group) -> None:
    """Its owner let a notice lie for three days."""
    group.missed_sends += 1
