"""Things done every so often by somebody who comes by irregularly."""

from __future__ import annotations


class Cadence:
    """``due`` says yes once every ``seconds`` on average, however unevenly it is asked.

    A little lateness shortens the next time; whoever asks seldom gets one yes, not all he missed.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = 0.0

    def due(self, now: float) -> bool:
        late = now - self._next
        if late < 0:
            return False
        self._next = now + self._seconds - (late if late < self._seconds / 2 else 0.0)
        return True
