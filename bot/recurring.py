"""Recurring notices: made by the clock. When one stops, its author and the supervisors hear of it."""

from __future__ import annotations

import logging

from bot.accounts import by_account
from bot.cards import page, userids, word
from bot.house import BotHouse
from bot.post import to_officers
from domain.beat import staff
from domain.occurrence import make_occurrences
from domain.people import Role
from domain.platform_ids import with_account
from domain.queries import recurring_untold
from domain.recurring import RecurringNotice
from domain.revise import revise

log = logging.getLogger("jingmin.bot.recurring")


async def turn(house: BotHouse) -> int:
    """Everything that is due now, once; how many notices were made."""
    made = await make_occurrences(house.store, house.finder, house.clock())
    if made:
        log.info("%d recurring notices were submitted", made)
    stopped = [one async for one in house.store.recurring.every(recurring_untold())]
    for one in stopped:
        await _tell(house, one)
    return made


async def _tell(house: BotHouse, it: RecurringNotice) -> None:
    """The supervisors hear that it stopped; each time it does, once."""
    chiefs = [one.id for one in await staff(house.store, Role.SUPERVISOR) if one.id != it.author]
    found = by_account(await userids(house, [*chiefs, it.author]))
    for corp, users in sorted(found.items()):
        content = word(
            f"recurring_{it.reason}",
            title=it.words.title,
            author=it.author_name,
            page=page(house, users[0]),
        )
        id = with_account(corp, f"{it.id}:{it.stopped_at}:recurring")
        await to_officers(house, id, users, {"msgtype": "text", "text": {"content": content}}, "")

    def change(now: RecurringNotice) -> bool:
        if not now.untold or now.stopped_at != it.stopped_at:
            return False
        now.untold = False
        return True

    await revise(house.store.recurring, it.id, change)
