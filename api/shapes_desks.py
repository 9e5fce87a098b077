"""What goes out about the desks that are taken, and in about handing an incident over."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from api.bodies import Request
from domain.people import Role


class DeskView(Struct):
    """Somebody who is at a desk now. ``in_hand``: so many incidents; ``in_call``: talks in one of them."""

    id: str
    name: str
    role: Role
    in_hand: int
    in_call: bool


class DeskList(Struct):
    """By name; the one who asks is not among them."""

    desks: list[DeskView]


class TransferIn(Request):
    """To whom: the id of somebody who is at a desk."""

    to: Annotated[str, Meta(min_length=1, max_length=64)]
