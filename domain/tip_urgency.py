"""Whether somebody in a tip may be in danger: what its words say, and an officer's word over them."""

from __future__ import annotations

import re

from domain import evidence
from domain.emergency import fold, urgent
from domain.errors import TOO_MANY, Refused
from domain.people import Who
from domain.ports import Store
from domain.tip import MARKED, Tip, amend, require_tip

MOST = 50  # so that the resident always has room for what he adds
# Told of others and of every day, this is no cry, but it is no matter for next week either.
_NAMED = ("家暴", "家庭暴力", "虐待")
_BEATS = ("打", "揍", "掐")
_WHOSE = ("他", "她", "自己", "家里", "他的", "她的", "自己的", "家里的")
_WHOM = (
    *("老婆", "媳妇", "妻子", "老公", "孩子", "小孩", "娃", "儿子", "女儿"),
    *("老人", "老太太", "老头", "父母", "爸", "妈", "奶奶", "爷爷"),
)
_AT_HOME = re.compile(
    f"{'|'.join(_NAMED)}|(?:{'|'.join(_BEATS)})(?:{'|'.join(_WHOSE)})?(?:{'|'.join(_WHOM)})"
)


def grave(text: str) -> bool:
    """Whether the words of a tip say that somebody may be in danger, at home, too. Total, for any text;
    what is doubtful counts as grave."""
    return urgent(text) or _AT_HOME.search(fold(text)) is not None


async def mark(store: Store, who: Who, id: str, on: bool, now: int) -> Tip:
    """Whoever may see a tip marks it urgent, or takes the mark off; a line of the log says who did. Marked
    already, nothing changes. The tip is no newer for it."""

    def change(it: Tip) -> None:
        require_tip(who, it)
        if it.urgent == on:
            return
        if sum(one.what == MARKED for one in it.log.entries) >= MOST:
            raise Refused(TOO_MANY, "it was marked too often")
        it.urgent = on
        evidence.append(it.log, who, MARKED, now, urgent=on)

    return await amend(store, id, change, newer=False)
