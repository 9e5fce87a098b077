"""A boundary file from the layers that an office has: one GeoJSON file for each level, as a GIS exports it.

Whatever the columns are called, in UTF-8, UTF-16 or GB 18030, in WGS-84 (CGCS2000 is the same within a
decimetre), GCJ-02 or BD-09. Who is above whom is found from where the areas lie. What comes out is a file
that ``Boundaries.from_geojson`` judges; nothing is mended that somebody has to decide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from domain.place import DATUMS, Datum, Level, Source
from locate.datum import to_wgs84
from locate.decoding import read_json
from locate.features import PARENTS
from locate.problem import Problem, refuse

IDS = ("id", "ID", "code", "CODE", "编码", "编号", "代码", "区划代码", "OBJECTID", "FID")
NAMES = ("name", "NAME", "名称", "单位名称", "MC", "mc", "NAME_CHN", "全称")
TELEPHONES = ("telephone", "电话", "值班电话", "TEL", "tel")
DIGITS = 7  # a centimetre


@dataclass(frozen=True)
class Layer:
    """The areas of one level: the bytes of a GeoJSON file, and its columns of ids and names where they are
    none of those that are known ("")."""

    level: Level
    data: bytes
    id: str = ""
    name: str = ""


def convert(layers: Sequence[Layer], version: str, datum: Datum = Datum.WGS84) -> dict[str, Any]:
    """The boundary file of these layers, named ``version``. Raises ``Refused(BOUNDARY_BROKEN)`` where a file
    cannot be read, is no FeatureCollection, or has an area without a name or outside all of the level
    above."""
    found: list[_Area] = []
    for layer in layers:
        found += _areas(layer, datum)
    if problems := _family(found):
        refuse(problems)
    return {
        "type": "FeatureCollection",
        "version": version,
        "datum": str(Datum.WGS84),
        "features": [area.feature() for area in found],
    }


@dataclass
class _Area:
    id: str
    name: str
    level: Level
    telephone: str
    shape: Any
    parent: str | None = None

    def feature(self) -> dict[str, Any]:
        telephone = {"telephone": self.telephone} if self.telephone else {}
        return {
            "type": "Feature",
            "properties": {
                "id": self.id,
                "name": self.name,
                "level": str(self.level),
                "parent": self.parent,
                "synthetic": False,
                **telephone,
            },
            "geometry": json.loads(shapely.to_geojson(self.shape)),
        }


def _areas(layer: Layer, datum: Datum) -> list[_Area]:
    read = read_json(_text(layer.data))
    features = read.get("features")
    if not isinstance(features, list):
        said = f"{layer.level}: not a GeoJSON FeatureCollection"
        refuse([Problem("json", said, "不是 GeoJSON FeatureCollection。")])
    found, problems = [], []
    for number, one in enumerate(features, 1):
        properties = (one.get("properties") if isinstance(one, Mapping) else None) or {}
        name = _of(properties, (layer.name,) if layer.name else NAMES)
        id = _of(properties, (layer.id,) if layer.id else IDS) or f"{layer.level}-{number}".lower()
        try:
            shape = shapely.from_geojson(json.dumps(one["geometry"]))
        except (shapely.errors.ShapelyError, KeyError, TypeError, ValueError):
            shape = None
        if not name:
            said = f"{layer.level} {number}: no name; columns are {', '.join(map(str, properties))}"
            problems.append(Problem("name", said, f"第 {number} 个区域没有名称。"))
        elif shape is None or shape.geom_type not in ("Polygon", "MultiPolygon"):
            problems.append(
                Problem("geometry", f"{name}: not a Polygon or MultiPolygon", "不是多边形。")
            )
        else:
            telephone = _of(properties, TELEPHONES) if layer.level is Level.STATION else ""
            found.append(_Area(id, name, layer.level, telephone, _shifted(shape, datum)))
    if problems:
        refuse(problems)
    return found


def _text(data: bytes) -> bytes | str:
    """GB 18030 as text; all else as it is, for the reader of boundary files to judge."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if not data.startswith((b"\xff\xfe", b"\xfe\xff", b"PK", b"\x1f\x8b")):
            with suppress(UnicodeDecodeError):
                return data.decode("gb18030")
    return data


def _of(properties: Mapping[str, Any], columns: Sequence[str]) -> str:
    """What stands in the first of these columns that has anything, as text."""
    for column in columns:
        value = properties.get(column)
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # as tables write numbers
        if value is not None and str(value).strip():
            return str(value).strip()
    return ""


def _shifted(shape: Any, datum: Datum) -> Any:
    """In WGS-84, to a centimetre, and without heights."""

    def move(points: Any) -> Any:
        if datum in (Datum.GCJ02, Datum.BD09):
            make = DATUMS[datum]
            moved = [to_wgs84(make(lon, lat, None, Source.PICKED)) for lon, lat in points.tolist()]
            points = np.array([(one.lon, one.lat) for one in moved])
        return np.round(points, DIGITS)

    return shapely.transform(shapely.force_2d(shape), move)


class _Above:
    """The areas of one level, to find which of them has most of an area."""

    def __init__(self, areas: Sequence[_Area]) -> None:
        self._areas = areas
        self._shapes = [shapely.make_valid(one.shape) for one in areas]
        self._tree = shapely.STRtree(self._shapes)

    def most_of(self, shape: Any) -> _Area | None:
        valid = shapely.make_valid(shape)
        near: list[int] = self._tree.query(valid, predicate="intersects").tolist()
        shares = [shapely.area(shapely.intersection(valid, self._shapes[one])) for one in near]
        if not shares or not max(shares):
            return None
        return self._areas[near[shares.index(max(shares))]]


def _family(areas: Sequence[_Area]) -> list[Problem]:
    """Find who is above whom: of the nearest level above that there is. What lies in none of it is wrong."""
    levels = {level: [one for one in areas if one.level is level] for level in Level}
    trees = {level: _Above(found) for level, found in levels.items() if found}
    problems = []
    for area in areas:
        level = next((one for one in PARENTS[area.level] if one in trees), None)
        if level is None:
            continue
        above = trees[level].most_of(area.shape)
        if above is not None:
            area.parent = above.id
            continue
        lon, lat = shapely.get_coordinates(area.shape)[0].tolist()
        said, zh = f"outside every {level}", f"{area.name} 不在任何上级辖区内。"
        problems.append(Problem("parent", said, zh, ((area.id, area.name),), lon, lat))
    return problems
