"""The outbox: takes queued messages, sends each once, in the order of its person.

Before a customer-service message leaves, its credit is spent; without credit a template message
announces it, and it waits for the resident's next contact. What cannot be known to have been sent is
not sent again, unless the platform drops duplicates (WeCom). A process that dies while sending leaves
a claim that ends; then the outcome is unknown.
"""

from __future__ import annotations

import asyncio
import logging

from bot import meters, neighbours
from bot.errors import CallFailed, PlatformError, Unknown, Unsent
from bot.house import BotHouse
from bot.post import Act, Letter, open_letter, open_notice
from domain.errors import Conflict, NotFound, Refused
from domain.outgoing import (
    NEVER,
    Channel,
    Message,
    MessageState,
    abandoned,
    claim,
    fail,
    hold,
    release,
    sent,
)
from domain.ports import Change, Lost
from domain.resident import Resident

EVERY_S = 1.0
BATCH = 200
CUSTOM, TEMPLATE, WORK = "custom", "template", "work"
NO_CREDIT = (45015, 45047)
GONE = (40003, 43004, 43019, 48002, 50005)
CARD_SENT = 42014  # task_id was used: this card is there already
log = logging.getLogger("jingmin.bot.outbox")


async def run(house: BotHouse) -> None:
    """Send what is queued until cancelled: woken by the feed, and every second for the rest."""
    wake = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(_listen(house, wake))
        while True:
            wake.clear()
            if await sweep(house):
                continue
            try:
                async with asyncio.timeout(EVERY_S):
                    await wake.wait()
            except TimeoutError:
                continue


async def _listen(house: BotHouse, wake: asyncio.Event) -> None:
    async for change in house.store.feed.subscribe():
        if isinstance(change, Lost) or _waiting(change):
            wake.set()


def _waiting(change: Change) -> bool:
    item = change.item
    return change.kind == "messages" and item is not None and item.state is MessageState.QUEUED


async def sweep(house: BotHouse) -> bool:
    """Send the first message of every person that is due; whether there was any."""
    now = house.clock()
    await _give_up_claims(house, now)
    due = await house.store.messages.find(
        {"state": str(MessageState.QUEUED), "due_at": {"$lte": now}}, order="seq", limit=BATCH
    )
    first: dict[str, Message] = {}
    for message in due:
        first.setdefault(message.to, message)
    gate = asyncio.Semaphore(house.settings.at_once)

    async def one(message: Message) -> bool:
        async with gate:
            return await deliver(house, message)

    results = await asyncio.gather(*(one(message) for message in first.values()))
    return any(results)


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
            await _to_officers(house, message)
        else:
            await _to_resident(house, message)
    except Conflict:
        return False  # another process has it
    except Refused as refused:
        if refused.fault.code == "store_down":
            raise
        log.error("message %s: %s", message.id, refused.fault.code)
        await _failed(house, message, refused.fault.code)
    return True


async def _behind(house: BotHouse, message: Message, head: Message) -> bool:
    """Another message to the same person goes first. While that one waits this one does, but for its
    announcement, which keeps no order."""
    if head.state is MessageState.SENDING or head.due_at <= house.clock():
        return False
    resident = await _receiver(house, message)
    if message.template and head.reason == "no_credit" and resident is not None:
        await _claim(house, message, TEMPLATE)
        await _template(house, message, house.identity.open(resident.sealed))
        return True
    message.due_at, message.reason = head.due_at, head.reason
    await house.store.messages.save(message)
    return True


# ---- to residents


