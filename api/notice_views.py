"""Notices and their deliveries as staff and as anybody may see them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from api.house import House
from api.shapes_notices import (
    DeliveredGroup,
    DeliveryView,
    NoticeRef,
    NoticeView,
    PlannedGroup,
    PlannedOwner,
    PublicNotice,
    RehearsalView,
    SkippedGroup,
    TotalsView,
)
from api.views import entry_view
from domain.delivery import waiting
from domain.errors import NotFound
from domain.notice import (
    Delivery,
    Notice,
    NoticeState,
    Outcome,
    approved_by_second,
    may,
    needs_second,
    over,
)
from domain.paging import named
from domain.people import Role, Who
from domain.publishing import Cap, Plan, tasks_for
from domain.queries_groups import notices_numbered
from domain.queries_people import people_with_accounts

NUMBER = re.compile(r"N-\d{6}-[A-Z2-7]{8}\Z")


async def references(house: House, notices: Iterable[Notice]) -> dict[str, NoticeRef]:
    """What these notices correct or are corrected by, by id."""
    ids = {id for it in notices for id in (it.corrects, it.corrected_by) if id is not None}
    if not ids:
        return {}
    found = named(house.store.notices, "_id", ids)
    return {one.id: NoticeRef(one.id, one.number, one.title, one.state) async for one in found}


def notice_view(
    house: House,
    who: Who,
    it: Notice,
    refs: Mapping[str, NoticeRef],
    entries: bool = False,
    approvers: Sequence[str] = (),
) -> NoticeView:
    """The notice for staff; ``approvers`` are the names of those who are asked to approve it."""
    return NoticeView(
        id=it.id,
        number=it.number,
        version=it.version,
        state=it.state,
        title=it.title,
        text=it.text,
        link=it.link,
        picture=it.picture,
        urgent=it.urgent,
        station=it.station,
        station_name=speaker(house, it),
        author=it.author,
        author_name=it.author_name,
        approver=it.approver,
        approver_name=it.approver_name,
        communities=it.communities,
        created_at=it.created_at,
        updated_at=it.updated_at,
        send_at=it.send_at,
        expires_at=it.expires_at,
        published_at=it.published_at,
        ended_at=it.ended_at,
        corrects=refs.get(it.corrects or ""),
        corrected_by=refs.get(it.corrected_by or ""),
        corrected=it.corrected_by is not None,
        needs_second=needs_second(it),
        released=it.approver is not None and not approved_by_second(it),
        approvers=list(approvers),
        groups=it.groups,
        people=it.people,
        followers=it.followers,
        totals=totals_view(it.totals, it.reached, it.unasked),
        page=f"/n/{it.number}",
        may=may(who, house.finder, it),
        entries=[entry_view(one) for one in it.log.entries] if entries else [],
    )


def speaker(house: House, it: Notice) -> str:
    """The station that speaks, or the city's police."""
    return house.station_name(it.station) or f"{house.settings.city}公安局"


def totals_view(totals: Mapping[Outcome, int], reached: int, unasked: int) -> TotalsView:
    return TotalsView(
        totals.get(Outcome.WAITING, 0),
        totals.get(Outcome.SENT, 0),
        totals.get(Outcome.REFUSED, 0),
        totals.get(Outcome.CAPPED, 0),
        totals.get(Outcome.CANCELLED, 0),
        reached,
        unasked,
    )


async def owner_names(house: House) -> dict[str, str]:
    """Names of officers by WeCom userid in lower case."""
    found = house.store.people.every(people_with_accounts())
    return {str(one.userid).lower(): one.name async for one in found}


