"""Trial: a notice sent to the officer who works on it, as residents will get it.

It is a line in the notice's log, which the bot reads; nothing is counted, and the notice does not change.
"""

from __future__ import annotations

from domain import evidence
from domain.clock import within
from domain.errors import INVALID, TOO_MANY, WRONG_STATE, Refused
from domain.notice import Notice, NoticeState, require_act
from domain.people import Who
from domain.ports import Finder, Store
from domain.revise import revise

TRIED = "notice.tried"
MINUTE_MS = 60_000
IN_A_MINUTE = 3
MOST = 100  # of one notice: its log is bounded
BEFORE = (NoticeState.DRAFT, NoticeState.SUBMITTED, NoticeState.APPROVED)


async def try_out(store: Store, finder: Finder, who: Who, id: str, now: int) -> Notice:
    """Send it to ``who`` alone, before it is published; at most three times a minute."""
    require_act(who, finder, await store.notices.get(id))
    userid = (await store.people.get(who.id)).userid
    if not userid:
        raise Refused(INVALID, "no WeCom account", field="userid")

    def change(it: Notice) -> None:
        require_act(who, finder, it)
        if it.state not in BEFORE:
            raise Refused(WRONG_STATE, f"it is {it.state}")
        tried = [one for one in it.log.entries if one.what == TRIED]
        lately = [one for one in tried if one.who.id == who.id and within(one.at, now, MINUTE_MS)]
        if len(lately) >= IN_A_MINUTE or len(tried) >= MOST:
            raise Refused(TOO_MANY, "trials of this notice", seconds=MINUTE_MS // 1000)
        evidence.append(it.log, who, TRIED, now)

    return await revise(store.notices, id, change)
