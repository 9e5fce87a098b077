"""Who talks with a caller in the chat: the dispatcher is away or back, he is put through, the call is over.

He has no page that shows it, so he is told, in the words of the page. What passes is told while it is
so, and never waits: it would arrive when it is long over, and take the credit of what 110 writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import neighbours
from bot.house import BotHouse
from bot.lines import line_id
from bot.post import Subject, to_resident
from bot.texts import say
from domain import call as calls
from domain.call import ParticipantRole, ParticipantState
from domain.errors import NotFound
from domain.evidence import Entry
from domain.incident import OPEN, Incident
from domain.outgoing import MessageState, Rank
from domain.queries_messages import messages_to_in
from domain.resident import Resident
from domain.responder import took_it
from domain.unattended import put_through_since

KEPT_CREDIT = 3  # for what 110 writes; that he is back ends a promise, and may take it
# What begins it, by what it is; the last of these in the log is the present one.
BEGINS = {
    "away": ("participant.away",),
    "through": ("incident.transferred", "incident.unattended"),
    "ended": ("call.ended",),
}
ENDS = (
    "participant.back",
    "participant.joined",
    "incident.taken_over",
    "incident.resumed",
    "call.again",
)
CHANGES = frozenset(ENDS).union(*BEGINS.values())


@dataclass(frozen=True, slots=True)
class Standing:
    """How it is now: ``away``, ``through`` or ``ended``, since ``entry``; ``there``: the dispatcher is in the
    call, and ``entry`` is the last that said he was not."""

    what: str
    entry: Entry


def standing(it: Incident) -> Standing | None:
    """How it is with this incident; None: nothing to be told of."""
    if it.state not in OPEN:
        return None
    if put_through_since(it) is not None:
        return _since(it, "through")
    if it.call.state in calls.OVER:
        return _since(it, "ended")
    if calls.away_since(it) is not None:
        return _since(it, "away")
    last = _last(it.log.entries, BEGINS["away"] + BEGINS["through"])
    return None if last is None else Standing("there", last)


async def tell_standing(house: BotHouse, it: Incident, row: Resident) -> None:
    """Tell the resident how it is now, once, if it is not told already and nothing else waits for him."""
    now = standing(it)
    if now is None or (now.what == "ended" and now.entry.data.get("reason") != "desk"):
        return
    id = line_id(it.id, now.entry.seq, row.id)
    if now.what == "there":
        if not await _was_told(house, id):
            return
        id += ":back"
    kept = 0 if now.what == "there" else KEPT_CREDIT
    if await _was_told(house, id) or not await _has_room(house, row, kept):
        return
    names = _staying(it)
    text = {
        "away": "incident_away_with" if names else "incident_away",
        "through": "incident_through_with" if names else "incident_through",
        "ended": "incident_ended_both" if _working(it) else "incident_ended",
        "there": "incident_back" if now.entry.what == "participant.away" else "incident_taken",
    }[now.what]
    those = _working(it) if now.what == "ended" else names
    line = say(text, row.language, names="、".join(those))
    await to_resident(house, id, row.id, line, Subject(it.id))


def _since(it: Incident, what: str) -> Standing | None:
    last = _last(it.log.entries, BEGINS[what])
    return None if last is None else Standing(what, last)


def _last(entries: Sequence[Entry], names: Sequence[str]) -> Entry | None:
    return next((one for one in reversed(entries) if one.what in names), None)


def _staying(it: Incident) -> list[str]:
    """Officers and guests who go on talking."""
    roles = (ParticipantRole.STATION, ParticipantRole.GUEST)
    those = it.call.participants
    return [p.name for p in those if p.role in roles and p.state is ParticipantState.JOINED]


def _working(it: Incident) -> list[str]:
    return [one.name for one in took_it(it.responders)]


async def _was_told(house: BotHouse, id: str) -> bool:
    try:
        await house.store.messages.get(id)
    except NotFound:
        return False
    return True


async def _has_room(house: BotHouse, row: Resident, kept: int) -> bool:
    """Whether it goes out at once, and leaves so much credit."""
    waiting = await house.store.messages.find(
        messages_to_in(row.id, MessageState.QUEUED), order="seq", limit=20
    )
    if waiting.more or any(one.reason and one.rank is not Rank.STATUS for one in waiting):
        return False
    return await neighbours.credit_left(house, row.id, house.clock()) > kept
