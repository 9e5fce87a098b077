"""Positions as they come over the wire → positions with their datum as a type."""

from __future__ import annotations

from api.bodies import PositionIn
from domain.place import DATUMS, Position


def position_of(body: PositionIn) -> Position:
    """The typed position of a request."""
    return DATUMS[body.datum](body.lon, body.lat, body.accuracy, body.source, body.at)
