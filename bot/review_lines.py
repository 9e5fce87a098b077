"""Who hears in WeCom of the approval of a notice: those who may give it, then its author.

Each line has an id made of the entry it tells of, so that nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.accounts import by_account
from bot.cards import page, userids, word
from bot.house import BotHouse
from bot.post import to_officers
from domain.approving import approvers
from domain.evidence import Entry
from domain.notice import Notice, NoticeState
from domain.people import SYSTEM
from domain.platform_ids import with_account

TELLS: Mapping[str, str] = {
    "notice.submitted": "review_asked",
    "notice.approved": "review_approved",
    "notice.returned": "review_returned",
}


async def tell_review(house: BotHouse, it: Notice, entries: Iterable[Entry]) -> None:
    """Tell what these entries say of its approval."""
    for entry in entries:
        text = TELLS.get(entry.what)
        if entry.what == "notice.drafted" and it.recurring:
            await _tell(house, it, entry, "review_recurred", [it.author])
        if text is None:
            continue
        if entry.what != "notice.submitted":
            await _tell(house, it, entry, text, [it.author])
        elif it.state is NoticeState.SUBMITTED:  # else somebody read it already
            asked = await approvers(house.store, house.finder, it)
            if entry.who.id == SYSTEM.id:
                text = "review_asked_recurring"
            await _tell(house, it, entry, text, [one.id for one in asked])


async def _tell(house: BotHouse, it: Notice, entry: Entry, text: str, people: list[str]) -> None:
    found = by_account(await userids(house, [one for one in people if one != entry.who.id]))
    for corp, users in sorted(found.items()):
        content = word(
            text,
            number=it.number,
            title=it.title,
            author=it.author_name,
            count=str(len(it.communities)),
            urgent=word("review_urgent") if it.urgent else "",
            reader=entry.who.name,
            reason=str(entry.data.get("reason", "")),
            page=page(house, users[0], notice=it.id),
        )
        id = with_account(corp, f"{it.id}:{entry.seq}:review")
        await to_officers(house, id, users, {"msgtype": "text", "text": {"content": content}}, "")
