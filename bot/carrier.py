"""Carrying one message to its platform, and what becomes of it.

Before a customer-service message leaves, its credit is spent; without credit a template message
announces it, and it waits for the resident's next contact. An urgent one is tried whatever we counted,
and again after every answer but a final one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

from bot import merging, meters, neighbours, subscriptions
from bot.errors import CallFailed, PlatformError, Unknown, Unsent
from bot.house import BotHouse
from bot.post import Act, Letter, Notice, open_letter, open_notice
from domain.errors import Conflict, NotFound
from domain.outgoing import (
    NEVER,
    Message,
    MessageState,
    claim,
    fail,
    hold,
    release,
    sent,
)
from domain.queries_messages import messages_to_in
from domain.resident import Resident

SILENT_MS = 60_000
URGENT_S = 8.0
CUSTOM, TEMPLATE, WORK = "custom", "template", "work"
NO_CREDIT = (45015, 45047)
GONE = (40003, 43004, 43019, 48002, 50005)
FIELDS = ("thing1", "character_string2", "thing3")
# What a template's fields take (模板消息参数值内容限制), and 20 characters otherwise.
LONGEST = {
    "character_string": 32,
    "phrase": 5,
    "const": 20,
    "symbol": 5,
    "letter": 32,
    "number": 32,
}
CARD_SENT = 42014  # task_id was used: this card is there already
log = logging.getLogger("jingmin.bot.outbox")


# ---- to residents


async def to_resident(house: BotHouse, message: Message) -> None:
    """Through the Official Account: by custom message, announced by a template, or it waits."""
    now = house.clock()
    resident, letter = await receiver(house, message), open_letter(house, message)
    openid = letter.openid or (house.identity.open(resident.sealed) if resident else "")
    if not openid or not house.officials.knows(openid):
        claim(message, house.settings.process, now)
        await failed(house, message, "nobody")
        return
    if not house.officials.of(openid).settings.sends:  # it is taken as a reply: bot/reply_queue.py
        message.due_at, message.reason = NEVER, "no_credit"
        await _save(house, message)
        return
    if resident is not None and not (resident.reachable and resident.following):
        claim(message, house.settings.process, now)
        await wait(house, message, "unreachable", NEVER)
        return
    if resident is not None and await neighbours.silent(house, resident):
        claim(message, house.settings.process, now)
        await wait(house, message, "silent", now + SILENT_MS)
        return
    left = await neighbours.credit_left(house, message.to, now)
    if message.urgent or left > message.leaves:
        await claimed(house, message, CUSTOM)
        if await neighbours.spent(house, message.to, now) or message.urgent:
            letter, others = await merging.take(house, message, letter)
            await _custom(house, message, letter, openid, now)
            await _same(house, message, others)
            return
        await wait(house, message, "no_credit", now)  # another process was quicker
    elif message.template:
        await claimed(house, message, TEMPLATE)
        await announce(house, message, openid)
    else:
        claim(message, house.settings.process, now)
        await wait(house, message, "no_credit", NEVER)


async def receiver(house: BotHouse, message: Message) -> Resident | None:
    """The resident it is for; None when he withdrew."""
    try:
        return await house.store.residents.get(message.to)
    except NotFound:
        return None


async def _custom(
    house: BotHouse, message: Message, letter: Letter, openid: str, spent_at: int
) -> None:
    try:
        await _call_custom(house, message, letter, openid)
    except PlatformError as error:
        if error.code in NO_CREDIT:
            await neighbours.exhausted(house, message.to)
            if message.urgent and message.template:
                await announce(house, message, openid)
            else:
                until = NEVER if message.urgent else house.clock()
                await wait(house, message, "no_credit", until)
        else:
            await _refused(house, message, error)
    except CallFailed as error:
        if isinstance(error, Unsent):
            await neighbours.refunded(house, message.to, spent_at)
        await _lost(house, message, error)
    else:
        await _sent(house, message, CUSTOM)


async def _same(house: BotHouse, message: Message, others: list[Message]) -> None:
    """What was said with a message became of what the message became of, or is said another time."""
    for one in others:
        if message.state is MessageState.SENT:
            await _sent(house, one, CUSTOM)
        elif message.reason == "unknown":
            await failed(house, one, "unknown")
        else:
            waits = message.state is MessageState.QUEUED
            await wait(house, one, message.reason, message.due_at if waits else house.clock())


async def _call_custom(house: BotHouse, message: Message, letter: Letter, openid: str) -> None:
    """An urgent one is not waited for long: it is tried again."""
    official = house.officials.of(openid)
    try:
        async with asyncio.timeout(URGENT_S if message.urgent else None):
            await official.send_custom(openid, letter.body)
    except TimeoutError:
        raise Unknown("no answer in time") from None


async def announce(house: BotHouse, message: Message, openid: str) -> None:
    """Announce the message; the message itself waits, for a template holds no more than a hint. What
    waits of one report is announced once."""
    official = house.officials.of(openid)
    notice, settings = open_notice(house, message), official.settings
    template = settings.templates.get(notice.purpose, "")
    words = _keywords(notice, settings.subscription_fields)
    known = notice.purpose == "incident" and await _announced(house, message)
    try:
        if known:
            pass
        elif await subscriptions.announced(house, message.to, openid, notice, words):
            meters.MESSAGES.labels("announced").inc()
        elif template:
            message.platform_id = await official.send_template(
                openid, template, notice.url, _keywords(notice, settings.fields), message.id
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
    await wait(house, message, "no_credit", NEVER)


async def _announced(house: BotHouse, message: Message) -> bool:
    """Whether another that waits was announced, so that its reader knows to write."""
    waiting = house.store.messages.every(messages_to_in(message.to, MessageState.QUEUED))
    async for one in waiting:
        if one.about == message.about and one.by == TEMPLATE and not one.template:
            return True
    return False


def _keywords(notice: Notice, fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The notice under the names of the account's template, cut to what a field of that kind takes."""
    names = fields.get(notice.purpose) or FIELDS
    found = dict(notice.data)  # written under names of the platform before names could be set
    for part, name in zip(("what", "number", "hint"), names, strict=True):
        text = found.pop(part, "")
        if name and text:
            found[name] = text[: LONGEST.get(name.rstrip("0123456789"), 20)]
    return found


