"""Lists of tips, how many there are, and looking for one."""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated, Any

from msgspec import Meta, Struct

from api.bodies import Id, Ms
from api.routes import Ask, Routes
from api.shapes_tips import TipCounts, TipList
from api.tip_told import Told, told_of
from api.tip_views import OVER, said_of, tip_view
from domain.emergency import simple
from domain.errors import INVALID, Refused
from domain.paging import Found, in_order, newest_first, page_of
from domain.people import COMMUNITY_PAGE, Role, Who
from domain.ports import Seal
from domain.queries import (
    all_tips,
    tips_at,
    tips_by_turn,
    tips_labelled,
    tips_listed_for,
    tips_of_incident,
    unread_tips,
    waiting_tips,
    waiting_unmarked,
)
from domain.query import Criteria
from domain.search import FEW_DIGITS, words_of
from domain.tip import Tip, TipState
from domain.tip_label import Category, label, tag_of

SEEN_BY = (*COMMUNITY_PAGE, Role.DISPATCHER)
OPEN = tuple(state for state in TipState if state not in OVER)
Box = Annotated[str, Meta(pattern="^(mine|station)$(?!\\n)")]
Station = Annotated[str, Meta(max_length=64)]
# Signs people put between the digits of a telephone number.
BETWEEN = re.compile(r"[\s\-()（）+]+")

routes = Routes()


class TipQuery(Struct, forbid_unknown_fields=True):
    """``box``: mine (taken by me, or offered to me and not taken) or station. ``state``: open, closed or
    all. ``order``: changed (what changed last first) or, for open ones, waiting (urgent ones whose resident
    waits, then the others, of each the longest wait first, then those for whose answer nobody waits, what
    changed last first). ``station``: only of this one.
    ``q``: each of its words is in the number, in what was said or answered, in what the resident left about
    himself (a telephone, say), or names place, station, community or officer. ``category`` and ``tag``:
    only those that have it. ``incident`` finds the tip
    that became one. ``before`` bounds ``updated_at``; ``after`` is the ``next`` of a page of those that
    wait."""

    box: Box = "station"
    state: Annotated[str, Meta(pattern="^(open|closed|all)$(?!\\n)")] = "all"
    order: Annotated[str, Meta(pattern="^(changed|waiting)$(?!\\n)")] = "changed"
    station: Station = ""
    q: Annotated[str, Meta(max_length=100)] = ""
    category: Category = Category.NONE
    tag: Annotated[str, Meta(max_length=12)] = ""
    incident: Id | None = None
    before: Ms | None = None
    after: Ms = 0
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class TipCountsQuery(Struct, forbid_unknown_fields=True):
    """As in the list."""

    box: Box = "station"
    station: Station = ""


@routes.add("GET", "/tips", SEEN_BY, mixed=True)
async def list_tips(ask: Ask, query: TipQuery) -> TipList:
    """Tips of my station, a supervisor's of all, in the order asked for. The desk finds those that became
    an incident. Those with the same time as the last of a page are on it, too. It looks for two seconds
    at most and says from where it goes on."""
    page = await find_tips(ask, query)
    if query.q.strip():
        await ask.house.audit(ask.who, "tips.searched", str(len(page.items)))
    told = await told_of(ask.house.store, ask.house.secret, page.items, ask.now)
    seal, deadlines, me = ask.house.content, ask.house.settings.deadlines, ask.staff.id
    return TipList(
        [tip_view(seal, deadlines, it, me, told.get(it.id, Told.NOTHING)) for it in page.items],
        page.next,
    )


