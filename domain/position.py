"""A position as a device or a page sent it, each member judged alone.

One member that cannot be used costs that member, never the position; longitude, latitude and datum
excepted. Members that are not known here are ignored.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from domain.clock import elapsed
from domain.errors import Refused
from domain.place import DATUMS, Datum, Fix, Position, Source
from domain.ports import Finder

W = TypeVar("W", bound=StrEnum)
MOST_METRES = 1e7
LATEST_MS = 9_007_199_254_740_991
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")


def number(value: object) -> float:
    """A finite number, also one written as text; raises ``ValueError`` for anything else."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a number")  # noqa: TRY004 (what readers of members raise)
    try:
        found = float(value)
    except OverflowError:
        raise ValueError("not a number") from None
    if not math.isfinite(found):
        raise ValueError("not a finite number")
    return found


def unix_ms(value: object) -> int:
    """A time in Unix milliseconds; raises ``ValueError``."""
    found = number(value)
    if not 0 <= found <= LATEST_MS:
        raise ValueError("not a time")
    return int(found)


def read_position(given: object) -> tuple[Position | None, list[str]]:
    """The position in ``given`` ({lon, lat, datum, accuracy, altitude, source, at}), and what of it
    could not be used: ``position`` when none is kept, ``position.<member>`` for the member beside it.
    Never raises. Accuracy 0 or below is how devices say that they do not know it.
    """
    if not isinstance(given, Mapping):
        return None, ["position"]
    missing: list[str] = []

    def wrong(name: str) -> None:
        missing.append(f"position.{name}")

    def measured(name: str, least: float) -> float | None:
        if given.get(name) is None:
            return None
        try:
            found = number(given[name])
        except ValueError:
            found = math.inf
        if least < found <= MOST_METRES:
            return found
        wrong(name)
        return None

    datum = _word(given.get("datum"), Datum)
    if datum is None:
        wrong("datum")
    place: dict[str, float] = {}
    for name in ("lon", "lat"):
        try:
            place[name] = number(given.get(name))
        except ValueError:
            wrong(name)
    if missing or datum is None:
        return None, ["position", *missing]
    accuracy, altitude = measured("accuracy", 0.0), measured("altitude", -MOST_METRES)
    source = _word(given.get("source", Source.BROWSER), Source)
    if source is None:
        wrong("source")
    at = None
    if given.get("at") is not None:
        try:
            at = unix_ms(given["at"])
        except ValueError:
            wrong("at")
    try:
        position = DATUMS[datum](
            place["lon"], place["lat"], accuracy, source or Source.BROWSER, at, altitude
        )
    except Refused:  # out of range: which of the two is wrong nobody can say
        return None, ["position"]
    return position, missing


def _word(value: object, kind: type[W]) -> W | None:
    """The word of ``kind``, however it is written: "wgs84", "GCJ-02"."""
    if not isinstance(value, str):
        return None
    try:
        return kind(re.sub(r"[\s_-]", "", value).upper())
    except ValueError:
        return None


def fix(finder: Finder, position: Position, now: int, device_now: int | None = None) -> Fix:
    """The position located, received at ``now``; never raises.

    A device's clock may be years wrong: when the device said what time it had while sending
    (``device_now``), the age of the position is a difference of that one clock.
    """
    wgs84 = finder.to_wgs84(position)
    looked = now if device_now is None else device_now
    age = 0 if position.at is None else elapsed(position.at, looked)
    return Fix(
        wgs84,
        position.lon,
        position.lat,
        position.datum,
        now,
        finder.locate(wgs84),
        now - age,
        not finder.in_china(wgs84),
    )
