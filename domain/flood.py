"""Floods: reports that came too many at once from one address and say nothing.

They are folded: one report, the oldest whose caller has not hung up, stands for all of them with their
number, and is answered, rings and escalates like any other. Folded is only what

- came as more than 20 a minute from one address (of IPv6 its first 64 bits),
- is not silent, and nobody has answered,
- after 10 s has nothing: no position, word, file, media, name or number that an app has verified, nor page
  that is open or was for 10 s.

What gets any of these stands alone at once. Nothing here is stored: every process sees the same facts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush

from domain.clock import within
from domain.incident import Incident, IncidentState
from domain.people import CALLER

MINUTE_MS = 60_000
A_MINUTE = 20
AFTER_MS = 10_000
NOTHING = frozenset(
    {
        "incident.raised",
        "incident.journaled",
        "incident.abandoned",
        "call.ended",
        "caller.hung_up",
    }
)
UNANSWERED = (IncidentState.RAISED, IncidentState.ABANDONED)


def says_nothing(it: Incident) -> bool:
    """Whether the incident is an unanswered report and nothing more."""
    return (
        it.state in UNANSWERED
        and it.via in ("web", "app")
        and not (it.channel is not None and it.channel.verified)
        and bool(it.origin)
        and not (it.silent or it.words)
        and it.where is None
        and len(it.calls) == 1
        and all(one.joined_at is None for one in it.call.participants)
        and all(one.who.id != CALLER.id or one.what in NOTHING for one in it.log.entries)
    )


Rank = tuple[
    bool, int
]  # whether its caller hung up, and since when it waits: the least stands first


@dataclass(slots=True)
class _Origin:
    """What came from one address: when, what is foldable, what is folded, and who stands for those."""

    came: dict[str, int] = field(default_factory=dict)
    foldable: dict[str, Rank] = field(default_factory=dict)
    folded: dict[str, Rank] = field(default_factory=dict)
    flooding: set[str] = field(default_factory=set)
    counted: int = 0  # of ``came`` when ``flooding`` was found
    order: list[tuple[Rank, str]] = field(default_factory=list)  # a heap; what left is still in it
    first: str = ""


class Floods:
    """``stands_alone`` says of an incident's id whether its page is or was open."""

    def __init__(self, stands_alone: Callable[[str, int], bool]) -> None:
        self._stands_alone = stands_alone
        self._origins: dict[str, _Origin] = {}
        self._origin_of: dict[str, str] = {}

    def put(self, it: Incident, now: int) -> set[str]:
        """An incident, or the presence of its caller, as it is now; answers the ids which look different
        because of it."""
        if not it.origin:
            return set()
        origin = self._origins.setdefault(it.origin, _Origin())
        if it.id not in origin.came:
            self._origin_of[it.id] = it.origin
            origin.came[it.id] = _came_at(it)
            origin.counted = -1
        if not says_nothing(it) or self._stands_alone(it.id, now):
            return self._leave(origin, it.id)
        rank = (it.state is IncidentState.ABANDONED, it.waiting_since)
        if it.id not in origin.folded:
            origin.foldable[it.id] = rank
        elif origin.folded[it.id] != rank:
            origin.folded[it.id] = rank
            heappush(origin.order, (rank, it.id))
            return {it.id} | self._lead(origin)
        return set()

    def drop(self, id: str) -> set[str]:
        """The incident is gone from the board."""
        origin = self._origins.get(self._origin_of.pop(id, ""))
        if origin is None:
            return set()
        changed = self._leave(origin, id)
        origin.came.pop(id, None)
        origin.flooding.discard(id)
        return changed

    def refold(self, now: int) -> set[str]:
        """Fold what is due; answers the ids which look different now. Once a second is enough."""
        changed: set[str] = set()
        for name, origin in list(self._origins.items()):
            if not origin.came:
                del self._origins[name]
            elif len(origin.came) > A_MINUTE and origin.foldable:
                changed |= self._fold(origin, now)
        return changed

    def hidden(self, id: str) -> bool:
        """Whether another report stands for this one."""
        origin = self._origins.get(self._origin_of.get(id, ""))
        return origin is not None and id in origin.folded and id != origin.first

    def stands_for(self, id: str) -> int:
        """How many others this report stands for."""
        origin = self._origins.get(self._origin_of.get(id, ""))
        return len(origin.folded) - 1 if origin is not None and id == origin.first else 0

    def came_with(self, id: str) -> int:
        """How many reports of its address there are beside this one."""
        origin = self._origins.get(self._origin_of.get(id, ""))
        return len(origin.came) - 1 if origin is not None else 0

    def _fold(self, origin: _Origin, now: int) -> set[str]:
        if origin.counted != len(origin.came):
            origin.counted = len(origin.came)
            origin.flooding |= _flooding(origin.came)
        due = {
            id: rank
            for id, rank in origin.foldable.items()
            if id in origin.flooding and not within(rank[1], now, AFTER_MS)
        }
        for id, rank in due.items():
            del origin.foldable[id]
            origin.folded[id] = rank
            heappush(origin.order, (rank, id))
        return set(due) | self._lead(origin) if due else set()

    def _leave(self, origin: _Origin, id: str) -> set[str]:
        origin.foldable.pop(id, None)
        if origin.folded.pop(id, None) is None:
            return set()
        return {id} | self._lead(origin)

    def _lead(self, origin: _Origin) -> set[str]:
        """The first stands for the others: its number changed, or it is another one."""
        before, order = origin.first, origin.order
        while order and origin.folded.get(order[0][1]) != order[0][0]:
            heappop(order)
        origin.first = order[0][1] if order else ""
        return {before, origin.first} - {""}


def _came_at(it: Incident) -> int:
    """When the report was received; what waited on disk was written to the log later."""
    for entry in it.log.entries[:4]:
        if entry.what == "incident.journaled":
            return int(entry.data["received_at"])
    return it.log.entries[0].at if it.log.entries else it.raised_at


def _flooding(came: dict[str, int]) -> set[str]:
    """Those that came with more than 20 in some minute."""
    times = sorted((at, id) for id, at in came.items())
    found: set[str] = set()
    after = 0  # everything before this place is found already
    for place, (at, _) in enumerate(times[A_MINUTE:]):
        if at - times[place][0] < MINUTE_MS:
            start = max(place, after)
            after = place + A_MINUTE + 1
            found.update(id for _, id in times[start:after])
    return found
