"""Delivery: what becomes of one owner's task, step by step. Nothing here talks to anybody.

A task is made at most once: it is claimed by version before the platform is asked, and when the
answer is lost the platform's list is read for its ``marker`` before it is asked again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping

from domain.clock import CHINA_MS, DAY_MS, HOUR_MS, elapsed, next_day, within
from domain.notice import DELIVERY, REMINDERS, Delivery, DeliveryState, Outcome
from domain.workflow import step

CLAIM_MS = 120_000
LOST_MS = 20_000  # until the platform's list is read for a task whose answer was lost
MAX_ATTEMPTS = 20
GIVE_UP_MS = 3 * 24 * 3_600_000
REMIND_AFTER_MS = 2 * 3_600_000
REMIND_EVERY_MS = 4 * 3_600_000
NIGHT = (22, 7)  # China's hours in which nobody is reminded
LOOK_MS = 30 * 60_000  # at most between two looks
PUBLISHED_MS = 5_000  # until a task is looked at again whose notice is not published yet
LONGEST_PAUSE_MS = 600_000
LEFT_OUT_MS = 10 * 60_000
CAPPED = "cap"  # why it waits: the groups had their share
OPEN = (DeliveryState.PLANNED, DeliveryState.CREATING, DeliveryState.CREATED)


def new_delivery(
    notice: str, owner: str, number: int, people: Mapping[str, int], due_at: int
) -> Delivery:
    """A planned delivery to these groups; all wait."""
    id = f"{notice}:{owner}" if number == 1 else f"{notice}:{owner}:{number}"
    waiting = dict.fromkeys(people, Outcome.WAITING)
    return Delivery(id, notice, owner, list(people), dict(people), due_at, outcomes=waiting)


def marker(it: Delivery) -> str:
    """What the task's link carries, so that it is known again; it tells nobody whose task it is."""
    return hashlib.sha256(it.id.encode()).hexdigest()[:16]


def claim(it: Delivery, process: str, now: int) -> None:
    """This process makes the task now; raises ``WrongState`` when it does not wait for that."""
    it.state = step(DELIVERY, it.state, "claim")
    it.claimed_by, it.claimed_until = process, now + CLAIM_MS
    it.attempts += 1
    it.reason = ""


def created(it: Delivery, task: str, refused: Iterable[str], now: int, event: str) -> None:
    """The platform has the task (``event`` created, or found in its list)."""
    it.state = step(DELIVERY, it.state, event)
    it.task, it.created_at = task, now
    for chat in refused:
        if chat in it.outcomes:
            it.outcomes[chat] = Outcome.REFUSED
    it.due_at = now + 3_000


def lost(it: Delivery, now: int) -> None:
    """No answer came: the task may be there. It stays claimed until the list was read."""
    it.claimed_until = now + LOST_MS
    it.reason = "unknown"


def missing(it: Delivery, now: int) -> None:
    """The platform's list has no such task: it was not made."""
    it.state = step(DELIVERY, it.state, "missing")
    it.due_at = now


def tomorrow(at: int) -> int:
    """When the next day begins in China: the first time at which a group that had its share of the day
    may get something again."""
    return next_day(at)


def postpone(it: Delivery, now: int) -> None:
    """The groups had their share: again when the next day begins; failed after the last attempt."""
    if it.attempts >= MAX_ATTEMPTS:
        fail(it, CAPPED, Outcome.CAPPED)
        return
    it.state = step(DELIVERY, it.state, "release")
    it.due_at, it.reason = tomorrow(now), CAPPED


def release(it: Delivery, reason: str, until: int, now: int) -> None:
    """Certainly not made: again after a pause, not before ``until``; failed after the last attempt."""
    if it.attempts >= MAX_ATTEMPTS:
        fail(it, reason, Outcome.REFUSED)
        return
    it.state = step(DELIVERY, it.state, "release")
    pause = min(5_000 * 2 ** (it.attempts - 1), LONGEST_PAUSE_MS)
    it.due_at, it.reason = max(until, now + pause), reason


def fail(it: Delivery, reason: str, outcome: Outcome) -> None:
    """The platform said no to all of it."""
    it.state = step(DELIVERY, it.state, "fail")
    it.reason = reason
    _rest(it, outcome)


def looked(
    it: Delivery, results: Mapping[str, Outcome], confirmed_at: int, now: int, again: bool = False
) -> None:
    """What the platform says of each group now. What an owner who confirmed left out (old clients
    let him choose) counts as refused after ten minutes. ``again``: when some had their share it
    is looked at once more when the next day begins (``capped_rest``)."""
    it.state = step(DELIVERY, it.state, "poll")
    for chat, outcome in results.items():
        if chat in it.outcomes and outcome is not Outcome.WAITING:
            it.outcomes[chat] = outcome
    if confirmed_at:
        it.confirmed_at = it.confirmed_at or confirmed_at
        if not within(it.confirmed_at, now, LEFT_OUT_MS):
            _rest(it, Outcome.REFUSED)
    it.due_at = next_look(it, now)
    if waiting(it):
        return
    if again and it.reason != CAPPED and Outcome.CAPPED in it.outcomes.values():
        it.due_at, it.reason = tomorrow(now), CAPPED
        return
    it.state = step(DELIVERY, it.state, "done")