@routes.add("GET", "/tips/counts", COMMUNITY_PAGE)
async def count_tips(ask: Ask, query: TipCountsQuery) -> TipCounts:
    """How many tips are open, for how many the resident waits, since when at the longest, and how many of
    these should have been answered: of all of them, not of a page. ``unread`` are those of mine in which
    something was said that I have not read."""
    shelf, whose = ask.house.store.tips, _whose(ask.staff, query.box, query.station)
    first = [
        tip.waiting_since
        for wanted in (waiting_tips(whose), waiting_unmarked(whose))
        for tip in await shelf.find(wanted, order="turn", limit=1)
        if tip.waiting_since is not None
    ]
    overdue = ask.house.settings.deadlines.missed(whose, ask.now)
    return TipCounts(
        open=await shelf.count(tips_by_turn(whose)),
        waiting=await shelf.count(waiting_tips(whose)),
        longest=min(first, default=None),
        overdue=sum([await shelf.count(wanted) for wanted in overdue]),
        unread=await shelf.count(unread_tips(ask.staff.id)),
    )


def _whose(who: Who, box: str, station: str) -> Criteria:
    """Which tips to look at, by one equal: with more the store reads all of a station's, however old."""
    if box == "mine":
        return tips_listed_for(who.id)
    if who.role in (Role.SUPERVISOR, Role.DISPATCHER):
        return tips_at(station) if station else all_tips()
    own = who.station or ""
    return tips_at(own if station in ("", own) else "")


def _labelled(who: Who, query: TipQuery) -> Criteria | None:
    """Those of the tag, else of the category that is asked for; the rest is looked at in what is found."""
    tag = tag_of(query.tag)
    if query.tag and not tag:
        raise Refused(INVALID, "no tag", field="tag")
    if not (tag or query.category):
        return None
    everywhere = who.role in (Role.SUPERVISOR, Role.DISPATCHER)
    station = query.station if everywhere else who.station or "-"
    return tips_labelled(label(station, query.category, tag))


async def find_tips(ask: Ask, query: TipQuery) -> Found[Tip]:
    """A page of the tips that the asker may see, as the query says."""
    shelf = ask.house.store.tips
    wanted = partial(_asked, ask.house.content, ask.staff, query, words_of(query.q))
    if query.incident is not None:
        became = [it async for it in shelf.every(tips_of_incident(query.incident)) if wanted(it)]
        return Found(became)
    whose = _labelled(ask.staff, query) or _whose(ask.staff, query.box, query.station)
    if query.order == "waiting":
        if query.state != "open":
            raise Refused(INVALID, "only open tips wait", field="order")
        at_once = query.limit + 1
        waiting = in_order(shelf, "turn", whose, after=query.after, at_once=at_once)
        return await page_of(waiting, "turn", query.limit, wanted)
    found = newest_first(shelf, "updated_at", ask.now, whose, before=query.before)
    return await page_of(found, "updated_at", query.limit, wanted)


def _asked(content: Seal, who: Who, query: TipQuery, words: list[str], it: Tip) -> bool:
    """Whether ``who`` may see this tip in a list, and wants to."""
    if who.role is Role.DISPATCHER:
        seen = it.incident is not None
    else:
        seen = who.role is Role.SUPERVISOR or it.station == (who.station or "")
    states: Any = {"open": OPEN, "closed": OVER}.get(query.state)
    kept = states is None or it.state in states
    there = query.station in ("", it.station) and query.incident in (None, it.incident)
    mine = query.box == "station" or who.id in it.listed_for
    tag = tag_of(query.tag)
    fits = query.category in ("", it.category) and (not tag or tag in it.tags)
    # What was said is opened for officers, never for the desk's search.
    opens = content if who.role is not Role.DISPATCHER else None
    return seen and kept and there and mine and fits and (not words or _holds(opens, it, words))


def _holds(content: Seal | None, it: Tip, words: list[str]) -> bool:
    """Whether each word is somewhere in the tip; without ``content`` only in what is not sealed."""
    named = (it.number, it.station_name, it.community_name, it.officer_name)
    place = it.position.located.place if it.position else ""
    left = _missing(simple(" ".join((*named, place))), words)
    if not left or content is None:
        return not left
    text = " ".join(said_of(content, it))
    left = _missing(simple(text), left)
    digits = BETWEEN.sub("", text)
    return all(len(word) >= FEW_DIGITS and BETWEEN.sub("", word) in digits for word in left)


def _missing(text: str, words: list[str]) -> list[str]:
    return [word for word in words if word not in text]
