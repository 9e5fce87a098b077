"""Notice: something the police tell communities, and its deliveries, one for each group owner.

No API posts into a group. Publishing makes one group-send task for each owner, which the owner must
confirm; what became of it is read back. A delivery is created at most once: when the answer to its
creation is lost, the platform's list is read before anything is sent again.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from domain.clock import in_china
from domain.errors import FORBIDDEN, INVALID, NotFound, Refused
from domain.evidence import Log
from domain.people import Role, Who, require
from domain.ports import Finder
from domain.registry import OFFICERS, communities
from domain.workflow import Table, allows

TEXT_LIMIT = 1_000  # characters; the platform takes 4,000 bytes with the link
TITLE_LIMIT = 60
SECOND_PERSON_ABOVE = 5  # communities
LINK_LIMIT = 500
REMINDERS = 3  # in 24 h, the platform's limit for one task
WRITERS = ("notice.drafted", "notice.edited")


class NoticeState(StrEnum):
    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"  # somebody who did not write it is asked to approve it
    APPROVED = "APPROVED"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"


NOTICE: Table[NoticeState] = {
    NoticeState.DRAFT: {
        "edit": NoticeState.DRAFT,
        "submit": NoticeState.SUBMITTED,
        "approve": NoticeState.APPROVED,
        "withdraw": NoticeState.WITHDRAWN,
    },
    NoticeState.SUBMITTED: {
        "edit": NoticeState.DRAFT,
        "approve": NoticeState.APPROVED,
        "return": NoticeState.DRAFT,
        "withdraw": NoticeState.WITHDRAWN,
    },
    NoticeState.APPROVED: {
        "edit": NoticeState.DRAFT,
        "submit": NoticeState.SUBMITTED,
        "publish": NoticeState.PUBLISHED,
        "withdraw": NoticeState.WITHDRAWN,
    },
    NoticeState.PUBLISHED: {
        "withdraw": NoticeState.WITHDRAWN,
        "expire": NoticeState.EXPIRED,
    },
    NoticeState.WITHDRAWN: {},
    NoticeState.EXPIRED: {},
}


class DeliveryState(StrEnum):
    PLANNED = "PLANNED"
    CREATING = "CREATING"
    CREATED = "CREATED"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


# ``found``: the answer was lost, and the platform's list has the task; ``missing``: it has not.
DELIVERY: Table[DeliveryState] = {
    DeliveryState.PLANNED: {
        "claim": DeliveryState.CREATING,
        "cancel": DeliveryState.CANCELLED,
    },
    DeliveryState.CREATING: {
        "created": DeliveryState.CREATED,
        "found": DeliveryState.CREATED,
        "missing": DeliveryState.PLANNED,
        "release": DeliveryState.PLANNED,
        "fail": DeliveryState.FAILED,
    },
    DeliveryState.CREATED: {
        "poll": DeliveryState.CREATED,
        "done": DeliveryState.DONE,
        "cancel": DeliveryState.CANCELLED,
    },
    DeliveryState.DONE: {},
    DeliveryState.CANCELLED: {},
    DeliveryState.FAILED: {},
}


class Outcome(StrEnum):
    """What became of a notice in one group."""

    WAITING = "WAITING"  # the owner has not confirmed
    SENT = "SENT"
    REFUSED = "REFUSED"  # the platform or the owner left this group out
    CAPPED = "CAPPED"  # the group had its share for the day or month
    CANCELLED = "CANCELLED"


@dataclass(slots=True)
class Notice:
    """One notice. Times are Unix ms. ``corrects`` is the notice this one puts right, ``corrected_by``
    the one that did so, set when that is published. ``send_at`` is, once published, the time it goes out.
    ``second``: it needed a second person once, and so it does for ever; ``day`` is that of its last
    words, or of its publishing, in China's time: ``2026-05-03``."""

    id: str
    number: str
    author: str
    author_name: str
    station: str | None
    title: str
    text: str
    created_at: int
    updated_at: int
    communities: list[str]
    state: NoticeState = NoticeState.DRAFT
    link: str = ""
    picture: str = ""
    urgent: bool = False
    send_at: int | None = None
    expires_at: int | None = None
    second: bool = False
    day: str = ""
    approver: str | None = None
    approver_name: str = ""
    published_at: int | None = None
    ended_at: int | None = None
    corrects: str | None = None
    recurring: str | None = None  # the rule that made it
    writers: list[str] = field(default_factory=list)  # beside the author: of that rule
    everybody: bool = False  # a correction, for groups that did not get the mistake, too
    corrected_by: str | None = None
    groups: int = 0
    people: int = 0
    followers: int = 0  # of the account, who got it as a message of their own
    told_at: int | None = None  # when those messages were written down
    totals: dict[Outcome, int] = field(default_factory=dict)  # groups by outcome
    unasked: int = 0  # of those that wait: groups whose owner was not asked to confirm yet
    reached: int = 0  # members of the groups where it was sent
    live: bool = False  # something may still happen to its deliveries or messages
    settled_at: int | None = None
    log: Log = field(default_factory=lambda: Log(""))
    version: int = 0


