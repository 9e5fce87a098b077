"""Publishing: who exactly gets a notice, when, what it uses up; then one delivery for each owner.

The deliveries are written down first and the notice is made PUBLISHED last. The bot sends only what
belongs to a PUBLISHED notice, so a crash in between sends nothing, and publishing again makes the
same deliveries.
"""

from __future__ import annotations

import calendar
import hashlib
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain import evidence
from domain.approving import amend, day_of, require_approved
from domain.clock import CHINA_MS
from domain.delivery import CAPPED, OPEN, cancel, new_delivery, tomorrow
from domain.errors import INVALID, Conflict, NotFound, Refused
from domain.group import Group, GroupState
from domain.notice import (
    DELIVERY,
    NOTICE,
    Delivery,
    DeliveryState,
    Notice,
    Outcome,
    over,
    require_act,
)
from domain.paging import named
from domain.people import SYSTEM, Who
from domain.ports import Finder, Store
from domain.queries_groups import deliveries_in, deliveries_of
from domain.queries_messages import followers_in
from domain.registry import groups_of
from domain.revise import TRIES
from domain.workflow import allows, step

MINUTE_MS, HALF_MS = 60_000, 30 * 60_000
CALM_MINUTES = 3  # kept free on both sides of each full and half hour
SPREAD_MS = 6 * MINUTE_MS
CHATS_IN_TASK = 2_000
LONGEST_DAYS = 32


@dataclass(frozen=True, slots=True)
class Cap:
    """Notices one group may get in a day (0: no rule) and a month (0: as many as it has days); the
    corp chooses the rule in WeCom (doc 92135)."""

    day: int = 0
    month: int = 0

    def of_month(self, at: int) -> int:
        if self.month:
            return self.month
        year, month = _china(at)[:2]
        return calendar.monthrange(year, month)[1]


@dataclass(frozen=True, slots=True)
class Share:
    """A group that gets it, and what it had: on that day, in that month, and still to be confirmed.
    ``at`` is when it gets a correction for which it had its share before; 0: with the others."""

    group: Group
    today: int
    month: int
    waiting: int
    at: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """``skipped`` groups with the reason: no_owner, day or month. ``open_tasks`` by owner."""

    send_at: int
    moved: bool
    shares: list[Share]
    skipped: list[tuple[Group, str]]
    empty: list[str]
    followers: int
    open_tasks: Mapping[str, int]

    @property
    def tasks(self) -> int:
        """How many group-send tasks it makes."""
        counts = Counter((one.group.owner, one.at) for one in self.shares)
        return sum(tasks_for(count) for count in counts.values())

    @property
    def later(self) -> list[Share]:
        """Groups that get it when their share allows."""
        return [one for one in self.shares if one.at]

    @property
    def people(self) -> int:
        return sum(one.group.members for one in self.shares)

    def by_owner(self) -> dict[str, list[Share]]:
        found: dict[str, list[Share]] = defaultdict(list)
        for one in self.shares:
            found[one.group.owner].append(one)
        return dict(sorted(found.items()))


