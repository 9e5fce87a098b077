"""One of each thing that the police work on, of one station, and people of every role of two."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from domain import (
    dispatch,
    incident,
    message,
    tip,
    writing,
)
from domain.group import Doorway, Group
from domain.intake import Report, compose
from domain.message import Attachment, FileKind
from domain.notice import NoticeState
from domain.people import COMMUNITY_PAGE, Person, Role, Who
from domain.place import Jurisdiction, Level
from domain.recurring import RecurringNotice, RecurringWords, Repeat, Schedule
from domain.tip import Tip, submit
from domain.writing import Words
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from tests.neighbourhoods import city_of_communities
from tests.webrtc.memory_store import MemoryShelf, MemoryStore

FINDER = BoundaryFinder(Boundaries.from_geojson(city_of_communities()))
NOW = 1_780_000_000_000
STATION = Jurisdiction("w1", "西一派出所", Level.STATION, "b")
HASH = "0" * 64
FILE = Attachment("f", FileKind.PICTURE, "image/jpeg", 1, HASH, HASH)
FRIDAYS = Schedule(Repeat.WEEKLY, [4], 1, 540)

# Everybody has the station of what is asked for: a station alone lets nobody in.
OWN = {role: Who(f"own-{role}", role, "甲", "w1") for role in Role}
ANOTHER = {role: Who(f"other-{role}", role, "乙", "e1") for role in Role}
DISPATCHER, CHIEF = OWN[Role.DISPATCHER], OWN[Role.SUPERVISOR]
WRITER = OWN[Role.COMMUNITY_OFFICER]
DESK = {Role.DISPATCHER, Role.SUPERVISOR}
CALLED = {Role.STATION_OFFICER}
OFFICERS = set(COMMUNITY_PAGE)
CHIEFS = {Role.SUPERVISOR}


class Everything(MemoryStore):
    """A store with every shelf that these verbs ask."""

    def __getattr__(self, name: str) -> MemoryShelf:
        if name.startswith("_"):
            raise AttributeError(name)
        shelf = MemoryShelf(name, self)
        setattr(self, name, shelf)
        return shelf

    def everything(self) -> dict[str, Any]:
        shelves = [(k, v) for k, v in vars(self).items() if isinstance(v, MemoryShelf)]
        return copy.deepcopy({name: shelf.items for name, shelf in shelves if shelf.items})


@dataclass
class World:
    """One of each, of station w1; what is asked for is right, or else wrong in every way."""

    store: Any = field(default_factory=Everything)
    wrong: bool = False

    @property
    def text(self) -> str:
        return "" if self.wrong else "请关火关电。"

    @property
    def version(self) -> int:
        return -1 if self.wrong else 0

    @property
    def communities(self) -> list[str]:
        return [] if self.wrong else ["w1-c1"]

    @property
    def words(self) -> Words:
        return Words(self.text, self.text, self.communities)

    @property
    def rule(self) -> RecurringWords:
        return RecurringWords(self.text, self.text, "", 2, self.communities)

    @property
    def schedule(self) -> Schedule:
        return Schedule(Repeat.WEEKLY, [], 1, -1) if self.wrong else FRIDAYS

    async def furnish(self) -> World:
        store = self.store
        for one in (*OWN.values(), *ANOTHER.values()):
            account = f"{one.id}-account"
            await store.people.add(
                Person(one.id, one.id, one.name, one.role, "", one.station, userid=account)
            )
        it = compose(Report("i", "i", "0110-1", NOW), NOW)
        await store.incidents.add(it)
        await incident.answer(store, DISPATCHER, "i", NOW)
        await dispatch.dispatch(store, DISPATCHER, "i", STATION, "分局", "", NOW)
        await message.attach(store, DISPATCHER, "i", "k", FILE, NOW)
        for number in (0, 1):
            id = str(number) * 32
            one = Tip(id, f"T-{number}", "w1", "西一派出所", NOW, NOW, called=[WRITER.id])
            await submit(store, one, [("message", {"text": "sealed"})], NOW)
        await tip.take(store, WRITER, "1" * 32, NOW)
        made = await writing.draft(store, FINDER, WRITER, "k", Words("甲", "乙", ["w1-c1"]), NOW)
        for state, id in ((NoticeState.SUBMITTED, "s"), (NoticeState.APPROVED, "a")):
            other = copy.deepcopy(made)
            other.id, other.number, other.state = id, id, state
            other.version = 0
            await store.notices.add(other)
        out = copy.deepcopy(made)
        out.id, out.state, out.published_at, out.version = "p", NoticeState.PUBLISHED, NOW, 0
        await store.notices.add(out)
        made.id, made.version = "n", 0
        await store.notices.add(made)
        words = RecurringWords("甲", "乙", "", 2, ["w1-c1"])
        rule = RecurringNotice("r", "w1", WRITER.id, "甲", words, FRIDAYS, NOW, NOW)
        await store.recurring.add(rule)
        owner = f"{WRITER.id}-account"
        await store.groups.add(Group("g", "西一群", owner, community="w1-c1"))
        await store.doorways.add(Doorway("d", "w1-c1", "p", "s"))
        return self