@dataclass(slots=True)
class Delivery:
    """A notice to the groups of one owner: one group-send task. ``id`` is ``notice:owner``, with a
    number behind it for an owner's third thousand of groups. ``people`` are members by group. When it
    was CREATED, ``due_at`` is when it is looked at again."""

    id: str
    notice: str
    owner: str
    chats: list[str]
    people: dict[str, int]
    due_at: int
    state: DeliveryState = DeliveryState.PLANNED
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    task: str = ""  # msgid
    reminded: list[int] = field(default_factory=list)
    claimed_by: str = ""
    claimed_until: int = 0
    created_at: int | None = None
    confirmed_at: int | None = None
    attempts: int = 0
    reason: str = ""
    version: int = 0


def notice_id(who: Who, key: str) -> str:
    """The same key of the same person is the same notice."""
    return hashlib.sha256(f"{who.id}\n{key}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def notice_number(id: str, now: int) -> str:
    """``N-YYMMDD-XXXXXXXX`` in China's time, the same for the same id."""
    day = in_china(now, "%y%m%d")
    return f"N-{day}-{base64.b32encode(bytes.fromhex(id[:10])).decode()}"


def over(it: Notice, now: int) -> bool:
    return it.expires_at is not None and it.expires_at <= now


def stopped(it: Notice) -> str:
    """Why nothing more of a notice that was published goes out; empty: it does."""
    if it.state in (NoticeState.WITHDRAWN, NoticeState.EXPIRED):
        return str(it.state).lower()
    return "corrected" if it.corrected_by is not None else ""


def needs_second(it: Notice) -> bool:
    """Whether it goes so far, or so fast, that two have to have read it; or did so when it was read
    before."""
    return it.second or it.urgent or len(it.communities) > SECOND_PERSON_ABOVE


def wrote(it: Notice, who: Who) -> bool:
    return _wrote(it, who.id)


def _wrote(it: Notice, person: str) -> bool:
    return person in (it.author, *it.writers) or any(
        entry.what in WRITERS and entry.who.id == person for entry in it.log.entries
    )


def approved_by_second(it: Notice) -> bool:
    """Whether somebody who did not write it approved it."""
    return it.approver is not None and not _wrote(it, it.approver)


def may_correct(it: Notice) -> bool:
    return it.published_at is not None and it.corrected_by is None


def may(who: Who, finder: Finder, it: Notice) -> list[str]:
    """The verbs ``who`` has for it now."""
    try:
        require_act(who, finder, it)
    except Refused:
        return []
    allowed = [verb for verb in ("edit", "publish", "withdraw") if allows(NOTICE, it.state, verb)]
    reads = not (needs_second(it) and wrote(it, who))
    if allows(NOTICE, it.state, "approve") and reads:
        allowed.insert(1, "approve")
    if allows(NOTICE, it.state, "return") and reads:
        allowed.append("return")
    if allows(NOTICE, it.state, "submit") and needs_second(it) and not approved_by_second(it):
        allowed.append("submit")
    if may_correct(it):
        allowed.append("correct")
    return allowed


def require_writable(who: Who, finder: Finder, wanted: list[str]) -> None:
    """Raises unless ``who`` may act for every one of these communities: ``forbidden`` before anything
    else for who does not write notices at all, whatever his station."""
    require(who, *OFFICERS)
    if not wanted:
        raise Refused(INVALID, "to whom?", field="communities")
    known = communities(finder)
    for one in wanted:
        if one not in known:
            raise Refused(INVALID, f"no community {one!r:.80}", field="communities")
    if who.role is Role.SUPERVISOR:
        return
    if any(known[one].parent != who.station for one in wanted):
        raise Refused(FORBIDDEN, "a community of another station")


def require_act(who: Who, finder: Finder, it: Notice) -> None:
    """Raises ``NotFound`` when ``who`` may not know of it, ``forbidden`` when it goes beyond his station."""
    require_known(who, finder, it)
    if who.role is Role.SUPERVISOR:
        return
    known = communities(finder)
    if any(one not in known or known[one].parent != who.station for one in it.communities):
        raise Refused(FORBIDDEN, "it reaches beyond the own station")


def require_known(who: Who, finder: Finder, it: Notice) -> None:
    """Raises ``NotFound`` unless it is of the own station or reaches one of its communities."""
    if who.role is Role.SUPERVISOR:
        return
    if who.role in OFFICERS and who.station is not None:
        own = {one.id for one in finder.communities(who.station)}
        if it.station == who.station or own & set(it.communities):
            return
    raise NotFound("no such notice")
