"""Track: all fixes of a caller, and the rule which one is shown, and why.

Every fix is logged (``caller_position.py`` has the bounds); one is shown. A fix gets less exact as it
ages: its **effective radius** is its accuracy + v x age, v the speed of the last good pair of fixes, at
least 2 and at most 40 m/s. A newer fix is shown when its effective radius is not larger than that of the
one shown. Against a fix of a comparable accuracy it also has to be possible: nobody moves at more than 70
m/s. Three such impossible fixes in a row are believed when they agree with each other (a fast train's do
at 150 m/s), were taken after the one shown, and are about as exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from domain.clock import elapsed, within
from domain.place import Fix, Wgs84, metres_between

UNKNOWN_M = 500.0
SLOWEST, FASTEST = 2.0, 40.0  # m/s by which a fix loses exactness while it ages
IMPOSSIBLE = 70.0  # m/s beyond both circles
TRAIN = 150.0  # m/s: fixes that are impossible may agree with each other as those of a fast train
COMPARABLE = 3.0
AGREEING = 3
ANCHOR_MS = 5_000  # between fixes closer in time two circles hide how fast somebody is
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
    """What the rule remembers beside the fix that is shown: ``speed`` in m/s of the last good pair, and
    ``anchor``, its second; ``apart``, the last fixes in a row that were too far away and agree;
    ``station``, the one the desk was last told of."""

    speed: float = SLOWEST
    anchor: Spot | None = None
    apart: list[Spot] = field(default_factory=list)
    station: str | None = None


def effective_radius(fix: Fix, speed: float, now: int) -> float:
    """Metres around the fix that hold the caller at ``now`` (Unix ms)."""
    return _accuracy(fix) + _drift(speed) * elapsed(fix.taken, now) / 1000


def stale(fix: Fix, now: int, confirmed_at: int | None = None) -> bool:
    """Whether the fix is old, and the page has not said since that the caller has not moved. What was
    old when it came nobody can confirm: the device has not looked since."""
    known = fix.taken
    if confirmed_at is not None and within(fix.taken, fix.received_at, STALE_MS):
        known = max(known, confirmed_at)
    return not within(known, now, STALE_MS)


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
        if fix.taken < shown.taken:
            return Why.COARSER
        believed = spot.accuracy <= COMPARABLE * effective_radius(shown, track.speed, now)
        row = len(_row(track, spot))
        return Why.AGREED if believed and row >= AGREEING else Why.TOO_FAR
    ours = effective_radius(fix, track.speed, now)
    return Why.BETTER if ours <= effective_radius(shown, track.speed, now) else Why.COARSER


def follow(track: Track, shown: Fix | None, fix: Fix, why: Why) -> None:
    """Remember a fix that was judged."""
    if why is Why.TOO_FAR:
        track.apart = _row(track, _spot(fix))
    elif why in SHOWN or (shown is not None and _possible(_spot(shown), _spot(fix))):
        track.apart = []
    if why in SHOWN:
        _follow_speed(track, fix, why)


def gains(track: Track, shown: Fix, fix: Fix, now: int) -> bool:
    """Whether the desk learns clearly more from it than it knows."""
    if judge(track, shown, fix, now) not in SHOWN:
        return False
    ours = max(effective_radius(fix, track.speed, now), FINEST_M)
    return ours <= GAIN * effective_radius(shown, track.speed, now)


def _row(track: Track, spot: Spot) -> list[Spot]:
    agreeing = bool(track.apart) and _possible(track.apart[-1], spot, TRAIN)
    return [*track.apart[1 - AGREEING :], spot] if agreeing else [spot]


def _accuracy(fix: Fix) -> float:
    return fix.wgs84.accuracy or UNKNOWN_M


def _drift(speed: float) -> float:
    return min(max(speed, SLOWEST), FASTEST)


def _spot(fix: Fix) -> Spot:
    return Spot(fix.wgs84.lon, fix.wgs84.lat, _accuracy(fix), fix.taken)


def _possible(a: Spot, b: Spot, fastest: float = IMPOSSIBLE) -> bool:
    return _apart(a, b) - a.accuracy - b.accuracy <= fastest * abs(b.taken - a.taken) / 1000


def _apart(a: Spot, b: Spot) -> float:
    return metres_between(Wgs84(a.lon, a.lat), Wgs84(b.lon, b.lat))


def _follow_speed(track: Track, fix: Fix, why: Why) -> None:
    """The speed between this good fix and the last good one that is old enough to tell."""
    spot, anchor = _spot(fix), track.anchor
    if spot.accuracy > GOOD_M:
        return
    if anchor is None or why is not Why.BETTER or spot.taken - anchor.taken > PAIR_MS[1]:
        track.anchor = spot
        return
    elapsed, apart = spot.taken - anchor.taken, _apart(anchor, spot)
    moved = apart > anchor.accuracy + spot.accuracy
    if elapsed >= ANCHOR_MS or (moved and elapsed >= PAIR_MS[0]):
        track.speed = apart / elapsed * 1000 if moved else SLOWEST
        track.anchor = spot
