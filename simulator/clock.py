"""The simulated world's time: runs like real time and can be pushed forward."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))


class Clock:
    """Real time plus an offset that only grows; days and months are Beijing's."""

    def __init__(self, offset: float = 0.0) -> None:
        self.offset = offset

    def now(self) -> float:
        return time.time() + self.offset

    def seconds(self) -> int:
        return int(self.now())

    def advance(self, seconds: float) -> float:
        """Jump forward; nothing in the world ever sees time go back."""
        if seconds < 0:
            raise ValueError("time does not go back")
        self.offset += seconds
        return self.now()

    def day(self, at: float | None = None) -> str:
        return self._at(at).strftime("%Y-%m-%d")

    def month(self, at: float | None = None) -> str:
        return self._at(at).strftime("%Y-%m")

    def _at(self, at: float | None) -> datetime:
        return datetime.fromtimestamp(self.now() if at is None else at, UTC).astimezone(BEIJING)
