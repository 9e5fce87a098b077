"""Group: a WeCom customer group (客户群) bound to a community and its owner officer.

The platform is the truth about members, owners and names; this is the copy that is kept by events
and reconciled by reading. Members are counted, never named. Nothing said in a group is known here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from domain.workflow import Table, step

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


class Handing(StrEnum):
    """Whether another officer is to own a group whose owner still works there, or may not."""

    NONE = ""
    ASKED = "ASKED"
    REFUSED = "REFUSED"


HANDING: Table[Handing] = {
    Handing.NONE: {"ask": Handing.ASKED},
    Handing.ASKED: {
        "ask": Handing.ASKED,
        "done": Handing.NONE,
        "refuse": Handing.REFUSED,
        "drop": Handing.NONE,
    },
    Handing.REFUSED: {"ask": Handing.ASKED, "done": Handing.NONE, "drop": Handing.NONE},
}


class NoOwner(StrEnum):
    """Why the platform does not make an officer the owner of a group."""

    NONE = ""
    UNKNOWN = "unknown"  # he is not in the corp, or the app may not see him
    UNABLE = "unable"  # no customer contact, no real name, not active
    OFTEN = "often"  # the group changed hands twice in 90 days
    DAY = "day"  # the owner gave away as many groups as he may today
    GONE = "gone"  # no such customer group
    RIGHT = "right"  # the app may not do it
    SILENT = "silent"  # no answer in many tries
    OTHER = "other"


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
    ignored: bool = (
        False  # a person said that it is none of ours: no notice, and nobody is asked again
    )
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
    # Another owner is wanted: which userid, by which person, next tried when, how often it was tried.
    handing: Handing = Handing.NONE
    next_owner: str = ""
    handing_by: str = ""
    handing_at: int = 0
    handing_tries: int = 0
    no_owner: NoOwner = NoOwner.NONE
    version: int = 0

    @property
    def nearly_full(self) -> bool:
        return self.members >= self.capacity * NEARLY_FULL


def forget_handing(it: Group, event: str) -> bool:
    """``done`` or ``drop``: nobody else is to own it any more; False when nobody was."""
    if it.handing is Handing.NONE:
        return False
    it.handing = step(HANDING, it.handing, event)
    it.next_owner, it.handing_by, it.no_owner = "", "", NoOwner.NONE
    it.handing_at = it.handing_tries = 0
    return True


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
    (``domain.registry.welcome_id``). ``template`` is the id in the city's first corp, ``elsewhere`` those
    in its other corps by their names; ``applied`` the text the platform has; each owner still chooses it
    in WeCom."""

    id: str
    text: str
    applied: str = ""
    template: str = ""
    elsewhere: dict[str, str] = field(default_factory=dict)
    updated_at: int = 0
    version: int = 0
