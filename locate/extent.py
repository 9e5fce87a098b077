"""Whether a file lies where its degrees say: in China, longitude first, not in metres.

One sentence for a whole file that is wrong in the same way, instead of one for each area.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import shapely

from domain.place import Jurisdiction
from locate.problem import Problem

# China with its seas and 50 km around: west, south, east, north in degrees.
CHINA = (73.0, 3.0, 136.0, 54.1)

_AXES = Problem(
    "axes",
    "longitude and latitude are swapped: GeoJSON writes longitude first, like [121.1, 41.1]",
    "经度和纬度写反了：GeoJSON 先写经度后写纬度，例如 [121.1, 41.1]。",
)
_METRES = Problem(
    "metres",
    "the coordinates are metres (Gauss-Krüger or Mercator); transform the file to degrees, WGS-84",
    "坐标是米制的（高斯-克吕格或墨卡托投影），请先转换为 WGS-84 经纬度。",
)
_ZERO = Problem(
    "zero",
    "the areas lie at 0, 0: the coordinates were lost in an export; export the file again",
    "辖区位于 0, 0：导出时丢失了坐标，请重新导出。",
)


def misplaced(
    areas: Sequence[tuple[Jurisdiction, Any]], spoilt: Sequence[object], total: int
) -> list[Problem]:
    """What is wrong with the place of the file: one problem when all of its ``total`` areas are wrong
    alike, else one for each area outside China. ``areas`` are those read, ``spoilt`` the features
    refused for a coordinate out of range."""
    outside = [(area, shape) for area, shape in areas if not _in_china(*shapely.bounds(shape))]
    if total and len(outside) + len(spoilt) == total:
        points = [tuple(shapely.bounds(shape)[:2].tolist()) for _, shape in outside]
        points += [point for point in map(_first, spoilt) if point is not None]
        if points and len(points) == total:
            if all(_in_china(lat, lon, lat, lon) for lon, lat in points):
                return [_AXES]
            if all(max(abs(x), abs(y)) > 1_000 for x, y in points):
                return [_METRES]
            if all(max(abs(x), abs(y)) < 1 for x, y in points):
                return [_ZERO]
    problems = []
    for area, shape in outside:
        west, south, *_ = shapely.bounds(shape).tolist()
        reason = "lies outside China, or partly; check its coordinates"
        who = ((area.id, area.name),)
        problems.append(
            Problem("outside_china", reason, "超出中国范围，请检查坐标。", who, west, south)
        )
    return problems


def _in_china(west: float, south: float, east: float, north: float) -> bool:
    return bool(CHINA[0] <= west and CHINA[1] <= south and east <= CHINA[2] and north <= CHINA[3])


def _first(feature: object) -> tuple[float, float] | None:
    """The first position of a feature whose coordinates were refused."""
    geometry = feature.get("geometry") if isinstance(feature, Mapping) else None
    inside = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
    for _ in range(4):
        if not isinstance(inside, (list, tuple)) or not inside:
            return None
        if isinstance(inside[0], (int, float)):
            try:
                return (float(inside[0]), float(inside[1])) if len(inside) > 1 else None
            except (OverflowError, TypeError, ValueError):
                return None
        inside = inside[0]
    return None
