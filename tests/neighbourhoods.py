"""The small city of tests/city.py with eight communities in each station: strips from west to east."""

from __future__ import annotations

from typing import Any

from tests.city import SIDE, SOUTH, WEST, area, small_city

STATIONS = {"w1": (0, 0), "w2": (0, 1), "e1": (1, 0), "e2": (1, 1)}
STRIPS = 8


def city_of_communities() -> dict[str, Any]:
    city = small_city()
    for station, (column, row) in STATIONS.items():
        for number in range(STRIPS):
            left = round(WEST + (column + number / STRIPS) * SIDE, 6)
            right = round(WEST + (column + (number + 1) / STRIPS) * SIDE, 6)
            low, high = round(SOUTH + row * SIDE, 6), round(SOUTH + (row + 1) * SIDE, 6)
            ring = [[left, low], [right, low], [right, high], [left, high], [left, low]]
            id = f"{station}-c{number + 1}"
            city["features"].append(area(id, f"{id} 社区", "COMMUNITY", station, [ring]))
    return city
