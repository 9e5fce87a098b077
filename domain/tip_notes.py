"""What officers write in a tip for each other. No resident is told of it, and it answers nobody."""

from __future__ import annotations

from domain import evidence
from domain.errors import TOO_MANY, Refused
from domain.people import Who
from domain.ports import Store
from domain.tip import MAX_ENTRIES, Tip, amend, require_tip

NOTED = "tip.noted"


async def note(store: Store, who: Who, id: str, key: str, sealed: str, now: int) -> Tip:
    """Whoever may see a tip notes something in it, also when it is over. It is a line of the log, and the
    tip is no newer for it. The same key again changes nothing."""

    def change(it: Tip) -> None:
        require_tip(who, it)
        if any(one.data.get("key") == key and one.who.id == who.id for one in it.log.entries):
            return
        if len(it.log.entries) >= MAX_ENTRIES:
            raise Refused(TOO_MANY, "this tip holds as much as it can")
        evidence.append(it.log, who, NOTED, now, key=key, text=sealed)

    return await amend(store, id, change, newer=False)
