"""Several tips that an officer chose in his list, told the same at once: each by its own rules, in its own
log."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from domain.errors import INVALID, NotFound, Refused
from domain.people import Who
from domain.ports import Store
from domain.tip import Tip, require_tip
from domain.tip_event import Said, say

MOST = 50
EVENTS = ("answer", "close")


async def reply_to_many(
    store: Store,
    who: Who,
    ids: Iterable[str],
    key: str,
    event: str,
    seal: Callable[[Tip], str],
    now: int,
) -> dict[str, Said | Refused]:
    """``answer`` or ``close`` in each of these tips, 50 at most, as ``tip_event.say`` does, with what
    ``seal`` makes of the text for it. What became of each, by its id; one that refuses keeps no other
    back. The same key again says it where it was not said yet."""
    wanted = list(dict.fromkeys(ids))
    if event not in EVENTS:
        raise Refused(INVALID, ", ".join(EVENTS), field="event")
    if not 0 < len(wanted) <= MOST:
        raise Refused(INVALID, f"1 to {MOST} tips", field="tips")
    done: dict[str, Said | Refused] = {}
    for id in wanted:
        try:
            it = await store.tips.get(id)
            require_tip(who, it)
        except NotFound as missing:  # it went to another station meanwhile
            done[id] = missing
            continue
        done[id] = await say(store, who, it, key, event, seal(it), now)
    return done
