"""Notices, their deliveries, groups, doorways and numbers over the wire: bodies in, answers out.

Owners are WeCom userids with the officer's name beside them; members of groups are counts only.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from api.bodies import Key, Ms, Request
from api.shapes import EntryView
from domain.group import GroupState, Handing, NoOwner
from domain.notice import DeliveryState, NoticeState, Outcome

Id = Annotated[str, Meta(min_length=1, max_length=64)]
Title = Annotated[str, Meta(min_length=1, max_length=60)]
Words = Annotated[str, Meta(min_length=1, max_length=1000)]
Link = Annotated[str, Meta(pattern="^(https://[^\\s]{1,500})?$")]
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


class WithdrawIn(Request):
    reason: Annotated[str, Meta(min_length=1, max_length=200)]


class CorrectIn(Request):
    """The words that put a published notice right; the audience stays the same."""

    key: Key
    title: Title
    text: Words
    link: Link = ""
    urgent: bool = False
    expires_at: Ms | None = None
    picture: PictureName = ""


class RehearseIn(Request):
    """Who would get a notice that is not written down yet."""

    communities: Communities
    urgent: bool = False
    send_at: Ms | None = None


class GroupPatch(Request):
    """Bind the group to a community by hand; an empty string takes the binding away."""

    community: Annotated[str, Meta(max_length=64)]


class OwnerIn(Request):
    """Who is to own the group: an officer of its station."""

    person: Id


class DoorwayIn(Request):
    key: Key
    community: Id
    poster: Annotated[str, Meta(min_length=1, max_length=30)]


class WelcomeIn(Request):
    """What newcomers of a group are told; ``%NICKNAME%`` stands for the newcomer. ``community``: those of
    its groups, without a text again as all others; empty: those of all others."""

    text: Annotated[str, Meta(max_length=900)]
    community: Annotated[str, Meta(max_length=64)] = ""


class NoticePicture(Struct):
    """``file`` is the name to put into a notice."""

    file: str
    width: int
    height: int


class TotalsView(Struct):
    """Groups by outcome, and ``reached``: members of the groups where it was sent."""

    waiting: int
    sent: int
    refused: int
    capped: int
    cancelled: int
    reached: int


class NoticeRef(Struct):
    id: str
    number: str
    title: str
    state: NoticeState


class NoticeView(Struct):
    """A notice. ``may`` are the verbs the asker has now: edit, approve, publish, withdraw, correct.
    ``needs_second``: somebody else than its writers must approve it. ``entries`` in GET of one only."""

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


class GroupView(Struct):
    """``bound_by``: hand, doorway, name, owner, or empty. ``brought`` counts members by doorway state.
    ``orphaned``: its owner left the corp. ``stand_ins``: names of who could own it instead, where it is
    orphaned or notices were missed. ``handing``: ASKED or REFUSED when it is to go to ``next_owner``, a
    name, and ``no_owner`` why not; ``may_hand_over``: the asker may say who is to own it."""

    id: str
    name: str
    owner: str
    owner_name: str
    community: str | None
    community_name: str
    station: str | None
    station_name: str
    bound_by: str
    members: int
    residents: int
    capacity: int
    state: GroupState
    nearly_full: bool
    brought: dict[str, int]
    created_at: int
    synced_at: int
    missed_sends: int
    sent_today: int
    sent_month: int
    version: int
    orphaned: bool
    stand_ins: list[str]
    handing: Handing
    next_owner: str
    no_owner: NoOwner
    may_hand_over: bool


class OwnerView(Struct):
    """An officer who may own a group. ``in_charge`` of its community; ``away`` now."""

    id: str
    name: str
    in_charge: bool
    away: bool


class OwnerList(Struct):
    """Those in charge first."""

    owners: list[OwnerView]


class GroupList(Struct):
    """By id; ``next`` is the ``after`` of the next page, None at the end."""

    groups: list[GroupView]
    next: str | None


class CoverageView(Struct):
    """``hint``: no_group, full (all groups are at 90 %: make a new one), filling (one has room left),
    or empty. ``followers`` of the account that asked for its notices, None when fewer than 5."""

    id: str
    name: str
    station: str
    station_name: str
    groups: int
    members: int
    residents: int
    capacity: int
    followers: int | None
    officers: list[str]
    doorways: int
    hint: str


class CoverageList(Struct):
    communities: list[CoverageView]


class DoorwayView(Struct):
    """A join code. ``url`` is the picture of the QR code, empty until the platform made it (``ready``
    false); ``brought`` how many members came through it; ``hint`` no_group when it cannot be made."""

    id: str
    community: str
    community_name: str
    poster: str
    state: str
    url: str
    ready: bool
    groups: list[str]
    brought: int
    made_by: str
    created_at: int
    removed: bool
    hint: str
    version: int


class DoorwayList(Struct):
    """By id; ``next`` is the ``after`` of the next page, None at the end."""

    doorways: list[DoorwayView]
    next: str | None


class WelcomeView(Struct):
    """``applied``: the platform has this text; each owner still chooses it in WeCom."""

    text: str
    applied: bool
    updated_at: int


class NumbersRow(Struct):
    """One station or community. Counts of people or tips below 5 are None. Times are from a tip to
    its first answer, in ms, of tips of the last 30 days; percentiles need 5 answers."""

    id: str
    name: str
    groups: int
    members: int
    residents: int
    followers: int | None
    notices: int
    tips: int | None
    answered: int | None
    answer_p50: int | None
    answer_p90: int | None


class NumbersView(Struct):
    since: int
    until: int
    total: NumbersRow
    stations: list[NumbersRow]
    communities: list[NumbersRow]
