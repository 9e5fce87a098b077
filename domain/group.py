"""Group: a WeCom customer group (客户群) bound to a community and its owner officer.

The platform is the truth about members, owners and names; this is the copy that is kept by events
and reconciled by reading. Members are counted, never named. Nothing said in a group is known here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from domain.workflow import Table

CAPACITY = 500
NEARLY_FULL = 0.9
STATE_LENGTH = 30


class GroupState(StrEnum):
    ACTIVE = "ACTIVE"
    DISMISSED = "DISMISSED"


class Bond(StrEnum):
    """How the group came to its community; what a hand did is not undone by the others."""

    NONE = ""
    OWNER = "owner"
    NAME = "name"
    DOORWAY = "doorway"
    HAND = "hand"


GROUP: Table[GroupState] = {
    GroupState.ACTIVE: {"dismiss": GroupState.DISMISSED},
    GroupState.DISMISSED: {},
}


@dataclass(slots=True)
class Group:
    """``id`` is the platform's chat_id, ``owner`` a WeCom userid. ``brought`` counts members by the
    doorway (``state``) that brought them. Times are Unix ms; ``dirty_at`` is set by an event until the
    platform was asked again, next at ``ask_at``. ``sent`` are the times of this month and the last
    at which a notice reached it."""

    id: str
    name: str
    owner: str
    community: str | None = None
    bound_by: Bond = Bond.NONE
    members: int = 0
    residents: int = 0
    capacity: int = CAPACITY
    state: GroupState = GroupState.ACTIVE
    brought: dict[str, int] = field(default_factory=dict)
    member_version: str = ""
    created_at: int = 0
    synced_at: int = 0
    dirty_at: int | None = None
    ask_at: int = 0
    asked: int = 0  # times since it became dirty
    dirty_version: str = ""  # member_version when it became dirty
    sent: list[int] = field(default_factory=list)
    orphaned: bool = False  # its owner left the corp: nobody can confirm a notice
    missed_sends: int = 0  # notices in a row that the owner did not confirm
    version: int = 0

    @property
    def nearly_full(self) -> bool:
        return self.members >= self.capacity * NEARLY_FULL


@dataclass(slots=True)
class Doorway:
    """A join QR of a community, one for each poster. ``config`` is the platform's config_id, empty
    until it is made; ``state`` comes back with each member who came through."""

    id: str
    community: str
    poster: str
    state: str
    chats: list[str] = field(default_factory=list)
    config: str = ""
    url: str = ""
    made_by: str = ""
    created_at: int = 0
    removed: bool = False
    version: int = 0


@dataclass(slots=True)
class Welcome:
    """What newcomers of groups are told: of one community, or of all that have no words of their own
    (``domain.registry.welcome_id``). ``template`` is the platform's id; ``applied`` the text the platform
    has; each owner still chooses it in WeCom."""

    id: str
    text: str
    applied: str = ""
    template: str = ""
    updated_at: int = 0
    version: int = 0
