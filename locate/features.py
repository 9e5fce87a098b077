"""Reading GeoJSON features (RFC 7946) into areas, each checked by itself.

What areas are to each other is checked in ``locate.topology``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NoReturn

import numpy as np
import shapely

from domain.place import Jurisdiction, Level
from locate.extent import misplaced
from locate.problem import Problem, refuse

MOST_FEATURES = 200_000
MOST_VERTICES = 5_000_000
# One area is one document of the store, which holds 16 MiB.
MOST_VERTICES_OF_ONE = 200_000
MOST_NEIGHBOURHOODS = 500

PARENTS: dict[Level, tuple[Level, ...]] = {
    Level.BUREAU: (),
    Level.STATION: (Level.BUREAU,),
    Level.COMMUNITY: (Level.STATION,),
    Level.GRID: (Level.COMMUNITY, Level.STATION),
}

Geometry = shapely.Polygon | shapely.MultiPolygon
Area = tuple[Jurisdiction, Geometry]


class _Fault(Exception):
    """One thing wrong with the feature being read."""

    def __init__(
        self, kind: str, reason: str, zh: str, lon: float | None = None, lat: float | None = None
    ) -> None:
        self.args = (kind, reason, zh, lon, lat)


def is_text(value: object, longest: int) -> bool:
    """Whether ``value`` is a printable string of 1 to ``longest`` characters."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= longest
        and value.isprintable()
        and bool(value.strip())
    )


@dataclass(slots=True)
class Read:
    """The features of a file: the areas that are sound by themselves, and what is wrong with the
    others. ``broken`` are the ids of these, so that nothing is said of areas that depend on them."""

    areas: list[Area] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    spoilt: list[object] = field(default_factory=list)


def read_areas(features: Any) -> list[Area]:
    """All features, or a refusal that lists everything wrong with any of them."""
    read = read_features(features)
    if read.problems:
        refuse(read.problems)
    return read.areas


def read_features(features: Any) -> Read:
    """All features, each judged by itself and then ids, parents and place; refuses only what is
    too large to be looked at."""
    if not isinstance(features, (list, tuple)):
        reason = "'features' is not an array"
        return Read(problems=[Problem("json", reason, "缺少 features 数组。")])
    if len(features) > MOST_FEATURES:
        _refuse("size", f"more than {MOST_FEATURES} features", f"辖区超过 {MOST_FEATURES} 个。")
    read = Read()
    vertices = 0
    for number, feature in enumerate(features):
        try:
            area = _area(feature)
            vertices += int(shapely.get_num_coordinates(area[1]))
            read.areas.append(area)
        except _Fault as fault:
            kind, reason, zh, lon, lat = fault.args
            who = _who(feature, number)
            read.problems.append(Problem(kind, reason, zh, (who,), lon, lat))
            read.broken.add(who[0])
            if kind == "range":
                read.spoilt.append(feature)
        if vertices > MOST_VERTICES:
            _refuse("size", f"more than {MOST_VERTICES} vertices", f"顶点超过 {MOST_VERTICES} 个。")
    away = misplaced(read.areas, read.spoilt, len(features))
    if len(away) == 1 and not away[0].areas:
        read.problems, read.areas = away, []  # the same for every area: said once
    else:
        read.problems += away
        read.problems += _family(read.areas, read.broken)
    return read


def _refuse(kind: str, reason: str, zh: str) -> NoReturn:
    refuse([Problem(kind, reason, zh)])


def _who(feature: object, number: int) -> tuple[str, str]:
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    properties = properties if isinstance(properties, Mapping) else {}
    id, name = properties.get("id"), properties.get("name")
    return (
        str(id) if is_text(id, 100) else f"features[{number}]",
        str(name) if is_text(name, 200) else "",
    )


