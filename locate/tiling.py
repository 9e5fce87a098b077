"""An exact synthetic tiling: cells with wiggled shared borders inside given districts.

Voronoi edges are wiggled inside the kite that an edge and its two sites span; kites do not meet,
so no two borders cross. District outlines and edges are then cut at each other once, in one
arrangement on a 1e-7 degree lattice (1 cm), so neighbours share every vertex and unions are exact.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from random import Random
from typing import Any

import numpy as np
import shapely

LATTICE = 1e-7  # degrees
_STEPS = 6  # pieces of one wiggled edge

Point = tuple[float, float]
Neighbours = Mapping[int, Mapping[int, float]]


@dataclass(frozen=True, slots=True)
class Tiling:
    """Cells, the district of each, and for each its neighbours with the border's length (°)."""

    cells: list[Any]
    district: list[int]
    sites: list[Point]
    neighbours: Neighbours


def tile(districts: Sequence[Any], counts: Sequence[int], squeeze: float, seed: int) -> Tiling:
    """``counts[i]`` cells in ``districts[i]``; ``squeeze`` is cos(latitude), so that cells are
    round on the ground. The districts must tile without gaps. Same input, same answer."""
    random = Random(seed)
    sites: list[Point] = []
    home: list[int] = []
    for index, (district, count) in enumerate(zip(districts, counts, strict=True)):
        sites += _spread(district, count, random)
        home += [index] * count
    edges, drawn = _wiggled(sites, squeeze, random, shapely.union_all(districts))
    lines = [shapely.boundary(district) for district in districts] + edges
    parts = shapely.get_parts(shapely.polygonize([shapely.union_all(lines, grid_size=LATTICE)]))
    pieces, district_of, cell_of = _owners(parts, districts, drawn)
    beside = _beside(pieces)
    owner = _assign(pieces, beside, district_of, cell_of, sites, home)
    members: dict[int, list[Any]] = defaultdict(list)
    for piece, cell in zip(pieces, owner, strict=True):
        members[cell].append(piece)
    cells = [shapely.coverage_union_all(members[cell]) for cell in range(len(sites))]
    neighbours: dict[int, dict[int, float]] = {
        cell: defaultdict(float) for cell in range(len(cells))
    }
    for one, others in beside.items():
        for other, length in others.items():
            if owner[one] != owner[other]:
                neighbours[owner[one]][owner[other]] += length
    return Tiling(cells, home, sites, neighbours)


def group(tiling: Tiling, members: Sequence[int], count: int, squeeze: float) -> list[list[int]]:
    """``members`` in ``count`` groups that hang together, similar in size, north to south."""
    places = {cell: (tiling.sites[cell][0] * squeeze, tiling.sites[cell][1]) for cell in members}
    seeds = [min(members, key=lambda cell: (-places[cell][1], cell))]
    while len(seeds) < count:
        seeds.append(
            max(members, key=lambda c: (min(_far(places[c], places[s]) for s in seeds), -c))
        )
    groups: list[list[int]] = []
    for _ in range(6):  # Lloyd's rounds: grow, then move each seed to the middle
        groups = _grow(tiling.neighbours, places, seeds)
        middles = [tuple(np.mean([places[c] for c in cells], axis=0)) for cells in groups]
        seeds = [
            min(cells, key=lambda c: (_far(places[c], middle), c))
            for cells, middle in zip(groups, middles, strict=True)
        ]
    return sorted(groups, key=lambda cells: (-places[min(cells)][1], min(cells)))


def _far(a: Sequence[float], b: Sequence[float]) -> float:
    return hypot(a[0] - b[0], a[1] - b[1])


def _grow(
    neighbours: Neighbours, places: Mapping[int, Point], seeds: Sequence[int]
) -> list[list[int]]:
    found: dict[int, int] = {}
    queue = [(0.0, seed, number) for number, seed in enumerate(seeds)]
    while queue:
        way, cell, number = heapq.heappop(queue)
        if cell in found:
            continue
        found[cell] = number
        for other in neighbours[cell]:
            if other in places and other not in found:
                step = _far(places[cell], places[other])
                heapq.heappush(queue, (way + step, other, number))
    for cell in places:
        if cell not in found:  # an island: no border to grow across
            near = min(range(len(seeds)), key=lambda n: _far(places[cell], places[seeds[n]]))
            found[cell] = near
    groups: list[list[int]] = [[] for _ in seeds]
    for cell, number in sorted(found.items()):
        groups[number].append(cell)
    return groups


def _spread(district: Any, count: int, random: Random) -> list[Point]:
    """Points of a low-discrepancy (Halton) sequence inside the district."""
    west, south, east, north = shapely.bounds(district).tolist()
    shapely.prepare(district)
    index = random.randrange(20, 5_000)
    points: list[Point] = []
    while len(points) < count:
        index += 1
        lon = west + (east - west) * _radical(index, 2)
        lat = south + (north - south) * _radical(index, 3)
        if shapely.contains_xy(district, lon, lat):
            points.append((lon, lat))
    return points


def _radical(index: int, base: int) -> float:
    value, part = 0.0, 1.0 / base
    while index:
        index, digit = divmod(index, base)
        value += digit * part
        part /= base
    return value


