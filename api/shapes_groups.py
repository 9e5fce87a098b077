"""Groups, who owns them, doorways and welcome texts over the wire: bodies in, answers out.

Owners are WeCom userids with the officer's name beside them; members of groups are counts only.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from api.bodies import Key, Ms, Request
from domain.group import GroupState, Handing, NoOwner

Id = Annotated[str, Meta(min_length=1, max_length=64)]


class GroupPatch(Request):
    """Bind the group to a community by hand; an empty string takes the binding away. ``ignored``: it is
    none of ours, and is not among those that wait for a community."""

    community: Annotated[str, Meta(max_length=64)]
    ignored: bool = False


class OwnerIn(Request):
    """Who is to own the group: an officer of its station."""

    person: Id


class DoorwayIn(Request):
    key: Key
    community: Id
    poster: Annotated[str, Meta(min_length=1, max_length=30)]


class WelcomeIn(Request):
    """What newcomers of a group are told; ``%NICKNAME%`` stands for the newcomer. ``community``: those of
    its groups, without a text again as all others; empty: those of all others. ``seen``: ``updated_at`` of
    the words that were read before; without it they are replaced, whatever they are."""

    text: Annotated[str, Meta(max_length=900)]
    community: Annotated[str, Meta(max_length=64)] = ""
    seen: Ms | None = None


class GroupView(Struct):
    """``bound_by``: hand, doorway, name, owner, or empty; ``ignored``: none of ours. ``brought`` counts
    members by doorway state. ``orphaned``: its owner left the corp. ``stand_ins``: names of who could own
    it instead, where it is orphaned or notices were missed. ``handing``: ASKED or REFUSED when it is to go
    to ``next_owner``, a name, and ``no_owner`` why not; ``may_hand_over``: the asker may say who is to own
    it."""

    id: str
    name: str
    owner: str
    owner_name: str
    community: str | None
    community_name: str
    station: str | None
    station_name: str
    bound_by: str
    ignored: bool
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
