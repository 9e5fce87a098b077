"""Boundary files: what is refused, with which words and where; what is taken; and fuzzing."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from towns import area, square, town_file

from domain.errors import BOUNDARY_BROKEN, Refused
from domain.place import Level
from locate.boundaries import EMPTY, Boundaries

File = dict[str, Any]


def refusal(data: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        Boundaries.from_geojson(data)
    assert caught.value.fault is BOUNDARY_BROKEN
    assert caught.value.detail
    json.dumps(caught.value.facts, allow_nan=False)
    return caught.value


def taken_or_refused(data: Any) -> None:
    """Any other exception, and NaN in the facts, fails the test."""
    try:
        Boundaries.from_geojson(data)
    except Refused as error:
        refused = error
    else:
        return
    assert refused.fault is BOUNDARY_BROKEN
    json.dumps(refused.facts, allow_nan=False)


def ring(file: File, index: int) -> list[Any]:
    found: list[Any] = file["features"][index]["geometry"]["coordinates"][0]
    return found


def set_ring(file: File, index: int, *points: tuple[float, float]) -> None:
    file["features"][index]["geometry"]["coordinates"][0] = [list(point) for point in points]


def named(file: File, index: int) -> dict[str, Any]:
    found: dict[str, Any] = file["features"][index]["properties"]
    return found


def test_a_good_file_is_taken_whole_and_comes_back_equal(town: File) -> None:
    read = Boundaries.from_geojson(json.dumps(town).encode())
    assert [a.id for a in read.areas] == ["B", "S1", "S2", "C1", "G1", "G2"]
    assert read.version == "town-1"
    assert str(read.valid_from) == "2026-01-31"
    assert Boundaries.from_geojson(read.to_geojson()) == read
    documents = list(read.documents())
    assert [id for id, _ in documents] == [a.id for a in read.areas]
    again = Boundaries.from_documents(read.version, "2026-01-31", [d for _, d in documents])
    assert again == read


def overlap(file: File) -> None:
    file["features"][2]["geometry"] = square(121.0999, 41.0, 121.2, 41.1)


def overlap_of_three_metres_square(file: File) -> None:
    """A 5.6 m by 5.5 m corner of S2 inside S1: 31 m²."""
    set_ring(
        file,
        2,
        (121.1, 41.0),
        (121.2, 41.0),
        (121.2, 41.1),
        (121.1, 41.1),
        (121.1, 41.05005),
        (121.09993, 41.05005),
        (121.09993, 41.05),
        (121.1, 41.05),
        (121.1, 41.0),
    )


def equal_areas(file: File) -> None:
    file["features"].append(area("S3", "STATION", "B", square(121.1, 41.0, 121.2, 41.1)))


def area_in_area(file: File) -> None:
    file["features"].append(area("S3", "STATION", "B", square(121.15, 41.05, 121.16, 41.06)))


def gap(file: File) -> None:
    file["features"][2]["geometry"] = square(121.1001, 41.0, 121.2, 41.1)
    file["features"].pop()


def hole_in_station(file: File) -> None:
    inner = square(121.16, 41.05, 121.17, 41.06)["coordinates"][0]
    file["features"][2]["geometry"]["coordinates"].append(inner)


def bureau_without_station(file: File) -> None:
    file["features"].append(area("B2", "BUREAU", None, square(122, 41, 122.1, 41.1)))


def hole_between_bureaus(file: File) -> None:
    """B2 surrounds B but for 100 m at the east side."""
    outer = square(120.9, 40.9, 121.3, 41.2)
    outer["coordinates"].append(square(121.0, 41.0, 121.201, 41.1)["coordinates"][0])
    narrow = square(121.2, 41.05, 121.201, 41.1)
    south = square(121.2, 41.0, 121.201, 41.05)
    parts = [outer["coordinates"], narrow["coordinates"]]
    south_part = south["coordinates"][0]
    south_part[2][1] = south_part[3][1] = 41.049
    whole = {"type": "MultiPolygon", "coordinates": [*parts, [south_part]]}
    # Touching parts are one polygon to GEOS, so the parts go to two bureaus.
    first = {"type": "MultiPolygon", "coordinates": [parts[0]]}
    rest = {"type": "MultiPolygon", "coordinates": [parts[1], whole["coordinates"][2]]}
    file["features"] += [
        area("B2", "BUREAU", None, first),
        area("S3", "STATION", "B2", first),
        area("B3", "BUREAU", None, rest),
        area("S4", "STATION", "B3", rest),
    ]


def child_outside(file: File) -> None:
    file["features"][4]["geometry"] = square(121.0, 41.0, 121.05, 41.051)


def self_crossing(file: File) -> None:
    bow_tie = ((121.0, 41.0), (121.05, 41.05), (121.05, 41.0), (121.0, 41.05), (121.0, 41.0))
    set_ring(file, 4, *bow_tie)


def unclosed(file: File) -> None:
    ring(file, 4).pop()


def three_points(file: File) -> None:
    set_ring(file, 4, (121.0, 41.0), (121.05, 41.05), (121.0, 41.0))


def no_room(file: File) -> None:
    set_ring(file, 4, (121.0, 41.0), (121.0, 41.0), (121.0, 41.0), (121.0, 41.0))


def not_a_number(file: File) -> None:
    ring(file, 4)[1][0] = math.nan


def infinite(file: File) -> None:
    ring(file, 4)[1][1] = math.inf


def out_of_range(file: File) -> None:
    ring(file, 4)[1] = [41.0, 121.05]


def too_large(file: File) -> None:
    ring(file, 4)[1][0] = 10**400


def true_as_number(file: File) -> None:
    ring(file, 4)[1][0] = True


def text_as_number(file: File) -> None:
    ring(file, 4)[1][0] = "121.05"


def duplicate(file: File) -> None:
    named(file, 4)["id"] = "G2"


def unknown_parent(file: File) -> None:
    named(file, 4)["parent"] = "nowhere"


def wrong_parent(file: File) -> None:
    named(file, 4)["parent"] = "B"


def orphan(file: File) -> None:
    named(file, 4)["parent"] = None


def bureau_with_parent(file: File) -> None:
    named(file, 0)["parent"] = "S1"


def unknown_level(file: File) -> None:
    named(file, 4)["level"] = "PROVINCE"


def no_id(file: File) -> None:
    del named(file, 4)["id"]


def half_a_letter(file: File) -> None:
    named(file, 4)["name"] = "\ud800"


def point(file: File) -> None:
    file["features"][4]["geometry"] = {"type": "Point", "coordinates": [121.0, 41.0]}


S1_S2 = {"S1", "S2"}
# What is broken, the kind it is called, the areas named, and the place within 0.01 degrees.
BROKEN: list[tuple[Callable[[File], None], str, set[str], tuple[float, float] | None]] = [
    (overlap, "overlap", S1_S2, (121.09995, 41.05)),
    (overlap_of_three_metres_square, "overlap", S1_S2, (121.09996, 41.05002)),
    (equal_areas, "overlap", {"S2", "S3"}, (121.15, 41.05)),
    (area_in_area, "overlap", {"S2", "S3"}, (121.155, 41.055)),
    (gap, "gap", {"B"}, (121.10005, 41.05)),
    (hole_in_station, "gap", {"B"}, (121.165, 41.055)),
    (bureau_without_station, "gap", {"B2"}, (122.05, 41.05)),
    (hole_between_bureaus, "gap", {"B", "B2", "B3"}, (121.2005, 41.0495)),
    (child_outside, "outside_parent", {"G1", "C1"}, (121.025, 41.0505)),
    (self_crossing, "ring", {"G1"}, (121.025, 41.025)),
    (unclosed, "ring", {"G1"}, (121.0, 41.05)),
    (three_points, "ring", {"G1"}, (121.0, 41.0)),
    (no_room, "ring", {"G1"}, (121.0, 41.0)),
    (not_a_number, "range", {"G1"}, (121.0, 41.0)),
    (infinite, "range", {"G1"}, (121.0, 41.0)),
    (out_of_range, "range", {"G1"}, (121.0, 41.0)),
    (too_large, "range", {"G1"}, None),
    (true_as_number, "geometry", {"G1"}, None),
    (text_as_number, "geometry", {"G1"}, None),
    (duplicate, "duplicate", {"G2"}, (121.125, 41.05)),
    (unknown_parent, "parent", {"G1"}, (121.025, 41.025)),
    (wrong_parent, "parent", {"G1"}, (121.025, 41.025)),
    (orphan, "parent", {"G1"}, (121.025, 41.025)),
    (bureau_with_parent, "parent", {"B"}, (121.1, 41.05)),
    (unknown_level, "level", {"G1"}, (121.025, 41.025)),
    (no_id, "id", {"features[4]"}, (121.025, 41.025)),
    (half_a_letter, "name", {"G1"}, (121.025, 41.025)),
    (point, "geometry", {"G1"}, None),
]


@pytest.mark.parametrize(
    ("spoil", "kind", "areas", "place"), BROKEN, ids=[case[0].__name__ for case in BROKEN]
)
def test_each_fault_is_refused_with_areas_and_place(
    town: File,
    spoil: Callable[[File], None],
    kind: str,
    areas: set[str],
    place: tuple[float, float] | None,
) -> None:
    spoil(town)
    refused = refusal(town)
    problems: Any = refused.facts["problems"]
    matching = [p for p in problems if p["kind"] == kind]
    assert matching, problems
    found = matching[0]
    assert {a["id"] for a in found["areas"]} == areas
    assert found["reason"]
    assert found["reason_zh"].endswith("。")
    if place:
        assert found["lon"] == pytest.approx(place[0], abs=0.01 if kind == "gap" else 0.005)
        assert found["lat"] == pytest.approx(place[1], abs=0.06)
        assert found["lon"] == round(found["lon"], 5)
    assert problems[0]["reason"] in refused.detail


def test_drawing_noise_is_taken(town: File) -> None:
    """Borders 5 cm apart over 11 km are 600 m², and nobody's position is known to 5 cm."""
    town["features"][2]["geometry"] = square(121.1 + 6e-7, 41.0, 121.2, 41.1)
    town["features"][5]["geometry"] = square(121.1 - 6e-7, 41.0, 121.15, 41.1)
    assert Boundaries.from_geojson(town)