def _area(feature: object) -> Area:
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        raise _Fault("json", "not a GeoJSON Feature", "不是 GeoJSON Feature。")
    properties = feature.get("properties")
    if not isinstance(properties, Mapping):
        raise _Fault("json", "no properties", "缺少 properties。")
    geometry = _geometry(feature.get("geometry"))
    return _jurisdiction(properties, *inner_point(geometry)), geometry


def _jurisdiction(properties: Mapping[str, Any], lon: float, lat: float) -> Jurisdiction:
    id, name = properties.get("id"), properties.get("name")
    level, parent = properties.get("level"), properties.get("parent")
    synthetic = properties.get("synthetic", False)
    if not is_text(id, 100):
        raise _Fault("id", "id is not a text of 1 to 100 characters", "编号不合规。", lon, lat)
    if not is_text(name, 200):
        raise _Fault("name", "name is not a text of 1 to 200 characters", "名称不合规。", lon, lat)
    if not isinstance(level, str) or level not in Level.__members__:
        raise _Fault("level", "unknown level", "层级不认识。", lon, lat)
    if parent is not None and not is_text(parent, 100):
        raise _Fault("parent", "parent is not an id", "上级编号不合规。", lon, lat)
    if not isinstance(synthetic, bool):
        raise _Fault("json", "synthetic is not true or false", "synthetic 不是布尔值。", lon, lat)
    telephone = properties.get("telephone") or ""
    if telephone and not is_text(telephone, 40):
        raise _Fault(
            "telephone", "telephone is not a text of 1 to 40 characters", "电话不合规。", lon, lat
        )
    names = properties.get("neighbourhoods") or []
    if not isinstance(names, list) or not all(is_text(one, 40) for one in names):
        reason = "neighbourhoods is not an array of texts of 1 to 40 characters"
        raise _Fault("neighbourhoods", reason, "小区名称不合规。", lon, lat)
    if len(names) > MOST_NEIGHBOURHOODS:
        reason = f"more than {MOST_NEIGHBOURHOODS} neighbourhoods"
        raise _Fault("neighbourhoods", reason, f"小区名称超过 {MOST_NEIGHBOURHOODS} 个。", lon, lat)
    found = Level(level)
    return Jurisdiction(str(id), str(name), found, parent, synthetic, telephone, tuple(names))


def _geometry(raw: object) -> Geometry:
    coordinates = raw.get("coordinates") if isinstance(raw, Mapping) else None
    kind = raw.get("type") if isinstance(raw, Mapping) else None
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, (list, tuple)):
        raise _Fault("geometry", "not a Polygon or MultiPolygon", "不是多边形。")
    polygons = [_polygon(part) for part in ([coordinates] if kind == "Polygon" else coordinates)]
    if not polygons:
        raise _Fault("geometry", "no polygon", "没有多边形。")
    shape = polygons[0] if kind == "Polygon" else shapely.MultiPolygon(polygons)
    if shapely.get_num_coordinates(shape) > MOST_VERTICES_OF_ONE:
        first = polygons[0].exterior.coords[0]
        reason = f"more than {MOST_VERTICES_OF_ONE} vertices in one area"
        raise _Fault("size", reason, f"单个辖区顶点超过 {MOST_VERTICES_OF_ONE} 个。", *first)
    if not shape.is_valid:
        raise _crossing(shape)
    return shapely.orient_polygons(shape)


def _crossing(shape: Geometry) -> _Fault:
    """GEOS says why and where: ``Self-intersection[121.1 41.2]``."""
    reason = shapely.is_valid_reason(shape)
    found = re.fullmatch(r"(.*)\[(\S+) (\S+)\]", reason)
    what = found[1] if found else reason
    lon, lat = (float(found[2]), float(found[3])) if found else (math.nan, math.nan)
    if not (math.isfinite(lon) and math.isfinite(lat)):
        lon, lat = shapely.get_coordinates(shape)[0].tolist()
    zh = "边界线自相交。" if "Self-intersection" in what else f"多边形不合规 ({what})。"
    return _Fault("ring", f"broken ring: {what}", zh, lon, lat)


