"""The outbox: takes queued messages, sends each once, in the order of its person.

What cannot be known to have been sent is not sent again, unless the platform drops duplicates
(WeCom) or it is urgent. A process that dies while sending leaves a claim that ends; then the outcome is
unknown. Each rank has a line and places of its own: what is urgent waits for nothing else, and a status
line goes with what is said to its person, if there is something.
``carrier.py`` takes one message to its platform.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time

from bot import carrier, meters, neighbours
from bot.house import BotHouse
from bot.places import Places
from bot.rounds import rounds
from domain.clock import SetBack
from domain.errors import Conflict, NotFound, Refused
from domain.outgoing import (
    NEVER,
    RETRY_MS,
    Channel,
    Message,
    MessageState,
    Rank,
    abandoned,
)
from domain.paging import first_of_each
from domain.ports import Change
from domain.queries_messages import (
    messages_due,
    messages_due_between,
    messages_of_rank,
    messages_to,
    messages_to_of_rank,
)
from domain.resident import Resident

FOR_URGENT = 4
CLAIMS_EVERY_S = 1.0  # a claim lasts 20 s at least
log = logging.getLogger("jingmin.bot.outbox")


async def run(house: BotHouse) -> None:
    """Send what is queued until cancelled: woken by the feed, and every second for the rest."""
    async with asyncio.TaskGroup() as group:
        for rank in Rank:
            group.create_task(_run(house, rank))


async def _run(house: BotHouse, rank: Rank) -> None:
    def waiting(change: Change) -> bool:
        one = change.item
        return isinstance(one, Message) and one.rank is rank and one.state is MessageState.QUEUED

    wake = asyncio.Event()
    async with Places(_count(house, rank), wake) as places:
        places.wakes = True  # what follows to the same person
        looked = -CLAIMS_EVERY_S
        clock, begins = SetBack(house.clock), True

        async def start(house: BotHouse) -> bool:
            nonlocal looked, begins
            if begins:
                await _before_it_was_set_back(house, rank, RETRY_MS[-1], NEVER)
                begins = False
            if clock.look():
                await _before_it_was_set_back(house, rank, 0, clock.by)
                clock.by = 0
            if time.monotonic() - looked >= CLAIMS_EVERY_S:
                looked = time.monotonic()
                await _give_up_claims(house, rank)
            return await _start(house, rank, places)

        await rounds(house, start, waiting, wake)


async def _before_it_was_set_back(house: BotHouse, rank: Rank, longest: int, by: int) -> None:
    """What waits for a pause longer than ``longest``, which began before the clock was set back, waits
    shorter ``by`` that. Quotas are given at a time of day, and contacts come when they come."""
    now = house.clock()
    later = messages_due_between(MessageState.QUEUED, rank, now + longest, NEVER)
    async for message in house.store.messages.every(later, order="due_at"):
        if message.reason == "quota":
            continue
        message.due_at = max(now, message.due_at - by)
        with contextlib.suppress(Conflict, NotFound):  # another process did the same
            await house.store.messages.save(message)


def _count(house: BotHouse, rank: Rank) -> int:
    """How many of a rank are sent at once."""
    at_once = house.settings.at_once
    if rank is Rank.URGENT:
        return max(FOR_URGENT, at_once)
    return max(1, at_once // 4) if rank is Rank.NOTICE else at_once


async def sweep(house: BotHouse) -> bool:
    """Send the first message of everybody that is due; whether there was any."""
    did = False
    for rank in Rank:
        await _give_up_claims(house, rank)
        async with Places(_count(house, rank)) as places:
            await _start(house, rank, places)
            did = await places.rest() or did
    return did


async def _start(house: BotHouse, rank: Rank, places: Places) -> bool:
    """Give a place to the first message of each person that is due. Those for whom nothing can be done
    now keep nobody waiting, nor does who has many."""
    # Up to now: most of what waits waits for a contact, which may never come, and the embedded store reads
    # all that a query matches, however few are taken.
    due = messages_due(MessageState.QUEUED, rank, house.clock())
    found = house.store.messages.every(due, order="due_at")
    async for message in first_of_each(found, lambda message: message.to):
        if not places.holds(message.to):
            await places.start(message.to, deliver(house, message))
    return False


async def deliver(house: BotHouse, message: Message) -> bool:
    """Send what its person gets next of this message's rank; whether anything was done about it."""
    ahead = await _ahead(house, message)
    if ahead is None:
        return False
    try:
        if not _may_go(ahead, message.rank, house.clock()):
            return await _behind(house, message, ahead)
        message = ahead
        if message.channel is Channel.WORK:
            await carrier.to_officers(house, message)
        else:
            await carrier.to_resident(house, message)
    except Conflict:
        return False  # another process has it
    except Refused as refused:
        if refused.fault.code == "store_down":
            raise
        log.error("message %s: %s", message.id, refused.fault.code)
        await carrier.failed(house, message, refused.fault.code)
    return True


