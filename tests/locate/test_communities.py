"""The communities of a station, as notices and officers are matched with them."""

from __future__ import annotations

from domain.place import Level
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from tests.neighbourhoods import city_of_communities


def test_a_station_s_communities_by_name_and_no_other_s() -> None:
    finder = BoundaryFinder(Boundaries.from_geojson(city_of_communities()))
    found = finder.communities("w1")
    assert [one.id for one in found] == [f"w1-c{number}" for number in range(1, 9)]
    assert {(one.level, one.parent) for one in found} == {(Level.COMMUNITY, "w1")}
    assert list(finder.communities("nowhere")) == []
    assert list(finder.communities("west")) == []
