"""Subscription messages (订阅通知): offered where the wish for an answer begins, after a tip was handed in or
a report made; counted as they are accepted, and used up one by one to announce what waits.

What a resident chose on the page (``subscribe_page.py``) comes as an event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot import neighbours
from bot.document import FieldValue
from bot.errors import CallFailed, PlatformError, Unsent
from bot.house import BotHouse, address
from bot.parcel import Incoming
from bot.post import Notice
from bot.texts import say
from domain import subscription
from domain.arrival import Arrival
from domain.errors import NotFound
from domain.resident import Credit, Language, Resident

POPUP, CHANGE, SENT = (
    "subscribe_msg_popup_event",  # chosen in the popup: one more, or not
    "subscribe_msg_change_event",  # switched off (or on) in WeChat's own settings: none more
    "subscribe_msg_sent_event",  # what became of one
)
EVENTS = (POPUP, CHANGE, SENT)
NONE_LEFT = 43101
# The resident is not to be reached at all: whoever sends has to know.
GONE = (40003, 43004, 43019, 48002, 50005)


async def chosen(house: BotHouse, arrival: Arrival, one: Incoming) -> None:
    """The ledger is as the resident chose; the same event again changes nothing."""
    if not house.officials.knows(one.sender):
        return
    event = one.event.lower()
    ids = house.officials.of(one.sender).settings.subscriptions

    def change(credit: Credit) -> bool:
        changed = False
        for number, (template, answer, failed) in enumerate(_listed(one.extra)):
            for purpose in [name for name, id in ids.items() if id == template]:
                mark = f"{arrival.id}:{number}:{purpose}"
                if event == POPUP and answer == "accept":
                    changed |= subscription.accept(credit, purpose, mark)
                elif (event == CHANGE and answer == "reject") or (event == SENT and failed):
                    changed |= subscription.refuse(credit, purpose)
        return changed

    await neighbours.ledger(house, arrival.person, change)


def _listed(extra: Mapping[str, FieldValue]) -> Iterator[tuple[str, str, bool]]:
    """Template, answer and whether it failed, of each line of a SubscribeMsg…Event, in XML or JSON."""
    holders = [value for name, value in extra.items() if name.lower().startswith("subscribemsg")]
    holders.append(extra.get("List"))
    for holder in holders:
        inside = holder.get("List") if isinstance(holder, dict) else holder
        for line in inside if isinstance(inside, list) else [inside]:
            if isinstance(line, dict):
                template, answer = line.get("TemplateId"), line.get("SubscribeStatusString")
                code = str(line.get("ErrorCode") or "0")
                yield str(template), str(answer).lower(), code != "0"


async def announced(
    house: BotHouse, resident: str, openid: str, notice: Notice, words: Mapping[str, str]
) -> bool:
    """Announce by a subscription message the resident accepted; False when there is none, or the
    platform will not have it. Raises ``PlatformError`` for who is not to be reached, ``Unsent`` and
    ``Unknown``."""
    purpose, official = notice.purpose, house.officials.of(openid)
    template = official.settings.subscriptions.get(purpose, "")
    if not template or not await _left(house, resident, purpose):
        return False
    if not await neighbours.ledger(house, resident, lambda one: subscription.use(one, purpose)):
        return False
    try:
        await official.send_subscription(openid, template, notice.url, words)
    except PlatformError as error:
        if error.code in GONE:
            raise
        change = subscription.refuse if error.code == NONE_LEFT else subscription.give_back
        await neighbours.ledger(house, resident, lambda one: change(one, purpose))
        return False
    except CallFailed as error:
        if isinstance(error, Unsent):
            await neighbours.ledger(
                house, resident, lambda one: subscription.give_back(one, purpose)
            )
        raise
    return True


async def offer(house: BotHouse, resident: Resident, purpose: str, language: Language) -> str:
    """The line with the page on which a reminder can be asked for; empty when there is nothing to ask,
    or one is left."""
    name = neighbours.account(house, resident)
    official = house.officials.named(name)
    if official is None or not official.settings.subscriptions.get(purpose):
        return ""
    if await _left(house, resident.id, purpose):
        return ""
    door = house.settings.url + address("subscribe", name)
    link = f"{door}?for={purpose}&lang={language}"
    return say(f"subscribe_{purpose}", language, link=link)


async def _left(house: BotHouse, resident: str, purpose: str) -> int:
    try:
        return (await house.store.credits.get(resident)).accepted.get(purpose, 0)
    except NotFound:
        return 0