def _polygon(raw: object) -> shapely.Polygon:
    if not isinstance(raw, (list, tuple)) or not raw:
        raise _Fault("geometry", "a polygon without rings", "多边形没有边界线。")
    rings = [_ring(ring) for ring in raw]
    return shapely.Polygon(rings[0], rings[1:])


def _ring(raw: object) -> Any:
    if not isinstance(raw, (list, tuple)) or not set(map(type, raw)) <= {list, tuple}:
        raise _Fault("geometry", "a ring is not an array of positions", "边界线不是坐标数组。")
    # By type, not isinstance: true and false are integers to Python.
    kinds = set(map(type, chain.from_iterable(raw)))
    if not set(map(len, raw)) <= {2, 3} or not kinds <= {int, float}:
        raise _Fault("geometry", "a position is not two or three numbers", "坐标不是两个数字。")
    try:
        ring = np.array([position[:2] for position in raw], dtype=float).reshape(-1, 2)
    except OverflowError:
        raise _Fault("range", "a coordinate is too large", "坐标超出范围。") from None
    wrong = ~(np.abs(ring) <= (180, 90)).all(axis=1)
    if wrong.any():
        lon, lat = (float(value) for value in ring[wrong][0])
        reason = f"coordinate {lon:g}, {lat:g} is not finite or out of range"
        near = ring[~wrong]
        where = (float(near[0][0]), float(near[0][1])) if len(near) else (None, None)
        raise _Fault("range", reason, f"坐标 {lon:g}, {lat:g} 无效或超出范围。", *where)
    if len(ring) < 4:
        where = (float(ring[0][0]), float(ring[0][1])) if len(ring) else (None, None)
        raise _Fault("ring", "a ring of fewer than 4 positions", "边界线少于四个点。", *where)
    if (ring[0] != ring[-1]).any():
        raise _Fault("ring", "an unclosed ring", "边界线没有闭合。", *map(float, ring[-1]))
    return ring


def _family(areas: list[Area], broken: AbstractSet[str]) -> list[Problem]:
    """Ids used twice, parents that are not there or of the wrong level, no station at all."""
    levels: dict[str, Level] = {}
    problems = []
    for area, geometry in areas:
        if area.id in levels:
            text = ("this id is used twice", "编号重复。")
            problems.append(_at("duplicate", text, area, geometry))
        levels.setdefault(area.id, area.level)
    for area, geometry in areas:
        wanted = PARENTS[area.level]
        if area.parent is None and wanted:
            text = (f"a {area.level} needs a parent", "缺少上级辖区。")
        elif area.parent is not None and not wanted:
            text = (f"a {area.level} has no parent", "分局不能有上级辖区。")
        elif area.parent in broken:
            continue
        elif area.parent is not None and area.parent not in levels:
            text = (f"unknown parent {area.parent}", f"上级辖区 {area.parent} 不存在。")
        elif area.parent is not None and levels[area.parent] not in wanted:
            text = (f"parent {area.parent} is of the wrong level", "上级辖区的层级不对。")
        else:
            continue
        problems.append(_at("parent", text, area, geometry))
    if Level.STATION not in levels.values() and not broken:
        problems.append(Problem("no_station", "the file has no station", "文件中没有派出所。"))
    return problems


def _at(kind: str, text: tuple[str, str], area: Jurisdiction, geometry: Geometry) -> Problem:
    return Problem(kind, *text, ((area.id, area.name),), *inner_point(geometry))


def inner_point(geometry: Any) -> tuple[float, float]:
    """(lon, lat) of a point inside, or on the outline when there is no room inside."""
    found = shapely.get_coordinates(shapely.point_on_surface(geometry))
    if not len(found) or not np.isfinite(found).all():
        found = shapely.get_coordinates(geometry)
    lon, lat = found[0].tolist()
    return lon, lat
