"""Residents as the bot keeps them: their row, and the ledger of what may still be sent to them."""

from __future__ import annotations

from collections.abc import Callable

from bot.house import BotHouse
from domain.arrival import Arrival
from domain.errors import Conflict, Duplicate, NotFound
from domain.incident import LIVE
from domain.outgoing import NEVER, TOGETHER_MS, MessageState, Rank, fail, outdated
from domain.platform_ids import account_of
from domain.queries_messages import messages_to_in
from domain.resident import Credit, Resident, Trigger, earn, exhaust, left, refund, spend
from domain.revise import revise


async def known(house: BotHouse, id: str, openid: str, now: int) -> Resident:
    """The resident's row; made for whoever writes for the first time, or again after withdrawing."""
    try:
        return await house.store.residents.get(id)
    except NotFound:
        fresh = Resident(id, house.identity.close(openid), heard_at=now)
    try:
        await house.store.residents.add(fresh)
    except Duplicate:
        return await house.store.residents.get(id)
    return fresh


def account(house: BotHouse, resident: Resident) -> str:
    """The Official Account that the resident talks to."""
    return account_of(house.identity.open(resident.sealed))


async def amend(house: BotHouse, id: str, change: Callable[[Resident], None]) -> Resident | None:
    """``revise`` a resident's row. None when the resident is gone."""
    try:
        return await revise(house.store.residents, id, change)
    except NotFound:
        return None


async def earned(house: BotHouse, arrival: Arrival, trigger: Trigger) -> None:
    """The resident did something that lets the account answer; again: once."""

    def change(credit: Credit) -> bool:
        earn(credit, trigger, arrival.sent_at, arrival.at, arrival.id)
        return True

    await ledger(house, arrival.person, change)


async def spent(house: BotHouse, id: str, now: int) -> bool:
    """Take one message from the ledger, before it is sent; False when there is none."""
    return await ledger(house, id, lambda credit: spend(credit, now))


async def refunded(house: BotHouse, id: str, spent_at: int) -> None:
    """The message taken at ``spent_at`` certainly did not leave."""
    await ledger(house, id, lambda credit: refund(credit, spent_at))


async def exhausted(house: BotHouse, id: str) -> None:
    """The platform said that nothing is left."""

    def change(credit: Credit) -> bool:
        exhaust(credit)
        return True

    await ledger(house, id, change)


async def may_send(house: BotHouse, id: str, now: int) -> bool:
    """Whether the ledger has something left; takes nothing."""
    return await credit_left(house, id, now) > 0


async def credit_left(house: BotHouse, id: str, now: int) -> int:
    """How many messages the ledger has left; takes none."""
    try:
        return left(await house.store.credits.get(id), now)
    except NotFound:
        return 0


async def heard(house: BotHouse, id: str) -> None:
    """What waited for this resident's next contact goes out now, in its order; what is urgent whatever
    it waited for, unless it helps nobody any more. How a matter stands is said with the answer."""
    waiting = house.store.messages.every(messages_to_in(id, MessageState.QUEUED), order="seq")
    async for message in waiting:
        if outdated(message, house.clock()):
            fail(message, message.reason)
        elif message.due_at == NEVER or (message.urgent and message.due_at > house.clock()):
            status = message.rank is Rank.STATUS
            message.due_at = house.clock() + TOGETHER_MS if status else 0
        else:
            continue
        try:
            await house.store.messages.save(message)
        except Conflict:
            continue  # whoever changed it sends it


async def ledger(house: BotHouse, id: str, change: Callable[[Credit], bool]) -> bool:
    """What ``change`` says of the resident's ledger, which is made when there is none; False saves
    nothing."""
    changed = False

    def noted(credit: Credit) -> bool:
        nonlocal changed
        changed = change(credit)
        return changed

    await revise(house.store.credits, id, noted, lambda: Credit(id))
    return changed


async def silent(house: BotHouse, resident: Resident) -> bool:
    """Whether the resident's report must not be betrayed by a phone that lights up."""
    if resident.incident is None:
        return False
    try:
        incident = await house.store.incidents.get(resident.incident)
    except NotFound:
        return False
    return incident.silent and incident.state in LIVE