def test_all_problems_are_listed_and_counted(town: File) -> None:
    for spoil in (unclosed, unknown_level):
        spoil(town)
    named(town, 5)["level"] = 7
    refused = refusal(town)
    assert refused.facts["total"] == 2
    assert "and 1 more" in refused.detail


@pytest.mark.parametrize("datum", ["GCJ02", "CGCS2000", "wgs84", "", None, 4326, ["WGS84"]])
def test_another_datum_is_refused_by_name(town: File, datum: object) -> None:
    refused = refusal({**town, "datum": datum})
    assert "WGS84" in refused.detail
    assert refused.facts["problems"][0]["kind"] == "datum"  # type: ignore[index]


def test_a_missing_datum_is_refused(town: File) -> None:
    del town["datum"]
    assert "no datum" in refusal(town).detail


def test_a_contradicting_crs_is_refused(town: File) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    assert "crs" in refusal({**town, "crs": crs}).detail
    crs["properties"] = {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}
    assert Boundaries.from_geojson({**town, "crs": crs})


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "JSON"),
        (b"\xff\xfe\x00", "JSON"),
        (b"[1]", "JSON object"),
        (b"[" * 100_000, "JSON"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "JSON"),
        ({"type": "FeatureCollection", "version": "1", "datum": "WGS84"}, "features"),
        (
            {"type": "FeatureCollection", "version": "1", "datum": "WGS84", "features": []},
            "station",
        ),
        ({"type": "Feature", "version": "1", "datum": "WGS84", "features": []}, "Collection"),
    ],
)
def test_what_is_no_boundary_file(data: Any, word: str) -> None:
    assert word in refusal(data).detail


