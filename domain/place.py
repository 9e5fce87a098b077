"""Positions and jurisdictions. The datum is part of a position's type: mixing datums is a type error.

Everything inside the product is WGS-84. A browser gives WGS-84, WeChat's map picker GCJ-02, Baidu
BD-09, official files CGCS2000; ``locate/datum.py`` converts. Longitudes and latitudes are degrees,
distances metres, times Unix milliseconds (UTC).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from domain.errors import DATUM_MISSING, INVALID, Refused


class Datum(StrEnum):
    WGS84 = "WGS84"
    GCJ02 = "GCJ02"
    BD09 = "BD09"
    CGCS2000 = "CGCS2000"


class Source(StrEnum):
    """Where a position came from."""

    BROWSER = "BROWSER"
    WECHAT = "WECHAT"
    APP = "APP"  # the app around the page handed it over
    PICKED = "PICKED"  # somebody pointed at a map
    SPOKEN = "SPOKEN"  # the dispatcher wrote down what was said
    QR = "QR"


@dataclass(frozen=True, slots=True)
class Position:
    """A place on the ground as somebody reported it; use one of the three subclasses.

    ``accuracy`` is the radius in metres that holds the true place with 68 % probability, or None
    when the source gave none. ``at`` is the time of the fix in Unix ms, by the device's clock;
    ``altitude`` metres above the ellipsoid.
    """

    lon: float
    lat: float
    accuracy: float | None = None
    source: Source = Source.BROWSER
    at: int | None = None
    altitude: float | None = None

    datum: ClassVar[Datum]

    def __post_init__(self) -> None:
        if type(self) is Position:
            raise Refused(DATUM_MISSING, "a position without a datum is refused")
        if not (math.isfinite(self.lon) and math.isfinite(self.lat)):
            raise Refused(INVALID, "longitude and latitude must be finite", field="position")
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            raise Refused(INVALID, "longitude or latitude out of range", field="position")
        if self.accuracy is not None and not (
            math.isfinite(self.accuracy) and 0 <= self.accuracy <= 1e7
        ):
            raise Refused(INVALID, "accuracy must be 0 to 10,000,000 m", field="accuracy")


@dataclass(frozen=True, slots=True)
class Wgs84(Position):
    """World Geodetic System 1984: GPS, browsers, everything inside the product."""

    datum: ClassVar[Datum] = Datum.WGS84


@dataclass(frozen=True, slots=True)
class Gcj02(Position):
    """China's GCJ-02: WeChat's map picker, AMap, Tencent."""

    datum: ClassVar[Datum] = Datum.GCJ02


@dataclass(frozen=True, slots=True)
class Bd09(Position):
    """Baidu's BD-09, GCJ-02 shifted once more."""

    datum: ClassVar[Datum] = Datum.BD09


@dataclass(frozen=True, slots=True)
class Cgcs2000(Position):
    """China's legal datum (GB/T, EPSG:4490): equal to WGS-84 within a decimetre."""

    datum: ClassVar[Datum] = Datum.CGCS2000


DATUMS: dict[Datum, type[Position]] = {
    Datum.WGS84: Wgs84,
    Datum.GCJ02: Gcj02,
    Datum.BD09: Bd09,
    Datum.CGCS2000: Cgcs2000,
}


class Level(StrEnum):
    BUREAU = "BUREAU"  # 分局
    STATION = "STATION"  # 派出所
    COMMUNITY = "COMMUNITY"  # 社区
    GRID = "GRID"  # 网格


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """An area answered for. ``parent`` is the id of the area that contains it, ``telephone`` where it is
    reached, ``neighbourhoods`` the names by which people call places in it (幸福小区)."""

    id: str
    name: str
    level: Level
    parent: str | None = None
    synthetic: bool = False
    telephone: str = ""
    neighbourhoods: tuple[str, ...] = ()


class Certainty(StrEnum):
    """How sure the finder is, and so what a dispatcher should do."""

    ONE = "ONE"  # one station has >= 0.8 of the circle
    BOTH = "BOTH"  # the first has 0.5 to 0.8: show both
    ASK = "ASK"  # below 0.5, or accuracy worse than 1 km: ask the caller, up to five listed
    DEFAULT = "DEFAULT"  # the whole circle is outside: the nearest by metres, with its distance
    NONE = "NONE"  # no position at all


@dataclass(frozen=True, slots=True)
class Candidate:
    """A station that may be responsible.

    ``share`` is the part (0 to 1) of the uncertainty circle inside its area; ``distance`` the
    metres from the position to its area (0 inside it).
    """

    station: str
    name: str
    bureau: str
    share: float
    distance: float


@dataclass(frozen=True, slots=True)
class AreaShare:
    """An area that a position may be in: ``share`` is the part (0 to 1) of the uncertainty circle."""

    level: Level
    id: str
    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Located:
    """The finder's answer. Never without a station when there is a position and a boundary file.

    ``boundary_version`` is name and content hash (``jinzhou-2026-01#3fa9c1d2e4b5``; the bare name in
    answers of older releases). ``grid``, ``community`` and ``place`` name only what has 0.8 of the
    circle or more; ``areas`` are the bureaus, communities and grids that are possible, up to five of a
    level, the likeliest first. A level is left out where the circle covers so many that none is likely.
    """

    certainty: Certainty
    candidates: list[Candidate]
    why_zh: str
    why_en: str
    boundary_version: str
    grid: str | None = None
    community: str | None = None
    place: str = ""  # in words: district, station, grid
    areas: list[AreaShare] = field(default_factory=list)

    def possible(self, level: Level) -> list[AreaShare]:
        """The areas of one level it may be in, the likeliest first; a share below 0.05 is left out."""
        return [one for one in self.areas if one.level is level and one.share >= 0.05]


NOWHERE = Located(Certainty.NONE, [], "没有位置", "No position", "")


@dataclass(slots=True)
class Fix:
    """A position inside the product: what was reported, and the same place in WGS-84.

    ``taken_at`` is when the device took it, by the server's clock (0: as it was received);
    ``abroad`` says that it is not within 50 km of China.
    """

    wgs84: Wgs84
    given_lon: float
    given_lat: float
    given_datum: Datum
    received_at: int = 0
    located: Located = field(default_factory=lambda: NOWHERE)
    taken_at: int = 0
    abroad: bool = False

    @property
    def taken(self) -> int:
        """When the device was there, Unix ms by the server's clock."""
        return self.taken_at or self.received_at


def metres_between(a: Wgs84, b: Wgs84) -> float:
    """Distance on a local plane in metres: within 0.5 % for places less than 100 km apart."""
    middle = math.radians((a.lat + b.lat) / 2)
    dx = (b.lon - a.lon) * 111_320 * math.cos(middle)
    dy = (b.lat - a.lat) * 110_574
    return math.hypot(dx, dy)


@dataclass(slots=True)
class BoundaryArea:
    """One area of one boundary version as it lies in the store; never edited, only superseded.

    ``set`` is the boundary version, ``feature`` the GeoJSON feature in WGS-84.
    """

    id: str
    set: str
    feature: dict[str, Any]
    version: int = 0
