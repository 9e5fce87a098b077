"""Datums: reference vectors of five implementations, places that must not move, and round trips."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.place import Bd09, Gcj02, Position, Source, Wgs84, metres_between
from locate import datum
from locate.mainland import in_mainland

VECTORS = json.loads(
    (Path(__file__).parent / "data" / "coordinate_vectors.json").read_text("utf-8")
)["vectors"]

ELSEWHERE = {
    "Hong Kong": (114.169, 22.319),
    "Lo Wu, Hong Kong side": (114.113, 22.525),
    "Macau": (113.545, 22.195),
    "Taipei": (121.565, 25.033),
    "Kinmen": (118.32, 24.435),
    "Seoul": (126.978, 37.567),
    "Hanoi": (105.85, 21.03),
    "Ulaanbaatar": (106.9, 47.92),
    "Vladivostok": (131.89, 43.12),
    "Blagoveshchensk": (127.53, 50.275),
    "Kathmandu": (85.32, 27.72),
    "Almaty": (76.9, 43.25),
    "Null Island": (0.0, 0.0),
}
MAINLAND = {
    "Jinzhou": (121.127, 41.095),
    "Jinzhou's coast": (121.3, 40.83),
    "Beijing": (116.397, 39.909),
    "Shenzhen, Futian": (114.055, 22.523),
    "Zhuhai, Gongbei": (113.548, 22.219),
    "Xiamen": (118.089, 24.48),
    "Kashgar": (75.99, 39.47),
    "Mohe": (122.5385, 52.9722),
    "Sanya": (109.5119, 18.2528),
    "Dandong": (124.39, 40.125),
    "Heihe": (127.52, 50.245),
    "Shengsi": (122.45, 30.73),
    "Lhasa": (91.1, 29.65),
}


def metres(a: Position, b: Position) -> float:
    return metres_between(Wgs84(a.lon, a.lat), Wgs84(b.lon, b.lat))


@pytest.mark.parametrize("vector", VECTORS, ids=[v["name"] for v in VECTORS])
def test_reference_vectors_within_two_centimetres(vector: dict[str, list[float]]) -> None:
    (lat, lon), (gcj_lat, gcj_lon), (bd_lat, bd_lon) = (
        vector[name] for name in ("wgs84", "gcj02", "bd09")
    )
    wgs84, gcj02, bd09 = Wgs84(lon, lat), Gcj02(gcj_lon, gcj_lat), Bd09(bd_lon, bd_lat)
    assert metres(datum.wgs84_to_gcj02(wgs84), gcj02) < 0.02
    assert metres(datum.gcj02_to_bd09(gcj02), bd09) < 0.02
    assert metres(datum.wgs84_to_bd09(wgs84), bd09) < 0.02
    assert metres(datum.bd09_to_gcj02(bd09), gcj02) < 0.02
    assert metres(datum.to_wgs84(gcj02), wgs84) < 0.02
    assert metres(datum.to_wgs84(bd09), wgs84) < 0.02


@pytest.mark.parametrize("name", ELSEWHERE)
def test_nothing_moves_outside_the_mainland(name: str) -> None:
    lon, lat = ELSEWHERE[name]
    for moved in (
        datum.wgs84_to_gcj02(Wgs84(lon, lat)),
        datum.wgs84_to_bd09(Wgs84(lon, lat)),
        datum.gcj02_to_wgs84(Gcj02(lon, lat)),
        datum.gcj02_to_bd09(Gcj02(lon, lat)),
        datum.bd09_to_gcj02(Bd09(lon, lat)),
        datum.bd09_to_wgs84(Bd09(lon, lat)),
    ):
        assert (moved.lon, moved.lat) == (lon, lat)


@pytest.mark.parametrize("name", MAINLAND)
def test_everything_moves_in_the_mainland(name: str) -> None:
    here = Wgs84(*MAINLAND[name])
    assert 50 < metres(here, datum.wgs84_to_gcj02(here)) < 900
    assert 400 < metres(here, datum.wgs84_to_bd09(here)) < 2_000


lons, lats = st.floats(73.5, 135.1), st.floats(18.0, 53.6)


@given(lons, lats)
def test_round_trips_to_a_micrometre(lon: float, lat: float) -> None:
    here = Wgs84(lon, lat)
    if not in_mainland(lon, lat) or not all(
        in_mainland(lon + dx, lat + dy) for dx in (-1e-6, 1e-6) for dy in (-1e-6, 1e-6)
    ):
        return  # outside, the answer of the inverse is not unique; see the module
    assert metres(datum.gcj02_to_wgs84(datum.wgs84_to_gcj02(here)), here) < 1e-5
    assert metres(datum.bd09_to_wgs84(datum.wgs84_to_bd09(here)), here) < 1e-5
    gcj02 = datum.wgs84_to_gcj02(here)
    assert metres(datum.bd09_to_gcj02(datum.gcj02_to_bd09(gcj02)), gcj02) < 1e-5


@given(
    st.sampled_from([Wgs84, Gcj02, Bd09]),
    st.floats(-180, 180),
    st.floats(-90, 90),
    st.none() | st.floats(0, 1e7),
    st.sampled_from(Source),
    st.none() | st.integers(),
)
def test_to_wgs84_keeps_the_rest_and_never_raises(
    kind: type[Position],
    lon: float,
    lat: float,
    accuracy: float | None,
    source: Source,
    at: int | None,
) -> None:
    given_position = kind(lon, lat, accuracy, source, at)
    inside = datum.to_wgs84(given_position)
    assert type(inside) is Wgs84
    assert (inside.accuracy, inside.source, inside.at) == (accuracy, source, at)
    assert metres(inside, given_position) < 3_000
