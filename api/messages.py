"""What goes over the live feed (``LIVE.md``)."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from api.shapes import CallerView, IncidentView, MeView
from api.shapes_stations import StationReach


class StoreState(Struct, tag="store", tag_field="type"):
    """``state`` up or down; ``journaled`` reports wait on disk for the store to come back; ``disk_low``: less
    than 3 GiB or 5 % is free; ``unreadable``: numbers of incidents, not closed, that this version of the
    server cannot read, told to the desk, and of its own to a station."""

    state: str
    journaled: int
    disk_low: bool
    unreadable: list[str]


class Snapshot(Struct, tag="snapshot", tag_field="type"):
    """Everything this screen shows, as of now. ``reason`` is first or lost; ``incidents`` are
    IncidentViews, encoded a few at a time because there may be thousands. With ``more`` the rest follows
    in ``part``s, before anything else."""

    reason: str
    me: MeView
    incidents: list[msgspec.Raw]
    store: str
    journaled: int
    disk_low: bool
    unreadable: list[str]
    at: int
    more: bool


class SnapshotPart(Struct, tag="part", tag_field="type"):
    """More incidents of the snapshot; with ``more`` not the last."""

    incidents: list[msgspec.Raw]
    more: bool


class IncidentChange(Struct, tag="incident", tag_field="type"):
    """An incident as it is now; keep the higher ``version``."""

    incident: IncidentView


class IncidentGone(Struct, tag="gone", tag_field="type"):
    """An incident this screen may no longer show."""

    id: str


class PresenceOf(Struct, tag="presence", tag_field="type"):
    """Whether the page of an incident's caller is open, and when it said last that he has not moved."""

    id: str
    present: bool
    confirmed_at: int | None


class Touched(Struct, tag="touched", tag_field="type"):
    """Something of this kind changed: ``tips``, ``notices`` or ``groups``. The page reads again what it
    shows."""

    what: str


class Reach(Struct, tag="reach", tag_field="type"):
    """Of these stations a call reaches others than before: how many have its page open now, how many have
    WeCom. At most once a second."""

    stations: list[StationReach]


class CallerSnapshot(Struct, tag="caller", tag_field="type"):
    """The caller's incident as it is now, with all its entries; ``desks``: a dispatcher's desk is
    connected."""

    incident: CallerView
    store: str
    desks: bool


class Pong(Struct, tag="pong", tag_field="type"):
    at: int
    server_at: int


class LiveProblem(Struct, tag="error", tag_field="type"):
    code: str
    title_zh: str
    title_en: str


class Hello(Struct, tag="hello", tag_field="type"):
    """The caller's first message."""

    token: Annotated[str, Meta(max_length=4096)]


class Ping(Struct, tag="ping", tag_field="type"):
    """``still`` is the caller's: the position is watched without an error and the desk shows the last."""

    at: int = 0
    still: bool = False


LiveIn = Hello | Ping
LiveOut = (
    Snapshot
    | SnapshotPart
    | IncidentChange
    | IncidentGone
    | PresenceOf
    | StoreState
    | Touched
    | Reach
    | CallerSnapshot
    | Pong
    | LiveProblem
)

encode = msgspec.json.Encoder().encode
