"""The caller's position in the incident: every fix is logged, within bounds; the one that ``track`` chooses
is shown."""

from __future__ import annotations

from domain import evidence
from domain.clock import within
from domain.errors import WrongState
from domain.incident import Incident, IncidentState, amend
from domain.people import CALLER, SYSTEM
from domain.place import Certainty, Fix
from domain.ports import Store
from domain.track import SHOWN, Why, follow, gains, judge

# What one caller may log: so many in ten seconds, from a length of the log on one a minute. A fix that
# tells the desk clearly more is let through beyond that.
BURST_MS, BURST, GAINING_BURST = 10_000, 10, 30
LONG_LOG, LONGEST_LOG, SELDOM_MS = 3_000, 6_000, 60_000


async def move(store: Store, id: str, fix: Fix, now: int) -> Why | None:
    """A fix of the caller: what became of it; None when it was not even logged, because it tells
    nothing and comes too often. Refused with ``wrong_state`` once the incident is closed."""
    became: Why | None = None

    def change(it: Incident) -> None:
        nonlocal became
        if it.state is IncidentState.CLOSED:
            raise WrongState("position updates end when the incident closes", state="CLOSED")
        became = take(it, fix, now) if _may_log(it, fix, now) else None

    await amend(store, id, change)
    return became


def take(it: Incident, fix: Fix, now: int) -> Why:
    """Log the fix, show it when the rule says so, and tell the desk when another station is
    responsible now."""
    why = judge(it.track, it.position, fix, now)
    follow(it.track, it.position, fix, why)
    _log(it, fix, why, now)
    if why in SHOWN:
        it.position = fix
        it.missing = [name for name in it.missing if name != "position"]
        _compare_station(it, fix, now)
    return why


def _may_log(it: Incident, fix: Fix, now: int) -> bool:
    recent = lately = 0
    for entry in reversed(it.log.entries):
        if not within(entry.at, now, SELDOM_MS):
            break
        if entry.what == "position":
            lately += 1
            recent += within(entry.at, now, BURST_MS)
    news = it.position is None or gains(it.track, it.position, fix, now)
    if it.log.length >= LONG_LOG and lately:
        return news and recent < BURST and it.log.length < LONGEST_LOG
    return recent < (GAINING_BURST if news else BURST)


def _log(it: Incident, fix: Fix, why: Why, now: int) -> None:
    candidates = fix.located.candidates
    evidence.append(
        it.log,
        CALLER,
        "position",
        now,
        fix.wgs84.at,
        lon=fix.wgs84.lon,
        lat=fix.wgs84.lat,
        accuracy=fix.wgs84.accuracy,
        altitude=fix.wgs84.altitude,
        datum=str(fix.given_datum),
        given=[fix.given_lon, fix.given_lat],
        source=str(fix.wgs84.source),
        taken_at=fix.taken,
        boundaries=fix.located.boundary_version,
        station=candidates[0].station if candidates else None,
        shown=why in SHOWN,
        why=str(why),
    )


def _compare_station(it: Incident, fix: Fix, now: int) -> None:
    """Another station is responsible now: a line at the desk, once the finder is sure of it."""
    if not fix.located.candidates:
        return
    station = fix.located.candidates[0]
    sure = fix.located.certainty in (Certainty.ONE, Certainty.DEFAULT)
    if it.track.station is None:
        it.track.station = station.station
    elif sure and station.station != it.track.station:
        before, it.track.station = it.track.station, station.station
        evidence.append(
            it.log,
            SYSTEM,
            "position.station",
            now,
            station=station.station,
            name=station.name,
            before=before,
        )
