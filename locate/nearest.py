"""The nearest areas to a position, by metres.

Raw degrees would rank wrongly (a degree of longitude at 41° north is 84 km, of latitude 111 km: in
46 % of cases another area comes first). So areas are indexed in Mercator, which is true to shape
around every point from one copy for a whole country, and the nearest points found there are then
measured on a local plane. An edge of 10 km bends 2 m between the two; shorter ones less.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import asinh, cos, degrees, radians, tan
from typing import Any

import numpy as np
import shapely

from domain.place import Wgs84

_POLE = 89.0  # degrees; Mercator has no poles

Found = tuple[float, int, float, float]


class Nearest:
    """Areas in Mercator degrees (true degrees at the equator) with their index."""

    def __init__(self, shapes: Any) -> None:
        self._shapes = shapely.transform(shapes, _mercator) if len(shapes) else shapes
        self._tree = shapely.STRtree(self._shapes)
        self._size = np.sqrt(shapely.area(self._shapes)) if len(shapes) else np.array([])

    def around(
        self, position: Wgs84, count: int, wanted: Sequence[int], inside: int | None
    ) -> list[Found]:
        """(metres, index, lon, lat of the nearest point) of the ``count`` nearest areas at least
        and of all ``wanted``, nearest first; equal distances by index. ``inside`` is the index of
        the area that holds the position, None when none does."""
        x, y = position.lon, _north(position.lat)
        here = shapely.points(x, y)
        reach = 0.0
        if inside is None:
            near, distance = self._tree.query_nearest(here, return_distance=True)
            inside, reach = int(near[0]), float(distance[0])
        # Neighbours are mostly of a size, and five of them mostly within it.
        reach += max(float(self._size[inside]) * 1.2, 1e-5)
        while True:
            box = shapely.box(x - reach, y - reach, x + reach, y + reach)
            found = self._tree.query(box)
            if not set(wanted) <= set(found.tolist()):
                found = np.union1d(found, wanted)
            measured = self._measure(position, here, found)
            # Only what is nearer than the box's side is complete.
            metres = reach * metres_per_degree(position.lat)[0] * 0.98
            complete = sum(distance <= metres for distance, *_ in measured)
            if complete >= count or len(found) == len(self._shapes):
                return measured
            reach *= 2

    def _measure(self, position: Wgs84, here: Any, found: Any) -> list[Found]:
        lines = shapely.shortest_line(self._shapes[found], here)
        ends = shapely.get_coordinates(lines)[::2]
        lon, lat = ends[:, 0], np.degrees(np.arctan(np.sinh(np.radians(ends[:, 1]))))
        east, north = metres_per_degree(position.lat)
        metres = np.hypot((lon - position.lon) * east, (lat - position.lat) * north)
        return sorted(
            zip(
                metres.tolist(), np.asarray(found).tolist(), lon.tolist(), lat.tolist(), strict=True
            )
        )


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Metres of one degree of longitude and of latitude at ``lat``, on the WGS-84 ellipsoid
    (series of the U.S. Geological Survey, within 1 cm); longitude at least 1 km, for the poles."""
    phi = radians(lat)
    east = 111_412.84 * cos(phi) - 93.5 * cos(3 * phi) + 0.118 * cos(5 * phi)
    north = 111_132.92 - 559.82 * cos(2 * phi) + 1.175 * cos(4 * phi) - 0.0023 * cos(6 * phi)
    return max(east, 1_000.0), north


def _north(lat: float) -> float:
    return degrees(asinh(tan(radians(max(-_POLE, min(_POLE, lat))))))


def _mercator(coordinates: Any) -> Any:
    lat = np.radians(np.clip(coordinates[:, 1], -_POLE, _POLE))
    return np.column_stack((coordinates[:, 0], np.degrees(np.arcsinh(np.tan(lat)))))
