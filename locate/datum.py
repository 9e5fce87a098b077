"""WGS-84, GCJ-02 and BD-09 for one place, in both directions.

Positions in, positions out; accuracy, source and time are kept. The shift applies only in mainland
China (``locate.mainland``); elsewhere the three are the same numbers, as the makers of the maps
have it. The formulas are unpublished officially; these are the ones five independent open
implementations agree on within 1 cm (eviltransform, prcoords, coord-convert, geocoordinates-rs,
gcoord), with Krasovsky's ellipsoid.

A shift that starts at a border cannot be undone everywhere: within about 700 m outside the outline
one number stands for two places, and the inverse then answers the one inside.
"""

from __future__ import annotations

from collections.abc import Callable
from math import atan2, cos, degrees, hypot, pi, radians, sin, sqrt
from typing import TypeVar

from domain.place import Bd09, Gcj02, Position, Wgs84
from locate.mainland import in_mainland

_AXIS = 6_378_245.0  # metres, Krasovsky 1940
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BAIDU_PI = pi * 3000 / 180
# Each round divides the error by about 1,000: one leaves up to 4.6 m, four less than 1e-6 m.
_ROUNDS = 4

P = TypeVar("P", bound=Position)
Plane = tuple[float, float]


def wgs84_to_gcj02(position: Wgs84) -> Gcj02:
    """The same place as WeChat, AMap and Tencent write it; unshifted outside mainland China."""
    here = (position.lon, position.lat)
    return _as(Gcj02, position, _to_gcj(here) if in_mainland(*here) else here)


def gcj02_to_wgs84(position: Gcj02) -> Wgs84:
    """The inverse of ``wgs84_to_gcj02``, exact to 1e-6 m; unshifted outside mainland China."""
    here = (position.lon, position.lat)
    there = _undo(_to_gcj, here)
    return _as(Wgs84, position, there if in_mainland(*there) else here)


def gcj02_to_bd09(position: Gcj02) -> Bd09:
    """The same place as Baidu writes it; unshifted outside mainland China."""
    here = (position.lon, position.lat)
    return _as(Bd09, position, _to_bd(here) if in_mainland(*_undo(_to_gcj, here)) else here)


def bd09_to_gcj02(position: Bd09) -> Gcj02:
    """The inverse of ``gcj02_to_bd09``, exact to 1e-6 m; unshifted outside mainland China."""
    here = (position.lon, position.lat)
    there = _undo(_to_bd, here)
    return _as(Gcj02, position, there if in_mainland(*_undo(_to_gcj, there)) else here)


def wgs84_to_bd09(position: Wgs84) -> Bd09:
    """Both shifts, one after the other; unshifted outside mainland China."""
    here = (position.lon, position.lat)
    return _as(Bd09, position, _to_bd(_to_gcj(here)) if in_mainland(*here) else here)


def bd09_to_wgs84(position: Bd09) -> Wgs84:
    """The inverse of ``wgs84_to_bd09``, exact to 1e-6 m; unshifted outside mainland China."""
    here = (position.lon, position.lat)
    there = _undo(_to_gcj, _undo(_to_bd, here))
    return _as(Wgs84, position, there if in_mainland(*there) else here)


def to_wgs84(position: Position) -> Wgs84:
    """The same place in WGS-84, whatever datum it was reported in. Never raises."""
    if isinstance(position, Gcj02):
        return gcj02_to_wgs84(position)
    if isinstance(position, Bd09):
        return bd09_to_wgs84(position)
    return _as(Wgs84, position, (position.lon, position.lat))


def _as(kind: type[P], position: Position, there: Plane) -> P:
    return kind(
        *there,
        accuracy=position.accuracy,
        source=position.source,
        at=position.at,
        altitude=position.altitude,
    )


def _undo(shift: Callable[[Plane], Plane], shifted: Plane) -> Plane:
    lon, lat = shifted
    for _ in range(_ROUNDS):
        again = shift((lon, lat))
        lon, lat = lon + shifted[0] - again[0], lat + shifted[1] - again[1]
    return lon, lat


def _to_gcj(here: Plane) -> Plane:
    lon, lat = here
    x, y = lon - 105.0, lat - 35.0
    root, product = sqrt(abs(x)), x * y
    # Metres north and east, as if at sea level on the ellipsoid.
    waves = 20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)
    north = waves + 20 * sin(y * pi) + 40 * sin(y / 3 * pi)
    north += 160 * sin(y / 12 * pi) + 320 * sin(y / 30 * pi)
    north = north * 2 / 3 - 100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * product + 0.2 * root
    east = waves + 20 * sin(x * pi) + 40 * sin(x / 3 * pi)
    east += 150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)
    east = east * 2 / 3 + 300 + x + 2 * y + 0.1 * x * x + 0.1 * product + 0.1 * root
    phi = radians(lat)
    bulge = 1 - _ECCENTRICITY_SQUARED * sin(phi) ** 2
    along = _AXIS * (1 - _ECCENTRICITY_SQUARED) / (bulge * sqrt(bulge))
    # At the poles a degree of longitude has no length; nothing there is in the mainland.
    across = max(_AXIS / sqrt(bulge) * cos(phi), 1.0)
    return lon + degrees(east / across), lat + degrees(north / along)


def _to_bd(here: Plane) -> Plane:
    lon, lat = here
    length = hypot(lon, lat) + 0.00002 * sin(lat * _BAIDU_PI)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * _BAIDU_PI)
    return length * cos(angle) + 0.0065, length * sin(angle) + 0.006
