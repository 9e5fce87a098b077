"""Telling integrators how their incidents go: one process at a time sends each event (webhook_finding.py
finds them). Whoever sends claims it in the store first; a claim of a process that died ends.
"""

from __future__ import annotations

import asyncio
import logging
import random
from typing import TYPE_CHECKING

import msgspec

from api.webhook_finding import EVERY_S, WebhookFinder
from api.webhook_post import Answer, post
from domain.clock import SetBack, ahead
from domain.errors import Conflict, NotFound, Refused
from domain.forgetting import forget_all
from domain.integrator import Integrator
from domain.queries import (
    webhook_events_before,
    webhook_events_due_after,
    webhook_events_for,
    webhook_events_in,
)
from domain.revise import revise
from domain.webhook import (
    CLAIM_MS,
    EVENT,
    GONE,
    KEPT_MS,
    EventState,
    WebhookEvent,
    latest,
    put_off,
    went,
)
from domain.workflow import step

if TYPE_CHECKING:
    from api.house import House

AT_ONCE = 16
OF_ONE = 4  # a receiver that is slow keeps the others waiting for nothing
FORGET_EVERY = 600  # rounds
log = logging.getLogger("jingmin.webhooks")


class WebhookSender:
    """The part of one process; ``run`` until cancelled."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._finder = WebhookFinder(house)
        self._wake = self._finder.wake
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._of: dict[str, int] = {}
        self._set_back, self._begins = SetBack(lambda: house.clock()), True

    async def run(self) -> None:
        """Follow the board, and send what is due."""
        stop = self._house.board.listen(self._finder.heard)
        self._finder.look_at_all()
        rounds = 0
        try:
            while True:
                if self._house.store_up:
                    try:
                        await self.round(rounds % FORGET_EVERY == 0)
                        rounds += 1
                    except Refused as refused:
                        log.warning("webhooks wait: %s", refused.fault.code)
                try:
                    async with asyncio.timeout(EVERY_S):
                        await self._wake.wait()
                except TimeoutError:
                    pass
                self._wake.clear()
        finally:
            stop()
            tasks = list(self._sending.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def round(self, forget: bool = False) -> None:
        """Store what is new, begin to send what is due."""
        house, now = self._house, self._house.clock()
        await self._finder.store_new()
        if self._set_back.look() or self._begins:
            await self._shorten(now)
            self._set_back.by, self._begins = 0, False
        events = house.store.webhook_events
        async for one in events.every(webhook_events_in(EventState.SENDING)):
            if not ahead(one.claimed_until, now, CLAIM_MS) and one.id not in self._sending:
                one.state = step(EVENT, one.state, "release")
                await _saved(house, one)
        first = await events.find(webhook_events_in(EventState.WAITING), order="due_at", limit=1)
        if first and first[0].due_at <= now:
            await self._begin(now)
        if forget:
            await forget_all(events, webhook_events_before(now - KEPT_MS), "at")

    async def _shorten(self, now: int) -> None:
        """What was put off before the clock was set back waits for its own pause from now on, not longer."""
        later = webhook_events_due_after(EventState.WAITING, now)
        async for one in self._house.store.webhook_events.every(later, order="due_at"):
            if one.due_at > latest(one, now):
                one.due_at = latest(one, now)
                await _saved(self._house, one)

    async def _begin(self, now: int) -> None:
        """Of each integrator what is due first, and no more than may be sent: however much waits for one
        that is slow, nobody reads it."""
        events = self._house.store.webhook_events
        those = [one.id async for one in self._house.store.integrators.every()]
        random.shuffle(those)  # none is always the last
        for integrator in those:
            free = min(OF_ONE - self._of.get(integrator, 0), AT_ONCE - len(self._sending))
            if free <= 0:
                continue
            wanted = webhook_events_for(integrator, EventState.WAITING)
            for one in await events.find(wanted, order="due_at", limit=OF_ONE):
                if one.due_at > now or free <= 0:
                    break
                if one.id in self._sending:
                    continue  # claimed in a moment
                free -= 1
                self._of[integrator] = self._of.get(integrator, 0) + 1
                self._sending[one.id] = asyncio.create_task(self._send(one), name="webhook")

    async def _send(self, one: WebhookEvent) -> None:
        try:
            await deliver(self._house, one)
        except Refused as refused:
            log.warning("webhook event %s waits: %s", one.id, refused.fault.code)
        finally:
            del self._sending[one.id]
            self._of[one.integrator] -= 1
            if not self._of[one.integrator]:
                del self._of[one.integrator]
            self._wake.set()


async def deliver(house: House, one: WebhookEvent) -> None:
    """Claim, send and note what came of it; nothing when another process has it."""
    now = house.clock()
    one.state = step(EVENT, one.state, "claim")
    one.claimed_until = now + CLAIM_MS
    if not await _saved(house, one):
        return
    answer, gone = Answer(0, "no_webhook"), False
    try:
        of = await house.store.integrators.get(one.integrator)
    except NotFound:
        of = None
    hook = None if of is None or of.revoked_at is not None else of.webhook
    if of is None or hook is None or hook.disabled_at is not None:
        one.state, one.reason = step(EVENT, one.state, "fail"), answer.reason
        await _saved(house, one)
        return
    secret, private = house.tokens.open(hook.secret), house.settings.webhook_private
    answer = await post(hook.url, secret, one.id, body_of(one), now, private)
    now, gone = house.clock(), answer.status == GONE
    one.answer, one.reason = answer.status, answer.reason
    if answer.well:
        one.state, one.sent_at = step(EVENT, one.state, "sent"), now
        one.tries += 1
    else:
        after = EventState.FAILED if gone else put_off(one, now)
        one.state = step(EVENT, one.state, "fail" if after is EventState.FAILED else "release")
    await _saved(house, one)
    await _note(house, of, hook.url, answer.well, gone, now)


async def _note(house: House, of: Integrator, url: str, well: bool, gone: bool, now: int) -> None:
    ended = False

    def change(now_of: Integrator) -> bool:
        nonlocal ended
        hook = now_of.webhook
        if hook is None or hook.url != url:
            return False
        was = hook.disabled_at
        changed = went(hook, well, now, gone)
        ended = was is None and hook.disabled_at is not None
        return changed

    if well and (of.webhook is None or of.webhook.failing_since is None):
        return
    await revise(house.store.integrators, of.id, change)
    if ended:
        log.error("the webhook of %s is disabled: nothing went through", of.name)
        await house.audit(None, "integrator.webhook_disabled", of.id)


def body_of(one: WebhookEvent) -> bytes:
    """Ids and the kind, nothing of what the case is about."""
    return msgspec.json.encode(
        {
            "type": f"incident.{one.kind}",
            "timestamp": one.at,
            "data": {
                "incident": one.incident,
                "number": one.number,
                "external_id": one.external,
                "sequence": one.sequence,
                "sandbox": one.sandbox,
            },
        }
    )


async def _saved(house: House, one: WebhookEvent) -> bool:
    """Whether this process was the first to change it."""
    try:
        await house.store.webhook_events.save(one)
    except (Conflict, NotFound):
        return False
    return True
