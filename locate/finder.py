"""Position to police station: candidates with shares of the uncertainty circle, never one guess.

The rules, following RFC 5222 (LoST): several areas matched are all returned; when none matches
the nearest is, and the answer says that it is a default mapping; the boundary version is named.

- The circle has twice the accuracy as its radius: accuracy is a 68 % radius, so about 99 % of true
  places are inside. An accuracy that is missing or 0 is unknown: ``UNKNOWN`` (500 m) where a device
  measured or somebody told it, ``POINTED`` (50 m) where somebody pointed at a map. Shares are of the
  whole circle; what lies outside every area is nobody's, so shares may add up to less than 1 and
  ``why`` says so.
- Share >= 0.8: ONE. 0.5 to 0.8: BOTH. Below, or accuracy worse than 1 km: ASK. A point outside every
  polygon, in a sliver or beyond a border, is judged by its circle like any other; only when the whole
  circle is outside: DEFAULT, by distance.
- Community and grid are named by the same rule: a share of 0.8 or more, in the first station, so
  that they nest. Below that they are listed with their shares.
- On a border the area with the smallest id comes first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from geopy.distance import geodesic

from domain.errors import NotFound
from domain.place import (
    AreaShare,
    Candidate,
    Certainty,
    Jurisdiction,
    Level,
    Located,
    Position,
    Source,
    Wgs84,
)
from locate import datum, mainland, wording
from locate.boundaries import Boundaries
from locate.layer import Layer
from locate.nearest import Found, Nearest, metres_per_degree

UNKNOWN = 500.0  # metres of accuracy when a device or a caller gives none
POINTED = 50.0  # the same when somebody pointed at a map
WORST = 1_000.0  # metres of accuracy; beyond it only the caller can tell
LISTED = 5
_SURE, _LIKELY = 0.8, 0.5
# Slivers between neighbours that ``locate.topology`` takes for drawing noise change nobody's certainty.
_NOISE = 0.02
_TOUCHED = 8  # areas of a level in reach; where there are more, none is likely
_SMALLEST = 1.0  # metres of radius: a circle of no size has no shares
# Metres of radius beyond which shares are counted on 100 sample points: exact ones would cost
# milliseconds, and beyond it the answer is ASK anyway.
_SAMPLED = 2_000.0

_TURNS = np.linspace(0, 2 * np.pi, 65)[:-1]
_CIRCLE = np.column_stack((np.cos(_TURNS), np.sin(_TURNS)))
_STEPS = np.arange(100)  # a sunflower: equal areas, the centre first
_GOLDEN = np.pi * (3 - np.sqrt(5))
_DISC = np.sqrt(_STEPS / len(_STEPS))[:, None] * np.column_stack(
    (np.cos(_GOLDEN * _STEPS), np.sin(_GOLDEN * _STEPS))
)


class BoundaryFinder:
    """The ``Finder`` port on one version of boundaries, in memory.

    Immutable and free of I/O; a new version is a new finder. Without any station (``EMPTY``) it
    answers ``Certainty.NONE`` and says why.
    """

    def __init__(self, boundaries: Boundaries) -> None:
        self._version = boundaries.full_version
        self._layers = {level: Layer(boundaries, level) for level in Level}
        self._station = self._layers[Level.STATION]
        self._by_id = {area.id: area for area in boundaries.areas}
        self._bureau = [self._by_id[str(area.parent)].name for area in self._station.areas]
        self._title = {
            area.id: area.name if area.name.startswith(bureau) else f"{bureau}{area.name}"
            for area, bureau in zip(self._station.areas, self._bureau, strict=True)
        }
        self._communities: dict[str, list[Jurisdiction]] = {}
        for area in sorted(self._layers[Level.COMMUNITY].areas, key=lambda one: (one.name, one.id)):
            self._communities.setdefault(str(area.parent), []).append(area)
        self._nearest = Nearest(self._station.shapes)
        self._drawn: dict[Level, dict[str, Any]] = {}

    @property
    def version(self) -> str:
        """Name of the boundary version the answers come from."""
        return self._version

    def to_wgs84(self, position: Position) -> Wgs84:
        """The same place in WGS-84; accuracy, source and time are kept."""
        return datum.to_wgs84(position)

    def in_china(self, position: Wgs84) -> bool:
        """Whether the place is in China or within 50 km of it, by a coarse outline."""
        return mainland.near_china(position.lon, position.lat)

    def locate(self, position: Wgs84) -> Located:
        """Who answers for a position; see the module for the rules. Never raises.

        Candidates are ordered by share (DEFAULT: by distance), filled up to five with the nearest
        other stations. Distances are metres to the area, 0 inside, on a local plane (within 0.5 %
        up to 20 km); the first of DEFAULT is geodesic. About 0.3 ms at the accuracies of phones.
        """
        if not self._station.areas:
            return Located(Certainty.NONE, [], *wording.NO_BOUNDARIES, self._version)
        accuracy, stated = _accuracy(position)
        radius = max(2 * accuracy, _SMALLEST)
        point = shapely.points(position.lon, position.lat)
        owner = self._station.owner(point)
        circle = None if radius > _SAMPLED else _circle(position, radius)
        shares = self._shares(position, radius, owner, circle)
        found = self._nearest.around(position, LISTED, list(shares), owner)
        # A large circle is only sampled and may reach an area between two samples.
        reached = bool(shares) or owner is not None or (circle is None and found[0][0] <= radius)
        certainty = _decide(accuracy, shares, reached)
        candidates = self._candidates(position, owner, shares, certainty, found)
        about = wording.Circle(radius, accuracy, stated)
        left = max(0.0, 1 - sum(shares.values()))
        titles = [self._title[candidate.station] for candidate in candidates]
        why = wording.why(certainty, candidates, titles, about, left, len(shares))
        areas, grid, community = self._inside(shares, circle, candidates[0])
        return Located(
            certainty,
            candidates,
            *why,
            self._version,
            grid.id if grid else None,
            community.id if community else None,
            self._place(certainty, candidates[0], areas, grid or community),
            areas,
        )

    def station(self, station: str) -> Jurisdiction:
        """The station with this id; raises ``NotFound``."""
        area = self._by_id.get(station)
        if area is None or area.level is not Level.STATION:
            raise NotFound(f"no station {station!r:.120}")
        return area

    def stations(self) -> Sequence[Jurisdiction]:
        """All stations, by name."""
        return sorted(self._station.areas, key=lambda area: (area.name, area.id))

    def communities(self, station: str) -> Sequence[Jurisdiction]:
        """The communities of a station, by name; none for one that is unknown."""
        return self._communities.get(station, ())

    def bureaus(self) -> Sequence[Jurisdiction]:
        """All bureaus, by name."""
        return sorted(self._layers[Level.BUREAU].areas, key=lambda area: (area.name, area.id))

    def geojson(self, level: str) -> Mapping[str, Any]:
        """The areas of one level for a map: simplified to about 20 m, neighbours alike, five
        digits. Computed once and shared, so do not change it. Raises ``NotFound`` for a word that
        is no level; a level without areas is an empty collection."""
        if level not in Level.__members__:
            raise NotFound(f"no level {level!r:.40}")
        wanted = Level(level)
        if wanted not in self._drawn:
            self._drawn[wanted] = self._layers[wanted].drawn(self._version)
        return self._drawn[wanted]

    def owner(self, lon: float, lat: float) -> str | None:
        """Id of the station that has this very point (WGS-84 degrees), None outside all."""
        index = self._station.owner(shapely.points(lon, lat))
        return None if index is None else self._station.areas[index].id

    def _shares(
        self, position: Wgs84, radius: float, owner: int | None, circle: Any
    ) -> dict[int, float]:
        """Part of the circle in each station; stations with none are left out."""
        if circle is None:
            scale = metres_per_degree(position.lat)
            spread = (radius / scale[0], radius / scale[1])
            return self._station.counts(_DISC * spread + (position.lon, position.lat))
        if owner is not None and self._station.holds(owner, circle):
            return {owner: 1.0}
        return self._station.shares(circle)

    def _candidates(
        self,
        position: Wgs84,
        owner: int | None,
        shares: Mapping[int, float],
        certainty: Certainty,
        found: Sequence[Found],
    ) -> list[Candidate]:
        if certainty is Certainty.DEFAULT:
            # The number shown is the ellipsoid's; it is too slow for all five, so the others, only
            # ranked, are corrected like the first.
            first, _, lon, lat = found[0]
            shown = geodesic((position.lat, position.lon), (lat, lon)).meters
            chosen = [(n, metres * shown / max(first, 1e-9)) for metres, n, *_ in found[:LISTED]]
        else:
            away = {n: 0.0 if n == owner else metres for metres, n, *_ in found}
            order = sorted(away, key=lambda n: (-shares.get(n, 0.0), away[n], n))
            chosen = [(n, away[n]) for n in order[:LISTED]]
        return [
            Candidate(
                self._station.areas[n].id,
                self._station.areas[n].name,
                self._bureau[n],
                shares.get(n, 0.0),
                round(distance, 2),
            )
            for n, distance in chosen
        ]

    def _inside(
        self, shares: Mapping[int, float], circle: Any, first: Candidate
    ) -> tuple[list[AreaShare], Jurisdiction | None, Jurisdiction | None]:
        """The possible areas of the other levels, and the grid and community that are named. A level is
        looked at only where one area above it is sure."""
        bureaus: dict[str, float] = {}
        for n, share in shares.items():
            id = str(self._station.areas[n].parent)
            bureaus[id] = bureaus.get(id, 0.0) + share
        areas = [
            AreaShare(Level.BUREAU, id, self._by_id[id].name, min(1.0, round(share, 6)))
            for id, share in sorted(bureaus.items(), key=lambda one: (-one[1], one[0]))[:LISTED]
        ]
        if circle is None or first.share < _SURE:
            return areas, None, None
        community = self._likely(Level.COMMUNITY, circle, areas, first)
        if community is None and first.station in self._communities:
            return areas, None, None
        return areas, self._likely(Level.GRID, circle, areas, first), community

    def _likely(
        self, level: Level, circle: Any, areas: list[AreaShare], first: Candidate
    ) -> Jurisdiction | None:
        """Adds the possible areas of ``level``; the one that is sure, when it is the first station's."""
        layer = self._layers[level]
        found = layer.likely(circle, _SURE, _TOUCHED)
        if not found:
            return None
        order = sorted(found.items(), key=lambda one: (-one[1], one[0]))
        for n, share in order[:LISTED]:
            areas.append(AreaShare(level, layer.areas[n].id, layer.areas[n].name, share))
        best, share = order[0]
        area = layer.areas[best]
        return area if share >= _SURE and self._home(area) == first.station else None

    def _home(self, area: Jurisdiction) -> str:
        """Id of the station that a community or grid belongs to."""
        parent = self._by_id[str(area.parent)]
        return parent.id if parent.level is Level.STATION else str(parent.parent)

    def _place(
        self,
        certainty: Certainty,
        first: Candidate,
        areas: Sequence[AreaShare],
        smallest: Jurisdiction | None,
    ) -> str:
        if certainty is Certainty.ONE:
            title = self._title[first.station]
            return f"{title} {smallest.name}" if smallest else title
        return f"{areas[0].name}一带" if areas and areas[0].share >= _SURE else ""


def _accuracy(position: Wgs84) -> tuple[float, bool]:
    """Metres, and whether the source stated them."""
    if position.accuracy is not None and position.accuracy > 0:
        return position.accuracy, True
    pointed = position.source in (Source.PICKED, Source.QR)
    return POINTED if pointed else UNKNOWN, False


def _circle(position: Wgs84, radius: float) -> Any:
    scale = metres_per_degree(position.lat)
    spread = (radius / scale[0], radius / scale[1])
    return shapely.polygons(_CIRCLE * spread + (position.lon, position.lat))


def _decide(accuracy: float, shares: Mapping[int, float], reached: bool) -> Certainty:
    if not reached:
        return Certainty.DEFAULT
    if accuracy > WORST:
        return Certainty.ASK
    best, covered = max(shares.values(), default=0.0), sum(shares.values())
    if 1 - _NOISE <= covered < 1:
        best /= covered
    if best >= _SURE:
        return Certainty.ONE
    # A border through the middle leaves 0.4999995 on one side by rounding alone.
    return Certainty.BOTH if best >= _LIKELY - 1e-6 else Certainty.ASK