def rehearsal_view(
    plan: Plan, communities: int, second: bool, cap: Cap, names: Mapping[str, str]
) -> RehearsalView:
    """Who gets it, when, and what it uses up."""
    limit = cap.of_month(plan.send_at)
    owners = plan.by_owner()
    return RehearsalView(
        communities=communities,
        groups=len(plan.shares),
        owners=len(owners),
        people=plan.people,
        followers=plan.followers,
        tasks=plan.tasks,
        today=sum(one.today > 0 for one in plan.shares),
        send_at=plan.send_at,
        moved=plan.moved,
        needs_second=second,
        plan=[
            PlannedGroup(
                one.group.id,
                one.group.name,
                one.group.community or "",
                one.group.owner,
                one.group.members,
                one.today,
                one.month,
                limit,
                one.waiting,
            )
            for one in plan.shares
        ],
        by_owner=[
            PlannedOwner(
                owner,
                names.get(owner.lower(), owner),
                len(shares),
                sum(one.group.members for one in shares),
                tasks_for(len(shares)),
                plan.open_tasks.get(owner, 0),
                max(one.group.missed_sends for one in shares),
            )
            for owner, shares in owners.items()
        ],
        skipped=[
            SkippedGroup(one.id, one.name, one.community or "", one.owner, one.members, reason)
            for one, reason in plan.skipped
        ],
        empty=plan.empty,
    )


def delivery_view(
    it: Delivery, groups: Mapping[str, str], names: Mapping[str, str]
) -> DeliveryView:
    """One owner's task with its groups, those that wait first; ``groups`` are their names by id."""
    listed = sorted(it.outcomes.items(), key=lambda one: one[1] is not Outcome.WAITING)
    return DeliveryView(
        id=it.id,
        owner=it.owner,
        owner_name=names.get(it.owner.lower(), it.owner),
        state=it.state,
        due_at=it.due_at,
        created_at=it.created_at,
        reminded=it.reminded,
        reason=it.reason,
        people=sum(it.people.values()),
        sent=sum(how is Outcome.SENT for how in it.outcomes.values()),
        waiting=len(waiting(it)),
        groups=[
            DeliveredGroup(
                chat,
                groups.get(chat, ""),
                it.people.get(chat, 0),
                outcome,
            )
            for chat, outcome in listed
        ],
        version=it.version,
    )


def reaching(house: House, who: Who) -> Callable[[Notice], bool]:
    """Whether a notice reaches those for whom ``who`` works."""
    if who.role is Role.SUPERVISOR:
        return lambda it: True
    own = {one.id for one in house.finder.communities(who.station or "")}
    return lambda it: not own.isdisjoint(it.communities)


def public(it: Notice, now: int) -> bool:
    """Whether anybody may read it: once it went out; a correction as soon as it is published."""
    if it.published_at is None:
        return False
    return it.corrects is not None or it.send_at is None or it.send_at <= now


def standing(it: Notice, now: int) -> str:
    """VALID, CORRECTED, WITHDRAWN or EXPIRED."""
    if it.state is NoticeState.WITHDRAWN:
        return "WITHDRAWN"
    if it.corrected_by is not None:
        return "CORRECTED"
    if it.state is NoticeState.EXPIRED or over(it, now):
        return "EXPIRED"
    return "VALID"


async def find_public(house: House, number: str, now: int) -> PublicNotice:
    """The notice that went out under this number; raises ``NotFound``."""
    if not NUMBER.match(number):
        raise NotFound("no such notice")
    found = await house.store.notices.find(notices_numbered(number), limit=1)
    if not found or not public(found[0], now):
        raise NotFound("no such notice")
    return public_notice(house, found[0], await references(house, found), now)


def public_notice(
    house: House, it: Notice, refs: Mapping[str, NoticeRef], now: int
) -> PublicNotice:
    """The notice as anybody sees it: who wrote and approved it is not said, the station is."""
    corrects, corrected_by = refs.get(it.corrects or ""), refs.get(it.corrected_by or "")
    return PublicNotice(
        number=it.number,
        standing=standing(it, now),
        title=it.title,
        text=it.text,
        link=it.link,
        picture=it.picture,
        station=speaker(house, it),
        published_at=max(it.published_at or 0, it.send_at or 0),
        expires_at=it.expires_at,
        ended_at=it.ended_at,
        corrects=corrects.number if corrects else None,
        corrected_by=corrected_by.number if corrected_by else None,
    )
