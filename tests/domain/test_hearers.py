"""Whoever of the police is away, disabled, moved or hands over: no open tip is without somebody who
hears what its resident adds.
"""

from __future__ import annotations

from typing import Any, cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain import evidence
from domain.beat import away
from domain.charge import Parts, require_heir, transfer
from domain.errors import TAKEN, NotFound, Refused
from domain.hearers import hearers
from domain.people import SYSTEM, Person, Role
from domain.ports import Finder, Store
from domain.succession import OPEN, accept, reassign, take_over
from domain.tip import Tip, add, reply, require_tip, submit, take
from tests.webrtc.memory_store import MemoryShelf, MemoryStore, done

HOUR = 3_600_000
COMMUNITIES = ("c1", "c2")
OFFICERS = tuple(f"o{n}" for n in range(4))
STAFF = (*OFFICERS, "s1", "chief")
person = st.sampled_from(STAFF)
officer = st.sampled_from(OFFICERS)


class Stations:
    def communities(self, station: str) -> list[Any]:
        return []


class Absences(RuleBasedStateMachine):
    """Officers of two stations, their absences and hand-overs, and tips that go on meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        memory = MemoryStore()
        for name in ("people", "tips"):
            setattr(memory, name, MemoryShelf(name, memory))
        self.store = cast(Store, memory)
        self.people: MemoryShelf = memory.people
        self.tips: MemoryShelf = cast(Any, memory).tips
        self.now, self.count = 1_790_000_000_000, 0
        self.refused: tuple[str, bool] | None = None

    @initialize(
        areas=st.lists(st.sampled_from(((), ("c1",), ("c1", "c2"))), min_size=4, max_size=4)
    )
    def staff(self, areas: list[tuple[str, ...]]) -> None:
        for id, communities in zip(OFFICERS, areas, strict=True):
            self._hire(id, Role.COMMUNITY_OFFICER, "w1", communities)
        self._hire("s1", Role.STATION_OFFICER, "w1")
        self._hire("chief", Role.SUPERVISOR, None)

    def _hire(self, id: str, role: Role, station: str | None, areas: tuple[str, ...] = ()) -> None:
        one = Person(id, id, id, role, "", station, communities=list(areas))
        done(self.store.people.add(one))

    def _one(self, id: str) -> Person:
        return done(self.store.people.get(id))

    def _change(self, id: str, **members: Any) -> None:
        one = self._one(id)
        for name, value in members.items():
            setattr(one, name, value)
        done(self.store.people.save(one))

    def _tip(self, number: int) -> str | None:
        ids = list(self.tips.items)
        return ids[number % len(ids)] if ids else None

    @rule(
        called=st.lists(officer, max_size=2, unique=True), area=st.sampled_from((None, "c1", "c2"))
    )
    def told(self, called: list[str], area: str | None) -> None:
        self.count += 1
        id = f"{self.count:032x}"
        tip = Tip(id, id, "w1", "西一派出所", 0, 0, community=area, called=called)
        done(submit(self.store, tip, [], self.now))

    @rule(who=person, number=st.integers(0, 2), act=st.sampled_from(("take", "accept", "over")))
    def taken(self, who: str, number: int, act: str) -> None:
        id, one = self._tip(number), self._one(who)
        if id is None or one.disabled:
            return
        before: Tip = self.tips.items[id]
        try:
            if act == "over":
                done(take_over(self.store, one.who(), id, before.officer, self.now))
            else:
                done((take if act == "take" else accept)(self.store, one.who(), id, self.now))
        except Refused as refused:
            late = refused.fault is TAKEN
            self.refused = (act, before.officer == who) if late else None
            return
        entry = self.tips.items[id].log.entries[-1]
        if before.officer not in (None, who):
            assert (entry.what, entry.data["before"]) == ("tip.taken_over", before.officer)

    @rule(who=person, number=st.integers(0, 2), to=person)
    def passed_on(self, who: str, number: int, to: str) -> None:
        id = self._tip(number)
        if id is None:
            return
        before = done(self.store.tips.get(id))
        try:
            done(
                reassign(
                    self.store, self._one(who).who(), id, before.officer, to, "sealed", self.now
                )
            )
        except (Refused, NotFound):
            return
        it = done(self.store.tips.get(id))
        assert (it.officer, self._one(to).station) == (to, it.station)

    @rule(number=st.integers(0, 2), event=st.sampled_from(("answer", "close", "not_solved", "add")))
    def goes_on(self, number: int, event: str) -> None:
        id = self._tip(number)
        if id is None:
            return
        it: Tip = self.tips.items[id]
        self.count += 1
        try:
            if event in ("not_solved", "add"):
                key = f"key-{self.count}"
                done(add(self.store, id, key, "message", {"text": "x"}, self.now, event))
            elif it.officer is not None:
                who = self._one(it.officer).who()
                done(reply(self.store, who, id, f"key-{self.count}", event, "x", self.now))
        except Refused:
            return

    @rule(who=person, deputy=st.none() | person, hours=st.integers(1, 30))
    def leaves(self, who: str, deputy: str | None, hours: int) -> None:
        self._change(who, away_until=self.now + hours * HOUR, deputy=deputy)

    @rule(hours=st.integers(1, 20))
    def waits(self, hours: int) -> None:
        self.now += hours * HOUR

    @rule(who=st.sampled_from((*OFFICERS, "s1")), to=st.none() | person, off=st.booleans())
    def disabled(self, who: str, to: str | None, off: bool) -> None:
        self._change(who, disabled=off)
        if off:
            self._transfer(who, to, Parts())

    @rule(who=officer, station=st.sampled_from(("w1", "e1")))
    def moved(self, who: str, station: str) -> None:
        if self._one(who).station != station:
            self._change(who, station=station, communities=[], deputy=None)

    @rule(who=person, to=st.none() | person, tips=st.booleans(), areas=st.booleans())
    def handed_over(self, who: str, to: str | None, tips: bool, areas: bool) -> None:
        self._transfer(who, to, Parts(tips, areas, False))

    def _transfer(self, who: str, to: str | None, parts: Parts) -> None:
        leaving, heir = self._one(who), self._one(to) if to is not None else None
        try:
            if heir is not None:
                require_heir(leaving, heir, self.now, parts)
        except Refused:
            heir = None
        finder = cast(Finder, Stations())
        moved = done(transfer(self.store, SYSTEM, finder, leaving, heir, self.now, parts))
        if not parts.tips:
            return
        for it in self.tips.items.values():
            if it.state in OPEN:
                assert it.officer != who
                others = [one for one in self.people.items.values() if one.id != who]
                assert who not in it.called or it.officer or not hearers(it, others, self.now)
        for id in moved.tips:
            assert self.tips.items[id].log.entries[-1].data["before"] == who

    @invariant()
    def somebody_there_hears_of_every_tip(self) -> None:
        people = list(self.people.items.values())
        for it in self.tips.items.values():
            heard = hearers(it, people, self.now)
            assert heard, f"nobody hears of {it.number}: {it.officer}, {it.called}"
            for one in heard:
                require_tip(one.who(), it)
                assert not one.disabled
            there = [one for one in people if not one.disabled and not away(one, self.now)]
            if any(one.station == it.station or one.role is Role.SUPERVISOR for one in there):
                assert not any(away(one, self.now) for one in heard)
            if it.officer in {one.id for one in there if one.station == it.station}:
                assert [one.id for one in heard] == [it.officer]

    @invariant()
    def nobody_is_refused_what_he_saw_somebody_have(self) -> None:
        assert self.refused is None or self.refused in (("take", False), ("accept", False))

    @invariant()
    def logs_are_whole(self) -> None:
        for it in self.tips.items.values():
            assert evidence.verify(it.log, [], b"") == []


Absences.TestCase.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
test_absences = Absences.TestCase
