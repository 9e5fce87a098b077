"""Notice: something the police tell communities, and its deliveries, one for each group owner.

No API posts into a group. Publishing makes one group-send task for each owner, which the owner must
confirm; what became of it is read back. A delivery is created at most once: when the answer to its
creation is lost, the platform's list is read before anything is sent again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from domain.evidence import Log
from domain.workflow import Table

TEXT_LIMIT = 1_000  # characters; the platform takes 4,000 bytes with the link
TITLE_LIMIT = 60
SECOND_PERSON_ABOVE = 5  # communities
REMINDERS = 3  # in 24 h, the platform's limit for one task


class NoticeState(StrEnum):
    DRAFT = "DRAFT"
    APPROVED = "APPROVED"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"


NOTICE: Table[NoticeState] = {
    NoticeState.DRAFT: {
        "edit": NoticeState.DRAFT,
        "approve": NoticeState.APPROVED,
        "withdraw": NoticeState.WITHDRAWN,
    },
    NoticeState.APPROVED: {
        "edit": NoticeState.DRAFT,
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
    """One notice. Times are Unix ms. ``corrects`` is the notice this one puts right."""

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
    approver: str | None = None
    approver_name: str = ""
    published_at: int | None = None
    ended_at: int | None = None
    corrects: str | None = None
    corrected_by: str | None = None
    groups: int = 0
    people: int = 0
    log: Log = field(default_factory=lambda: Log(""))
    version: int = 0


@dataclass(slots=True)
class Delivery:
    """A notice to the groups of one owner: one group-send task. ``id`` is ``notice:owner``."""

    id: str
    notice: str
    owner: str
    chats: list[str]
    people: int
    due_at: int
    state: DeliveryState = DeliveryState.PLANNED
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    task: str = ""  # msgid
    reminded: list[int] = field(default_factory=list)
    claimed_by: str = ""
    claimed_until: int = 0
    created_at: int | None = None
    attempts: int = 0
    reason: str = ""
    version: int = 0
