"""What goes out over the wire about what an officer is in charge of. Nothing that was said in a tip."""

from __future__ import annotations

from msgspec import Struct

from domain.group import Handing
from domain.people import Role
from domain.tip import TipState


class ChargeTip(Struct):
    """An open tip: his when ``taken``, else offered to him and to be taken by somebody."""

    id: str
    number: str
    state: TipState
    community_name: str
    opened_at: int
    taken: bool


class ChargeGroup(Struct):
    """A group he owns, or with ``handing`` ASKED one that is on its way to him."""

    id: str
    name: str
    community: str | None
    handing: Handing


class HeirView(Struct):
    """Somebody who may have it; only with a WeCom account may he own groups."""

    id: str
    name: str
    role: Role
    wecom: bool


class ChargeView(Struct):
    """Whoever waits longest comes first. ``deputy`` is who stands in for him now, None when nobody is
    there."""

    person: str
    name: str
    tips: list[ChargeTip]
    communities: list[str]
    groups: list[ChargeGroup]
    heirs: list[HeirView]
    deputy: str | None


class TransferView(Struct):
    """How much went on; ``left`` is what he is in charge of now. Groups that are asked for go within
    seconds, or the platform refuses (``GroupView.handing``)."""

    tips: int
    communities: int
    groups: int
    left: ChargeView
