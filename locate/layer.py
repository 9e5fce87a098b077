"""All areas of one level with their index."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import shapely

from domain.place import Jurisdiction, Level
from locate.boundaries import Boundaries, feature

_COARSE = 0.0002  # degrees, about 20 m: a pixel of a map of the city


class Layer:
    """Areas of one level sorted by id, so that the smallest index is the smallest id."""

    def __init__(self, boundaries: Boundaries, level: Level) -> None:
        pairs = zip(boundaries.areas, boundaries.geometries, strict=True)
        mine = sorted((p for p in pairs if p[0].level is level), key=lambda p: p[0].id)
        self.areas: list[Jurisdiction] = [area for area, _ in mine]
        self.shapes = np.array([shape for _, shape in mine], dtype=object)
        shapely.prepare(self.shapes)
        self._tree = shapely.STRtree(self.shapes)
        self._size = shapely.area(self.shapes) if len(mine) else np.array([])

    def owner(self, point: Any) -> int | None:
        """Index of the area at a point; on a border the one with the smallest id."""
        # 'within' would find no owner for about one border point in seven.
        found = self._tree.query(point, "intersects")
        return int(found.min()) if len(found) else None

    def holds(self, index: int, shape: Any) -> bool:
        """Whether ``shape`` lies wholly inside the area."""
        return bool(shapely.contains_properly(self.shapes[index], shape))

    def shares(self, shape: Any) -> dict[int, float]:
        """Part (0 to 1, six digits) of ``shape`` inside each area that has some; both may be in
        degrees, which stretches them alike."""
        found = self._tree.query(shape, "intersects")
        parts = shapely.area(shapely.intersection(self.shapes[found], shape)) / shapely.area(shape)
        # Six digits, so that a circle halved by a border has 0.5 on both sides.
        return {
            int(n): round(float(part), 6)
            for n, part in zip(found, parts, strict=True)
            if part > 1e-6
        }

    def likely(self, shape: Any, sure: float, most: int) -> dict[int, float]:
        """Like ``shares``; where ``shape`` may touch more than ``most`` areas, only of those that are
        large enough to have ``sure`` of it."""
        found = self._tree.query(shape)
        if len(found) > most:
            found = found[self._size[found] >= sure * float(shapely.area(shape))]
        if not len(found):
            return {}
        # Nearly always somebody's alone where positions are good, and much cheaper to find out.
        around = found[shapely.contains_properly(self.shapes[found], shape)]
        if len(around):
            return {int(around.min()): 1.0}
        common = shapely.intersection(self.shapes[found], shape)
        parts = shapely.area(common) / shapely.area(shape)
        return {
            n: round(part, 6)
            for n, part in zip(found.tolist(), parts.tolist(), strict=True)
            if part > 1e-6
        }

    def counts(self, points: Any) -> dict[int, float]:
        """Like ``shares``, by counting points; each counts for one area."""
        which, found = self._tree.query(shapely.points(points), "intersects")
        owner: dict[int, int] = {}
        for point, n in zip(which.tolist(), found.tolist(), strict=True):
            owner[point] = min(n, owner.get(point, n))
        shares: dict[int, float] = {}
        for n in owner.values():
            shares[n] = shares.get(n, 0.0) + 1 / len(points)
        return shares

    def drawn(self, version: str) -> dict[str, Any]:
        """A GeoJSON FeatureCollection, simplified for maps."""
        shapes = self.shapes
        if len(shapes) and shapely.coverage_is_valid(shapes):
            shapes = shapely.coverage_simplify(shapes, _COARSE)  # keeps common borders common
        elif len(shapes):
            shapes = shapely.simplify(shapes, _COARSE)
        shapes = shapely.transform(shapes, lambda xy: np.round(xy, 5))
        features = [
            feature(area, json.loads(shapely.to_geojson(shape)))
            for area, shape in zip(self.areas, shapes, strict=True)
        ]
        return {
            "type": "FeatureCollection",
            "version": version,
            "datum": "WGS84",
            "features": features,
        }
