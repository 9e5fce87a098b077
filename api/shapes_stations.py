"""Stations as the desk sees them: which there are, and whom of them a call reaches now."""

from __future__ import annotations

from msgspec import Struct


class StationView(Struct):
    id: str
    name: str
    bureau: str
    synthetic: bool


class StationList(Struct):
    stations: list[StationView]
    boundary_version: str


class StationReach(Struct):
    """Who of a station hears a call now: ``online`` people have its page open, ``wecom`` are bound to a
    WeCom account and get a message there."""

    station: str
    online: int
    wecom: int


class ReachList(Struct):
    """Of a station that is not listed nobody is online and nobody bound."""

    stations: list[StationReach]
