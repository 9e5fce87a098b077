"""Who hears in WeCom that the answer to a tip is overdue: whoever its log says is reminded.

Each line has an id made of the entry it tells of, so that nothing is told twice.
"""

from __future__ import annotations

from bot.cards import tell, userids, word
from bot.house import BotHouse
from domain.clock import in_china
from domain.evidence import Entry
from domain.tip import Tip
from domain.tip_deadline import SUPERVISOR, remind_overdue


async def look_for_overdue(house: BotHouse) -> int:
    """Write down who is reminded now; the change feed brings it to them."""
    return await remind_overdue(house.store, house.settings.deadlines, house.clock())


async def tell_overdue(house: BotHouse, tip: Tip, entry: Entry) -> None:
    """Remind them, unless it was answered meanwhile."""
    if tip.waiting_since != entry.data["since"]:
        return
    above = entry.data["level"] == SUPERVISOR
    await tell(
        house,
        f"{tip.id}:{entry.seq}:overdue",
        await userids(house, entry.data["officers"]),
        "overdue_supervisor" if above else "overdue_officer",
        tip,
        due=in_china(entry.data["due"], "%m-%d %H:%M"),
        station=tip.station_name,
        urgent=word("overdue_urgent") if tip.urgent else "",
        officer=tip.officer_name or word("overdue_nobody"),
    )
