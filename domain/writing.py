"""Writing: what people do to a notice before and after it goes out. Publishing is its own file.

A verb is: load, may this person?, one step of the table, a log entry, save. Approving names the
version that was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain import evidence
from domain.approving import amend, day_of, split
from domain.errors import INVALID, Conflict, Duplicate, Refused
from domain.evidence import Log
from domain.notice import (
    LINK_LIMIT,
    NOTICE,
    TEXT_LIMIT,
    TITLE_LIMIT,
    Notice,
    NoticeState,
    may_correct,
    needs_second,
    notice_id,
    notice_number,
    over,
    require_act,
    require_known,
    require_writable,
)
from domain.people import SYSTEM, Who
from domain.ports import Finder, Store
from domain.workflow import step


@dataclass(frozen=True, slots=True)
class Words:
    """What a notice says, to whom and when."""

    title: str
    text: str
    communities: list[str]
    link: str = ""
    urgent: bool = False
    send_at: int | None = None
    expires_at: int | None = None
    picture: str = ""


async def draft(
    store: Store,
    finder: Finder,
    who: Who,
    key: str,
    words: Words,
    now: int,
    corrects: str = "",
    everybody: bool = False,
) -> Notice:
    """A new draft; the same key again gives the first one as it is now."""
    require_writable(who, finder, words.communities)
    check_words(words, now)
    id = notice_id(who, key)
    it = Notice(
        id,
        notice_number(id, now),
        who.id,
        who.name,
        who.station,
        words.title.strip(),
        words.text,
        now,
        now,
        sorted(set(words.communities)),
        link=words.link,
        urgent=words.urgent,
        send_at=words.send_at,
        expires_at=words.expires_at,
        picture=words.picture,
        corrects=corrects or None,
        everybody=everybody,
        day=day_of(now),
        log=Log(id),
    )
    it.second = needs_second(it) or await split(store, it, now)
    evidence.append(it.log, who, "notice.drafted", now, **said(it), corrects=it.corrects)
    try:
        await store.notices.add(it)
    except Duplicate:
        return await store.notices.get(id)
    return it


async def edit(
    store: Store, finder: Finder, who: Who, id: str, version: int, words: Words, now: int
) -> Notice:
    """Other words; what was approved has to be approved anew."""
    before = await store.notices.get(id)
    require_act(who, finder, before)
    require_writable(who, finder, words.communities)
    check_words(words, now)
    before.title, before.text, before.communities = words.title, words.text, words.communities
    was_split = await split(store, before, now)

    def change(it: Notice) -> None:
        require_act(who, finder, it)
        if it.version != version:
            raise Conflict("somebody else edited it meanwhile")
        it.state = step(NOTICE, it.state, "edit")
        if it.corrects and sorted(set(words.communities)) != it.communities:
            raise Refused(
                INVALID, "a correction goes to whom the mistake went", field="communities"
            )
        it.title, it.text, it.link = words.title.strip(), words.text, words.link
        it.communities = sorted(set(words.communities))
        it.urgent, it.send_at, it.expires_at = words.urgent, words.send_at, words.expires_at
        it.picture = words.picture
        it.approver, it.approver_name = None, ""
        it.day = day_of(now)
        it.second = needs_second(it) or was_split
        evidence.append(it.log, who, "notice.edited", now, **said(it))

    return await amend(store, id, change)


async def correct(
    store: Store,
    finder: Finder,
    who: Who,
    id: str,
    key: str,
    words: Words,
    now: int,
    everybody: bool = False,
) -> Notice:
    """A draft that will take the place of a published notice, for the groups that got the
    mistake; for ``everybody``, also for the others of the same communities."""
    wrong = await store.notices.get(id)
    require_act(who, finder, wrong)
    if not may_correct(wrong):
        raise Refused(INVALID, "only what was published and not corrected yet", field="state")
    same = Words(
        words.title,
        words.text,
        wrong.communities,
        words.link,
        words.urgent,
        None,
        words.expires_at,
        words.picture,
    )
    return await draft(store, finder, who, key, same, now, wrong.id, everybody)


async def withdraw(
    store: Store, finder: Finder, who: Who, id: str, reason: str, now: int
) -> Notice:
    """Take it back: a draft is discarded; of a published one the page says so at once, and the bot
    stops what is unsent (a delivery is sent only while its notice is PUBLISHED)."""

    def change(it: Notice) -> None:
        require_act(who, finder, it)
        it.state = step(NOTICE, it.state, "withdraw")
        it.ended_at = now
        it.live = it.published_at is not None
        evidence.append(it.log, who, "notice.withdrawn", now, reason=reason)

    return await amend(store, id, change)


async def expire(store: Store, id: str, now: int) -> Notice:
    """Its time is over; nothing of it is sent from now on."""

    def change(it: Notice) -> None:
        if it.state is not NoticeState.PUBLISHED or not over(it, now):
            return
        it.state = step(NOTICE, it.state, "expire")
        it.ended_at = now
        it.live = True
        evidence.append(it.log, SYSTEM, "notice.expired", now)

    return await amend(store, id, change)


async def opened(store: Store, finder: Finder, who: Who, id: str) -> Notice:
    """The notice, if ``who`` may know of it."""
    it = await store.notices.get(id)
    require_known(who, finder, it)
    return it


def said(it: Notice) -> Mapping[str, Any]:
    """What the log keeps of its words."""
    return {
        "title": it.title,
        "text": it.text,
        "link": it.link,
        "communities": it.communities,
        "urgent": it.urgent,
        "send_at": it.send_at,
        "expires_at": it.expires_at,
        "picture": it.picture,
    }


def check_words(words: Words, now: int) -> None:
    """Raises ``invalid`` for what no notice may say."""
    if not words.title.strip() or len(words.title) > TITLE_LIMIT:
        raise Refused(INVALID, f"1 to {TITLE_LIMIT} characters", field="title")
    if not words.text.strip() or len(words.text) > TEXT_LIMIT:
        raise Refused(INVALID, f"1 to {TEXT_LIMIT} characters", field="text")
    if words.link and (not words.link.startswith("https://") or len(words.link) > LINK_LIMIT):
        raise Refused(INVALID, "a link begins with https://", field="link")
    if words.expires_at is not None and words.expires_at <= max(now, words.send_at or 0):
        raise Refused(INVALID, "it would be over before it is sent", field="expires_at")
