"""Track: all fixes of a caller, and the rule which one is shown, and why.

Every fix is logged; one is shown. A fix gets less exact as it ages: its **effective radius** is its
accuracy + v x age, v the speed of the last good pair of fixes, at least 2 and at most 40 m/s. A newer
fix is shown when its effective radius is not larger than that of the one shown. Against a fix of a
comparable accuracy it also has to be possible: nobody moves at more than 70 m/s. Three such
impossible fixes in a row that agree with each other are believed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from domain.clock import within
from domain.place import Fix, Wgs84, metres_between

UNKNOWN_M = 500.0
SLOWEST, FASTEST = 2.0, 40.0  # m/s by which a fix loses exactness while it ages
IMPOSSIBLE = 70.0  # m/s beyond both circles
COMPARABLE = 3.0
AGREEING = 3
GOOD_M = 100.0  # the speed is taken between two fixes this exact,
PAIR_MS = (500, 120_000)  # this far apart
STALE_MS = 120_000
GAIN = 0.8  # of the radius: less is no news
FINEST_M = 3.0


class Why(StrEnum):
    """Why a fix is shown, or is not."""

    FIRST = "FIRST"  # there was none
    BETTER = "BETTER"  # its effective radius is not larger
    AGREED = "AGREED"  # the third in a row that says so
    HOME = "HOME"  # the one shown was not in China
    COARSER = "COARSER"  # not shown: its effective radius is larger, for accuracy or age
    TOO_FAR = "TOO_FAR"  # not shown: nobody gets there in that time
    ABROAD = "ABROAD"  # not shown: not within 50 km of China


SHOWN = frozenset({Why.FIRST, Why.BETTER, Why.AGREED, Why.HOME})


@dataclass(slots=True)
class Spot:
    """What of a fix is needed to compare another with it."""

    lon: float
    lat: float
    accuracy: float
    taken: int


@dataclass(slots=True)
class Track:
    """What the rule remembers beside the fix that is shown: ``speed`` in m/s of the last good pair;
    ``apart``, the last fixes in a row that were too far away and agree; ``station``, the one the desk
    was last told of."""

    speed: float = SLOWEST
    apart: list[Spot] = field(default_factory=list)
    station: str | None = None


def effective_radius(fix: Fix, speed: float, now: int) -> float:
    """Metres around the fix that hold the caller at ``now`` (Unix ms)."""
    return _accuracy(fix) + _drift(speed) * max(now - fix.taken, 0) / 1000


def stale(fix: Fix, now: int, confirmed_at: int | None = None) -> bool:
    """Whether the fix is old, and the page has not said since that the caller has not moved."""
    return not within(max(fix.taken, confirmed_at or 0), now, STALE_MS)


def judge(track: Track, shown: Fix | None, fix: Fix, now: int) -> Why:
    """Whether ``fix``, received at ``now``, is to be shown in place of ``shown``."""
    if shown is None:
        return Why.FIRST
    if fix.abroad or shown.abroad:
        if fix.abroad and not shown.abroad:
            return Why.ABROAD
        if not fix.abroad:
            return Why.HOME
    spot = _spot(fix)
    if _accuracy(shown) <= COMPARABLE * spot.accuracy and not _possible(_spot(shown), spot):
        return Why.AGREED if len(_row(track, spot)) >= AGREEING else Why.TOO_FAR
    ours = effective_radius(fix, track.speed, now)
    return Why.BETTER if ours <= effective_radius(shown, track.speed, now) else Why.COARSER


def follow(track: Track, shown: Fix | None, fix: Fix, why: Why) -> None:
    """Remember a fix that was judged."""
    if why is Why.TOO_FAR:
        track.apart = _row(track, _spot(fix))
    elif why in SHOWN:
        track.apart = []
        if shown is not None and why is Why.BETTER:
            track.speed = _speed(shown, fix) or track.speed


def gains(track: Track, shown: Fix, fix: Fix, now: int) -> bool:
    """Whether the desk learns clearly more from it than it knows."""
    if judge(track, shown, fix, now) not in SHOWN:
        return False
    ours = max(effective_radius(fix, track.speed, now), FINEST_M)
    return ours <= GAIN * effective_radius(shown, track.speed, now)


def _row(track: Track, spot: Spot) -> list[Spot]:
    agreeing = bool(track.apart) and _possible(track.apart[-1], spot)
    return [*track.apart[1 - AGREEING :], spot] if agreeing else [spot]


def _accuracy(fix: Fix) -> float:
    return fix.wgs84.accuracy or UNKNOWN_M


def _drift(speed: float) -> float:
    return min(max(speed, SLOWEST), FASTEST)


def _spot(fix: Fix) -> Spot:
    return Spot(fix.wgs84.lon, fix.wgs84.lat, _accuracy(fix), fix.taken)


def _possible(a: Spot, b: Spot) -> bool:
    apart = metres_between(Wgs84(a.lon, a.lat), Wgs84(b.lon, b.lat)) - a.accuracy - b.accuracy
    return apart <= IMPOSSIBLE * abs(b.taken - a.taken) / 1000


def _speed(a: Fix, b: Fix) -> float | None:
    """Metres a second between two good fixes; 0 when they may be one place; None when they are not good."""
    elapsed = b.taken - a.taken
    if max(_accuracy(a), _accuracy(b)) > GOOD_M or not PAIR_MS[0] <= elapsed <= PAIR_MS[1]:
        return None
    apart = metres_between(a.wgs84, b.wgs84)
    return apart / elapsed * 1000 if apart > _accuracy(a) + _accuracy(b) else SLOWEST
