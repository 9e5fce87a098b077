"""Notices, their deliveries and numbers over the wire: bodies in, answers out.

Owners are WeCom userids with the officer's name beside them; members of groups are counts only.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from api.bodies import Key, Ms, Request
from api.shapes import EntryView
from domain.notice import DeliveryState, NoticeState, Outcome

Id = Annotated[str, Meta(min_length=1, max_length=64)]
Title = Annotated[str, Meta(min_length=1, max_length=60)]
Words = Annotated[str, Meta(min_length=1, max_length=1000)]
Link = Annotated[str, Meta(pattern="^(https://[^\\s]{1,500})?$(?!\\n)")]
PictureName = Annotated[str, Meta(max_length=64)]
Communities = Annotated[list[Id], Meta(min_length=1, max_length=2000)]


class NoticeIn(Request):
    """A draft. Without ``send_at`` it goes out when it is published; without ``expires_at`` it stays
    valid until it is withdrawn or corrected."""

    key: Key
    title: Title
    text: Words
    communities: Communities
    link: Link = ""
    urgent: bool = False
    send_at: Ms | None = None
    expires_at: Ms | None = None
    picture: PictureName = ""


class NoticePatch(Request):
    """What is left out stays as it is; 0 takes a time away. ``version`` is the one that was seen."""

    version: int
    title: Title | None = None
    text: Words | None = None
    communities: Communities | None = None
    link: Link | None = None
    urgent: bool | None = None
    send_at: Ms | None = None
    expires_at: Ms | None = None
    picture: PictureName | None = None


class ApproveIn(Request):
    """``version`` is the one that was read: nobody approves what changed meanwhile."""

    version: int


class SubmitIn(Request):
    """``version`` is the one that was read."""

    version: int


class NoticeReturnIn(Request):
    """``version`` is the one that was read; its author reads the reason."""

    version: int
    reason: Annotated[str, Meta(min_length=1, max_length=200)]


class WithdrawIn(Request):
    reason: Annotated[str, Meta(min_length=1, max_length=200)]


class CorrectIn(Request):
    """The words that put a published notice right. It goes to the groups that got the mistake; with
    ``everybody`` also to the others of its communities. Link, picture and end stay when they are left
    out, an end that is over does not; null takes the end away."""

    key: Key
    title: Title
    text: Words
    link: Link | UnsetType = UNSET
    urgent: bool = False
    expires_at: Ms | UnsetType | None = UNSET
    picture: PictureName | UnsetType = UNSET
    everybody: bool = False


class RehearseIn(Request):
    """Who would get a notice that is not written down yet."""

    communities: Communities
    urgent: bool = False
    send_at: Ms | None = None


class NoticePicture(Struct):
    """``file`` is the name to put into a notice."""

    file: str
    width: int
    height: int


class TotalsView(Struct):
    """Groups by outcome, and ``reached``: members of the groups where it was sent. ``unasked`` are those
    of the ``waiting`` whose owner was not asked to confirm yet."""

    waiting: int
    sent: int
    refused: int
    capped: int
    cancelled: int
    reached: int
    unasked: int


class NoticeRef(Struct):
    id: str
    number: str
    title: str
    state: NoticeState


class NoticeView(Struct):
    """A notice. ``may`` are the verbs the asker has now: edit, submit, approve, return, publish, withdraw,
    correct. ``needs_second``: somebody else than its writers must approve it, and ``approvers`` are the
    names of those who are asked to; ``released``: its own writer approved it. ``entries`` and
    ``approvers`` in answers about one only."""

    id: str
    number: str
    version: int
    state: NoticeState
    title: str
    text: str
    link: str
    picture: str
    urgent: bool
    station: str | None
    station_name: str
    author: str
    author_name: str
    approver: str | None
    approver_name: str
    communities: list[str]
    created_at: int
    updated_at: int
    send_at: int | None
    expires_at: int | None
    published_at: int | None
    ended_at: int | None
    corrects: NoticeRef | None
    corrected_by: NoticeRef | None
    corrected: bool
    needs_second: bool
    released: bool
    approvers: list[str]
    groups: int
    people: int
    followers: int
    totals: TotalsView
    page: str
    may: list[str]
    entries: list[EntryView] = []


class NoticeList(Struct):
    """Newest first; ``next`` is the ``before`` of the next page, None at the end. Looking may stop before
    it found ``limit``, or any: it looked at everything after ``next``, and goes on there."""

    notices: list[NoticeView]
    next: int | None


class PlannedGroup(Struct):
    """A group that gets it. ``sent_today`` and ``sent_month`` are notices it had, ``limit_month``
    what the platform allows, ``waiting`` notices its owner has still to confirm."""

    id: str
    name: str
    community: str
    owner: str
    people: int
    sent_today: int
    sent_month: int
    limit_month: int
    waiting: int


class PlannedOwner(Struct):
    """An owner has one task to confirm for each notice; ``open_tasks`` are those of others."""

    owner: str
    name: str
    groups: int
    people: int
    tasks: int
    open_tasks: int
    missed: int


class SkippedGroup(Struct):
    """``reason``: no_owner, day or month (it had its share)."""

    id: str
    name: str
    community: str
    owner: str
    people: int
    reason: str


class RehearsalView(Struct):
    """Exactly who gets it, when, and what it uses up. ``send_at`` is the time after moving away from
    full and half hours; ``today`` counts groups that had one that day already; ``empty`` are
    communities without a group."""

    communities: int
    groups: int
    owners: int
    people: int
    followers: int
    tasks: int
    today: int
    send_at: int
    moved: bool
    needs_second: bool
    plan: list[PlannedGroup]
    by_owner: list[PlannedOwner]
    skipped: list[SkippedGroup]
    empty: list[str]


class DeliveredGroup(Struct):
    id: str
    name: str
    people: int
    outcome: Outcome


class DeliveryView(Struct):
    """One owner's task. ``reminded`` are times; ``reason`` the platform's code or a word."""

    id: str
    owner: str
    owner_name: str
    state: DeliveryState
    due_at: int
    created_at: int | None
    reminded: list[int]
    reason: str
    people: int
    sent: int
    waiting: int
    groups: list[DeliveredGroup]
    version: int


class DeliveryList(Struct):
    """Those with most still waiting first."""

    notice: str
    totals: TotalsView
    deliveries: list[DeliveryView]


class PublicNotice(Struct):
    """What anybody may know. ``standing``: VALID, CORRECTED, WITHDRAWN or EXPIRED."""

    number: str
    standing: str
    title: str
    text: str
    link: str
    picture: str
    station: str
    published_at: int
    expires_at: int | None
    ended_at: int | None
    corrects: str | None
    corrected_by: str | None
