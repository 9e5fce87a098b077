"""What limits requests and sockets: of a session, of an incident, of an origin for who is neither.

An origin is an address, of IPv6 its /64; a carrier or a whole centre may be behind one. An emergency
report never passes through here.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.errors import TOO_MANY, Refused

if TYPE_CHECKING:
    from api.screens import Screen

KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Rate:
    """``per_second`` on average, ``burst`` at once."""

    per_second: float
    burst: float


RATES = {
    "request": Rate(50, 300),  # of a session, an incident, or a known device that logs in
    "upload": Rate(2, 40),  # of a session or an incident
    "socket": Rate(2, 40),  # of a session or an incident
    "ticket": Rate(0.2, 5),  # of an officer's entry ticket
    "public": Rate(200, 4000),  # of an origin: whatever anybody may ask for, log-ins too
    "test": Rate(0.02, 100),  # reports of a key of the sandbox: they take room beside the real ones
    "refused": Rate(50, 500),  # of an origin: with a session or token that is none
}
SOCKETS = 8  # open live sockets of a session or an incident
UNKNOWN_SOCKETS = 1_000  # of an origin, before hello


class Limits:
    """Buckets by (key, kind); the oldest are forgotten beyond 50,000."""

    def __init__(self, rates: dict[str, Rate] | None = None) -> None:
        self._rates = RATES | (rates or {})
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def spend(self, key: str, kind: str, cost: float = 1.0, rate: Rate | None = None) -> None:
        """Take from the bucket, which fills by the kind's rate or one of its own; raises ``too_many`` when
        it is empty."""
        rate = rate or self._rates[kind]
        now = time.monotonic()
        level, at = self._buckets.pop((key, kind), (rate.burst, now))
        level = min(rate.burst, level + (now - at) * rate.per_second)
        allowed = level >= cost
        self._buckets[key, kind] = (level - cost if allowed else level, now)
        if len(self._buckets) > KEPT:
            self._buckets.popitem(last=False)
        if not allowed:
            raise Refused(TOO_MANY, kind, seconds=round((cost - level) / rate.per_second, 1))


@dataclass(slots=True)
class Sockets:
    """Open sockets by whose they are. The newest always gets in: a page that comes back over a dead
    network must not wait until the server has noticed that the old connection is dead."""

    _open: dict[str, list[Screen]] = field(default_factory=dict)

    def add(self, key: str, screen: Screen, most: int) -> list[Screen]:
        """Those that have to go for it: the oldest."""
        mine = self._open.setdefault(key, [])
        mine.append(screen)
        gone, mine[:] = mine[:-most], mine[-most:]
        return gone

    def remove(self, key: str, screen: Screen) -> None:
        mine = self._open.get(key, [])
        if screen in mine:
            mine.remove(screen)
        if not mine:
            self._open.pop(key, None)