def capped_rest(it: Delivery, now: int) -> Delivery | None:
    """The groups that had their share when a task was done that waited for the next day, as a delivery
    of its own; None without any, or after the last attempt. Taken away from ``it``, which has to be
    saved afterwards; the same groups make the same delivery."""
    chats = [chat for chat, how in it.outcomes.items() if how is Outcome.CAPPED]
    if it.state is not DeliveryState.DONE or it.reason != CAPPED or it.attempts >= MAX_ATTEMPTS:
        return None
    first = it.id.partition(":again:")[0]
    mark = hashlib.sha256("\n".join([it.id, *sorted(chats)]).encode()).hexdigest()[:12]
    people = {chat: it.people.pop(chat, 0) for chat in chats}
    for chat in chats:
        del it.outcomes[chat]
    it.chats, it.reason = [chat for chat in it.chats if chat not in people], ""
    return Delivery(
        f"{first}:again:{mark}",
        it.notice,
        it.owner,
        chats,
        people,
        now,
        outcomes=dict.fromkeys(chats, Outcome.WAITING),
        attempts=it.attempts,
    )


def handed_on(it: Delivery, owners: Mapping[str, str]) -> list[Delivery]:
    """The groups of a planned delivery that have another owner now, one delivery for each of these.
    ``owners`` by group; taken away from ``it``, which has to be saved afterwards and is over when
    nothing is left of it; the same groups make the same deliveries."""
    by_owner: dict[str, list[str]] = {}
    for chat in it.chats:
        owner = owners.get(chat, it.owner)
        if owner.lower() != it.owner.lower():
            by_owner.setdefault(owner, []).append(chat)
    first = it.id.partition(":from:")[0]
    found = []
    for owner, chats in sorted(by_owner.items()):
        mark = hashlib.sha256("\n".join([it.id, owner, *sorted(chats)]).encode()).hexdigest()[:12]
        people = {chat: it.people.pop(chat, 0) for chat in chats}
        outcomes = {chat: it.outcomes.pop(chat, Outcome.WAITING) for chat in chats}
        it.chats = [chat for chat in it.chats if chat not in people]
        found.append(
            Delivery(
                f"{first}:from:{mark}",
                it.notice,
                owner,
                chats,
                people,
                it.due_at,
                outcomes=outcomes,
                reason=it.reason,
            )
        )
    if not it.chats:
        cancel(it, "handed_on")
    return found


def cancel(it: Delivery, reason: str) -> None:
    """Nothing more of it will be sent."""
    it.state = step(DELIVERY, it.state, "cancel")
    it.reason = reason
    _rest(it, Outcome.CANCELLED)


def waiting(it: Delivery) -> list[str]:
    return [chat for chat, outcome in it.outcomes.items() if outcome is Outcome.WAITING]


def given_up(it: Delivery, now: int) -> bool:
    """The owner had three days."""
    return it.created_at is not None and not within(it.created_at, now, GIVE_UP_MS)


def next_look(it: Delivery, now: int) -> int:
    """When it is worth looking again: seconds at first, half an hour after some hours."""
    age = elapsed(it.created_at or now, now)
    return now + min(max(age // 6, 5_000), LOOK_MS)


def latest(it: Delivery, send_at: int | None, now: int) -> int:
    """When it is its turn at the latest (Unix ms): nothing puts it off for longer, unless a clock was set
    back since. ``send_at`` is its notice's."""
    if it.reason == CAPPED:
        return tomorrow(now)
    if it.state is DeliveryState.CREATED:
        return now + LOOK_MS
    if not it.attempts:
        return max(send_at or now, now + PUBLISHED_MS)
    return now + LONGEST_PAUSE_MS


def may_remind(it: Delivery, urgent: bool, now: int) -> bool:
    """Whether the owner may be reminded: two hours after, every four hours, three times a day, and
    by day unless it is urgent."""
    if it.state is not DeliveryState.CREATED or not waiting(it) or it.confirmed_at:
        return False
    if within(it.created_at or now, now, REMIND_AFTER_MS):
        return False
    recent = [at for at in it.reminded if within(at, now, DAY_MS)]
    if len(recent) >= REMINDERS or (recent and within(recent[-1], now, REMIND_EVERY_MS)):
        return False
    hour = (now + CHINA_MS) // HOUR_MS % 24
    return urgent or NIGHT[1] <= hour < NIGHT[0]


def totals(all: Iterable[Delivery]) -> tuple[dict[Outcome, int], int]:
    """Groups by outcome, and the members of those where it was sent."""
    counts: Counter[Outcome] = Counter()
    reached = 0
    for one in all:
        counts.update(one.outcomes.values())
        reached += sum(
            one.people.get(chat, 0) for chat, how in one.outcomes.items() if how is Outcome.SENT
        )
    return dict(counts), reached


def unasked(all: Iterable[Delivery]) -> int:
    """Groups that wait though their owner was not asked to confirm yet: no task is there."""
    return sum(
        len(waiting(one))
        for one in all
        if one.state in (DeliveryState.PLANNED, DeliveryState.CREATING)
    )


def _rest(it: Delivery, outcome: Outcome) -> None:
    for chat in waiting(it):
        it.outcomes[chat] = outcome
