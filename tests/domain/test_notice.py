"""Notices and deliveries as tables and as rules that hold for every value."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import delivery as steps
from domain.clock import DAY_MS, HOUR_MS
from domain.delivery import NIGHT, OPEN, REMIND_AFTER_MS, may_remind, new_delivery
from domain.errors import Refused, WrongState
from domain.evidence import Log, append, verify
from domain.group import Group
from domain.notice import (
    DELIVERY,
    NOTICE,
    REMINDERS,
    Delivery,
    DeliveryState,
    Notice,
    NoticeState,
    Outcome,
    needs_second,
    notice_number,
    wrote,
)
from domain.paging import NAMED
from domain.people import Role, Who
from domain.publishing import Cap, Plan, Share, calm, count_followers, deliveries, had
from domain.resident import Resident
from domain.workflow import step
from storage.store import MongoStore

CHINA_MS = 8 * HOUR_MS
NOON = 1_790_000_000_000 // DAY_MS * DAY_MS + 4 * HOUR_MS  # 12:00 in China
MINUTE = 60_000


def reachable(table: object, start: object) -> set[object]:
    found, waiting = set(), [start]
    while waiting:
        state = waiting.pop()
        if state not in found:
            found.add(state)
            waiting += table[state].values()  # type: ignore[index]
    return found


def test_every_state_can_be_reached_and_every_end_is_one() -> None:
    assert reachable(NOTICE, NoticeState.DRAFT) == set(NoticeState)
    assert reachable(DELIVERY, DeliveryState.PLANNED) == set(DeliveryState)
    ends = {state for state, arrows in DELIVERY.items() if not arrows}
    assert ends == set(DeliveryState) - set(OPEN)


def test_nothing_is_published_that_was_not_approved() -> None:
    """Whatever is done in whatever order: the step before PUBLISHED is APPROVED, and an edit after
    the approval takes it away."""
    chance = random.Random(110)
    events = ["edit", "approve", "publish", "withdraw", "expire"]
    published = 0
    for _ in range(3_000):
        state, approved = NoticeState.DRAFT, False
        for event in chance.choices(events, k=8):
            try:
                state = step(NOTICE, state, event)
            except WrongState:
                continue
            if event == "approve":
                approved = True
            if event == "edit":
                approved = False
            if state is NoticeState.PUBLISHED:
                assert approved
                published += 1
    assert published > 100


def test_a_task_is_asked_for_only_from_a_claim_and_never_after_it_was_made() -> None:
    chance = random.Random(11)
    events = sorted({event for arrows in DELIVERY.values() for event in arrows})
    for _ in range(3_000):
        state, made, claimed = DeliveryState.PLANNED, 0, False
        for event in chance.choices(events, k=12):
            before = state
            try:
                state = step(DELIVERY, state, event)
            except WrongState:
                continue
            if event == "claim":
                assert not made, "a task that is there is never claimed again"
                claimed = True
            if state is DeliveryState.CREATED and before is not state:
                assert claimed
                made += 1
        assert made <= 1


@given(st.integers(0, 4_000_000_000_000), st.text(max_size=40))
def test_calm_times_are_never_earlier_hardly_later_and_off_the_rush(at: int, mark: str) -> None:
    found = calm(at, mark)
    assert 0 <= found - at < 13 * MINUTE
    assert 3 <= found // MINUTE % 30 < 27
    assert calm(found, "another") == found, "moved once is enough"


def test_notices_of_one_hour_do_not_all_move_to_one_minute() -> None:
    minutes = {calm(NOON, f"notice-{number}") // MINUTE for number in range(100)}
    assert len(minutes) >= 5


def test_reminders_keep_to_three_a_day_and_to_the_day() -> None:
    chance = random.Random(7)
    for urgent in (False, True):
        it = created(chats=3)
        now = it.created_at or 0
        for _ in range(2_000):
            now += chance.randrange(HOUR_MS)
            if not may_remind(it, urgent, now):
                continue
            it.reminded.append(now)
            assert now - (it.created_at or 0) >= REMIND_AFTER_MS
            assert sum(now - at < DAY_MS for at in it.reminded) <= REMINDERS
            hour = (now + CHINA_MS) // HOUR_MS % 24
            assert urgent or NIGHT[1] <= hour < NIGHT[0]
        assert len(it.reminded) > 20
        nights = [at for at in it.reminded if not 7 <= (at + CHINA_MS) // HOUR_MS % 24 < 22]
        assert bool(nights) is urgent


def test_nobody_is_reminded_of_what_is_done() -> None:
    it = created(chats=2)
    now = (it.created_at or 0) + 3 * HOUR_MS
    assert may_remind(it, False, now)
    steps.looked(it, {"c0": Outcome.SENT, "c1": Outcome.SENT}, now, now)
    assert it.state is DeliveryState.DONE
    assert not may_remind(it, False, now)


def created(chats: int) -> Delivery:
    people = {f"c{number}": 10 * (number + 1) for number in range(chats)}
    it = new_delivery("n", "zhou", 1, people, NOON)
    steps.claim(it, "p", NOON)
    steps.created(it, "msg", (), NOON, "created")
    return it


def test_every_group_has_one_outcome_and_a_decided_one_stays() -> None:
    chance = random.Random(5)
    for _ in range(300):
        it = created(chats=6)
        now, decided = NOON, dict[str, Outcome]()
        while it.state is DeliveryState.CREATED and now < NOON + 4 * DAY_MS:
            now += chance.randrange(6 * HOUR_MS)
            heard = {
                f"c{n}": chance.choice(list(Outcome)) for n in range(6) if chance.random() < 0.2
            }
            new = {c: how for c, how in heard.items() if c not in decided}
            steps.looked(it, new, 0, now)
            decided |= {c: how for c, how in new.items() if how is not Outcome.WAITING}
            assert {c: it.outcomes[c] for c in decided} == decided
            if it.state is DeliveryState.CREATED and steps.given_up(it, now):
                steps.cancel(it, "unconfirmed")
        assert it.state in (DeliveryState.DONE, DeliveryState.CANCELLED)
        assert not steps.waiting(it)
        counts, reached = steps.totals([it])
        assert sum(counts.values()) == 6
        assert reached == sum(it.people[c] for c, how in decided.items() if how is Outcome.SENT)


def test_looks_become_rarer_but_never_stop() -> None:
    it = created(chats=1)
    gaps, now = [], NOON
    while now < NOON + DAY_MS:
        following = steps.next_look(it, now)
        gaps.append(following - now)
        now = following
    assert gaps == sorted(gaps)
    assert (gaps[0], gaps[-1]) == (5_000, 1_800_000)
    assert len(gaps) < 150


def test_pauses_after_refusals_grow_and_end() -> None:
    it = new_delivery("n", "zhou", 1, {"c0": 1}, NOON)
    now, pauses = NOON, []
    while it.state is DeliveryState.PLANNED:
        steps.claim(it, "p", now)
        steps.release(it, "45009", 0, now)
        pauses.append(it.due_at - now)
        now = it.due_at
    assert it.state is DeliveryState.FAILED
    assert it.outcomes == {"c0": Outcome.REFUSED}
    assert pauses[:3] == [5_000, 10_000, 20_000]
    assert max(pauses) == 600_000


def test_each_group_is_in_one_delivery_of_at_most_two_thousand() -> None:
    chance = random.Random(3)
    owners = {"big": 4_500, "small": 1, "edge": 2_000, "over": 2_001}
    shares = [
        Share(Group(f"{owner}-{n:05d}", "", owner, "c", members=n % 7), 0, 0, 0)
        for owner, count in owners.items()
        for n in range(count)
    ]
    chance.shuffle(shares)
    plan = Plan(NOON, False, shares, [], [], 0, {})
    found = deliveries("n", plan)
    assert Counter(one.owner for one in found) == {"big": 3, "small": 1, "edge": 1, "over": 2}
    assert max(len(one.chats) for one in found) == 2_000
    chats = [chat for one in found for chat in one.chats]
    assert len(chats) == len(set(chats)) == len(shares)
    assert all(chat.startswith(one.owner) for one in found for chat in one.chats)
    assert len({one.id for one in found}) == len({steps.marker(one) for one in found}) == len(found)
    assert plan.tasks == len(found)
    chance.shuffle(shares)
    again = deliveries("n", Plan(NOON, False, shares, [], [], 0, {}))
    assert [(one.id, one.chats) for one in again] == [(one.id, one.chats) for one in found]


def test_days_and_months_are_china_s() -> None:
    midnight = NOON - 12 * HOUR_MS
    group = Group("g", "", "o", sent=[midnight - 1, midnight, midnight + 1, NOON])
    assert had(group, NOON)[0] == 3
    assert had(group, midnight - 1)[0] == 1
    february = 1_771_000_000_000
    assert Cap().of_month(february) == 28
    assert Cap(month=4).of_month(february) == 4


def test_a_second_person_is_somebody_who_wrote_nothing() -> None:
    author, editor, other = (Who(name, Role.SUPERVISOR, name) for name in ("a", "b", "c"))
    it = Notice("n", "N", "a", "a", None, "t", "x", 0, 0, ["c1"], log=Log("n"))
    append(it.log, author, "notice.drafted", 0)
    append(it.log, editor, "notice.edited", 1)
    append(it.log, other, "notice.approved", 2)
    assert [wrote(it, who) for who in (author, editor, other)] == [True, True, False]
    assert not needs_second(it)
    it.communities = [f"c{number}" for number in range(6)]
    assert needs_second(it)
    it.communities, it.urgent = ["c1"], True
    assert needs_second(it)


def test_numbers_are_the_same_for_the_same_and_hold_nothing_else() -> None:
    ids = [random.Random(seed).randbytes(16).hex() for seed in range(500)]
    numbers = {notice_number(id, NOON) for id in ids}
    assert len(numbers) == 500
    assert notice_number(ids[0], NOON) == notice_number(ids[0], NOON)
    assert all(len(number) == 17 for number in numbers)


def test_the_log_of_a_notice_shows_a_changed_word() -> None:
    it = Notice("n", "N", "a", "a", None, "t", "x", 0, 0, ["c1"], log=Log("n"))
    who = Who("a", Role.SUPERVISOR, "a")
    append(it.log, who, "notice.drafted", 0, text="今晚停水")
    append(it.log, who, "notice.published", 1)
    assert verify(it.log, [], b"secret") == []
    it.log.entries[0].data["text"] = "明晚停水"
    assert [flaw.seq for flaw in verify(it.log, [], b"secret")] == [1]


def test_a_refusal_changes_nothing() -> None:
    it = created(chats=1)
    before = (it.state, it.task, dict(it.outcomes))
    with pytest.raises(Refused):
        steps.claim(it, "p", NOON)
    with pytest.raises(Refused):
        steps.missing(it, NOON)
    with pytest.raises(Refused):
        steps.release(it, "x", 0, NOON)
    assert (it.state, it.task, it.outcomes) == before


@pytest.mark.parametrize("many", [2, NAMED + 10])
async def test_followers_are_counted_by_community(store: MongoStore, many: int) -> None:
    """Whether a few communities are asked for or a city, nobody else's are counted."""
    asked = [f"c{n}" for n in range(many)]
    rows = [Resident(f"{n}", "", community=f"c{n % 2}") for n in range(5)]
    rows += [Resident("gone", "", following=False, community="c1"), Resident("none", "")]
    rows += [Resident("other", "", community="elsewhere")]
    await store.residents.add_many(rows)
    found = await count_followers(store, asked)
    assert list(found) == asked
    assert {id: count for id, count in found.items() if count} == {"c0": 3, "c1": 2}
