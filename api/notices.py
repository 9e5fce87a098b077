"""Notices: written, rehearsed, approved by a second person, published, corrected, withdrawn."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from typing import Annotated

from msgspec import UNSET, Meta, Struct

from api.bodies import Ms
from api.notice_pictures import require_picture
from api.notice_views import (
    delivery_view,
    find_public,
    notice_view,
    owner_names,
    reaching,
    references,
    rehearsal_view,
    totals_view,
)
from api.routes import PUBLIC, Ask, Routes
from api.shapes_notices import (
    ApproveIn,
    CorrectIn,
    DeliveryList,
    NoticeIn,
    NoticeList,
    NoticePatch,
    NoticeReturnIn,
    NoticeView,
    PublicNotice,
    RehearsalView,
    RehearseIn,
    SubmitIn,
    WithdrawIn,
)
from domain.approving import approve, approvers, send_back, submit
from domain.clock import in_china, month_begins
from domain.delivery import totals, unasked, waiting
from domain.emergency import simple
from domain.errors import (
    CONFLICT,
    FORBIDDEN,
    INVALID,
    NOT_FOUND,
    TOO_MANY,
    WRONG_STATE,
    Conflict,
)
from domain.notice import (
    SECOND_PERSON_ABOVE,
    Notice,
    NoticeState,
    needs_second,
    require_writable,
)
from domain.paging import named, newest_first, page_of
from domain.people import COMMUNITY_PAGE
from domain.publishing import publish, rehearse
from domain.queries_groups import deliveries_of, notices_in
from domain.search import words_of
from domain.trial import try_out
from domain.writing import Words, correct, draft, edit, opened, withdraw

routes = Routes()


class NoticesQuery(Struct, forbid_unknown_fields=True):
    """``q``: each of its words is in title, text, link or number, or names who wrote or approved it.
    ``month``: published in it, in China's time; what is not published counts as of when it was written.
    ``community``: it goes there. ``before`` bounds ``updated_at``."""

    state: NoticeState | None = None
    q: Annotated[str, Meta(max_length=100)] = ""
    month: Annotated[str, Meta(pattern=r"^(20\d\d-(0[1-9]|1[0-2]))?$(?!\n)")] = ""
    community: Annotated[str, Meta(max_length=64)] = ""
    before: Ms | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@routes.add("GET", "/notices", COMMUNITY_PAGE)
async def list_notices(ask: Ask, query: NoticesQuery) -> NoticeList:
    """Notices, the one that changed last first: those that reach my station, a supervisor's of all. It looks
    for two seconds at most and says from where it goes on."""
    house, who = ask.house, ask.staff
    criteria = None if query.state is None else notices_in(query.state)
    # Nothing is published after it changed last.
    since = month_begins(query.month) - 1 if query.month else 0
    found = newest_first(
        house.store.notices, "updated_at", ask.now, criteria, since=since, before=query.before
    )
    reaches = reaching(house, who)
    wanted = partial(_asked, query, words_of(query.q))
    page = await page_of(found, "updated_at", query.limit, lambda it: reaches(it) and wanted(it))
    refs = await references(house, page.items)
    return NoticeList([notice_view(house, who, it, refs) for it in page.items], page.next)


@routes.add("POST", "/notices", COMMUNITY_PAGE, status=201, faults=(FORBIDDEN,))
async def write_notice(ask: Ask, body: NoticeIn) -> NoticeView:
    """A draft. The same key gives the same draft."""
    words = Words(
        body.title,
        body.text,
        body.communities,
        body.link,
        body.urgent,
        body.send_at or None,
        body.expires_at or None,
        await require_picture(ask.house, body.picture),
    )
    it = await draft(ask.house.store, ask.house.finder, ask.staff, body.key, words, ask.now)
    return await _view(ask, it)


@routes.add("POST", "/notices/rehearse", COMMUNITY_PAGE, faults=(FORBIDDEN,))
async def rehearse_words(ask: Ask, body: RehearseIn) -> RehearsalView:
    """Who would get it, when, and what it would use up. Nothing is kept."""
    require_writable(ask.staff, ask.house.finder, body.communities)
    wanted = sorted(set(body.communities))
    second = body.urgent or len(wanted) > SECOND_PERSON_ABOVE
    return await _rehearsal(ask, wanted, body.urgent, body.send_at or None, ask.staff.id, second)


@routes.add("GET", "/notices/public/{number}", PUBLIC, faults=(NOT_FOUND,))
async def read_public_notice(ask: Ask, number: str) -> PublicNotice:
    """A notice that went out, and whether it still holds."""
    return await find_public(ask.house, number, ask.now)


@routes.add("GET", "/notices/{id}", COMMUNITY_PAGE)
async def read_notice(ask: Ask, id: str) -> NoticeView:
    """A notice with its whole log."""
    it = await opened(ask.house.store, ask.house.finder, ask.staff, id)
    return await _view(ask, it)


@routes.add("PATCH", "/notices/{id}", COMMUNITY_PAGE, faults=(CONFLICT, WRONG_STATE))
async def edit_notice(ask: Ask, id: str, body: NoticePatch) -> NoticeView:
    """Other words, as long as it is not published; what was approved must be approved anew.
    Another version is there: 409 ``conflict`` with the notice as it is in ``facts.notice``."""
    house = ask.house
    it = await opened(house.store, house.finder, ask.staff, id)
    words = Words(
        it.title if body.title is None else body.title,
        it.text if body.text is None else body.text,
        it.communities if body.communities is None else body.communities,
        it.link if body.link is None else body.link,
        it.urgent if body.urgent is None else body.urgent,
        it.send_at if body.send_at is None else body.send_at or None,
        it.expires_at if body.expires_at is None else body.expires_at or None,
        it.picture if body.picture is None else await require_picture(house, body.picture),
    )
    saving = edit(house.store, house.finder, ask.staff, id, body.version, words, ask.now)
    return await _guarded(ask, id, saving)


@routes.add("GET", "/notices/{id}/rehearsal", COMMUNITY_PAGE)
async def rehearse_notice(ask: Ask, id: str) -> RehearsalView:
    """Who would get it if it were published now."""
    it = await opened(ask.house.store, ask.house.finder, ask.staff, id)
    return await _rehearsal(ask, it.communities, it.urgent, it.send_at, it.id, needs_second(it), it)


@routes.add("POST", "/notices/{id}/approve", COMMUNITY_PAGE, faults=(CONFLICT, WRONG_STATE))
async def approve_notice(ask: Ask, id: str, body: ApproveIn) -> NoticeView:
    """Release the version that was read; urgent and wide ones need somebody who did not write them.
    Another version is there: 409 ``conflict`` with the notice as it is in ``facts.notice``."""
    house = ask.house
    approving = approve(house.store, house.finder, ask.staff, id, body.version, ask.now)
    return await _guarded(ask, id, approving)


@routes.add("POST", "/notices/{id}/submit", COMMUNITY_PAGE, faults=(CONFLICT, INVALID, WRONG_STATE))
async def submit_notice(ask: Ask, id: str, body: SubmitIn) -> NoticeView:
    """Ask those who may for approval of the version that was read; they hear of it in WeCom."""
    house = ask.house
    submitting = submit(house.store, house.finder, ask.staff, id, body.version, ask.now)
    return await _guarded(ask, id, submitting)


@routes.add("POST", "/notices/{id}/return", COMMUNITY_PAGE, faults=(CONFLICT, INVALID, WRONG_STATE))
async def return_notice(ask: Ask, id: str, body: NoticeReturnIn) -> NoticeView:
    """Not approved: it is a draft again, and its author hears why."""
    house, version = ask.house, body.version
    returning = send_back(house.store, house.finder, ask.staff, id, version, body.reason, ask.now)
    return await _guarded(ask, id, returning)


@routes.add("POST", "/notices/{id}/trial", COMMUNITY_PAGE, faults=(INVALID, TOO_MANY, WRONG_STATE))
async def try_notice_out(ask: Ask, id: str) -> NoticeView:
    """It comes to the asker alone, in WeCom, as residents will get it. Nothing is counted."""
    house = ask.house
    return await _view(ask, await try_out(house.store, house.finder, ask.staff, id, ask.now))


@routes.add(
    "POST", "/notices/{id}/publish", COMMUNITY_PAGE, faults=(CONFLICT, INVALID, WRONG_STATE)
)
async def publish_notice(ask: Ask, id: str) -> NoticeView:
    """It goes out, now or at its time. Published already: the same answer."""
    house = ask.house
    return await _view(
        ask,
        await publish(house.store, house.finder, ask.staff, id, ask.now, ask.house.settings.cap),
    )


@routes.add("POST", "/notices/{id}/withdraw", COMMUNITY_PAGE, faults=(CONFLICT, WRONG_STATE))
async def withdraw_notice(ask: Ask, id: str, body: WithdrawIn) -> NoticeView:
    """Discard a draft; stop what is unsent of a published one, whose page says so at once."""
    house = ask.house
    return await _view(
        ask, await withdraw(house.store, house.finder, ask.staff, id, body.reason, ask.now)
    )


@routes.add("POST", "/notices/{id}/correct", COMMUNITY_PAGE, status=201, faults=(FORBIDDEN,))
async def correct_notice(ask: Ask, id: str, body: CorrectIn) -> NoticeView:
    """A draft of what puts it right, for the groups that got the mistake."""
    house = ask.house
    wrong = await opened(house.store, house.finder, ask.staff, id)
    kept = wrong.expires_at if (wrong.expires_at or 0) > ask.now else None
    words = Words(
        body.title,
        body.text,
        [],
        wrong.link if body.link is UNSET else body.link,
        body.urgent,
        None,
        kept if body.expires_at is UNSET else body.expires_at or None,
        wrong.picture if body.picture is UNSET else await require_picture(house, body.picture),
    )
    it = await correct(
        house.store, house.finder, ask.staff, id, body.key, words, ask.now, body.everybody
    )
    return await _view(ask, it)


@routes.add("GET", "/notices/{id}/deliveries", COMMUNITY_PAGE)
async def read_deliveries(ask: Ask, id: str) -> DeliveryList:
    """Each owner's task and what became of it in each group; not those whose groups all went on to
    other owners."""
    house = ask.house
    it = await opened(house.store, house.finder, ask.staff, id)
    found = [one async for one in house.store.deliveries.every(deliveries_of(it.id))]
    found.sort(key=lambda one: (-len(waiting(one)), one.owner))
    chats = {chat for one in found for chat in one.outcomes}
    groups = {one.id: one.name async for one in named(house.store.groups, "_id", chats)}
    owners = await owner_names(house)
    return DeliveryList(
        it.id,
        totals_view(*totals(found), unasked(found)),
        [delivery_view(one, groups, owners) for one in found if one.chats],
    )


async def _guarded(ask: Ask, id: str, work: Awaitable[Notice]) -> NoticeView:
    """What comes of an act on a version that was seen. When another one is there, the refusal has it
    beside it, so that the page can show both."""
    try:
        it = await work
    except Conflict as conflict:
        present = await opened(ask.house.store, ask.house.finder, ask.staff, id)
        raise Conflict(conflict.detail, notice=await _view(ask, present)) from None
    return await _view(ask, it)


async def _view(ask: Ask, it: Notice) -> NoticeView:
    refs = await references(ask.house, [it])
    asked = await approvers(ask.house.store, ask.house.finder, it) if _unapproved(it) else []
    names = [one.name for one in asked]
    return notice_view(ask.house, ask.staff, it, refs, entries=True, approvers=names)


def _unapproved(it: Notice) -> bool:
    return needs_second(it) and it.state in (NoticeState.DRAFT, NoticeState.SUBMITTED)


async def _rehearsal(
    ask: Ask,
    communities: list[str],
    urgent: bool,
    send_at: int | None,
    mark: str,
    second: bool,
    it: Notice | None = None,
) -> RehearsalView:
    store = ask.house.store
    plan = await rehearse(
        store,
        communities,
        urgent,
        send_at,
        mark,
        ask.now,
        ask.house.settings.cap,
        corrects=it.corrects if it is not None else None,
        everybody=it is not None and it.everybody,
    )
    names = await owner_names(ask.house)
    return rehearsal_view(plan, len(communities), second, ask.house.settings.cap, names)


def _asked(query: NoticesQuery, words: list[str], it: Notice) -> bool:
    """Whether it is one of those that are looked for."""
    if query.community and query.community not in it.communities:
        return False
    if query.month and in_china(it.published_at or it.created_at, "%Y-%m") != query.month:
        return False
    facts = (it.title, it.text, it.link, it.number, it.author_name, it.approver_name)
    text = simple(" ".join(facts)) if words else ""
    return all(word in text for word in words)
