"""Whoever restarts and whatever happens to a tip: of one wait an officer and a supervisor are reminded once
each, and nobody of a tip that was answered or is over.
"""

from __future__ import annotations

import copy
from typing import Any, TypeVar, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.errors import NotFound, Refused
from domain.inbox import OVER, REPLIED
from domain.people import Person, Role
from domain.ports import Store
from domain.tip import TELLER, Tip, add, reply, submit, take
from domain.tip_deadline import OFFICER, OVERDUE, SUPERVISOR, Deadlines, remind_overdue
from domain.tip_moves import become_incident, call_back, hand_over
from domain.tip_urgency import mark
from tests.webrtc.memory_store import MemoryShelf, MemoryStore, done

HOUR, MINUTE = 3_600_000, 60_000
NOON = 1_790_000_100_000
DEADLINES = Deadlines()
T = TypeVar("T")
number = st.integers(0, 2)


def _staffed() -> tuple[Store, MemoryShelf]:
    memory = MemoryStore()
    for name in ("people", "tips"):
        setattr(memory, name, MemoryShelf(name, memory))
    store = cast(Store, memory)
    for id, role, station in (
        ("wang", Role.COMMUNITY_OFFICER, "w1"),
        ("li", Role.COMMUNITY_OFFICER, "w1"),
        ("east", Role.COMMUNITY_OFFICER, "e1"),
        ("west", Role.SUPERVISOR, "w1"),
        ("chief", Role.SUPERVISOR, None),
    ):
        done(store.people.add(Person(id, id, id, role, "", station)))
    return store, cast(MemoryShelf, cast(Any, memory).tips)


def levels_of_the_last_wait(it: Tip) -> list[int]:
    """Which reminders the log has of the last wait, once each, none when nobody waits."""
    waits, seen = False, list[int]()
    for entry in it.log.entries:
        if entry.what == OVERDUE:
            assert waits
            assert entry.data["level"] == len(seen) + 1
            assert entry.data["officers"]
            assert entry.data["due"] <= entry.at
            seen.append(entry.data["level"])
        elif entry.what in (*REPLIED, "tip.became_incident", "tip.solved"):
            waits, seen = False, []
        elif entry.who.id == TELLER.id and not waits:
            waits, seen = True, []
    return seen


