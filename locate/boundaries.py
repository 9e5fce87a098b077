"""A boundary file: all areas of one version, checked as a whole or refused as a whole.

The file is a GeoJSON FeatureCollection (RFC 7946) in WGS-84 with three members more: ``version``
(text), ``datum`` ("WGS84", required, because GCJ-02 outlines look right and are 500 m off) and
``valid_from`` (ISO date, optional). Each feature has the properties id, name, level
(BUREAU, STATION, COMMUNITY, GRID), parent and synthetic. A station's parent is a bureau, a
community's a station, a grid's a community or a station; communities and grids may be absent.
``telephone`` (text) and ``neighbourhoods`` (names that people use for places in it) may be there.
Members and properties beside these are not looked at. ``locate.decoding`` says which bytes are read.

A version is its name **and** its content: ``jinzhou-2026-01#3fa9c1d2e4b5`` is the name and the first
12 hex digits of a SHA-256 over ``valid_from`` and all areas in the order of their ids, each as its
properties in JSON and its geometry as WKB. Spaces, the order of features, extra members and the
encoding of the file do not change it; every moved point does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

import numpy as np
import shapely

from domain.place import Datum, Jurisdiction
from locate.decoding import read_json
from locate.features import Area, Geometry, is_text, read_areas, read_features
from locate.problem import Problem, refuse
from locate.topology import faults

# Old writers (GDAL) name the reference system here; anything else contradicts ``datum``.
_WGS84_NAMES = ("CRS84", "EPSG::4326", "EPSG:4326")
HASH_SHOWN = 12  # hex digits of the content hash that are part of a version's name


@dataclass(frozen=True, slots=True)
class Boundaries:
    """One version of all areas; never edited, only replaced. ``geometries`` match ``areas``.

    ``version`` is the name its maker gave it, ``digest`` the hash of its content (64 hex digits; worked
    out when not given).
    """

    version: str
    areas: tuple[Jurisdiction, ...]
    geometries: tuple[Geometry, ...]
    valid_from: date | None = None
    digest: str = ""

    def __post_init__(self) -> None:
        if not self.digest:
            object.__setattr__(self, "digest", _digest(self))

    @property
    def full_version(self) -> str:
        """Name and content hash, as answers and the store name it; empty for ``EMPTY``."""
        return f"{self.version}#{self.digest[:HASH_SHOWN]}" if self.version else ""

    @classmethod
    def from_geojson(cls, data: bytes | str | Mapping[str, Any]) -> Self:
        """Read and check a file (bytes, text, or JSON already read).

        Raises ``Refused(BOUNDARY_BROKEN)`` and nothing else: ``problems`` names kind, areas,
        reason and place of each fault (100 at most), ``total`` counts those found.
        """
        read = read_json(data)
        version, valid_from, problems = _head(read)
        try:
            with np.errstate(all="ignore"):  # areas of 1e-300 degrees underflow
                found = read_features(read.get("features"))
                problems += found.problems
                # Of a file in metres or with its axes swapped nothing more can be said.
                problems += faults(found.areas, whole=not found.broken) if found.areas else []
        except shapely.errors.ShapelyError as error:
            problems.append(Problem("geometry", f"geometry fails: {error}", "图形无法计算。"))
        if problems:
            refuse(problems)
        return cls._of(version, valid_from, found.areas)

    @classmethod
    def from_documents(
        cls, version: str, valid_from: str | None, features: Iterable[Mapping[str, Any]]
    ) -> Self:
        """From the features of ``documents()``; each is checked by itself, but not once more
        against the others. Raises ``Refused(BOUNDARY_BROKEN)``."""
        read = {"type": "FeatureCollection", "datum": "WGS84", "version": version}
        name, day, problems = _head({**read, "valid_from": valid_from})
        if problems:
            refuse(problems)
        return cls._of(name, day, read_areas(list(features)))

    @classmethod
    def _of(cls, version: str, valid_from: date | None, areas: list[Area]) -> Self:
        return cls(version, tuple(a for a, _ in areas), tuple(g for _, g in areas), valid_from)

    def documents(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """(id, GeoJSON Feature) of each area, for a store."""
        for area, geometry in zip(self.areas, self.geometries, strict=True):
            yield area.id, feature(area, json.loads(shapely.to_geojson(geometry)))

    def to_geojson(self) -> dict[str, Any]:
        """The whole file; ``from_geojson`` of it gives equal boundaries."""
        head: dict[str, Any] = {
            "type": "FeatureCollection",
            "version": self.version,
            "datum": str(Datum.WGS84),
        }
        if self.valid_from:
            head["valid_from"] = self.valid_from.isoformat()
        return {**head, "features": [document for _, document in self.documents()]}


def feature(area: Jurisdiction, geometry: Mapping[str, Any]) -> dict[str, Any]:
    """The GeoJSON Feature of an area, drawn as ``geometry``."""
    return {
        "type": "Feature",
        "properties": {
            "id": area.id,
            "name": area.name,
            "level": str(area.level),
            "parent": area.parent,
            "synthetic": area.synthetic,
            **_said_of(area),
        },
        "geometry": geometry,
    }


def _said_of(area: Jurisdiction) -> dict[str, Any]:
    """What not every area has: only what is there, so that a file without it keeps its hash."""
    found: dict[str, Any] = {}
    if area.telephone:
        found["telephone"] = area.telephone
    if area.neighbourhoods:
        found["neighbourhoods"] = list(area.neighbourhoods)
    return found


def _digest(boundaries: Boundaries) -> str:
    pairs = zip(boundaries.areas, boundaries.geometries, strict=True)
    found = hashlib.sha256(str(boundaries.valid_from or "").encode())
    for area, geometry in sorted(pairs, key=lambda pair: pair[0].id):
        named: list[Any] = [area.id, area.name, str(area.level), area.parent, area.synthetic]
        named += [one for one in (_said_of(area),) if one]
        text = json.dumps(named, ensure_ascii=False, separators=(",", ":")).encode()
        shape = shapely.to_wkb(geometry, output_dimension=2, byte_order=1)
        found.update(b"%d %d " % (len(text), len(shape)) + text + shape)
    return found.hexdigest()


def _head(read: Mapping[str, Any]) -> tuple[str, date | None, list[Problem]]:
    problems = []
    if read.get("type") != "FeatureCollection":
        problems.append(
            Problem("json", "not a GeoJSON FeatureCollection", "不是 GeoJSON FeatureCollection。")
        )
    datum = read.get("datum")
    if datum != Datum.WGS84:
        given = f"datum {datum:.40}" if isinstance(datum, str) else "no datum"
        reason = f'{given}; the file must say "datum": "WGS84" and be in WGS-84'
        zh = "文件必须注明坐标系 WGS84 并使用该坐标系，其他坐标系请先转换。"
        problems.append(Problem("datum", reason, zh))
    if read.get("crs") is not None and not _is_wgs84(read["crs"]):
        reason = "the member crs contradicts the datum"
        problems.append(Problem("datum", reason, "crs 与坐标系 WGS84 不一致。"))
    version = read.get("version")
    if not is_text(version, 100):
        reason = "version is not a text of 1 to 100 characters"
        problems.append(Problem("version", reason, "缺少版本名称 version。"))
    valid_from = read.get("valid_from")
    day = None
    if valid_from is not None:
        try:
            day = date.fromisoformat(valid_from)
        except (TypeError, ValueError):
            reason = "valid_from is not a date like 2026-01-31"
            problems.append(Problem("valid_from", reason, "生效日期 valid_from 不是有效日期。"))
    return str(version), day, problems


def _is_wgs84(crs: object) -> bool:
    properties = crs.get("properties") if isinstance(crs, Mapping) else None
    name = properties.get("name") if isinstance(properties, Mapping) else None
    return isinstance(name, str) and any(known in name for known in _WGS84_NAMES)


EMPTY = Boundaries("", (), ())  # before an administrator has loaded a file