async def _to_resident(house: BotHouse, message: Message) -> None:
    now = house.clock()
    resident, letter = await _receiver(house, message), open_letter(house, message)
    if house.official is None or (resident is None and not letter.openid):
        claim(message, house.settings.process, now)
        await _failed(house, message, "nobody")
        return
    if resident is not None and not (resident.reachable and resident.following):
        claim(message, house.settings.process, now)
        await _wait(house, message, "unreachable", NEVER)
        return
    openid = letter.openid or house.identity.open(resident.sealed if resident else "")
    if await neighbours.may_send(house, message.to, now):
        await _claim(house, message, CUSTOM)
        if await neighbours.spent(house, message.to, now):
            await _custom(house, message, letter, openid)
            return
        await _wait(house, message, "no_credit", now)  # another process was quicker
    elif message.template:
        await _claim(house, message, TEMPLATE)
        await _template(house, message, openid)
    else:
        claim(message, house.settings.process, now)
        await _wait(house, message, "no_credit", NEVER)


async def _receiver(house: BotHouse, message: Message) -> Resident | None:
    try:
        return await house.store.residents.get(message.to)
    except NotFound:
        return None


async def _custom(house: BotHouse, message: Message, letter: Letter, openid: str) -> None:
    assert house.official is not None
    try:
        await house.official.send_custom(openid, letter.body)
    except PlatformError as error:
        if error.code in NO_CREDIT:
            await neighbours.exhausted(house, message.to)
            await _wait(house, message, "no_credit", house.clock())
        else:
            await _refused(house, message, error)
    except CallFailed as error:
        await _lost(house, message, error)
    else:
        await _sent(house, message, CUSTOM)


async def _template(house: BotHouse, message: Message, openid: str) -> None:
    """Announce the message; the message itself waits, for a template holds no more than a hint."""
    assert house.official is not None
    notice = open_notice(house, message)
    purpose = house.official.settings.templates.get(notice.purpose, "")
    try:
        if purpose:
            message.platform_id = await house.official.send_template(
                openid, purpose, notice.url, notice.data, message.id
            )
            meters.MESSAGES.labels("announced").inc()
    except PlatformError as error:
        if error.code in GONE:
            await _refused(house, message, error)
            return
        log.error("message %s: template %s", message.id, error.code)
    except Unsent as error:
        await _lost(house, message, error)
        return
    except Unknown:
        meters.MESSAGES.labels("unknown").inc()
    message.template = ""
    await _wait(house, message, "no_credit", NEVER)


async def _refused(house: BotHouse, message: Message, error: PlatformError) -> None:
    if error.code not in GONE:
        log.error("message %s: refused with %s", message.id, error.code)
        await _failed(house, message, str(error.code))
        return

    def unreachable(row: Resident) -> None:
        row.reachable = False

    if await neighbours.amend(house, message.to, unreachable) is None:
        await _failed(house, message, str(error.code))
    else:
        await _wait(house, message, "unreachable", NEVER)


async def finished(house: BotHouse, resident: str, platform_id: str, status: str) -> None:
    """What became of a template message, as the platform told later."""
    meters.RESULTS.labels("success" if status == "success" else "failed").inc()
    if status == "success":
        return
    if "user block" in status:

        def unreachable(row: Resident) -> None:
            row.reachable = False

        await neighbours.amend(house, resident, unreachable)
    for message in await house.store.messages.find({"to": resident}, order="seq", limit=BATCH):
        if platform_id and message.platform_id == platform_id:
            message.reason = "unreachable" if "user block" in status else message.reason
            try:
                await house.store.messages.save(message)
            except Conflict:
                return


# ---- to officers


async def _to_officers(house: BotHouse, message: Message) -> None:
    letter = open_letter(house, message)
    await _claim(house, message, WORK)
    if house.work is None:
        await _failed(house, message, "nobody")
        return
    users = message.to.split("|")
    try:
        if letter.act is Act.UPDATE:
            code = letter.code or await _card_code(house, message, letter.card)
            if not code:
                return
            await house.work.update_card(users, code, replace_name=letter.label)
        else:
            done = await house.work.send(users, letter.body)
            message.response_code = done.response_code
            message.platform_id = done.msgid
    except PlatformError as error:
        if error.code == CARD_SENT:
            await _sent(house, message, WORK)
        else:
            log.error("message %s: refused with %s", message.id, error.code)
            await _failed(house, message, str(error.code))
    except Unknown as error:
        if letter.act is Act.UPDATE:  # a code works once: trying again does no harm and no good
            await _failed(house, message, "unknown")
        else:
            await _lost(house, message, error, again=True)
    except CallFailed as error:
        await _lost(house, message, error)
    else:
        await _sent(house, message, WORK)


