"""The shift from WGS-84, where phones are, to GCJ-02, which Chinese maps draw."""

from __future__ import annotations

from math import cos, pi, sin, sqrt

_AXIS = 6378245.0
_ECCENTRICITY = 0.00669342162296594323


def gcj02(latitude: float, longitude: float) -> tuple[float, float]:
    """Latitude and longitude as a Chinese map shows them; unchanged outside China."""
    if not (72.004 <= longitude <= 137.8347 and 0.8293 <= latitude <= 55.8271):
        return latitude, longitude
    x, y = longitude - 105.0, latitude - 35.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    waves = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north += waves
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east += waves
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    radians = latitude / 180.0 * pi
    magic = 1 - _ECCENTRICITY * sin(radians) ** 2
    root = sqrt(magic)
    north = north * 180.0 / (_AXIS * (1 - _ECCENTRICITY) / (magic * root) * pi)
    east = east * 180.0 / (_AXIS / root * cos(radians) * pi)
    return latitude + north, longitude + east
