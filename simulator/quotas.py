"""Rates and daily quotas on the simulated clock."""

from __future__ import annotations

from simulator.clock import Clock
from simulator.refusal import Refusal
from simulator.settings import Settings

# Calls a day of one Official Account; others have no ceiling worth simulating.
DAILY = {
    "/cgi-bin/message/custom/send": 500_000,
    "/cgi-bin/media/upload": 100_000,
    "/cgi-bin/media/get": 200_000,
    "/cgi-bin/qrcode/create": 100_000,
    "/cgi-bin/menu/create": 1_000,
    "/cgi-bin/menu/get": 10_000,
    "/cgi-bin/user/info": 5_000_000,
    "/cgi-bin/ticket/getticket": 1_000_000,
    "/cgi-bin/stable_token": 500_000,
}
MINUTE = {
    "/cgi-bin/stable_token": 10_000,
    "/sns/oauth2/access_token": 50_000,
    "/sns/userinfo": 50_000,
}


class Quotas:
    """Counts per platform and path. A crossed rate blocks for as long as its span."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self._clock = clock
        self._settings = settings
        self._spans: dict[tuple[str, str, int], tuple[float, int]] = {}
        self._blocked: dict[tuple[str, str], float] = {}
        self._days: dict[str, tuple[str, int]] = {}

    def rate(self, platform: str, path: str) -> None:
        """Count a call; raises 45009 (corp) or 45011 (account) when it is one too many."""
        if not self._settings.limits:
            return
        now = self._clock.now()
        if platform == "oa":
            self._minute(path, now)
            return
        if self._blocked and now < self._blocked.get((platform, path), 0.0):
            raise Refusal(45009)
        for span, most in ((60, self._settings.per_minute), (3600, self._settings.per_hour)):
            key = (platform, path, span)
            start, count = self._spans.get(key, (now, 0))
            if now - start >= span:
                start, count = now, 0
            self._spans[key] = (start, count + 1)
            if count >= most:
                self._blocked[platform, path] = now + span
                self._spans.pop(key)
                raise Refusal(45009)

    def _minute(self, path: str, now: float) -> None:
        """The account's minute is over when it is over; being refused costs nothing more."""
        most = self._settings.oa_per_minute or MINUTE.get(path, 0)
        if not most:
            return
        start, count = self._spans.get(("oa", path, 60), (now, 0))
        if now - start >= 60:
            start, count = now, 0
        if count >= most:
            raise Refusal(45011)
        self._spans["oa", path, 60] = (start, count + 1)

    def day(self, path: str, most: int | None = None) -> None:
        """Count against the Official Account's daily quota; raises 45009 when it is used up."""
        limit = DAILY.get(path) if most is None else most
        if limit is None or not self._settings.limits:
            return
        today = self._clock.day()
        day, count = self._days.get(path, (today, 0))
        count = 0 if day != today else count
        if count >= limit:
            raise Refusal(45009)
        self._days[path] = (today, count + 1)

    def clear_days(self) -> None:
        self._days.clear()