async def _card_code(house: BotHouse, message: Message, card: str) -> str:
    """The card's code, which works once and so is taken from it. Without one the update waits until
    the card is sent, or has failed: the code was used, or lost with the card's answer."""
    try:
        sent_card = await house.store.messages.get(card)
        code, sent_card.response_code = sent_card.response_code, ""
        if code:
            await house.store.messages.save(sent_card)
            return code
    except NotFound:
        await _failed(house, message, "no_card")
        return ""
    except Conflict:
        await _later(house, message, "no_card")
        return ""
    if sent_card.state in (MessageState.SENT, MessageState.FAILED):
        await _failed(house, message, "no_card")
    else:
        await _later(house, message, "no_card")
    return ""


# ---- what becomes of a message


async def _claim(house: BotHouse, message: Message, by: str) -> None:
    claim(message, house.settings.process, house.clock(), by)
    await house.store.messages.save(message)


async def _sent(house: BotHouse, message: Message, by: str) -> None:
    code = message.response_code
    sent(message, house.clock(), by, message.platform_id)
    meters.MESSAGES.labels("sent").inc()
    log.info("message %s sent by %s", message.id, by)
    await _save(house, message, code)


async def _wait(house: BotHouse, message: Message, reason: str, until: int) -> None:
    hold(message, reason, until)
    if until == NEVER:
        meters.MESSAGES.labels("held").inc()
        log.info("message %s waits: %s", message.id, reason)
    await _save(house, message)


async def _later(house: BotHouse, message: Message, reason: str) -> None:
    release(message, house.clock(), reason)
    await _save(house, message)


async def _failed(house: BotHouse, message: Message, reason: str) -> None:
    fail(message, reason)
    meters.MESSAGES.labels("failed").inc()
    await _save(house, message)


async def _lost(
    house: BotHouse, message: Message, error: CallFailed, *, again: bool = False
) -> None:
    """The call did not come through: wait for the quota, try again later, or never know."""
    if isinstance(error, Unsent) and error.until > house.clock():
        await _wait(house, message, "quota", error.until)
    elif isinstance(error, Unsent) or again:
        await _later(house, message, type(error).__name__.lower())
    else:
        meters.MESSAGES.labels("unknown").inc()
        await _failed(house, message, "unknown")


async def _save(house: BotHouse, message: Message, code: str = "") -> None:
    """What became of it. A press may have written its newer code into the card meanwhile."""
    try:
        await house.store.messages.save(message)
    except Conflict:
        fresh = await house.store.messages.get(message.id)
        if fresh.state is MessageState.SENDING and fresh.claimed_by == message.claimed_by:
            message.version = fresh.version
            message.response_code = fresh.response_code or code
            await house.store.messages.save(message)


async def _give_up_claims(house: BotHouse, now: int) -> None:
    """Messages whose process did not come back while sending them."""
    held = await house.store.messages.find(
        {"state": str(MessageState.SENDING), "claimed_until": {"$lt": now}}, limit=BATCH
    )
    for message in held:
        if not abandoned(message, now):
            continue
        try:
            if message.channel is Channel.WORK:
                await _later(house, message, "unknown")
            elif message.by == TEMPLATE:
                message.template = ""
                await _wait(house, message, "no_credit", NEVER)
            else:
                meters.MESSAGES.labels("unknown").inc()
                await _failed(house, message, "unknown")
        except Conflict:
            continue
