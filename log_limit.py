"""A log that nobody can fill: of lines that say the same of ever new requests, so many a minute.

What a stranger sends is refused, and each refusal is a line. Errors are ours and are all told.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

A_MINUTE = 120  # lines of one kind; a station's day has fewer in an hour
WINDOW_S = 60.0
KINDS = 1_000  # far more than the product has


@dataclass(slots=True)
class _Window:
    began: float
    name: str
    message: str
    told: int = 0
    left_out: int = 0


class LimitedHandler(logging.StreamHandler[TextIO]):
    """Writes lines below ERROR of one logger and one message, before its values are put in, ``A_MINUTE``
    times a minute; the next line after that minute is preceded by how many were left out."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream)
        self._clock = clock
        self._windows: dict[tuple[str, str], _Window] = {}
        self._swept = clock()

    def emit(self, record: logging.LogRecord) -> None:
        now = self._clock()
        if now - self._swept >= WINDOW_S:
            self._swept = now
            self._tell(now)
        if record.levelno >= logging.ERROR or self._may(record, now):
            super().emit(record)

    def _may(self, record: logging.LogRecord, now: float) -> bool:
        key = record.name, str(record.msg)
        window = self._windows.get(key)
        if window is None:
            if len(self._windows) >= KINDS:
                return True
            window = self._windows[key] = _Window(now, *key)
        if window.told < A_MINUTE:
            window.told += 1
            return True
        window.left_out += 1
        return False

    def _tell(self, now: float) -> None:
        """End every window whose minute is over."""
        for key, window in list(self._windows.items()):
            if now - window.began < WINDOW_S:
                continue
            del self._windows[key]
            if window.left_out:
                text = f"{window.left_out} more lines like this were left out: {window.message}"
                super().emit(
                    logging.LogRecord(window.name, logging.WARNING, "", 0, text, None, None)
                )
