"""Presets: what the writers of a station keep for the next notice: lists of communities, and templates.

A station has one document of them, so that its bounds hold whoever adds at the same time. A list never
reaches further than whoever uses it may write: ``splitter`` says what is left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from domain.errors import INVALID, Conflict, Duplicate, NotFound, Refused
from domain.notice import LINK_LIMIT, TEXT_LIMIT, TITLE_LIMIT, Notice, require_writable
from domain.paging import newest_first
from domain.people import COMMUNITY_PAGE, Role, Who, require
from domain.ports import Finder, Store
from domain.queries_groups import notices_by
from domain.registry import communities
from domain.revise import revise

NAME_LIMIT = 30
MOST_AUDIENCES = 30
MOST_TEMPLATES = 50
LONGEST_DAYS = 366


@dataclass(slots=True)
class SavedAudience:
    """Communities under a name. ``updated_at`` (Unix ms) tells its versions apart."""

    id: str
    name: str
    communities: list[str]
    made_by: str
    updated_at: int


@dataclass(slots=True)
class NoticeTemplate:
    """What a notice begins with. ``valid_days``: so long it holds after it is sent; 0: until it is
    withdrawn or corrected. ``updated_at`` (Unix ms) tells its versions apart."""

    id: str
    name: str
    title: str
    text: str
    link: str
    valid_days: int
    made_by: str
    updated_at: int


@dataclass(slots=True)
class NoticePresets:
    """What the writers of one station keep; ``id`` as ``presets_id`` gives it."""

    id: str
    audiences: list[SavedAudience] = field(default_factory=list)
    templates: list[NoticeTemplate] = field(default_factory=list)
    version: int = 0


class _Preset(Protocol):
    id: str
    name: str
    updated_at: int


P = TypeVar("P", bound=_Preset)
Splitter = Callable[[Iterable[str]], tuple[list[str], list[str]]]


def presets_id(who: Who) -> str:
    """Whose presets somebody uses: his station's, the supervisors', else his own."""
    if who.role is Role.SUPERVISOR:
        return "city"
    return f"station:{who.station}" if who.station else f"person:{who.id}"


async def presets_of(store: Store, who: Who) -> NoticePresets:
    """What is kept for ``who``; nothing is, before somebody keeps something."""
    id = presets_id(who)
    try:
        return await store.notice_presets.get(id)
    except NotFound:
        return NoticePresets(id)


async def last_notice(store: Store, who: Who, now: int) -> Notice | None:
    """The notice that ``who`` wrote and that was released last."""
    async for one in newest_first(store.notices, "published_at", now, notices_by(who.id)):
        return one
    return None


def splitter(who: Who, finder: Finder) -> Splitter:
    """What parts communities into those that ``who`` may write to, and the names of those to which he may
    not, or (their ids) that are no more."""
    known = communities(finder)
    own = {one.id for one in finder.communities(who.station or "")}
    may = known.keys() if who.role is Role.SUPERVISOR else own

    def split(wanted: Iterable[str]) -> tuple[list[str], list[str]]:
        chosen = list(dict.fromkeys(wanted))
        others = [known[one].name if one in known else one for one in chosen if one not in may]
        return [one for one in chosen if one in may], others

    return split


async def save_audience(
    store: Store,
    finder: Finder,
    who: Who,
    key: str,
    name: str,
    wanted: list[str],
    now: int,
    seen: int | None = None,
) -> NoticePresets:
    """Keep communities under a name. ``seen`` is the ``updated_at`` of the one that is changed, whose id is
    ``key`` then; without it a new one is made, the same for the same key. Raises ``Conflict`` for one
    that somebody else changed, ``Duplicate`` for a name that is taken."""
    require_writable(who, finder, wanted)
    id = key if seen is not None else _id(who, key)
    made = SavedAudience(id, _named(name), sorted(set(wanted)), who.id, now)

    def change(it: NoticePresets) -> bool:
        return _put(it.audiences, made, seen, MOST_AUDIENCES)

    return await _change(store, who, change)


async def save_template(
    store: Store,
    who: Who,
    key: str,
    name: str,
    title: str,
    text: str,
    link: str,
    valid_days: int,
    now: int,
    seen: int | None = None,
) -> NoticePresets:
    """Keep a template; ``key``, ``seen`` and what it raises as in ``save_audience``."""
    require(who, *COMMUNITY_PAGE)
    if not title.strip() and not text.strip():
        raise Refused(INVALID, "a template needs words", field="text")
    if len(title) > TITLE_LIMIT or len(text) > TEXT_LIMIT:
        raise Refused(INVALID, "too long for a notice", field="text")
    if link and (not link.startswith("https://") or len(link) > LINK_LIMIT):
        raise Refused(INVALID, "a link begins with https://", field="link")
    if not 0 <= valid_days <= LONGEST_DAYS:
        raise Refused(INVALID, f"0 to {LONGEST_DAYS} days", field="valid_days")
    id = key if seen is not None else _id(who, key)
    made = NoticeTemplate(id, _named(name), title.strip(), text, link, valid_days, who.id, now)

    def change(it: NoticePresets) -> bool:
        return _put(it.templates, made, seen, MOST_TEMPLATES)

    return await _change(store, who, change)


async def remove_audience(store: Store, who: Who, id: str) -> NoticePresets:
    """Keep it no longer; no error when it is gone already."""

    def change(it: NoticePresets) -> bool:
        return _remove(it.audiences, id)

    return await _change(store, who, change)


async def remove_template(store: Store, who: Who, id: str) -> NoticePresets:
    """Keep it no longer; no error when it is gone already."""

    def change(it: NoticePresets) -> bool:
        return _remove(it.templates, id)

    return await _change(store, who, change)


def _put(kept: list[P], made: P, seen: int | None, most: int) -> bool:
    """Add it or put it in the place of the one that was seen; whether anything changed."""
    old = next((one for one in kept if one.id == made.id), None)
    if seen is None and old is not None:
        return False  # the answer to the same request was lost
    if seen is not None and old is None:
        raise NotFound("it was removed meanwhile")
    if old is not None and old.updated_at != seen:
        raise Conflict("somebody else changed it meanwhile")
    if any(one.id != made.id and one.name == made.name for one in kept):
        raise Duplicate(f"there is one named {made.name!r}", field="name")
    if old is None:
        if len(kept) >= most:
            raise Refused(INVALID, f"at most {most} are kept", field="most", most=most)
        kept.append(made)
    else:
        # Two changes within a millisecond are two.
        made.updated_at = max(made.updated_at, old.updated_at + 1)
        kept[kept.index(old)] = made
    kept.sort(key=lambda one: one.name)
    return True


def _remove(kept: list[P], id: str) -> bool:
    left = [one for one in kept if one.id != id]
    changed = len(left) < len(kept)
    kept[:] = left
    return changed


async def _change(store: Store, who: Who, change: Callable[[NoticePresets], bool]) -> NoticePresets:
    require(who, *COMMUNITY_PAGE)
    id = presets_id(who)
    return await revise(store.notice_presets, id, change, lambda: NoticePresets(id))


def _named(name: str) -> str:
    name = name.strip()
    if not name or len(name) > NAME_LIMIT:
        raise Refused(INVALID, f"1 to {NAME_LIMIT} characters", field="name")
    return name


def _id(who: Who, key: str) -> str:
    return hashlib.sha256(f"{who.id}\n{key}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
