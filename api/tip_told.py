"""Whether what the police said last has reached the resident: written is not delivered."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from domain.clock import DAY_MS, within
from domain.evidence import Entry
from domain.inbox import REPLIED
from domain.outgoing import Message, MessageState, telling_id
from domain.paging import named
from domain.ports import Store
from domain.tip import Tip

# The bot looks so far back for what it has to tell.
LOOKED_FOR_MS = 3 * DAY_MS


class Told(StrEnum):
    """What became of the last reply."""

    NOTHING = ""  # none was written, or nothing is known of it any more
    SENT = "SENT"
    WAITING = "WAITING"  # for the resident's next message, a quota, or whoever sends
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"  # the platform's answer was lost
    NOBODY = "NOBODY"  # the resident withdrew: there is nobody to tell


async def told_of(store: Store, secret: bytes, tips: Iterable[Tip], now: int) -> dict[str, Told]:
    """By the tips' ids. Whether a tip still has a resident is looked up, never who it is."""
    last = {it.id: entry for it in tips if (entry := _last_reply(it)) is not None}
    ids = {telling_id(secret, id, entry.seq): id for id, entry in last.items()}
    found: dict[str, Told] = {}
    async for message in named(store.messages, "_id", ids):
        found[ids[message.id]] = _of(message)
    unsaid = [id for id in last if id not in found and within(last[id].at, now, LOOKED_FOR_MS)]
    known = {one.id async for one in named(store.tellers, "_id", unsaid)} if unsaid else set()
    for id in unsaid:
        found[id] = Told.WAITING if id in known else Told.NOBODY
    return found


def _last_reply(it: Tip) -> Entry | None:
    return next((one for one in reversed(it.log.entries) if one.what in REPLIED), None)


def _of(message: Message) -> Told:
    if message.state is MessageState.SENT:
        return Told.SENT
    if message.state is not MessageState.FAILED:
        return Told.WAITING
    return Told.UNKNOWN if message.reason == "unknown" else Told.FAILED
