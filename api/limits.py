"""Token buckets: of a session, of an incident, of an address for who is neither.

An emergency report never passes through here.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass

from domain.errors import TOO_MANY, Refused

ADDRESSES = 50_000


@dataclass(frozen=True, slots=True)
class Rate:
    """``per_second`` on average, ``burst`` at once."""

    per_second: float
    burst: float


RATES = {
    "request": Rate(50, 300),
    "upload": Rate(2, 40),
    "login": Rate(1, 60),
    "socket": Rate(2, 40),
    "knock": Rate(50, 2000),
}


class Limits:
    """Buckets by (key, kind); the oldest are forgotten beyond 50,000."""

    def __init__(self, rates: dict[str, Rate] | None = None) -> None:
        self._rates = RATES | (rates or {})
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def spend(self, key: str, kind: str, cost: float = 1.0) -> None:
        """Take from the bucket; raises ``too_many`` when it is empty."""
        rate = self._rates[kind]
        now = time.monotonic()
        level, at = self._buckets.pop((key, kind), (rate.burst, now))
        level = min(rate.burst, level + (now - at) * rate.per_second)
        allowed = level >= cost
        self._buckets[key, kind] = (level - cost if allowed else level, now)
        if len(self._buckets) > ADDRESSES:
            self._buckets.popitem(last=False)
        if not allowed:
            raise Refused(TOO_MANY, kind, seconds=round((cost - level) / rate.per_second, 1))