def _wiggled(
    sites: Sequence[Point], squeeze: float, random: Random, area: Any
) -> tuple[list[Any], list[Any]]:
    """All wiggled Voronoi edges, and the cells drawn with them, in degrees."""
    flat = [(lon * squeeze, lat) for lon, lat in sites]
    west, south, east, north = shapely.bounds(area).tolist()
    around = shapely.box((west - 1) * squeeze, south - 1, (east + 1) * squeeze, north + 1)
    points = shapely.MultiPoint(flat)
    rings = [
        [(float(x), float(y)) for x, y in shapely.get_coordinates(cell)]
        for cell in shapely.get_parts(
            shapely.voronoi_polygons(points, extend_to=around, ordered=True)
        )
    ]
    sides: dict[tuple[Point, Point], list[int]] = defaultdict(list)
    for cell, ring in enumerate(rings):
        for a, b in pairwise(ring):
            sides[min(a, b), max(a, b)].append(cell)
    lines: dict[tuple[Point, Point], list[Point]] = {}
    for (a, b), cells in sides.items():
        bends = _wiggle(a, b, flat[cells[0]], random) if len(cells) == 2 else []
        lines[a, b] = [(x / squeeze, y) for x, y in [a, *bends, b]]
    drawn = []
    for ring in rings:
        around_cell: list[Point] = []
        for a, b in pairwise(ring):
            around_cell += lines[a, b][:-1] if a < b else lines[b, a][:0:-1]
        drawn.append(shapely.Polygon(around_cell))
    return [shapely.LineString(line) for line in lines.values()], drawn


def _wiggle(a: Point, b: Point, site: Point, random: Random) -> list[Point]:
    length = _far(a, b)
    if not length:
        return []
    ux, uy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
    sx, sy = site[0] - a[0], site[1] - a[1]
    foot, height = sx * ux + sy * uy, abs(sx * uy - sy * ux)
    # Stay under both legs of the kite, and never steeper than 0.4.
    up = 0.4 * min(1.0, height / foot) if foot > 0 else 0.4
    down = 0.4 * min(1.0, height / (length - foot)) if foot < length else 0.4
    bends = []
    for step in range(1, _STEPS):
        t = length * step / _STEPS
        aside = random.uniform(-1, 1) * min(up * t, down * (length - t))
        bends.append((a[0] + ux * t - uy * aside, a[1] + uy * t + ux * aside))
    return bends


def _owners(
    parts: Iterable[Any], districts: Sequence[Any], drawn: Sequence[Any]
) -> tuple[list[Any], list[int], list[int]]:
    """The pieces inside a district, the district of each, and the drawn cell of each."""
    every = list(parts)
    middles = shapely.point_on_surface(every)
    district_of: dict[int, int] = {}
    for piece, index in shapely.STRtree(districts).query(middles, "within").T.tolist():
        district_of[piece] = index
    cell_of: dict[int, int] = {}
    for piece, cell in shapely.STRtree(drawn).query(middles, "intersects").T.tolist():
        cell_of.setdefault(piece, cell)
    kept = sorted(district_of)
    return (
        # Rounded so that the numbers in the file are the very numbers computed with.
        list(shapely.transform([every[p] for p in kept], lambda xy: np.round(xy, 7))),
        [district_of[piece] for piece in kept],
        [cell_of[piece] for piece in kept],
    )


def _beside(pieces: Sequence[Any]) -> dict[int, dict[int, float]]:
    sides: dict[tuple[Any, Any], int] = {}
    beside: dict[int, dict[int, float]] = {
        index: defaultdict(float) for index in range(len(pieces))
    }
    for index, piece in enumerate(pieces):
        for ring in (piece.exterior, *piece.interiors):
            points = [tuple(point) for point in shapely.get_coordinates(ring).tolist()]
            for a, b in pairwise(points):
                other = sides.setdefault((min(a, b), max(a, b)), index)
                if other != index:
                    beside[index][other] += _far(a, b)
                    beside[other][index] += _far(a, b)
    return beside


def _assign(
    pieces: Sequence[Any],
    beside: Neighbours,
    district_of: Sequence[int],
    cell_of: Sequence[int],
    sites: Sequence[Point],
    home: Sequence[int],
) -> list[int]:
    """The cell of each piece: its own where the site lies, otherwise that of the neighbour with
    the longest common border in the same district, an island's the nearest."""
    owner: dict[int, int] = {}
    for index, piece in enumerate(pieces):
        cell = cell_of[index]
        if home[cell] == district_of[index] and shapely.contains_xy(piece, *sites[cell]):
            owner[index] = cell
    mains = sorted(owner)
    waiting = [index for index in range(len(pieces)) if index not in owner]
    while waiting:
        chosen: dict[int, int] = {}
        for index in waiting:
            near = [
                (length, -other)
                for other, length in beside[index].items()
                if other in owner and district_of[other] == district_of[index]
            ]
            if near:
                chosen[index] = owner[-max(near)[1]]
        if not chosen:
            index = waiting[0]
            same = [main for main in mains if district_of[main] == district_of[index]]
            distances = shapely.distance([pieces[main] for main in same], pieces[index])
            chosen[index] = owner[same[int(np.argmin(distances))]]
        owner.update(chosen)
        waiting = [index for index in waiting if index not in chosen]
    return [owner[index] for index in range(len(pieces))]
