"""Look-ups per second and their time in the sample city, beside bare shapely in the same run.

``python -m bench.locate`` prints the table; ``run()`` gives it as rows. One thread; the sample
city is built first (extra ``demo``), about ten seconds.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from domain.place import Level, Wgs84
from locate import sample
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder

Row = dict[str, Any]
POINTS = 5_000
LOCATED = 1_500
ACCURACIES = (5.0, 20.0, 65.0, 150.0, 500.0, 1_000.0, 3_000.0, 10_000.0, 1_000_000.0)
SHAPELY = "shapely STRtree.query(point, 'intersects')"


def run() -> list[Row]:
    """Rows of what was measured: ``what``, ``figure``, ``unit`` and ``peer`` (who was measured)."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "city.geojson"
        _once(rows, "build and write the sample city", lambda: sample.build(path), "sample")
        data = path.read_bytes()
    city = Boundaries.from_geojson(data)
    _once(rows, "read and check a boundary file", lambda: Boundaries.from_geojson(data), "loader")
    _once(rows, "index a city", lambda: BoundaryFinder(city), "finder")
    finder = BoundaryFinder(city)
    places = _places(city, POINTS)

    pairs = list(zip(city.areas, city.geometries, strict=True))
    for level in (Level.STATION, Level.GRID):
        tree = shapely.STRtree([shape for area, shape in pairs if area.level is level])
        what = f"point to {level.lower()}"
        _rate(rows, what, SHAPELY, places, partial(_bare, tree))
    _rate(rows, "point to station", "finder.owner", places, lambda p: finder.owner(*p))
    for accuracy in ACCURACIES:
        found = [Wgs84(lon, lat, accuracy) for lon, lat in places[:LOCATED]]
        what = f"locate with shares, accuracy {accuracy:g} m"
        _rate(rows, what, "finder.locate", found, finder.locate)
    outside = [Wgs84(lon, lat - 1.2, 20.0) for lon, lat in places[:LOCATED]]
    _rate(rows, "locate outside every area", "finder.locate", outside, finder.locate)
    return rows


def _bare(tree: Any, place: tuple[float, float]) -> object:
    return tree.query(shapely.Point(*place), "intersects")


def _places(city: Boundaries, count: int) -> list[tuple[float, float]]:
    """Random points inside the city: each in a grid, so that most are where people are."""
    dice = random.Random(1)
    grids = [
        shape
        for area, shape in zip(city.areas, city.geometries, strict=True)
        if area.level is Level.GRID
    ]
    places: list[tuple[float, float]] = []
    while len(places) < count:
        shape = dice.choice(grids)
        west, south, east, north = shape.bounds
        lon, lat = dice.uniform(west, east), dice.uniform(south, north)
        if shapely.contains_xy(shape, lon, lat):
            places.append((lon, lat))
    return places


def _once(rows: list[Row], what: str, work: Callable[[], object], peer: str) -> None:
    start = time.perf_counter()
    work()
    rows.append(_row(what, round(time.perf_counter() - start, 2), "s", peer))


def _rate(
    rows: list[Row],
    what: str,
    peer: str,
    inputs: Sequence[Any],
    work: Callable[[Any], object],
) -> None:
    took = np.empty(len(inputs))
    for number, value in enumerate(inputs):
        start = time.perf_counter()
        work(value)
        took[number] = time.perf_counter() - start
    middle, worst = np.percentile(took, (50, 99)) * 1e6
    rows.append(_row(what, round(len(inputs) / float(took.sum())), "per second", peer))
    rows.append(_row(f"{what}, p50", round(float(middle), 1), "µs", peer))
    rows.append(_row(f"{what}, p99", round(float(worst), 1), "µs", peer))


def _row(what: str, figure: float, unit: str, peer: str) -> Row:
    return {"what": what, "figure": figure, "unit": unit, "peer": peer}


if __name__ == "__main__":
    for row in run():
        print(f"{row['figure']:>12} {row['unit']:<11} {row['what']} ({row['peer']})")
