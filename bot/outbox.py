"""The outbox: takes queued messages, sends each once, in the order of its person.

What cannot be known to have been sent is not sent again, unless the platform drops duplicates
(WeCom). A process that dies while sending leaves a claim that ends; then the outcome is unknown.
``carrier.py`` takes one message to its platform.
"""

from __future__ import annotations

import asyncio
import logging

from bot import carrier, meters, neighbours
from bot.house import BotHouse
from bot.rounds import rounds
from domain.errors import Conflict, Refused
from domain.outgoing import NEVER, Channel, Message, MessageState, abandoned
from domain.paging import batches, first_of_each
from domain.ports import Change
from domain.resident import Resident

BATCH = 200
log = logging.getLogger("jingmin.bot.outbox")


async def run(house: BotHouse) -> None:
    """Send what is queued until cancelled: woken by the feed, and every second for the rest."""
    await rounds(house, sweep, _waiting)


def _waiting(change: Change) -> bool:
    item = change.item
    return change.kind == "messages" and item is not None and item.state is MessageState.QUEUED


async def sweep(house: BotHouse) -> bool:
    """Send the first message of many people that is due; whether there was any. Those for whom nothing
    can be done now keep nobody waiting, nor does who has many."""
    now = house.clock()
    await _give_up_claims(house, now)
    due = house.store.messages.every(
        {"state": str(MessageState.QUEUED), "due_at": {"$lte": now}}, order="seq"
    )
    gate = asyncio.Semaphore(house.settings.at_once)

    async def one(message: Message) -> bool:
        async with gate:
            return await deliver(house, message)

    async for some in batches(first_of_each(due, lambda message: message.to), BATCH):
        if any(await asyncio.gather(*(one(message) for message in some))):
            return True  # what came meanwhile may go before the rest
    return False


async def deliver(house: BotHouse, message: Message) -> bool:
    """Send this message if it is its person's next; whether anything was done about it."""
    ahead = await house.store.messages.find(
        {"to": message.to, "state": {"$in": ["QUEUED", "SENDING"]}}, order="seq", limit=1
    )
    if not ahead:
        return False
    try:
        if ahead[0].id != message.id:
            return await _behind(house, message, ahead[0])
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


async def _behind(house: BotHouse, message: Message, head: Message) -> bool:
    """Another message to the same person goes first. While that one waits this one does, but for its
    announcement, which keeps no order."""
    if head.state is MessageState.SENDING or head.due_at <= house.clock():
        return False
    resident = await carrier.receiver(house, message)
    if message.template and head.reason == "no_credit" and resident is not None:
        await carrier.claimed(house, message, carrier.TEMPLATE)
        await carrier.announce(house, message, house.identity.open(resident.sealed))
        return True
    message.due_at, message.reason = head.due_at, head.reason
    await house.store.messages.save(message)
    return True


async def _give_up_claims(house: BotHouse, now: int) -> None:
    """Messages whose process did not come back while sending them."""
    held = house.store.messages.every(
        {"state": str(MessageState.SENDING), "claimed_until": {"$lt": now}}
    )
    async for message in held:
        if not abandoned(message, now):
            continue
        try:
            if message.channel is Channel.WORK:
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
    async for message in house.store.messages.every({"to": resident}):
        if platform_id and message.platform_id == platform_id:
            message.reason = "unreachable" if "user block" in status else message.reason
            try:
                await house.store.messages.save(message)
            except Conflict:
                return
