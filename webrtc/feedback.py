"""What a publisher is told about its packets: arrival times, losses, wishes for a keyframe.

Transport-wide congestion control is draft-holmer-rmcat-transport-wide-cc-extensions-01; NACK and
PLI are RFC 4585. Times are seconds of the event loop's clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import pack

from webrtc.packets import TRANSPORT_FEEDBACK, TRANSPORT_WIDE

FEEDBACK_EVERY = 0.08
KEYFRAME_EVERY = 0.3
KEYFRAME_TRIES = 10  # quick ones; afterwards one every KEYFRAME_PATIENCE
KEYFRAME_PATIENCE = 2.0
NACK_AFTER = 0.01  # a packet this late may still be on its way in another order
NACK_EVERY = 0.08
NACK_TRIES = 6
MAX_MISSING = 256
MAX_SPAN = 1000  # packets one feedback message tells about
TICK = 250e-6
REFERENCE = 64e-3


class Arrivals:
    """Arrival times of transport-wide sequence numbers, told to the publisher every 80 ms."""

    def __init__(self) -> None:
        self._times: dict[int, float] = {}
        self._base = -1
        self._top = -1
        self._count = 0

    def note(self, sequence: int, now: float) -> None:
        """A packet with this 16-bit number arrived."""
        if self._top < 0:
            full = sequence + 0x10000
            self._base = self._top = full
        else:
            full = self._top + ((sequence - self._top + 0x8000) & 0xFFFF) - 0x8000
            if full < self._base:
                return
            if full - self._base > MAX_SPAN:
                self._times.clear()
                self._base = full
        self._top = max(self._top, full)
        self._times.setdefault(full, now)

    def feedback(self, sender: int, media: int) -> bytes | None:
        """The RTCP packet about everything since the last one; None when nothing arrived."""
        times = self._times
        if not times:
            return None
        first, last = self._base, max(times)
        reference = int(times[min(times)] / REFERENCE)
        clock = reference * REFERENCE
        symbols: list[int] = []
        deltas: list[bytes] = []
        for full in range(first, last + 1):
            at = times.get(full)
            ticks = 0 if at is None else round((at - clock) / TICK)
            if at is None or not -0x8000 <= ticks <= 0x7FFF:
                symbols.append(0)
                continue
            clock += ticks * TICK
            small = 0 <= ticks <= 255
            symbols.append(1 if small else 2)
            deltas.append(pack("!B", ticks) if small else pack("!h", ticks))
        body = pack("!HHI", first & 0xFFFF, len(symbols), self._head(reference))
        body += b"".join(_chunks(symbols)) + b"".join(deltas)
        body += bytes(-len(body) % 4)
        words = 2 + len(body) // 4
        self._base, self._count = last + 1, self._count + 1
        times.clear()
        kind = 0x80 | TRANSPORT_WIDE
        return pack("!BBHII", kind, TRANSPORT_FEEDBACK, words, sender, media) + body

    def _head(self, reference: int) -> int:
        return (reference & 0xFFFFFF) << 8 | self._count & 0xFF


def _chunks(symbols: list[int]) -> Iterator[bytes]:
    """Run-length chunks; the form of two-bit vectors is never needed."""
    at, total = 0, len(symbols)
    while at < total:
        end = at + 1
        while end < total and symbols[end] == symbols[at] and end - at < 0x1FFF:
            end += 1
        yield pack("!H", symbols[at] << 13 | end - at)
        at = end


class Missing:
    """Sequence numbers of one stream that did not arrive, and when to ask for them again."""

    def __init__(self) -> None:
        self._due: dict[int, tuple[float, int]] = {}

    def __bool__(self) -> bool:
        return bool(self._due)

    def gap(self, first: int, after: int, now: float) -> None:
        """Extended numbers from ``first`` up to and without ``after`` were jumped over."""
        for number in range(max(first, after - MAX_MISSING), after):
            self._due[number] = (now + NACK_AFTER, NACK_TRIES)
        while len(self._due) > MAX_MISSING:
            del self._due[next(iter(self._due))]

    def found(self, number: int) -> None:
        self._due.pop(number, None)

    def clear(self) -> None:
        self._due.clear()

    def due(self, now: float) -> list[int]:
        """16-bit numbers to ask for now."""
        wanted: list[int] = []
        for number, (at, tries) in list(self._due.items()):
            if at > now:
                continue
            if tries == 0:
                del self._due[number]
                continue
            self._due[number] = (now + NACK_EVERY, tries - 1)
            wanted.append(number & 0xFFFF)
        return wanted


class KeyframeWish:
    """One wish for a keyframe, whoever has it: throttled, and repeated until it is granted."""

    def __init__(self) -> None:
        self._wanted = False
        self._last = -1e9
        self._tries = 0

    def want(self) -> None:
        self._wanted = True

    def granted(self) -> None:
        """A keyframe began to arrive."""
        self._wanted = False
        self._tries = 0

    def due(self, now: float) -> bool:
        """Whether to ask the publisher now."""
        if not self._wanted:
            return False
        every = KEYFRAME_EVERY if self._tries < KEYFRAME_TRIES else KEYFRAME_PATIENCE
        if now - self._last < every:
            return False
        self._last, self._tries = now, self._tries + 1
        return True
