"""Layers of an office become a boundary file; the guide's example is typed."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BOUNDARY_BROKEN, Refused
from domain.place import Datum, Level, Wgs84
from locate.boundaries import Boundaries
from locate.conversion import Layer, convert
from locate.datum import wgs84_to_bd09, wgs84_to_gcj02
from tests.city import small_city

ROOT = Path(__file__).parents[2]
SHIFTS = {Datum.GCJ02: wgs84_to_gcj02, Datum.BD09: wgs84_to_bd09}


def layer(level: Level, datum: Datum = Datum.WGS84, encoding: str = "utf-8", **more: Any) -> Layer:
    """What the small city has of a level, as an office would send it: without parents, in its columns."""
    features = []
    for one in small_city()["features"]:
        if one["properties"]["level"] != level:
            continue
        (ring,) = one["geometry"]["coordinates"]
        points = [Wgs84(lon, lat) for lon, lat in ring]
        if datum in SHIFTS:
            points = [SHIFTS[datum](point) for point in points]  # type: ignore[misc]
        coordinates = [[[point.lon, point.lat, 0.0] for point in points]]
        properties = {"编码": one["properties"]["id"], "名称": one["properties"]["name"], **more}
        geometry = {"type": "Polygon", "coordinates": coordinates}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    read = {"type": "FeatureCollection", "features": features}
    return Layer(level, json.dumps(read, ensure_ascii=False).encode(encoding))


@pytest.mark.parametrize("datum", list(Datum))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_the_city_comes_back(datum: Datum, encoding: str) -> None:
    layers = [layer(level, datum, encoding) for level in (Level.BUREAU, Level.STATION)]
    found = Boundaries.from_geojson(convert(layers, "small-1", datum))
    plain = small_city()
    for one in plain["features"]:
        one["properties"]["synthetic"] = False
    assert found.full_version == Boundaries.from_geojson(plain).full_version


def test_columns_of_another_name_are_named() -> None:
    odd = json.loads(layer(Level.BUREAU).data)
    for one in odd["features"]:
        one["properties"] = {"JGDM": 210700.0, "JGMC": one["properties"]["名称"], "X": None}
    data = json.dumps(odd).encode()
    with pytest.raises(Refused) as raised:
        convert([Layer(Level.BUREAU, data)], "v")
    assert raised.value.fault is BOUNDARY_BROKEN
    assert "no name; columns are JGDM, JGMC, X" in raised.value.detail
    found = convert([Layer(Level.BUREAU, data, "JGDM", "JGMC")], "v")["features"]
    assert [one["properties"]["name"] for one in found] == ["西区分局", "东区分局"]
    assert found[0]["properties"]["id"] == "210700"


def test_a_station_keeps_its_telephone_and_no_other_level_does() -> None:
    layers = [layer(level, 电话="0416-1") for level in (Level.BUREAU, Level.STATION)]
    features = convert(layers, "v")["features"]
    told = {one["properties"]["level"] for one in features if "telephone" in one["properties"]}
    assert told == {"STATION"}


def test_what_lies_outside_is_named_with_its_place() -> None:
    far = json.loads(layer(Level.STATION).data)
    for point in far["features"][2]["geometry"]["coordinates"][0]:
        point[0] += 3
    with pytest.raises(Refused) as raised:
        convert([layer(Level.BUREAU), Layer(Level.STATION, json.dumps(far).encode())], "v")
    (problem,) = raised.value.facts["problems"]  # type: ignore[misc]
    assert (problem["feature"], problem["reason"]) == ("e1", "outside every BUREAU")
    assert problem["lon"] > 124


@pytest.mark.parametrize(
    "data", [b"{}", b"[]", b'{"features":[7]}', b"\x1f\x8b\x08", b'{"features":[{"geometry":7}]}']
)
def test_what_is_no_layer_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as raised:
        convert([Layer(Level.BUREAU, data)], "v")
    assert raised.value.fault is BOUNDARY_BROKEN


@given(st.binary(max_size=40))
def test_nothing_else_is_raised(data: bytes) -> None:
    for one in (data, b'{"features":[' + data + b"]}"):
        try:
            convert([Layer(Level.BUREAU, one)], "v")
        except Refused as refused:
            assert refused.fault is BOUNDARY_BROKEN  # noqa: PT017


def test_the_guides_lines_make_the_example(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "operator.md").read_text("utf-8")
    block = guide.partition("```\njingmin convert")[2].partition("```")[0]
    lines = ("jingmin convert" + block).replace("\\\n", " ").splitlines()
    assert [line.split()[1] for line in lines] == ["convert", "boundaries", "locate"]
    out = str(tmp_path / "stations.geojson")
    said = []
    for line in lines:
        typed = shlex.split(line.replace("/etc/jingmin/stations.geojson", out))[1:]
        data = ["--data", str(tmp_path / "data")]
        done = subprocess.run(
            [sys.executable, "-P", "-m", "main", *typed, *data],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        said.append(done.stdout)
    assert "example-1#" in said[1]
    assert "西一派出所" in said[2]
    again = shlex.split(lines[0].replace("/etc/jingmin/stations.geojson", out))[1:]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "main", *again], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, "is there already" in done.stderr) == (2, True)