class Waits(RuleBasedStateMachine):
    """Tips that are told, answered, ended and go elsewhere, and a sweep that several processes run."""

    def __init__(self) -> None:
        super().__init__()
        self.store, self.tips = _staffed()
        self.now, self.count = NOON, 0

    def _id(self, number: int) -> str | None:
        ids = list(self.tips.items)
        return ids[number % len(ids)] if ids else None

    def _who(self, id: str) -> Any:
        return done(self.store.people.get(id)).who()

    @rule(urgent=st.booleans(), anonymous=st.booleans())
    def told(self, urgent: bool, anonymous: bool) -> None:
        self.count += 1
        id = f"{self.count:032x}"
        tip = Tip(id, id, "w1", "西一", 0, 0, urgent=urgent, anonymous=anonymous, called=["wang"])
        done(submit(self.store, tip, [("message", {"text": "sealed"})], self.now))

    @rule(
        n=number,
        event=st.sampled_from(
            ("answer", "ask", "close", "reject", "reopen", "take", "110", "urgent")
        ),
    )
    def police(self, n: int, event: str) -> None:
        id = self._id(n)
        if id is None:
            return
        self.count += 1
        wang, key = self._who("wang"), f"k{self.count}"
        try:
            if event == "take":
                done(take(self.store, wang, id, self.now))
            elif event == "110":
                done(become_incident(self.store, wang, id, "i" + id, "0110", self.now))
            elif event == "urgent":
                urgent = not self.tips.items[id].urgent
                done(mark(self.store, wang, id, urgent, self.now))
            else:
                done(reply(self.store, wang, id, key, event, "sealed", self.now))
        except (Refused, NotFound):
            return

    @rule(n=number, event=st.sampled_from(("add", "not_solved", "solved")))
    def resident(self, n: int, event: str) -> None:
        id = self._id(n)
        self.count += 1
        if id is not None:
            data: dict[str, Any] = {"text": "sealed"}
            try:
                done(add(self.store, id, f"k{self.count}", "message", data, self.now, event))
            except Refused:
                return

    @rule(n=number, back=st.booleans())
    def elsewhere(self, n: int, back: bool) -> None:
        id = self._id(n)
        if id is None:
            return
        try:
            if back:
                done(call_back(self.store, self._who("wang"), id, self.now))
            else:
                west = self._who("wang")
                done(hand_over(self.store, west, id, "e1", "东一", ["east"], "", self.now))
        except (Refused, NotFound):
            return

    @rule(n=number, event=st.sampled_from(("answer", "close")), behind=st.sampled_from((0, 1)))
    def late_reader(self, n: int, event: str, behind: int) -> None:
        """A process that read the store before the police acted, and whose clock may be behind."""
        stale = [copy.deepcopy(one) for one in self.tips.items.values()]
        self.police(n, event)
        every = self.tips.every

        async def as_it_was(criteria: Any = None, *, order: str | None = None) -> Any:
            for one in stale:
                yield one

        try:
            cast(Any, self.tips).every = as_it_was
            done(remind_overdue(self.store, DEADLINES, self.now - behind * MINUTE))
        finally:
            cast(Any, self.tips).every = every

    @rule(minutes=st.sampled_from((1, 10, 31, 46, 12 * 60, 25 * 60, 37 * 60)))
    def time_passes(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    @rule()
    def sweep(self) -> None:
        done(remind_overdue(self.store, DEADLINES, self.now))
        again = done(remind_overdue(self.store, DEADLINES, self.now))
        assert again == 0
        for it in self.tips.items.values():
            for level in (OFFICER, SUPERVISOR):
                due = DEADLINES.due_at(it, level)
                # An urgent one is found to the second.
                if due is not None and due < self.now - 1000:
                    assert level in levels_of_the_last_wait(it)

    @invariant()
    def nobody_is_reminded_twice_of_one_wait_or_of_what_was_answered(self) -> None:
        for it in self.tips.items.values():
            levels_of_the_last_wait(it)
            if it.state in OVER:
                assert it.waiting_since is None


Waits.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
test_waits = Waits.TestCase


def test_a_new_wait_is_another_one_and_who_called_it_solved_does_not_wait() -> None:
    store, _ = _staffed()
    wang = done(store.people.get("wang")).who()
    tip = Tip("0" * 32, "T-1", "w1", "西一", 0, 0, called=["wang"])
    done(submit(store, tip, [("message", {"text": "sealed"})], NOON))
    done(take(store, wang, tip.id, NOON))

    def sweep(at: int) -> int:
        return done(remind_overdue(store, DEADLINES, at))

    assert sweep(NOON + 25 * HOUR) == 1
    done(reply(store, wang, tip.id, "k1", "answer", "sealed", NOON + 26 * HOUR))
    assert sweep(NOON + 60 * HOUR) == 0
    done(add(store, tip.id, "k2", "message", {"text": "sealed"}, NOON + 61 * HOUR))
    assert (sweep(NOON + 84 * HOUR), sweep(NOON + 86 * HOUR)) == (0, 1)
    done(reply(store, wang, tip.id, "k3", "close", "sealed", NOON + 87 * HOUR))
    done(add(store, tip.id, "k4", "message", {}, NOON + 88 * HOUR, "solved"))
    done(reply(store, wang, tip.id, "k5", "reopen", "sealed", NOON + 89 * HOUR))
    assert sweep(NOON + 200 * HOUR) == 0


@given(st.booleans(), st.integers(0, 60 * HOUR))
def test_who_is_reminded_is_a_matter_of_how_long_it_is_over(urgent: bool, later: int) -> None:
    store, _ = _staffed()
    tip = Tip("0" * 32, "T-1", "w1", "西一", 0, 0, urgent=urgent, called=["li"])
    done(submit(store, tip, [("message", {"text": "sealed"})], NOON))
    done(remind_overdue(store, DEADLINES, NOON + later))
    it = done(store.tips.get(tip.id))
    told = [one.data["officers"] for one in it.log.entries if one.what == OVERDUE]
    first = 30 * MINUTE if urgent else 24 * HOUR
    sure = 1000  # an urgent one is found to the second
    expected = [["li"], ["west"]][: (later > first + sure) + (later > first * 3 // 2 + sure)]
    assert told[: len(expected)] == expected
    assert len(told) <= (later >= first) + (later >= first * 3 // 2)


@pytest.mark.parametrize(
    ("away", "told"),
    [((), ["west"]), (("west",), ["chief"]), (("west", "chief"), ["west", "chief"])],
)
def test_a_supervisor_of_the_station_who_is_there_is_reminded_before_another(
    away: tuple[str, ...], told: list[str]
) -> None:
    store, _ = _staffed()
    for id in away:
        one = done(store.people.get(id))
        one.away_until = NOON + 99 * HOUR
        done(store.people.save(one))
    tip = Tip("0" * 32, "T-1", "w1", "西一", 0, 0, called=["li"])
    done(submit(store, tip, [("message", {"text": "sealed"})], NOON))
    done(remind_overdue(store, DEADLINES, NOON + 40 * HOUR))
    last = done(store.tips.get(tip.id)).log.entries[-1]
    assert (last.data["level"], last.data["officers"]) == (SUPERVISOR, told)
