"""A small town whose every border is known."""

from __future__ import annotations

from typing import Any


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def area(id: str, level: str, parent: str | None, geometry: dict[str, Any]) -> dict[str, Any]:
    named = {"id": id, "name": f"名{id}", "level": level, "parent": parent, "synthetic": True}
    return {"type": "Feature", "properties": named, "geometry": geometry}


def town_file() -> dict[str, Any]:
    """Bureau B: 0.2 x 0.1 degrees; stations S1 west and S2 east of 121.1; community and grids."""
    return {
        "type": "FeatureCollection",
        "version": "town-1",
        "datum": "WGS84",
        "valid_from": "2026-01-31",
        "features": [
            area("B", "BUREAU", None, square(121.0, 41.0, 121.2, 41.1)),
            area("S1", "STATION", "B", square(121.0, 41.0, 121.1, 41.1)),
            area("S2", "STATION", "B", square(121.1, 41.0, 121.2, 41.1)),
            area("C1", "COMMUNITY", "S1", square(121.0, 41.0, 121.1, 41.05)),
            area("G1", "GRID", "C1", square(121.0, 41.0, 121.05, 41.05)),
            area("G2", "GRID", "S2", square(121.1, 41.0, 121.15, 41.1)),
        ],
    }
