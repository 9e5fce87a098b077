"""What areas must be to each other: no overlaps in a level, no gaps in a bureau, children inside.

A difference is a fault when one piece of it is larger than 25 m² and on average wider than 0.5 m.
Below that it is drawing noise: a position is never known that well, six digits of a degree are
0.1 m, and the finder gives every point of such a sliver to one station anyway (the smallest id
where two meet, the nearest where none does). An exact tiling has no pieces at all.

Communities and grids need not cover their station: a caller there still has a station.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import cos, hypot, radians
from typing import Any

import numpy as np
import shapely

from domain.place import Level
from locate.features import Area, Geometry, inner_point
from locate.problem import SHOWN, Problem

LARGEST_PIECE = 25.0  # m²
WIDEST_PIECE = 0.5  # m, twice the area divided by the perimeter
LARGEST_SLIP = 1_000_000.0  # m²; a larger hole among bureaus may be somebody else's territory

METRES_OF_LON, METRES_OF_LAT = 111_320.0, 110_574.0
# Areas compared at once, so that a pile of equal polygons can fill neither memory nor time.
_BATCH = 16


def faults(areas: Sequence[Area], whole: bool = True) -> list[Problem]:
    """Everything wrong between areas; stops after about a hundred. Geometries must be valid.

    Not ``whole``: some areas of the file are missing here because they are broken themselves, so holes
    mean nothing.
    """
    problems: list[Problem] = []
    for search in (_overlaps, _outside, _gaps, _slips) if whole else (_overlaps, _outside):
        for problem in search(areas):
            problems.append(problem)
            if len(problems) >= SHOWN:
                return problems
    return problems


def square_metres(geometry: Any, lat: float) -> float:
    """Area in m² on the local plane at ``lat`` (degrees)."""
    return float(shapely.area(geometry)) * METRES_OF_LON * METRES_OF_LAT * cos(radians(lat))


def _piece(difference: Any) -> tuple[float, float, float] | None:
    """(m², lon, lat) of the largest piece of a difference that is a fault, or None."""
    worst: tuple[float, float, float] | None = None
    if not shapely.area(difference):
        return None
    for part in shapely.get_parts(difference):
        size = square_metres(part, float(shapely.bounds(part)[1])) if shapely.area(part) else 0.0
        if size <= LARGEST_PIECE or (worst and size <= worst[0]):
            continue
        lon, lat = inner_point(part)
        # Scaled only now: nearly all pieces are noise and end above.
        scale = (METRES_OF_LON * cos(radians(lat)), METRES_OF_LAT)
        ring = shapely.get_coordinates(shapely.get_exterior_ring(part)) * scale
        if 2 * size / sum(hypot(*step) for step in np.diff(ring, axis=0)) > WIDEST_PIECE:
            worst = (size, lon, lat)
    return worst


def _overlaps(areas: Sequence[Area]) -> Iterator[Problem]:
    for level in Level:
        peers = [area for area in areas if area[0].level is level]
        shapes = np.array([shape for _, shape in peers], dtype=object)
        tree = shapely.STRtree(shapes)
        for start in range(0, len(shapes), _BATCH):
            left, right = tree.query(shapes[start : start + _BATCH], "intersects")
            left, right = left[left + start < right] + start, right[left + start < right]
            common = shapely.intersection(shapes[left], shapes[right])
            for one, other, shared in zip(left, right, common, strict=True):
                piece = _piece(shared)
                if piece:
                    yield _problem("overlap", "overlap by", "相互重叠", piece, peers, one, other)


def _problem(
    kind: str,
    verb: str,
    zh: str,
    piece: tuple[float, float, float],
    areas: Sequence[Area],
    *concerned: int,
) -> Problem:
    size, lon, lat = piece
    who = tuple((areas[index][0].id, areas[index][0].name) for index in concerned)
    return Problem(kind, f"{verb} {size:.0f} m²", f"{zh}，面积 {size:.0f} 平方米。", who, lon, lat)


def _outside(areas: Sequence[Area]) -> Iterator[Problem]:
    number = {area.id: index for index, (area, _) in enumerate(areas)}
    children = [index for index, (area, _) in enumerate(areas) if area.parent in number]
    parents = [number[str(areas[index][0].parent)] for index in children]
    shapes = np.array([shape for _, shape in areas], dtype=object)
    shapely.prepare(shapes)
    covered = shapely.covers(shapes[parents], shapes[children])
    for child, parent, inside in zip(children, parents, covered, strict=True):
        if inside:
            continue
        piece = _piece(shapely.difference(shapes[child], shapes[parent]))
        if piece:
            words = ("lies outside its parent by", "超出上级辖区")
            yield _problem("outside_parent", *words, piece, areas, child, parent)


def _gaps(areas: Sequence[Area]) -> Iterator[Problem]:
    stations: dict[str | None, list[Geometry]] = defaultdict(list)
    for area, shape in areas:
        if area.level is Level.STATION:
            stations[area.parent].append(shape)
    for index, (area, shape) in enumerate(areas):
        if area.level is Level.BUREAU:
            piece = _piece(shapely.difference(shape, shapely.union_all(stations[area.id])))
            if piece:
                yield _problem(
                    "gap", "no station covers", "有区域没有派出所管辖", piece, areas, index
                )


def _slips(areas: Sequence[Area]) -> Iterator[Problem]:
    """Small holes among bureaus, which belong to nobody."""
    bureaus = [index for index, (area, _) in enumerate(areas) if area.level is Level.BUREAU]
    for part in shapely.get_parts(shapely.union_all([areas[index][1] for index in bureaus])):
        for ring in part.interiors:
            hole = shapely.Polygon(ring)
            piece = _piece(hole)
            if piece and piece[0] < LARGEST_SLIP:
                beside = [index for index in bureaus if shapely.intersects(areas[index][1], hole)]
                words = ("leave a hole between them of", "之间有无人管辖的空隙")
                yield _problem("gap", *words, piece, areas, *beside)
