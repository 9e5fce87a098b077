"""A city of two bureaus and four square stations, each about 8 km a side, near 41° N."""

from __future__ import annotations

from typing import Any

WEST, SOUTH, SIDE = 121.0, 41.0, 0.1


def square(column: int, row: int, columns: int = 1, rows: int = 1) -> list[list[list[float]]]:
    left, low = WEST + column * SIDE, SOUTH + row * SIDE
    right, high = left + columns * SIDE, low + rows * SIDE
    # Corners of the stations lie on the bureaus' outlines, so that borders are shared exactly.
    ring = [[left, low]]
    ring += [[WEST + (column + step) * SIDE, low] for step in range(1, columns)]
    ring += [[right, low]]
    ring += [[right, SOUTH + (row + step) * SIDE] for step in range(1, rows)]
    ring += [[right, high]]
    ring += [[WEST + (column + step) * SIDE, high] for step in range(columns - 1, 0, -1)]
    ring += [[left, high]]
    ring += [[left, SOUTH + (row + step) * SIDE] for step in range(rows - 1, 0, -1)]
    ring += [[left, low]]
    return [[[round(lon, 6), round(lat, 6)] for lon, lat in ring]]


def area(id: str, name: str, level: str, parent: str | None, rings: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {
            "id": id,
            "name": name,
            "level": level,
            "parent": parent,
            "synthetic": True,
        },
        "geometry": {"type": "Polygon", "coordinates": rings},
    }


def small_city() -> dict[str, Any]:
    features = [
        area("west", "西区分局", "BUREAU", None, square(0, 0, 1, 2)),
        area("east", "东区分局", "BUREAU", None, square(1, 0, 1, 2)),
        area("w1", "西一派出所", "STATION", "west", square(0, 0)),
        area("w2", "西二派出所", "STATION", "west", square(0, 1)),
        area("e1", "东一派出所", "STATION", "east", square(1, 0)),
        area("e2", "东二派出所", "STATION", "east", square(1, 1)),
    ]
    return {
        "type": "FeatureCollection",
        "version": "small-1",
        "datum": "WGS84",
        "features": features,
    }


IN_W1 = {"lon": 121.05, "lat": 41.05, "datum": "WGS84", "accuracy": 20}
IN_E1 = {"lon": 121.15, "lat": 41.05, "datum": "WGS84", "accuracy": 20}
