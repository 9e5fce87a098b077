"""What officers are told when tips change hands among them: one line for all tips of one act."""

from __future__ import annotations

from bot import cards
from bot.house import BotHouse
from bot.post import to_officers
from domain.evidence import Entry
from domain.tip import Tip

STEPS = frozenset({"tip.taken_over", "tip.reassigned", "tip.given", "tip.released", "tip.offered"})


async def tell(house: BotHouse, tip: Tip, entry: Entry) -> None:
    """Tell whoever had it that a colleague has it now; whoever has it now, or may take it, that it is
    his. Nobody is told of what he did himself."""
    by = entry.who
    if entry.what == "tip.taken_over":
        users = await cards.userids(house, [str(entry.data["before"])])
        id = f"over:{tip.id}:{entry.seq}"
        await cards.tell(house, id, users, "tip_taken_over", tip, officer=by.name)
        return
    if entry.what == "tip.reassigned":
        to, before = str(entry.data["officer"]), entry.data["before"]
        if to != by.id:
            users = await cards.userids(house, [to])
            await cards.tell(
                house, f"to:{tip.id}:{entry.seq}", users, "tip_reassigned", tip, officer=by.name
            )
        if before not in (None, by.id):
            users, id = await cards.userids(house, [str(before)]), f"over:{tip.id}:{entry.seq}"
            name = str(entry.data["to"])
            await cards.tell(house, id, users, "tip_taken_over", tip, officer=name)
        return
    given = entry.what == "tip.given"
    people = [str(entry.data["officer"])] if given else list(entry.data.get("officers", []))
    wanted = [one for one in people if one != by.id]
    before = str(entry.data.get("name", ""))
    text = "tips_given" if given else "tips_free"
    for userid in await cards.userids(house, wanted):
        # Each tip of the act has an entry; the first makes the message, the others find it.
        id = f"{text}:{entry.data['batch']}:{userid}"
        content = cards.word(text, before=before, page=cards.page(house, userid))
        await to_officers(
            house, id, [userid], {"msgtype": "text", "text": {"content": content}}, ""
        )