async def _ahead(house: BotHouse, message: Message) -> Message | None:
    """What goes to the same person first: this one, or another it waits for, of no later rank. Nothing
    waits for an urgent message or a status line that is put off."""
    messages = house.store.messages
    for rank in Rank:
        if rank > message.rank:
            break
        # What waits before what is being sent: one that another process takes in between is found there.
        head = await _first_queued(house, message.to, rank)
        sending = messages_to_of_rank(message.to, MessageState.SENDING, rank)
        for one in await messages.find(sending, order="seq", limit=1):
            return one
        if head is not None:
            return head
    return None


async def _first_queued(house: BotHouse, person: str, rank: Rank) -> Message | None:
    messages = house.store.messages
    queued = messages_to_of_rank(person, MessageState.QUEUED, rank)
    if rank in (Rank.SAID, Rank.NOTICE):
        for one in await messages.find(queued, order="seq", limit=1):
            return one
        return None
    async for one in messages.every(queued, order="seq"):
        if one.due_at <= house.clock():
            return one
    return None


def _may_go(message: Message, rank: Rank, now: int) -> bool:
    queued = message.state is MessageState.QUEUED and message.due_at <= now
    return queued and message.rank is rank


async def _behind(house: BotHouse, message: Message, head: Message) -> bool:
    """Another message to the same person goes first. While that one waits this one does, but for its
    announcement, which keeps no order."""
    if head.state is MessageState.SENDING or head.due_at <= house.clock():
        return False  # it goes by itself
    resident = await carrier.receiver(house, message)
    if message.template and head.reason == "no_credit" and resident is not None:
        await carrier.claimed(house, message, carrier.TEMPLATE)
        await carrier.announce(house, message, house.identity.open(resident.sealed))
        return True
    message.due_at, message.reason = head.due_at, head.reason
    await house.store.messages.save(message)
    return True


async def _give_up_claims(house: BotHouse, rank: Rank) -> None:
    """Messages whose process did not come back while sending them."""
    now = house.clock()
    held = house.store.messages.every(messages_of_rank(MessageState.SENDING, rank))
    async for message in held:
        if not abandoned(message, now):
            continue
        try:
            if message.urgent or message.channel is Channel.WORK:
                await carrier.later(house, message, "unknown")
            elif message.by == carrier.TEMPLATE:
                message.template = ""
                await carrier.wait(house, message, "no_credit", NEVER)
            else:
                meters.MESSAGES.labels("unknown").inc()
                await carrier.failed(house, message, "unknown")
        except Conflict:
            continue


async def finished(house: BotHouse, resident: str, platform_id: str, status: str) -> None:
    """What became of a template message, as the platform told later."""
    meters.RESULTS.labels("success" if status == "success" else "failed").inc()
    if status == "success":
        return
    if "user block" in status:

        def unreachable(row: Resident) -> None:
            row.reachable = False

        await neighbours.amend(house, resident, unreachable)
    async for message in house.store.messages.every(messages_to(resident)):
        if platform_id and message.platform_id == platform_id:
            message.reason = "unreachable" if "user block" in status else message.reason
            try:
                await house.store.messages.save(message)
            except Conflict:
                return