async def _refused(house: BotHouse, message: Message, error: PlatformError) -> None:
    if error.code not in GONE:
        log.error("message %s: refused with %s", message.id, error.code)
        if message.urgent:
            await later(house, message, str(error.code))
        else:
            await failed(house, message, str(error.code))
        return

    def unreachable(row: Resident) -> None:
        row.reachable = False

    if await neighbours.amend(house, message.to, unreachable) is None:
        await failed(house, message, str(error.code))
    else:
        await wait(house, message, "unreachable", NEVER)


# ---- to officers


async def to_officers(house: BotHouse, message: Message) -> None:
    """Through the WeCom app: a message, or the change of a card."""
    letter = open_letter(house, message)
    await claimed(house, message, WORK)
    users = message.to.split("|")
    if not house.corps.knows(users[0]):  # all of one corp: bot/post.py
        await failed(house, message, "nobody")
        return
    work = house.corps.of(users[0])
    try:
        if letter.act is Act.UPDATE:
            code = letter.code or await _card_code(house, message, letter.card)
            if not code:
                return
            card = letter.body.get("template_card")
            await work.update_card(users, code, replace_name=letter.label, card=card)
        else:
            done = await work.send(users, letter.body)
            message.response_code = done.response_code
            message.platform_id = done.msgid
    except PlatformError as error:
        if error.code == CARD_SENT:
            await _sent(house, message, WORK)
        else:
            log.error("message %s: refused with %s", message.id, error.code)
            await failed(house, message, str(error.code))
    except Unknown as error:
        if letter.act is Act.UPDATE:  # a code works once: trying again does no harm and no good
            await failed(house, message, "unknown")
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
        await failed(house, message, "no_card")
        return ""
    except Conflict:
        await later(house, message, "no_card")
        return ""
    if sent_card.state in (MessageState.SENT, MessageState.FAILED):
        await failed(house, message, "no_card")
    else:
        await later(house, message, "no_card")
    return ""


# ---- what becomes of a message


async def claimed(house: BotHouse, message: Message, by: str) -> None:
    """Nobody else sends it for a minute."""
    claim(message, house.settings.process, house.clock(), by)
    await house.store.messages.save(message)


async def _sent(house: BotHouse, message: Message, by: str) -> None:
    code = message.response_code
    sent(message, house.clock(), by, message.platform_id)
    meters.MESSAGES.labels("sent").inc()
    log.info("message %s sent by %s", message.id, by)
    await _save(house, message, code)


async def wait(house: BotHouse, message: Message, reason: str, until: int) -> None:
    """It waits until then, or for the next contact."""
    hold(message, reason, until)
    if until == NEVER:
        meters.MESSAGES.labels("held").inc()
        log.info("message %s waits: %s", message.id, reason)
    await _save(house, message)


async def later(house: BotHouse, message: Message, reason: str, until: int = NEVER) -> None:
    """Tried again after a pause, a few times; what is urgent then ``until`` then or the next contact."""
    release(message, house.clock(), reason, until)
    await _save(house, message)


async def failed(house: BotHouse, message: Message, reason: str) -> None:
    """It is not sent."""
    fail(message, reason)
    meters.MESSAGES.labels("failed").inc()
    await _save(house, message)


async def _lost(
    house: BotHouse, message: Message, error: CallFailed, *, again: bool = False
) -> None:
    """The call did not come through: wait for the quota, try again later, or never know."""
    until = error.until if isinstance(error, Unsent) else 0
    quota = until > house.clock()
    if message.urgent:  # twice is better than never, and there may be a quota again in a second
        reason = "quota" if quota else type(error).__name__.lower()
        await later(house, message, reason, until if quota else NEVER)
    elif quota:
        await wait(house, message, "quota", until)
    elif isinstance(error, Unsent) or again:
        await later(house, message, type(error).__name__.lower())
    else:
        meters.MESSAGES.labels("unknown").inc()
        await failed(house, message, "unknown")


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