def tasks_for(groups: int) -> int:
    """How many tasks so many groups of one owner need."""
    return -(-groups // CHATS_IN_TASK)


def calm(at: int, mark: str) -> int:
    """``at``, or some minutes later when everybody else sends, too: around full and half hours
    (doc 90236). Never earlier; the same mark always gets the same minutes."""
    beyond = (at + CALM_MINUTES * MINUTE_MS) % HALF_MS
    if beyond >= 2 * CALM_MINUTES * MINUTE_MS:
        return at
    half = at + CALM_MINUTES * MINUTE_MS - beyond
    spread = int(hashlib.sha256(mark.encode()).hexdigest()[:8], 16) % SPREAD_MS
    return half + CALM_MINUTES * MINUTE_MS + spread


async def rehearse(
    store: Store,
    communities: Sequence[str],
    urgent: bool,
    send_at: int | None,
    mark: str,
    now: int,
    cap: Cap,
    *,
    corrects: str | None = None,
    everybody: bool = False,
) -> Plan:
    """Exactly what publishing now would do; changes nothing. Who read what was wrong must read what
    is right: a correction of the notice ``corrects`` goes to the groups that got that, wherever they
    belong now, and to no other unless it is for ``everybody``. It leaves none of them out for its share,
    it goes there as soon as that allows."""
    wanted = max(send_at or now, now)
    at = wanted if urgent else calm(wanted, mark)
    found: dict[str, Group] = {}
    if corrects is None or everybody:
        found = {one.id: one async for one in groups_of(store, communities)}
    if corrects is not None:
        mistaken = await misled(store, corrects)
        found |= {one.id: one async for one in named(store.groups, "_id", mistaken)}
    active = [one for _, one in sorted(found.items()) if one.state is GroupState.ACTIVE]
    waiting: Counter[str] = Counter()
    tasks: Counter[str] = Counter()
    counted: set[str] = set()  # one may go on to the next state meanwhile
    for state in OPEN:
        async for other in store.deliveries.every(deliveries_in(state)):
            if other.id in counted:
                continue
            counted.add(other.id)
            left = [chat for chat, how in other.outcomes.items() if how is Outcome.WAITING]
            waiting.update(left)
            tasks[other.owner] += 1
    shares, skipped = [], []
    for group in active:
        today, month = had(group, at)
        reason = _skip(group, today, month, cap, at, urgent)
        if reason in ("day", "month") and corrects:
            first = _allowed(group, cap, at)
            shares.append(Share(group, today, month, waiting[group.id], calm(first, mark)))
        elif reason:
            skipped.append((group, reason))
        else:
            shares.append(Share(group, today, month, waiting[group.id]))
    covered = {one.community for one in active}
    followers = sum((await count_followers(store, communities)).values())
    empty = [one for one in communities if one not in covered] if corrects is None else []
    return Plan(at, at != wanted, shares, skipped, empty, followers, tasks)


async def misled(store: Store, wrong: str) -> set[str]:
    """The groups that got this notice, or may yet: their owners were asked. Also those of what it put
    right itself, for they may have got nothing since."""
    groups: set[str] = set()
    following: str | None = wrong
    while following is not None:
        async for one in store.deliveries.every(deliveries_of(following)):
            there = (Outcome.SENT, Outcome.WAITING)
            groups |= {chat for chat, how in one.outcomes.items() if how in there}
        try:
            following = (await store.notices.get(following)).corrects
        except NotFound:
            following = None
    return groups


async def count_followers(store: Store, communities: Sequence[str]) -> dict[str, int]:
    """Followers of the account who want the notices of these communities, for each of them."""
    # One after the other: a million residents counted by one command take longer than a command may.
    return {one: await store.residents.count(followers_in(one)) for one in communities}


async def publish(store: Store, finder: Finder, who: Who, id: str, now: int, cap: Cap) -> Notice:
    """An approved notice goes out: at once, or at its time. Published already changes nothing."""
    # Not ``revise``: the plan and the deliveries are written between loading and saving.
    for _ in range(TRIES):
        it = await store.notices.get(id)
        require_act(who, finder, it)
        if it.published_at is not None:
            return it
        after = step(NOTICE, it.state, "publish")
        await require_approved(store, it, now)
        if over(it, now):
            raise Refused(INVALID, "its time is over already", field="expires_at")
        if it.corrects is not None:
            wrong = await store.notices.get(it.corrects)
            if wrong.corrected_by not in (None, it.id):
                raise Refused(INVALID, "another correction was published", field="corrects")
        plan = await rehearse(
            store,
            it.communities,
            it.urgent,
            it.send_at,
            it.id,
            now,
            cap,
            corrects=it.corrects,
            everybody=it.everybody,
        )
        if not plan.shares and not plan.followers:
            raise Refused(INVALID, "nobody would get it", field="communities", empty=plan.empty)
        try:
            await _write_down(store, deliveries(it.id, plan), it.id)
        except Conflict:
            continue
        it.state, it.published_at, it.updated_at, it.send_at = after, now, now, plan.send_at
        it.day = day_of(now)
        it.groups, it.people, it.followers = len(plan.shares), plan.people, plan.followers
        it.totals, it.live = {Outcome.WAITING: len(plan.shares)}, True
        it.unasked = len(plan.shares)
        reasons = Counter(reason for _, reason in plan.skipped)
        evidence.append(
            it.log,
            who,
            "notice.published",
            now,
            send_at=plan.send_at,
            groups=it.groups,
            owners=len(plan.by_owner()),
            people=it.people,
            followers=it.followers,
            skipped=dict(reasons),
            later=len(plan.later),
        )
        try:
            await store.notices.save(it)
        except Conflict:
            continue
        await mark_corrected(store, it, now)
        return it
    raise Conflict("too many writers")


async def mark_corrected(store: Store, it: Notice, now: int) -> None:
    """The notice that ``it`` puts right says so from now on. Again changes nothing."""
    if it.corrects is None:
        return

    def change(wrong: Notice) -> None:
        if wrong.corrected_by is None:
            wrong.corrected_by = it.id
            evidence.append(wrong.log, SYSTEM, "notice.corrected", now, by=it.id, number=it.number)

    try:
        await amend(store, it.corrects, change)
    except NotFound:
        return


def deliveries(notice: str, plan: Plan) -> list[Delivery]:
    """One delivery for each owner and time, or for each two thousand groups of these."""
    found: list[Delivery] = []
    for owner, shares in plan.by_owner().items():
        times: dict[int, list[Group]] = defaultdict(list)
        for one in shares:
            times[one.at].append(one.group)
        number = 0
        for at, groups in sorted(times.items()):
            groups.sort(key=lambda one: one.id)
            for start in range(0, len(groups), CHATS_IN_TASK):
                part = groups[start : start + CHATS_IN_TASK]
                people = {one.id: one.members for one in part}
                number += 1
                it = new_delivery(notice, owner, number, people, at or plan.send_at)
                it.reason = CAPPED if at else ""
                found.append(it)
    return found


async def _write_down(store: Store, wanted: Sequence[Delivery], notice: str) -> None:
    """All deliveries are in the store as planned, and no others are left to be sent: an attempt that
    broke off may have planned for groups that meanwhile went elsewhere."""
    known = await store.deliveries.add_many(wanted)
    if not known and not await _others(store, wanted, notice):
        return
    for old in await _others(store, wanted, notice):
        if allows(DELIVERY, old.state, "cancel"):
            cancel(old, "replanned")
            await store.deliveries.save(old)
    for new in wanted:
        if new.id not in known:
            continue
        old = await store.deliveries.get(new.id)
        if old.state is DeliveryState.PLANNED:
            new.version = old.version
            await store.deliveries.save(new)


async def _others(store: Store, wanted: Iterable[Delivery], notice: str) -> list[Delivery]:
    ids = {one.id for one in wanted}
    found = store.deliveries.every(deliveries_of(notice))
    return [one async for one in found if one.id not in ids]


def had(group: Group, at: int) -> tuple[int, int]:
    """Notices the group had on the day, and in the month, of ``at`` in China's time."""
    day, month = _china(at)[:3], _china(at)[:2]
    days = [_china(one) for one in group.sent]
    return sum(one[:3] == day for one in days), sum(one[:2] == month for one in days)


def _skip(group: Group, today: int, month: int, cap: Cap, at: int, urgent: bool) -> str:
    if not group.owner or group.orphaned:
        return "no_owner"
    if urgent:
        return ""  # our count may be wrong; for what is urgent the platform shall decide
    if cap.day and today >= cap.day:
        return "day"
    return "month" if month >= cap.of_month(at) else ""


def _allowed(group: Group, cap: Cap, at: int) -> int:
    """The first time after ``at`` when the group's share has room; at most a month ahead."""
    for _ in range(LONGEST_DAYS):
        at = tomorrow(at)
        if not _skip(group, *had(group, at), cap, at, False):
            break
    return at


def _china(at: int) -> tuple[int, int, int]:
    moment = time.gmtime((at + CHINA_MS) / 1000)
    return moment.tm_year, moment.tm_mon, moment.tm_mday