def test_version_and_date_are_checked(town: File) -> None:
    assert "version" in refusal({**town, "version": " "}).detail
    assert "valid_from" in refusal({**town, "valid_from": "31.1.2026"}).detail


def test_too_many_features_and_vertices(town: File, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "features" in refusal({**town, "features": [None] * 200_001}).detail
    monkeypatch.setattr("locate.features.MOST_VERTICES", 20)
    assert "vertices" in refusal(town).detail
    monkeypatch.setattr("locate.features.MOST_VERTICES_OF_ONE", 4)
    assert "in one area" in refusal(town).detail


def test_a_pile_of_equal_areas_is_refused_soon(town: File) -> None:
    pile = [area(f"X{n}", "GRID", "S2", square(121.1, 41.0, 121.2, 41.1)) for n in range(3_000)]
    refused = refusal({**town, "features": town["features"] + pile})
    assert len(refused.facts["problems"]) == 100  # type: ignore[arg-type]


def test_communities_and_grids_need_not_cover_and_may_be_absent(town: File) -> None:
    town["features"] = town["features"][:3]
    read = Boundaries.from_geojson(town)
    assert {a.level for a in read.areas} == {Level.BUREAU, Level.STATION}
    assert EMPTY.areas == ()


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["WGS84", "Polygon", "MultiPolygon", "Feature", "STATION", "B", "S1", "id"])
    | st.sampled_from([10**400, 5e-324, 1e308, 180, -90, [121.0, 41.0]])
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(anything)
def test_any_json_is_refused_and_nothing_else(value: Any) -> None:
    refusal(value if isinstance(value, dict) else json.dumps(value))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """All paths into a JSON value."""
    found = [path]
    entries: Any = ()
    if isinstance(value, dict):
        entries = value.items()
    elif isinstance(value, list):
        entries = enumerate(value)
    for key, inner in entries:
        found += places(inner, (*path, key))
    return found


PATHS = [path for path in places(town_file()) if path]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PATHS), anything), min_size=1, max_size=3))
def test_a_file_spoilt_anywhere_is_taken_or_refused(changes: list[tuple[Any, Any]]) -> None:
    file: Any = town_file()
    for path, value in changes:
        inside = file
        try:
            for key in path[:-1]:
                inside = inside[key]
            inside[path[-1]] = copy.deepcopy(value)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    taken_or_refused(file)


finite = st.floats(-180, 180) | st.sampled_from([0.0, 5e-324, 1e-300, 121.05, 41.05])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(finite, finite), min_size=3, max_size=7))
def test_any_ring_is_taken_or_refused(points: list[tuple[float, float]]) -> None:
    file = town_file()
    set_ring(file, 4, *points, points[0])
    taken_or_refused(file)
