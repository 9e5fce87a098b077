"""What a boundary file may say of an area beside its outline: a telephone, names that people use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.errors import Refused
from locate import kept
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from tests.neighbourhoods import city_of_communities


def city(id: str, **said: Any) -> dict[str, Any]:
    found = city_of_communities()
    for feature in found["features"]:
        if feature["properties"]["id"] == id:
            feature["properties"].update(said)
    return found


def test_telephone_and_neighbourhoods_are_read_and_kept(tmp_path: Path) -> None:
    file = city("w1", telephone="0416-123 4567")
    for feature in file["features"]:
        if feature["properties"]["id"] == "w1-c5":
            feature["properties"]["neighbourhoods"] = ["幸福小区", "幸福里"]
    path = tmp_path / "city.geojson"
    path.write_bytes(msgspec.json.encode(file))
    read = Boundaries.from_geojson(file)
    again = Boundaries.from_geojson(read.to_geojson())
    first, second = kept.load(path, tmp_path / "kept"), kept.load(path, tmp_path / "kept")
    for boundaries in (read, again, first, second):
        finder = BoundaryFinder(boundaries)
        assert finder.station("w1").telephone == "0416-123 4567"
        found = {one.id: one.neighbourhoods for one in finder.communities("w1")}
        assert found["w1-c5"] == ("幸福小区", "幸福里")
        assert found["w1-c4"] == ()
        assert boundaries.digest == read.digest


def test_what_is_said_is_part_of_the_version_and_what_is_not_changes_nothing() -> None:
    plain = Boundaries.from_geojson(city_of_communities()).digest
    assert Boundaries.from_geojson(city("w1", telephone=None)).digest == plain
    assert Boundaries.from_geojson(city("w1", telephone="1")).digest != plain


@pytest.mark.parametrize(
    "said",
    [
        {"telephone": 4161234567},
        {"telephone": "1" * 41},
        {"neighbourhoods": "幸福小区"},
        {"neighbourhoods": [""]},
        {"neighbourhoods": ["里"] * 501},
    ],
)
def test_what_is_no_telephone_and_no_names_is_refused_by_its_place(said: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        Boundaries.from_geojson(city("w1", **said))
    assert f"'kind': '{next(iter(said))}'" in str(refused.value.facts["problems"])
