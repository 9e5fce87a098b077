"""What officers write in a tip for each other. No resident is told of it, and it answers nobody."""

from __future__ import annotations

from domain import evidence
from domain.errors import TOO_MANY, Refused
from domain.people import Who
from domain.ports import Store
from domain.tip import Tip, amend, known, require_tip

NOTED = "tip.noted"
MOST = 100  # so that the resident always has room for what he adds


async def note(store: Store, who: Who, id: str, key: str, sealed: str, now: int) -> Tip:
    """Whoever may see a tip notes something in it, also when it is over. It is a line of the log, and the
    tip is no newer for it. The same key again changes nothing."""

    def change(it: Tip) -> None:
        require_tip(who, it)
        if known(it, who, key):
            return
        if sum(one.what == NOTED for one in it.log.entries) >= MOST:
            raise Refused(TOO_MANY, "this tip holds no more notes")
        evidence.append(it.log, who, NOTED, now, key=key, text=sealed)

    return await amend(store, id, change, newer=False)
