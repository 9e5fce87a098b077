"""Position to police station: candidates with shares of the uncertainty circle, never one guess.

The rules, following RFC 5222 (LoST): several areas matched are all returned; when none matches
the nearest is, and the answer says that it is a default mapping; the boundary version is named.

- The circle has twice the accuracy as its radius: accuracy is a 68 % radius, so about 99 % of true
  places are inside. A source without an accuracy is taken as ``UNSTATED`` (50 m, a phone outdoors
  without its first good fix). Shares are of the whole circle; what lies outside every
  area is nobody's, so shares may add up to less than 1 and ``why`` says so.
- Share >= 0.8: ONE. 0.5 to 0.8: BOTH. Below, or accuracy worse than 1 km: ASK. The position itself
  outside every station: DEFAULT, by distance (ASK if worse than 1 km and its circle reaches one).
- On a border the area with the smallest id has the point itself; grid and community follow the
  station chosen, so that they nest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from geopy.distance import geodesic

from domain.errors import NotFound
from domain.place import Candidate, Certainty, Jurisdiction, Level, Located, Position, Wgs84
from locate import datum, mainland, wording
from locate.boundaries import Boundaries
from locate.layer import Layer
from locate.nearest import Found, Nearest, metres_per_degree

UNSTATED = 50.0  # metres of accuracy when the source gives none
WORST = 1_000.0  # metres of accuracy; beyond it only the caller can tell
LISTED = 5
_SURE, _LIKELY = 0.8, 0.5
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
        self._version = boundaries.version
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
        accuracy = UNSTATED if position.accuracy is None else position.accuracy
        radius = max(2 * accuracy, _SMALLEST)
        owner = self._station.owner(position.lon, position.lat)
        shares = self._shares(position, radius, owner)
        found = self._nearest.around(position, LISTED, list(shares), owner)
        reached = owner is not None or found[0][0] <= radius
        certainty = _decide(owner, accuracy, shares, reached)
        candidates = self._candidates(position, owner, shares, certainty, found)
        about = wording.Circle(radius, accuracy, position.accuracy is not None)
        left = max(0.0, 1 - sum(shares.values()))
        titles = [self._title[candidate.station] for candidate in candidates]
        why = wording.why(certainty, candidates, titles, about, left, len(shares))
        grid = community = None
        if owner is not None and accuracy <= WORST:
            grid, community = self._inside(position, owner)
        return Located(
            certainty,
            candidates,
            *why,
            self._version,
            grid.id if grid else None,
            community.id if community else None,
            self._place(owner, accuracy, grid, community),
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
        index = self._station.owner(lon, lat)
        return None if index is None else self._station.areas[index].id

    def _shares(self, position: Wgs84, radius: float, owner: int | None) -> dict[int, float]:
        """Part of the circle in each station; stations with none are left out."""
        scale = metres_per_degree(position.lat)
        centre, spread = (position.lon, position.lat), (radius / scale[0], radius / scale[1])
        if radius > _SAMPLED:
            return self._station.counts(_DISC * spread + centre)
        circle = shapely.polygons(_CIRCLE * spread + centre)
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
        self, position: Wgs84, owner: int
    ) -> tuple[Jurisdiction | None, Jurisdiction | None]:
        """The grid and community of the very point, both of the station that has it."""
        station = self._station.areas[owner].id
        community = self._layers[Level.COMMUNITY].child(position.lon, position.lat, {station})
        parents = {station} if community is None else {station, community.id}
        grid = self._layers[Level.GRID].child(position.lon, position.lat, parents)
        return grid, community

    def _place(
        self,
        owner: int | None,
        accuracy: float,
        grid: Jurisdiction | None,
        community: Jurisdiction | None,
    ) -> str:
        if owner is None:
            return ""
        if accuracy > WORST:
            return f"{self._bureau[owner]}一带"
        title, smallest = self._title[self._station.areas[owner].id], grid or community
        return f"{title} {smallest.name}" if smallest else title


def _decide(
    owner: int | None, accuracy: float, shares: Mapping[int, float], reached: bool
) -> Certainty:
    if reached and accuracy > WORST:
        return Certainty.ASK
    if owner is None:
        return Certainty.DEFAULT
    best = max(shares.values(), default=0.0)
    if best >= _SURE:
        return Certainty.ONE
    return Certainty.BOTH if best >= _LIKELY else Certainty.ASK
